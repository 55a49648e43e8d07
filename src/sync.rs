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
pub async fn sync(store: &Database, api: &BackendApi, mut tell: impl FnMut(Progress)) -> Result<Totals, SyncError> {
    let count = Some(api.count_users().await?);
    let mut work = Work { store, tell: &mut tell };
    work.fill(Begun::with(Kind::Permissions), async |from| none_if_missing(api.permissions(from).await), |_| ())
        .await?;
    let roles =
        work.fill(Begun::with(Kind::Roles), async |from| none_if_missing(api.roles(from).await), |_| ()).await?;
    let begun = Begun { total: count, ..Begun::with(Kind::Users) };
    let mut listed = Listed::default();
    let note = |found: &User| _ = listed.users.insert(found.id.to_string());
    let users = work.fill(begun, async |from| api.users(from).await, note).await?;
    let mut ids: Vec<OrganizationId> = Vec::new();
    let begun = Begun::with(Kind::Organizations);
    let organizations =
        work.fill(begun, async |from| api.organizations(from).await, |found| ids.push(found.id.clone())).await?;
    listed.organizations.extend(ids.iter().map(OrganizationId::to_string));
    let (mut memberships, mut invitations) = (0, 0);
    for id in ids {
        let begun = Begun { done: memberships, ..Begun::with(Kind::Memberships) };
        let note = |found: &Membership| _ = listed.memberships.insert(found.id.clone());
        memberships = work.fill(begun, async |from| api.memberships(&id, from).await, note).await?;
        let begun = Begun { done: invitations, ..Begun::with(Kind::Invitations) };
        let invited = async |from| none_if_missing(api.invitations(&id, from).await);
        invitations = work.fill(begun, invited, |_| ()).await?;
    }
    let gone = missing::forget(store, api, &listed).await?;
    Ok(Totals { users, organizations, memberships, invitations, roles, gone })
}

/// Clerk's plans differ: without custom roles or invitations the endpoint answers 404, which means
/// an empty list.
fn none_if_missing<T>(page: Result<ListPage<T>, BackendApiError>) -> Result<ListPage<T>, BackendApiError> {
    match page {
        Err(BackendApiError::NotFound) => Ok(ListPage { objects: Vec::new(), total: None, next: None }),
        page => page,
    }
}

/// The start of a list: the kind of objects, the number of objects in earlier lists, and the total
/// if it is known.
#[derive(Clone, Copy)]
struct Begun {
    kind: Kind,
    done: u64,
    total: Option<u64>,
}

impl Begun {
    fn with(kind: Kind) -> Self {
        Self { kind, done: 0, total: None }
    }
}

struct Work<'a, Tell> {
    store: &'a Database,
    tell: &'a mut Tell,
}

impl<Tell: FnMut(Progress)> Work<'_, Tell> {
    /// Copies a list page by page, and returns the number of objects including those before it.
    async fn fill<T: Mirrored>(
        &mut self,
        begun: Begun,
        page: impl AsyncFn(usize) -> Result<ListPage<T>, BackendApiError>,
        note: impl FnMut(&T),
    ) -> Result<u64, SyncError> {
        let Begun { kind, mut done, total } = begun;
        let (mut offset, mut note) = (Some(0), note);
        while let Some(from) = offset {
            let page = page(from).await?;
            mirror::upsert_page(self.store, &page.objects).await?;
            page.objects.iter().for_each(&mut note);
            done += page.objects.len() as u64;
            // Each organization has its own list, whose total says nothing about all organizations.
            let of_many = matches!(kind, Kind::Memberships | Kind::Invitations);
            let total = total.or(page.total.filter(|_| !of_many));
            (self.tell)(Progress { kind, done, total });
            offset = page.next;
        }
        Ok(done)
    }
}
