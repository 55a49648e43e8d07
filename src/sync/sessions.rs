//! Copies the running sessions of members, and ends those that Clerk does not list any more.
//!
//! Clerk lists sessions of one user only, so this is one request or two for each member. As with
//! other objects, a missing session is requested by its id before it is ended.

use super::error::SyncError;
use super::progress::{Kind, Progress};
use crate::db::Database;
use crate::store::{live, mirror, tombstones};
use clerk::backend_api::{BackendApi, BackendApiError};
use domain::ids::{SessionId, UserId};
use std::collections::{BTreeMap, HashSet};

/// The progress is reported after this number of users.
const REPORT_EVERY: usize = 100;

/// Numbers of sessions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Copied {
    /// Sessions that run at Clerk.
    pub(super) running: u64,
    /// Sessions that ran here and have ended at Clerk.
    pub(super) ended: u64,
}

/// Copies the sessions of every member, and of every other user with a running session here.
///
/// # Errors
/// Clerk or the database does not answer, or refuses a request.
pub(super) async fn copy(
    database: &Database,
    api: &BackendApi,
    on_progress: &mut impl FnMut(Progress),
) -> Result<Copied, SyncError> {
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (session, user) in live::sessions(database).await? {
        users.entry(user).or_default().push(session);
    }
    for (_, user) in live::memberships(database).await? {
        users.entry(user).or_default();
    }
    let mut copied = Copied::default();
    for (number, (user, here)) in users.iter().enumerate() {
        if let Ok(user) = UserId::parse(user) {
            copy_user(database, api, &user, here, &mut copied).await?;
        }
        if (number + 1) % REPORT_EVERY == 0 {
            on_progress(Progress { kind: Kind::Sessions, done: copied.running, total: None });
        }
    }
    on_progress(Progress { kind: Kind::Sessions, done: copied.running, total: Some(copied.running) });
    Ok(copied)
}

/// Copies the sessions of one user. `here` are the sessions that run here.
async fn copy_user(
    database: &Database,
    api: &BackendApi,
    user: &UserId,
    here: &[String],
    copied: &mut Copied,
) -> Result<(), SyncError> {
    let running = match api.running_user_sessions(user).await {
        Err(BackendApiError::NotFound) => Vec::new(),
        running => running?,
    };
    copied.running += running.len() as u64;
    for page in running.chunks(500) {
        mirror::upsert_page(database, page).await?;
    }
    let listed: HashSet<_> = running.iter().map(|session| session.id.as_str()).collect();
    for id in here.iter().filter(|id| !listed.contains(id.as_str())) {
        let Ok(session) = SessionId::parse(id) else { continue };
        copied.ended += u64::from(ended_at_clerk(database, api, &session).await?);
    }
    Ok(())
}

/// Stores what Clerk says about a session that it did not list. Returns whether it has ended.
async fn ended_at_clerk(database: &Database, api: &BackendApi, session: &SessionId) -> Result<bool, SyncError> {
    match api.session(session).await {
        Ok(found) => {
            let runs = matches!(found.status.as_str(), "active" | "pending");
            mirror::upsert_page(database, &[found]).await?;
            Ok(!runs)
        }
        Err(BackendApiError::NotFound) => {
            tombstones::mark_session_ended(database, session).await?;
            Ok(true)
        }
        Err(error) => Err(error.into()),
    }
}
