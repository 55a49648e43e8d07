//! Reads from Clerk what became of a command.

use crate::revoked_sessions;
use crate::store::Intent;
use crate::store::command_intents::Change;
use crate::store::command_outcomes::Effect;
use clerk::backend_api::{BackendApi, BackendApiError};
use clerk::objects::{Invitation, Membership, without_org_prefix};
use domain::ids::{OrganizationId, UserId};

/// The outcome of a command, as Clerk shows it.
#[derive(Debug)]
pub(super) enum Observed {
    /// Clerk has the state that the command asked for.
    Done(Effect),
    /// Clerk has another state.
    NotDone,
    /// The object of the command has ended, whoever ended it.
    Gone(Effect),
}

/// How long before its intent an invitation may seem to be made. Clocks without a time server are
/// minutes apart, and an invitation that is not found is called not sent.
const EARLIEST_INVITATION_MS: i64 = 5 * 60 * 1000;

/// Looks at the object of a command.
///
/// # Errors
/// Clerk cannot be reached, or refuses the request.
pub(super) async fn observe(api: &BackendApi, intent: &Intent) -> Result<Observed, BackendApiError> {
    let organization = &intent.actor().organization;
    Ok(match intent.change() {
        Change::Invite { .. } => match find_invitation(api, intent).await? {
            Some(invitation) => Observed::Done(Effect::Invitation(invitation)),
            None => Observed::NotDone,
        },
        Change::RevokeInvitation { id } => of_revocation(found(api.invitation(organization, id).await)?),
        Change::ResendInvitation { id, .. } => observe_resending(api, intent, id).await?,
        Change::AssignRole { user, role } => match find_membership(api, organization, user).await? {
            Some(membership) if membership.role == without_org_prefix(role) => {
                Observed::Done(Effect::Membership(membership))
            }
            Some(_) => Observed::NotDone,
            None => Observed::Gone(Effect::Absent),
        },
        Change::RemoveMember { user } => match find_membership(api, organization, user).await? {
            Some(_) => Observed::NotDone,
            None => Observed::Gone(Effect::Absent),
        },
        Change::RevokeSession { session } => match found(api.session(session).await)? {
            Some(session) if ["active", "pending"].contains(&session.status.as_str()) => Observed::NotDone,
            Some(session) => Observed::Done(Effect::Session(session)),
            None => Observed::Gone(Effect::Absent),
        },
        Change::SignOutEverywhere { user } | Change::RevokeOtherSessions { user } => {
            observe_sessions(api, intent, user).await?
        }
        Change::Ban { user } => observe_user(api, user, |user| user.banned).await?,
        Change::Unban { user } => observe_user(api, user, |user| !user.banned).await?,
        Change::Lock { user } => observe_user(api, user, |user| user.locked).await?,
        Change::Unlock { user } => observe_user(api, user, |user| !user.locked).await?,
    })
}

/// Whether sessions of a user are left that the command had to end.
async fn observe_sessions(api: &BackendApi, intent: &Intent, user: &UserId) -> Result<Observed, BackendApiError> {
    let running = api.running_user_sessions(user).await?;
    // A session that started later comes from a new sign-in. Clerk's clock dates the sessions, so a
    // session of the next seconds may be an old one, which must not be called ended.
    let latest_ms = intent.begun_ms().saturating_add(revoked_sessions::CLOCK_DIFFERENCE_MS);
    // The session that asked stays.
    let kept = &intent.actor().session;
    let is_left = running.iter().any(|session| session.created_at <= latest_ms && session.id != *kept);
    Ok(if is_left { Observed::NotDone } else { Observed::Done(Effect::Sessions { ended: Vec::new(), all: true }) })
}

fn of_revocation(invitation: Option<Invitation>) -> Observed {
    match invitation {
        Some(invitation) if invitation.status == "pending" => Observed::NotDone,
        Some(invitation) if invitation.status == "revoked" => Observed::Done(Effect::Invitation(invitation)),
        Some(invitation) => Observed::Gone(Effect::Invitation(invitation)),
        None => Observed::Gone(Effect::Absent),
    }
}

/// Both calls of Clerk were made, the first one, or none.
async fn observe_resending(api: &BackendApi, intent: &Intent, id: &str) -> Result<Observed, BackendApiError> {
    let observed = of_revocation(found(api.invitation(&intent.actor().organization, id).await)?);
    let Observed::Done(Effect::Invitation(revoked)) = observed else { return Ok(observed) };
    Ok(Observed::Done(match find_invitation(api, intent).await? {
        Some(sent) => Effect::Resent { revoked, sent },
        None => Effect::NotSentAgain(revoked),
    }))
}

/// Turns the absence of an object into `None`.
fn found<T>(answer: Result<T, BackendApiError>) -> Result<Option<T>, BackendApiError> {
    match answer {
        Ok(object) => Ok(Some(object)),
        Err(BackendApiError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn observe_user(
    api: &BackendApi,
    user: &UserId,
    is_done: impl Fn(&clerk::objects::User) -> bool,
) -> Result<Observed, BackendApiError> {
    Ok(match found(api.user(user).await)? {
        Some(user) if is_done(&user) => Observed::Done(Effect::User { user, ended: Vec::new() }),
        Some(_) => Observed::NotDone,
        None => Observed::Gone(Effect::Absent),
    })
}

async fn find_membership(
    api: &BackendApi,
    organization: &OrganizationId,
    user: &UserId,
) -> Result<Option<Membership>, BackendApiError> {
    Ok(found(api.find_user_membership(user, |found| found.organization == *organization).await)?.flatten())
}

/// The invitation that the command made. Clerk refuses a second pending invitation for an address,
/// so address and time name one.
async fn find_invitation(api: &BackendApi, intent: &Intent) -> Result<Option<Invitation>, BackendApiError> {
    let (Change::Invite { email_address, .. } | Change::ResendInvitation { email_address, .. }) = intent.change()
    else {
        return Ok(None);
    };
    let earliest_ms = intent.begun_ms().saturating_sub(EARLIEST_INVITATION_MS);
    let is_other = matches!(intent.change(), Change::ResendInvitation { .. });
    let is_it = |found: &Invitation| {
        found.email.eq_ignore_ascii_case(email_address)
            && found.created_at >= earliest_ms
            // The earlier invitation may be as young. It is revoked.
            && !(is_other && found.status == "revoked")
    };
    Ok(found(api.find_invitation(&intent.actor().organization, is_it).await)?.flatten())
}
