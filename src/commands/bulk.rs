//! Commands on several members: the command on one member, for each of a selection.
//!
//! Each member has an intent, a change at Clerk and an entry in the audit log of their own, so a
//! member for whom it fails keeps the others from nothing. The answer names the members who are
//! left, with the reason.

use super::error::CommandError;
use super::members::{change_role, remove_member};
use super::sessions::sign_out_everywhere;
use crate::access::Granted;
use domain::ids::UserId;
use domain::operation::{BulkOperation, BulkView, ChangeRoles, NotDoneView, RemoveMembers, SignOutMembers};
use domain::refusal::Refusal;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream;
use std::time::{Duration, Instant};

/// The commands that run at once. Clerk allows 100 calls in 10 seconds to a development instance.
const AT_ONCE: usize = 5;

/// No command begins later. The request has 25 seconds, and a command at Clerk has 10 of them.
const LAST_BEGIN: Duration = Duration::from_secs(12);

/// Gives members another role.
///
/// # Errors
/// The refusal for all of them, if nobody was changed and all have the same.
pub async fn change_roles(grant: Granted<ChangeRoles>) -> Result<BulkView, Refusal> {
    for_each(grant, change_role).await
}

/// Removes members from the organization.
///
/// # Errors
/// As [`change_roles`].
pub async fn remove_members(grant: Granted<RemoveMembers>) -> Result<BulkView, Refusal> {
    for_each(grant, remove_member).await
}

/// Ends every session of members.
///
/// # Errors
/// As [`change_roles`].
pub async fn sign_out_members(grant: Granted<SignOutMembers>) -> Result<BulkView, Refusal> {
    for_each(grant, sign_out_everywhere).await
}

type Outcome = (UserId, Result<(), Refusal>);

/// Runs the command of each member, in a task of its own: a client that disconnects keeps nobody
/// from being changed.
async fn for_each<Op, Run>(
    grant: Granted<Op>,
    command: impl Fn(Granted<Op::Each>) -> Run + Copy + Send + 'static,
) -> Result<BulkView, Refusal>
where
    Op: BulkOperation,
    Run: Future<Output = Result<(), CommandError>> + Send + 'static,
{
    let running = grant.running_commands().clone();
    let task = running.spawn(async move {
        let started = Instant::now();
        let commands = grant.each().into_iter().map(|(user, granted)| -> BoxFuture<'static, Outcome> {
            Box::pin(async move {
                let outcome = match granted {
                    Ok(_) if started.elapsed() > LAST_BEGIN => Err(Refusal::Unavailable),
                    Ok(granted) => command(granted).await.map_err(|error| error.refusal()),
                    Err(refusal) => Err(refusal),
                };
                (user, outcome)
            })
        });
        let commands: Vec<_> = commands.collect();
        stream::iter(commands).buffered(AT_ONCE).collect::<Vec<_>>().await
    });
    answer(task.await.map_err(|_| Refusal::Internal)?)
}

/// The members who are left; or the refusal, if it is the same for everybody.
fn answer(outcomes: Vec<Outcome>) -> Result<BulkView, Refusal> {
    let left = || outcomes.iter().filter_map(|(user, outcome)| Some((user, outcome.as_ref().err()?)));
    if let Some((_, refusal)) = left().next()
        && outcomes.iter().all(|(_, outcome)| outcome.as_ref() == Err(refusal))
    {
        return Err(refusal.clone());
    }
    let not_done = |(user, refusal): (&UserId, &Refusal)| NotDoneView {
        user_id: user.to_string(),
        error: refusal.code().to_owned(),
    };
    Ok(BulkView { not_done: left().map(not_done).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer_to(outcomes: &[Result<(), Refusal>]) -> Result<Vec<String>, Refusal> {
        let member = |(number, outcome): (usize, &Result<(), Refusal>)| {
            (UserId::parse(&format!("user_{number}")).unwrap(), outcome.clone())
        };
        let view = answer(outcomes.iter().enumerate().map(member).collect())?;
        Ok(view.not_done.into_iter().map(|left| format!("{} {}", left.user_id, left.error)).collect())
    }

    #[test]
    fn the_answer_names_the_members_who_are_left() {
        let (gone, down) = (Err(Refusal::NotFound), Err(Refusal::Unavailable));
        assert_eq!(answer_to(&[Ok(()), Ok(())]).unwrap(), [""; 0]);
        assert_eq!(answer_to(&[Ok(()), gone.clone(), Ok(())]).unwrap(), ["user_1 not_found"]);
        assert_eq!(answer_to(&[gone.clone(), down.clone()]).unwrap(), ["user_0 not_found", "user_1 unavailable"]);
        assert_eq!(answer_to(&[gone.clone(), gone]), Err(Refusal::NotFound), "the same for everybody");
        assert_eq!(answer_to(&[down]), Err(Refusal::Unavailable));
    }
}
