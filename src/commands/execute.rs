//! The calls of Clerk's Backend API behind each command.

use crate::revoked_sessions::RevocationList;
use crate::store::Intent;
use crate::store::command_intents::Change;
use crate::store::command_outcomes::Effect;
use clerk::backend_api::{BackendApi, BackendApiError, Commands, NewInvitation};
use clerk::objects::Session;
use clerk::webhook::Revocation;
use domain::ids::{SessionId, UserId};

/// The access to Clerk of one command.
pub(crate) struct ClerkAccess<'a> {
    pub(crate) api: &'a BackendApi,
    pub(crate) revoked_sessions: &'a RevocationList,
    /// When the request arrived, Unix milliseconds.
    pub(crate) now_ms: i64,
}

/// Asks Clerk to make the change, and returns the state afterwards.
///
/// # Errors
/// Clerk refuses the change, or cannot be reached; in the second case it may have made the change.
pub(super) async fn execute(clerk: &ClerkAccess<'_>, intent: &Intent) -> Result<Effect, BackendApiError> {
    let commands = clerk.api.commands(intent);
    let actor = intent.actor();
    let organization = &actor.organization;
    Ok(match intent.change() {
        Change::Invite { email_address, role } => {
            let new = NewInvitation { organization, email_address, role, inviter: &actor.user };
            Effect::Invitation(commands.create_invitation(new).await?)
        }
        Change::RevokeInvitation { id } => {
            Effect::Invitation(commands.revoke_invitation(organization, id, &actor.user).await?)
        }
        Change::ResendInvitation { id, email_address, role } => {
            let new = NewInvitation { organization, email_address, role, inviter: &actor.user };
            resend(commands, id, new).await?
        }
        Change::AssignRole { user, role } => {
            Effect::Membership(commands.update_membership_role(organization, user, role).await?)
        }
        Change::RemoveMember { user } => {
            let membership = [Revocation::Membership(user.clone(), organization.clone())];
            let removal = commands.delete_membership(organization, user);
            Effect::MembershipEnded(clerk.revoked_sessions.revoke_first(&membership, clerk.now_ms, removal).await?)
        }
        Change::RevokeSession { session } => Effect::Session(clerk.revoke_session(commands, session).await?),
        Change::SignOutEverywhere { user } => clerk.end_sessions(commands, user, None).await?,
        Change::RevokeOtherSessions { user } => clerk.end_sessions(commands, user, Some(&actor.session)).await?,
        Change::Ban { user } => clerk.ban(commands, user).await?,
        Change::Unban { user } => of_user(commands.unban_user(user).await?),
        Change::Lock { user } => of_user(commands.lock_user(user).await?),
        Change::Unlock { user } => of_user(commands.unlock_user(user).await?),
    })
}

/// Revokes an invitation and sends a new one. Clerk refuses a second pending one for an address, so
/// there is no other order.
async fn resend(commands: Commands<'_>, id: &str, new: NewInvitation<'_>) -> Result<Effect, BackendApiError> {
    let revoked = commands.revoke_invitation(new.organization, id, new.inviter).await?;
    match commands.create_invitation(new).await {
        Ok(sent) => Ok(Effect::Resent { revoked, sent }),
        // Clerk may have sent it, so the command stays open.
        Err(error @ BackendApiError::Unavailable(_)) => Err(error),
        Err(error) => {
            tracing::warn!(%error, "an invitation is revoked, and Clerk refused a new one");
            Ok(Effect::NotSentAgain(revoked))
        }
    }
}

fn of_user(user: clerk::objects::User) -> Effect {
    Effect::User { user, ended: Vec::new() }
}

impl ClerkAccess<'_> {
    async fn revoke_session(&self, commands: Commands<'_>, session: &SessionId) -> Result<Session, BackendApiError> {
        let ended = [Revocation::Session(session.clone())];
        self.revoked_sessions.revoke_first(&ended, self.now_ms, commands.revoke_session(session)).await
    }

    /// Ends every running session of the user except `kept`, including sessions that no webhook has
    /// reported.
    async fn end_sessions(
        &self,
        commands: Commands<'_>,
        user: &UserId,
        kept: Option<&SessionId>,
    ) -> Result<Effect, BackendApiError> {
        let mut running = self.api.running_user_sessions(user).await?;
        running.retain(|session| Some(&session.id) != kept);
        // All of them stop here before Clerk ends the first one.
        running.iter().for_each(|session| self.revoked_sessions.insert(session.id.clone(), self.now_ms));
        let (mut ended, mut all) = (Vec::new(), true);
        for session in running {
            match self.revoke_session(commands, &session.id).await {
                Ok(revoked) => ended.push(revoked),
                Err(BackendApiError::NotFound) => ended.push(Session { status: "removed".to_owned(), ..session }),
                Err(error) => {
                    tracing::warn!(%error, session = session.id.as_str(), "a session may still run at Clerk");
                    all = false;
                }
            }
        }
        Ok(Effect::Sessions { ended, all })
    }

    async fn ban(&self, commands: Commands<'_>, user: &UserId) -> Result<Effect, BackendApiError> {
        let mut ended = self.api.running_user_sessions(user).await?;
        let revocations: Vec<_> = ended.iter().map(|session| Revocation::Session(session.id.clone())).collect();
        let banned = self.revoked_sessions.revoke_first(&revocations, self.now_ms, commands.ban_user(user)).await?;
        // A session that started between the two calls ends too. If the second list fails, the ban
        // still stands.
        ended.extend(self.api.running_user_sessions(user).await.unwrap_or_default());
        for session in &mut ended {
            session.status = "revoked".to_owned();
            self.revoked_sessions.insert(session.id.clone(), self.now_ms);
        }
        Ok(Effect::User { user: banned, ended })
    }
}
