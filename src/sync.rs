//! Fills the local copy of an existing instance: people, organizations, who belongs where.
//!
//! Each page is one transaction and goes through the same statements as webhooks, with the ages that Clerk gives: it can be interrupted and repeated, and
//! a webhook that came first stays when it is newer. It adds and updates; what was deleted at Clerk before its webhooks were connected is not noticed.

use crate::clerk_api::{ClerkApi, ClerkApiError, List};
use crate::ids::OrganizationId;
use crate::store::{Store, StoreError, events};
use serde_json::Value;

/// What is being filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// People.
    Users,
    /// Organizations.
    Organizations,
    /// Who belongs where.
    Memberships,
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
}

/// Why it did not finish. What was filled so far stays.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// Clerk.
    #[error("{0}; run it again to go on")]
    Clerk(#[from] ClerkApiError),
    /// The database.
    #[error("the database: {0}")]
    Store(#[from] StoreError),
}

/// Fills everything, and tells how far it is after each page.
///
/// # Errors
/// Clerk or the database.
pub async fn sync(store: &Store, api: &ClerkApi, mut tell: impl FnMut(Progress)) -> Result<Totals, SyncError> {
    let count = api.count_users().await?;
    let mut work = Work { store, api, tell: &mut tell };
    let users = work.fill(Kind::Users, &List::Users, 0, Some(count), |_| ()).await?;
    let mut ids = Vec::new();
    let mut note = |object: &Value| {
        ids.extend(object.get("id").and_then(Value::as_str).and_then(|id| OrganizationId::parse(id).ok()))
    };
    let organizations = work.fill(Kind::Organizations, &List::Organizations, 0, None, &mut note).await?;
    let mut memberships = 0;
    for id in ids {
        memberships = work.fill(Kind::Memberships, &List::Members(id), memberships, None, |_| ()).await?;
    }
    Ok(Totals { users, organizations, memberships })
}

struct Work<'a, Tell> {
    store: &'a Store,
    api: &'a ClerkApi,
    tell: &'a mut Tell,
}

impl<Tell: FnMut(Progress)> Work<'_, Tell> {
    /// Reads a list to its end; `done` are the objects before it.
    async fn fill(
        &mut self,
        kind: Kind,
        list: &List,
        mut done: u64,
        total: Option<u64>,
        mut note: impl FnMut(&Value),
    ) -> Result<u64, SyncError> {
        let mut offset = Some(0);
        while let Some(from) = offset {
            let page = self.api.page(list, from).await?;
            events::fill(self.store, kind, &page.objects).await?;
            page.objects.iter().for_each(&mut note);
            done += page.objects.len() as u64;
            let total = total.or(page.total.filter(|_| kind != Kind::Memberships));
            (self.tell)(Progress { kind, done, total });
            offset = page.next;
        }
        Ok(done)
    }
}
