//! The records of commands that have begun and whose end is not stored yet.
//!
//! A process can stop between Clerk's change and the transaction that stores it. So a command first
//! commits its intent, which outlives the process; [`super::command_outcomes`] ends it. An intent
//! that stays open is looked after by [`crate::commands`], which asks Clerk what became of it.

use super::page::count;
use crate::access::Granted;
use crate::actor::Actor;
use crate::db::{Database, StoreError, Transaction};
use crate::random::Token;
use clerk::backend_api::CommandRecord;
use domain::ids::{OrganizationId, SessionId, UserId};
use domain::operation::{Operation, ShowSecurity};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// The change that a command asks of Clerk. Roles have the form of Clerk's API, `org:admin` for
/// example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Change {
    Invite {
        email_address: String,
        role: String,
    },
    RevokeInvitation {
        id: String,
    },
    /// Revokes the invitation, and sends a new one.
    ResendInvitation {
        id: String,
        email_address: String,
        role: String,
    },
    AssignRole {
        user: UserId,
        role: String,
    },
    RemoveMember {
        user: UserId,
    },
    RevokeSession {
        session: SessionId,
    },
    SignOutEverywhere {
        user: UserId,
    },
    /// The session of the actor stays.
    RevokeOtherSessions {
        user: UserId,
    },
    Ban {
        user: UserId,
    },
    Unban {
        user: UserId,
    },
    Lock {
        user: UserId,
    },
    Unlock {
        user: UserId,
    },
}

/// The proof that a command is on record. Only this module makes one, and a call of Clerk's Backend
/// API that changes something takes it.
#[derive(Debug)]
#[must_use = "an intent that is not finished stays open until the server asks Clerk about it"]
pub struct Intent {
    pub(super) id: String,
    pub(super) actor: Actor,
    pub(super) operation: String,
    pub(super) request_id: String,
    pub(super) subject: String,
    pub(super) from: String,
    pub(super) begun_ms: i64,
    pub(super) reason: Option<String>,
    change: Change,
    checks: i64,
}

impl CommandRecord for Intent {}

impl Intent {
    pub(crate) fn change(&self) -> &Change {
        &self.change
    }

    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// When the request of the command arrived, Unix milliseconds.
    pub(crate) fn begun_ms(&self) -> i64 {
        self.begun_ms
    }

    /// How often the outcome was looked for at Clerk, this time included.
    pub(crate) fn checks(&self) -> i64 {
        self.checks
    }
}

/// The lease of a running command. A server looks after the commands of others when it is over, so
/// it is longer than a command may run.
pub(crate) const LEASE_MS: i64 = 45_000;

/// The part of an intent that the operation decides.
pub(super) struct NewIntent {
    pub(super) change: Change,
    /// Subject of the audit entry.
    pub(super) subject: String,
    /// Old value in the audit entry.
    pub(super) from: String,
}

/// Commits an intent. `transaction` has read the row that the command changes, so the old value and
/// the intent belong together.
pub(super) async fn begin<Op: Operation>(
    grant: &Granted<Op>,
    mut transaction: Transaction,
    NewIntent { change, subject, from }: NewIntent,
) -> Result<Intent, StoreError> {
    let intent = Intent {
        id: Token::random().as_str().to_owned(),
        actor: grant.actor().clone(),
        operation: grant.operation().to_owned(),
        request_id: grant.request_id().to_owned(),
        subject,
        from,
        begun_ms: grant.now_ms(),
        reason: grant.reason().map(str::to_owned),
        change,
        checks: 0,
    };
    sqlx::query(
        "insert into command_intents (id, organization_id, user_id, session_id, impersonator_id, request_id, \
           operation, change, subject, changed_from, begun_at, check_at, checks, reason) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13)",
    )
    .bind(intent.id.as_str())
    .bind(intent.actor.organization.as_str())
    .bind(intent.actor.user.as_str())
    .bind(intent.actor.session.as_str())
    .bind(intent.actor.impersonator.as_deref())
    .bind(intent.request_id.as_str())
    .bind(intent.operation.as_str())
    .bind(serde_json::to_string(&intent.change).map_err(|error| sqlx::Error::Encode(error.into()))?)
    .bind(intent.subject.as_str())
    .bind(intent.from.as_str())
    .bind(intent.begun_ms)
    .bind(intent.begun_ms.saturating_add(LEASE_MS))
    .bind(intent.reason.as_deref())
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(intent)
}

/// The number of commands of the whole instance whose end is not stored yet.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn open(grant: &Granted<ShowSecurity>) -> Result<u32, StoreError> {
    let query = sqlx::query_as("select count(*) from command_intents where check_at >= 0");
    let (open,): (i64,) = query.fetch_one(grant.database().reader()).await?;
    Ok(count(open))
}

/// Lets this server look after every open intent at once. With SQLite there is only one server, so
/// at its start no command runs.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn end_leases(database: &Database) -> Result<(), StoreError> {
    database.writer().execute(sqlx::query("update command_intents set check_at = 0")).await?;
    Ok(())
}

/// Takes up to 20 open intents whose lease is over at `now_ms` (Unix milliseconds). No other server
/// takes them before `until_ms`.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(crate) async fn take_open(database: &Database, now_ms: i64, until_ms: i64) -> Result<Vec<Intent>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, organization_id, user_id, session_id, impersonator_id, request_id, operation, change, subject, \
           changed_from, begun_at, check_at, checks, reason \
         from command_intents where check_at <= $1 order by check_at, id limit 20",
    )
    .bind(now_ms)
    .fetch_all(database.reader())
    .await?;
    let mut taken = Vec::new();
    for row in rows {
        let query = "update command_intents set check_at = $3, checks = checks + 1 where id = $1 and check_at = $2";
        let query = sqlx::query(query).bind(row.id.as_str()).bind(row.check_at).bind(until_ms);
        if database.writer().execute(query).await?.rows_affected() == 1 {
            let id = row.id.clone();
            match row.read() {
                Some(intent) => taken.push(intent),
                None => tracing::error!(id, "the intent of a command cannot be read; a later version may read it"),
            }
        }
    }
    Ok(taken)
}

/// Lets the next look at an intent happen at `at_ms` (Unix milliseconds).
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(crate) async fn postpone(database: &Database, intent: &Intent, at_ms: i64) -> Result<(), StoreError> {
    let query = sqlx::query("update command_intents set check_at = $2 where id = $1");
    database.writer().execute(query.bind(intent.id.as_str()).bind(at_ms)).await?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    id: String,
    organization_id: String,
    user_id: String,
    session_id: String,
    impersonator_id: Option<String>,
    request_id: String,
    operation: String,
    change: String,
    subject: String,
    changed_from: String,
    begun_at: i64,
    check_at: i64,
    checks: i64,
    reason: Option<String>,
}

impl Row {
    fn read(self) -> Option<Intent> {
        let actor = Actor {
            user: UserId::parse(&self.user_id).ok()?,
            session: SessionId::parse(&self.session_id).ok()?,
            organization: OrganizationId::parse(&self.organization_id).ok()?,
            impersonator: self.impersonator_id,
        };
        Some(Intent {
            id: self.id,
            actor,
            operation: self.operation,
            request_id: self.request_id,
            subject: self.subject,
            from: self.changed_from,
            begun_ms: self.begun_at,
            reason: self.reason,
            change: serde_json::from_str(&self.change).ok()?,
            checks: self.checks + 1,
        })
    }
}
