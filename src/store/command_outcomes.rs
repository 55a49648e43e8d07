//! Ends commands: one transaction stores the result, writes the audit entry and deletes the intent.
//!
//! The server that ran the command knows its outcome best. If another server has ended the intent
//! meanwhile, the outcome is stored all the same.

use super::audit_entry::{self, Call};
use super::command_intents::{Change, Intent};
use super::mirror;
use super::sessions::end_running;
use super::tombstones::{self, Deleted};
use crate::db::{Connection, Database, StoreError};
use clerk::objects::{Invitation, Membership, Session, User};
use domain::operation::ChangeView;

/// The state at Clerk after a command.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    /// The membership has this role.
    Membership(Membership),
    /// The membership, as it was last, has ended.
    MembershipEnded(Membership),
    /// The invitation.
    Invitation(Invitation),
    /// The revoked invitation, and the new one in its place.
    Resent { revoked: Invitation, sent: Invitation },
    /// The invitation is revoked, and Clerk has sent no new one.
    NotSentAgain(Invitation),
    /// The session.
    Session(Session),
    /// Sessions of the user that have ended. With `all`, no earlier one is left.
    Sessions { ended: Vec<Session>, all: bool },
    /// The user, and sessions of the user that have ended.
    User { user: User, ended: Vec<Session> },
    /// Clerk has no such object any more.
    Absent,
}

/// The outcome of a command.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// Clerk made the change.
    Done(Effect),
    /// The object had ended before the command.
    AlreadyGone(Effect),
    /// Clerk refused the change; the code of the refusal that the caller got.
    Refused(&'static str),
    /// Clerk did not make the change, as the server found out later.
    NotDone,
    /// Nobody could find out whether Clerk made the change.
    Unknown,
}

impl Outcome {
    fn code(&self) -> &'static str {
        match self {
            Self::Done(Effect::NotSentAgain(_)) => "not_sent_again",
            Self::Done(_) => "done",
            Self::AlreadyGone(_) => "already_gone",
            Self::Refused(code) => code,
            Self::NotDone => "not_done",
            Self::Unknown => "unknown",
        }
    }
}

/// Ends a command whose outcome the caller knows from Clerk's answer. It may be repeated: a second
/// call changes nothing.
///
/// # Errors
/// The database does not answer or refuses a statement; nothing is stored then, and the intent
/// stays open.
pub(crate) async fn finish(database: &Database, intent: &Intent, outcome: &Outcome) -> Result<(), StoreError> {
    let mut transaction = database.writer().begin().await?;
    delete(&mut transaction, intent).await?;
    let id = format!("{:013x}-{}", intent.begun_ms, intent.id);
    record(&mut transaction, intent, outcome, id).await?;
    Ok(transaction.commit().await?)
}

/// Ends a command whose outcome was found out afterwards, unless it has ended meanwhile.
///
/// # Errors
/// As [`finish`].
pub(crate) async fn settle(database: &Database, intent: &Intent, outcome: &Outcome) -> Result<(), StoreError> {
    let mut transaction = database.writer().begin().await?;
    if delete(&mut transaction, intent).await? {
        // The server that runs the command may come back and know better. Its entry has an id of
        // its own then.
        let id = format!("{:013x}-{} settled", intent.begun_ms, intent.id);
        record(&mut transaction, intent, outcome, id).await?;
    }
    Ok(transaction.commit().await?)
}

async fn delete(connection: &mut Connection, intent: &Intent) -> Result<bool, StoreError> {
    let query = sqlx::query("delete from command_intents where id = $1").bind(intent.id.as_str());
    Ok(query.execute(connection).await?.rows_affected() == 1)
}

async fn record(connection: &mut Connection, intent: &Intent, outcome: &Outcome, id: String) -> Result<(), StoreError> {
    let change = match outcome {
        Outcome::Done(effect) => Some(store(connection, intent, effect).await?),
        Outcome::AlreadyGone(effect) => {
            let ChangeView { subject, from, .. } = store(connection, intent, effect).await?;
            Some(ChangeView { subject, from, to: String::new() })
        }
        Outcome::Unknown => Some(change(intent, "unknown")),
        Outcome::Refused(_) | Outcome::NotDone => None,
    };
    let Intent { actor, operation, request_id, begun_ms, reason, .. } = intent;
    // A reason may name the person, and the erasure of a person finds it by the subject.
    let reason = reason.as_deref().filter(|_| change.is_some());
    let person = match reason {
        Some(_) => person_of(connection, &intent.subject).await?,
        None => None,
    };
    // The person may have been deleted since the actor wrote it.
    let is_erased = person.as_ref().is_some_and(|(_, deleted_at)| deleted_at.is_some());
    let reason = reason.filter(|_| !is_erased);
    let about = person.map(|(id, _)| id).filter(|id| reason.is_some() && *id != intent.subject);
    let call = Call { actor, operation, request_id, at_ms: *begun_ms, reason, reason_about: about.as_deref() };
    audit_entry::insert_once(connection, &id, &call, outcome.code(), change.as_ref()).await
}

