//! Fills the local copy of an existing instance: people, organizations with their members and invitations, roles and permissions.
//!
//! Each page is one transaction and goes through the same statements as webhooks, with the ages that Clerk gives: it can be interrupted and repeated, and
//! a webhook that came first stays when it is newer. What was deleted at Clerk and no webhook told of is forgotten at the end.

mod error;
mod missing;

pub use error::SyncError;

use crate::db::Database;
use crate::store::mirror::{self, Mirrored};
use clerk::backend_api::{BackendApi, BackendApiError, ListPage};
use clerk::objects::{Membership, User};
use domain::ids::OrganizationId;
use missing::Listed;

/// What is being filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What roles may grant.
    Permissions,
    /// Roles.
    Roles,
    /// People.
    Users,
    /// Organizations.
    Organizations,
    /// Who belongs where.
    Memberships,
    /// Who is invited where, and has not answered.
    Invitations,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being filled.
    pub kind: Kind,
    /// Objects so far.
    pub done: u64,
    /// Objects in all, where known.
    pub total: Option<u64>,
}

/// Objects that were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// People.
    pub users: u64,
    /// Organizations.
    pub organizations: u64,
    /// Memberships.
    pub memberships: u64,
    /// Invitations that nobody has answered.
    pub invitations: u64,
    /// Roles.
    pub roles: u64,
    /// Users, organizations and memberships that Clerk does not have any more.
    pub gone: u64,
}

/// Fills everything, and tells how far it is after each page.
///
/// # Errors
/// Clerk or the database.
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

/// Not every plan has roles of its own or invitations; then there is no such list, and nothing is missing.
fn none_if_missing<T>(page: Result<ListPage<T>, BackendApiError>) -> Result<ListPage<T>, BackendApiError> {
    match page {
        Err(BackendApiError::NotFound) => Ok(ListPage { objects: Vec::new(), total: None, next: None }),
        page => page,
    }
}

/// A list before its first page: what it is, the objects of the lists before it, and how many there are where that is known beforehand.
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
    /// Reads a list to its end, and gives back how many objects there are with those before it.
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
            // Lists of one organization after the other have no total of their own.
            let of_many = matches!(kind, Kind::Memberships | Kind::Invitations);
            let total = total.or(page.total.filter(|_| !of_many));
            (self.tell)(Progress { kind, done, total });
            offset = page.next;
        }
        Ok(done)
    }
}
