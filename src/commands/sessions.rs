//! Commands that end sessions of members.

use super::error::CommandError;
use super::run_detached::run_detached;
use crate::access::Granted;
use crate::store::{members, sessions};
use clerk::backend_api::BackendApiError;
use clerk::objects::Session;
use domain::ids::SessionId;
use domain::operation::{RevokeSession, SignOutEverywhere};

/// Ends a session of a member; its token stops working at once.
///
/// # Errors
/// Clerk or the database fails.
pub async fn revoke_session(grant: Granted<RevokeSession>) -> Result<(), CommandError> {
    run_detached(grant, |grant| {
        Box::pin(async move {
            let found = sessions::find(grant).await?;
            let session = SessionId::parse(&grant.input().session_id).map_err(|_| BackendApiError::NotFound)?;
            let ended = grant.backend_api().revoke_session(&session).await?;
            grant.revoked_sessions().insert(session, grant.now_ms());
            Ok(sessions::revoke(grant, found, &ended).await?)
        })
    })
    .await
}

/// Ends every session of a member, including sessions that no webhook has reported; their tokens
/// stop working at once. The database stores the ended sessions even if Clerk could not end others.
///
/// # Errors
/// Clerk or the database fails.
pub async fn sign_out_everywhere(grant: Granted<SignOutEverywhere>) -> Result<(), CommandError> {
    run_detached(grant, |grant| {
        Box::pin(async move {
            let found = members::find(grant).await?;
            let (ended, failed) = end_all(grant).await?;
            sessions::revoke_all(grant, found, &ended, failed.is_none()).await?;
            failed.map_or(Ok(()), |error| Err(error.into()))
        })
    })
    .await
}

/// The sessions that Clerk ended, and the error of the last session that it did not end.
async fn end_all(
    grant: &Granted<SignOutEverywhere>,
) -> Result<(Vec<Session>, Option<BackendApiError>), BackendApiError> {
    let running = grant.backend_api().running_user_sessions(grant.target()).await?;
    running.iter().for_each(|session| grant.revoked_sessions().insert(session.id.clone(), grant.now_ms()));
    let (mut all, mut failed) = (Vec::new(), None);
    for session in running {
        match grant.backend_api().revoke_session(&session.id).await {
            Ok(ended) => all.push(ended),
            Err(BackendApiError::NotFound) => all.push(Session { status: "removed".to_owned(), ..session }),
            Err(error) => failed = Some(error),
        }
    }
    Ok((all, failed))
}
