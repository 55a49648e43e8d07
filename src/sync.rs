//! Copies the objects of a Clerk instance into the local mirror: users, organizations with their
//! members and invitations, roles and permissions, and the running sessions of members.
//!
//! Each page is one transaction and uses the same statements as webhooks, with Clerk's
//! `updated_at`. A sync can therefore be interrupted and repeated, and a newer version from a
//! webhook stays. Objects that no longer exist at Clerk are deleted.

mod error;
mod missing;
mod progress;
mod sessions;

pub use error::SyncError;
pub use progress::{Kind, Progress, Totals};

use crate::db::Database;
use crate::store::mirror::{self, Mirrored};
use clerk::backend_api::{BackendApi, BackendApiError, ListPage};
use clerk::objects::{Invitation, Membership, Organization, Permission, Role, User};
use domain::ids::OrganizationId;
use futures_util::future::BoxFuture;
use missing::Listed;
use sessions::Copied;

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
    let mut listed = Listed::default();
    let visit = |found: &Permission| _ = listed.permissions.insert(found.id.clone());
    copier.copy_list(ListStart::of(Kind::Permissions), |from| or_empty(api.permissions(from)), visit).await?;
    let visit = |found: &Role| _ = listed.roles.insert(found.id.clone());
    let roles = copier.copy_list(ListStart::of(Kind::Roles), |from| or_empty(api.roles(from)), visit).await?;
    let start = ListStart { total: count, ..ListStart::of(Kind::Users) };
    let visit = |found: &User| _ = listed.users.insert(found.id.to_string());
    let users = copier.copy_list(start, |from| Box::pin(api.users(from)), visit).await?;
    let mut ids: Vec<OrganizationId> = Vec::new();
    let (start, visit) = (ListStart::of(Kind::Organizations), |found: &Organization| ids.push(found.id.clone()));
    let organizations = copier.copy_list(start, |from| Box::pin(api.organizations(from)), visit).await?;
    listed.organizations.extend(ids.iter().map(OrganizationId::to_string));
    let (mut memberships, mut invitations) = (0, 0);
    for id in &ids {
        let start = ListStart { done: memberships, ..ListStart::of(Kind::Memberships) };
        let visit = |found: &Membership| _ = listed.memberships.insert(found.id.clone());
        memberships = copier.copy_list(start, |from| or_empty(api.memberships(id, from)), visit).await?;
        let start = ListStart { done: invitations, ..ListStart::of(Kind::Invitations) };
        let visit = |found: &Invitation| _ = listed.invitations.insert(found.id.clone());
        invitations = copier.copy_list(start, |from| or_empty(api.invitations(id, from)), visit).await?;
    }
    let deleted = missing::delete_missing(database, api, &listed).await?;
    let Copied { running: sessions, ended } = sessions::copy(database, api, &mut on_progress).await?;
    Ok(Totals { users, organizations, memberships, invitations, roles, sessions, gone: deleted + ended })
}

/// A request for one page. Its type is boxed, because the compiler cannot yet prove that the future
/// of an async closure is `Send`.
type NextPage<'a, T> = BoxFuture<'a, Result<ListPage<T>, BackendApiError>>;

/// Clerk's plans differ: without custom roles or invitations the endpoint answers 404, which means
/// an empty list. So does the list of an organization that was deleted meanwhile.
fn or_empty<'a, T: 'a>(
    page: impl Future<Output = Result<ListPage<T>, BackendApiError>> + Send + 'a,
) -> NextPage<'a, T> {
    Box::pin(async {
        match page.await {
            Err(BackendApiError::NotFound) => Ok(ListPage { objects: Vec::new(), total: None, next: None }),
            page => page,
        }
    })
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
    async fn copy_list<'a, T: Mirrored>(
        &mut self,
        start: ListStart,
        page: impl Fn(usize) -> NextPage<'a, T>,
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
