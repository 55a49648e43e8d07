//! Emails, and the one-time codes in them.

use crate::model::event::Event;
use crate::model::mail::Mail;
use crate::model::refused::Refused;
use crate::model::state::State;

/// How many emails the mailbox keeps.
const CAPACITY: usize = 100;

/// Puts an email into the mailbox, the log and a webhook.
pub(crate) fn send_email(state: &mut State, mail: Mail) {
    let (code, link) = (mail.code.as_deref().unwrap_or_default(), mail.link.as_deref().unwrap_or_default());
    tracing::info!(to = %mail.to, subject = %mail.subject, code, link, "email sent to the mailbox at /__clerk/hosted/mail");
    let user = state.user_by_email(&mail.to).cloned().map(Box::new);
    state.record(Event::Email(mail.clone(), user));
    state.mails.push(mail);
    let surplus = state.mails.len().saturating_sub(CAPACITY);
    state.mails.drain(..surplus);
}

/// Sends a one-time code, a limited number of times a minute to one address. `id`: of the sign-in,
/// sign-up or session that it verifies.
pub(crate) fn send_email_code(state: &mut State, id: &str, strategy: &str, email: &str) -> Result<(), Refused> {
    let (now_ms, subject) = (state.now_ms, format!("mail to {email}"));
    state.throttle.check(&subject, now_ms)?;
    state.throttle.count(&subject, now_ms);
    let code = state.codes.issue(id, strategy, email, now_ms);
    send_email(state, Mail::with_code(email, strategy, code, now_ms));
    Ok(())
}

/// Uses up a one-time code. Wrong codes are limited like wrong passwords.
pub(crate) fn redeem_email_code(
    state: &mut State,
    id: &str,
    strategy: &str,
    email: &str,
    code: &str,
) -> Result<(), Refused> {
    let now_ms = state.now_ms;
    state.throttle.check(email, now_ms)?;
    state.codes.redeem(id, strategy, code, now_ms).inspect_err(|_| state.throttle.count(email, now_ms))
}