/// The user who is the subject of a command, or whose session is, with the time of the deletion.
async fn person_of(connection: &mut Connection, subject: &str) -> Result<Option<(String, Option<i64>)>, StoreError> {
    let query = "select u.id, u.deleted_at from users u \
                 where u.id = coalesce((select s.user_id from sessions s where s.id = $1), $1)";
    Ok(sqlx::query_as(query).bind(subject).fetch_optional(connection).await?)
}

/// Stores the state at Clerk, and returns the change for the audit entry.
async fn store(connection: &mut Connection, intent: &Intent, effect: &Effect) -> Result<ChangeView, StoreError> {
    let begun_ms = intent.begun_ms;
    Ok(match effect {
        Effect::Membership(membership) => return store_role(connection, intent, membership).await,
        Effect::MembershipEnded(membership) => {
            mirror::end_membership(connection, membership, begun_ms).await?;
            change(intent, "removed")
        }
        Effect::Invitation(invitation) | Effect::NotSentAgain(invitation) => {
            mirror::upsert(connection, invitation).await?;
            let is_new = matches!(intent.change(), Change::Invite { .. });
            change(intent, if is_new { &invitation.role } else { &invitation.status })
        }
        Effect::Resent { revoked, sent } => {
            mirror::upsert(connection, revoked).await?;
            mirror::upsert(connection, sent).await?;
            change(intent, &sent.role)
        }
        Effect::Session(session) => {
            mirror::upsert(connection, session).await?;
            change(intent, "revoked")
        }
        Effect::Sessions { ended, all } => {
            let asked_at = if *all { begun_ms } else { i64::MIN };
            end_running(connection, &intent.subject, ended, asked_at, &intent.actor.session).await?;
            change(intent, &if *all { "revoked".to_owned() } else { format!("{} revoked, not all", ended.len()) })
        }
        Effect::User { user, ended } => {
            if user.banned {
                end_running(connection, user.id.as_str(), ended, begun_ms, &intent.actor.session).await?;
            }
            mirror::upsert(connection, user).await?;
            change(intent, status_of_user(user.banned, user.locked))
        }
        Effect::Absent => {
            bury(connection, intent).await?;
            change(intent, "removed")
        }
    })
}

/// The status of a user in an audit entry.
pub(super) fn status_of_user(banned: bool, locked: bool) -> &'static str {
    match (banned, locked) {
        (false, false) => "active",
        (true, false) => "banned",
        (false, true) => "locked",
        (true, true) => "banned and locked",
    }
}

fn change(intent: &Intent, to: &str) -> ChangeView {
    ChangeView { subject: intent.subject.clone(), from: intent.from.clone(), to: to.to_owned() }
}

async fn store_role(
    connection: &mut Connection,
    intent: &Intent,
    membership: &Membership,
) -> Result<ChangeView, StoreError> {
    // The update locks the row, so the later of two concurrent changes reads the role that the
    // earlier one stored.
    let stored: Option<(String,)> = sqlx::query_as(
        "update memberships set role = role where organization_id = $1 and user_id = $2 and deleted_at is null \
         returning role",
    )
    .bind(membership.organization.as_str())
    .bind(membership.user.as_str())
    .fetch_optional(&mut *connection)
    .await?;
    // A webhook may have stored the new role or the end of the membership already. The old role is
    // then the one of the intent.
    let from = stored.map(|(role,)| role).filter(|role| *role != membership.role);
    mirror::upsert(connection, membership).await?;
    let from = from.unwrap_or_else(|| intent.from.clone());
    Ok(ChangeView { from, ..change(intent, &membership.role) })
}

/// Stores that Clerk does not have the object of the command any more.
async fn bury(connection: &mut Connection, intent: &Intent) -> Result<(), StoreError> {
    let organization = &intent.actor.organization;
    match intent.change() {
        Change::Ban { user } | Change::Unban { user } | Change::Lock { user } | Change::Unlock { user } => {
            tombstones::delete(connection, Deleted::User, user.as_str(), intent.begun_ms).await
        }
        Change::AssignRole { user, .. } | Change::RemoveMember { user } => {
            tombstones::end_membership_of(connection, organization, user, intent.begun_ms).await
        }
        Change::RevokeSession { session } => tombstones::end_session(connection, session).await,
        Change::RevokeInvitation { id } | Change::ResendInvitation { id, .. } => {
            tombstones::end_invitation(connection, organization, id).await
        }
        // The sessions that are left end one by one, and an invitation that was not made has no
        // row.
        Change::SignOutEverywhere { .. } | Change::RevokeOtherSessions { .. } | Change::Invite { .. } => Ok(()),
    }
}
