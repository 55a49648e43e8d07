//! Copies the objects of a Clerk instance into the local mirror: users, organizations with their
//! members and invitations, roles and permissions.
//!
//! Each page is one transaction and uses the same statements as webhooks, with Clerk's
//! `updated_at`. A sync can therefore be interrupted and repeated, and a newer version from a
//! webhook stays. At the end, objects that no longer exist at Clerk are deleted.

mod error;
mod missing;

pub use error::SyncError;

use crate::db::Database;
use crate::store::mirror::{self, Mirrored};
use clerk::backend_api::{BackendApi, BackendApiError, ListPage};
use clerk::objects::{Membership, User};
use domain::ids::OrganizationId;
use missing::Listed;

/// The kind of objects that is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Permissions that roles can grant.
    Permissions,
    /// Roles.
    Roles,
    /// Users.
    Users,
    /// Organizations.
    Organizations,
    /// Memberships of users in organizations.
    Memberships,
    /// Pending invitations to organizations.
    Invitations,
}

/// Progress of a sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The kind of objects that is copied.
    pub kind: Kind,
    /// Number of objects copied so far.
    pub done: u64,
    /// Total number of objects, if Clerk states it.
    pub total: Option<u64>,
}

/// Numbers of copied objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Users.
    pub users: u64,
    /// Organizations.
    pub organizations: u64,
    /// Memberships.
    pub memberships: u64,
    /// Pending invitations.
    pub invitations: u64,
    /// Roles.
    pub roles: u64,
    /// Users, organizations and memberships that no longer exist at Clerk and are deleted here.
    pub gone: u64,
}

/// Copies all objects and reports the progress after each page.
///
/// # Errors
/// Clerk or the database does not answer, or refuses a request.
pub async fn sync(
    database: &Database,
    api: &BackendApi,
    mut on_progress: impl FnMut(Progress),
) -> Result<Totals, SyncError> {
    let count = Some(api.count_users().await?);
    let mut copier = ListCopier { database, on_progress: &mut on_progress };
    copier
        .copy_list(
            ListStart::of(Kind::Permissions),
            async |from| empty_if_not_found(api.permissions(from).await),
            |_| (),
        )
        .await?;
    let roles = copier
        .copy_list(ListStart::of(Kind::Roles), async |from| empty_if_not_found(api.roles(from).await), |_| ())
        .await?;
    let start = ListStart { total: count, ..ListStart::of(Kind::Users) };
    let mut listed = Listed::default();
    let visit = |found: &User| _ = listed.users.insert(found.id.to_string());
    let users = copier.copy_list(start, async |from| api.users(from).await, visit).await?;
    let mut ids: Vec<OrganizationId> = Vec::new();
    let start = ListStart::of(Kind::Organizations);
    let organizations =
        copier.copy_list(start, async |from| api.organizations(from).await, |found| ids.push(found.id.clone())).await?;
    listed.organizations.extend(ids.iter().map(OrganizationId::to_string));
    let (mut memberships, mut invitations) = (0, 0);
    for id in ids {
        let start = ListStart { done: memberships, ..ListStart::of(Kind::Memberships) };
        let visit = |found: &Membership| _ = listed.memberships.insert(found.id.clone());
        memberships = copier.copy_list(start, async |from| api.memberships(&id, from).await, visit).await?;
        let start = ListStart { done: invitations, ..ListStart::of(Kind::Invitations) };
        let invited = async |from| empty_if_not_found(api.invitations(&id, from).await);
        invitations = copier.copy_list(start, invited, |_| ()).await?;
    }
    let deleted = missing::delete_missing(database, api, &listed).await?;
    Ok(Totals { users, organizations, memberships, invitations, roles, gone: deleted })
}

/// Clerk's plans differ: without custom roles or invitations the endpoint answers 404, which means
/// an empty list.
fn empty_if_not_found<T>(page: Result<ListPage<T>, BackendApiError>) -> Result<ListPage<T>, BackendApiError> {
    match page {
        Err(BackendApiError::NotFound) => Ok(ListPage { objects: Vec::new(), total: None, next: None }),
        page => page,
    }
}

/// The start of a list: the kind of objects, the number of objects in earlier lists, and the total
/// if it is known.
#[derive(Clone, Copy)]
struct ListStart {
    kind: Kind,
    done: u64,
    total: Option<u64>,
}

impl ListStart {
    fn of(kind: Kind) -> Self {
        Self { kind, done: 0, total: None }
    }
}

struct ListCopier<'a, OnProgress> {
    database: &'a Database,
    on_progress: &'a mut OnProgress,
}

impl<OnProgress: FnMut(Progress)> ListCopier<'_, OnProgress> {
    /// Copies a list page by page, and returns the number of objects including those before it.
    async fn copy_list<T: Mirrored>(
        &mut self,
        start: ListStart,
        page: impl AsyncFn(usize) -> Result<ListPage<T>, BackendApiError>,
        visit: impl FnMut(&T),
    ) -> Result<u64, SyncError> {
        let ListStart { kind, mut done, total } = start;
        let (mut offset, mut visit) = (Some(0), visit);
        while let Some(from) = offset {
            let page = page(from).await?;
            mirror::upsert_page(self.database, &page.objects).await?;
            page.objects.iter().for_each(&mut visit);
            done += page.objects.len() as u64;
            // Each organization has its own list, whose total says nothing about all organizations.
            let is_per_organization = matches!(kind, Kind::Memberships | Kind::Invitations);
            let total = total.or(page.total.filter(|_| !is_per_organization));
            (self.on_progress)(Progress { kind, done, total });
            offset = page.next;
        }
        Ok(done)
    }
}
