//! The mailbox: what the real Clerk would send by e-mail stands here, on a page, in the log and in a webhook. Nothing leaves the machine.

use crate::codes::CodeError;
use crate::state::{PasswordError, State};
use crate::{Clerk, answer, identity, now_ms};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// So many are kept.
const KEPT: usize = 100;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Mail {
    pub(crate) id: String,
    /// What kind of mail it is, in Clerk's words.
    pub(crate) slug: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) code: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) sent_at: i64,
}

impl Mail {
    fn new(slug: &str, to: &str, subject: String, body: String) -> Self {
        Self {
            id: format!("ema_{}", identity::random_id()),
            slug: slug.to_owned(),
            to: to.to_owned(),
            subject,
            body,
            code: None,
            link: None,
            sent_at: now_ms(),
        }
    }

    fn with_code(to: &str, strategy: &str, code: String) -> Self {
        let (slug, purpose) = match strategy {
            "reset_password_email_code" => ("reset_password_code", "set a new password"),
            _ => ("verification_code", "prove that this address is yours"),
        };
        let body = format!("Enter {code} to {purpose}. The code is good for ten minutes and for one use.");
        Self { code: Some(code.clone()), ..Self::new(slug, to, format!("{code} is your code"), body) }
    }

    pub(crate) fn with_invitation(to: &str, from: Option<&str>, into: &str, link: &str) -> Self {
        let who = from.map_or_else(|| "You are invited".to_owned(), |name| format!("{name} invites you"));
        let subject = format!("{who} to {into}");
        let body = format!("{subject}. Open this address to accept: {link}");
        let slug = if into == "this application" { "invitation" } else { "organization_invitation" };
        Self { link: Some(link.to_owned()), ..Self::new(slug, to, subject, body) }
    }

    /// As webhooks show it.
    pub(crate) fn object(&self, state: &State) -> Value {
        let user = state.users.iter().find(|user| user.email == self.to);
        json!({
            "object": "email", "id": self.id, "slug": self.slug, "from_email_name": "noreply", "to_email_address": self.to,
            "email_address_id": user.map(crate::objects::email_id), "user_id": user.map(|user| &user.id), "subject": self.subject,
            "body": null, "body_plain": self.body, "status": "queued", "delivered_by_clerk": true,
            "data": { "otp_code": self.code, "action_url": self.link, "app": { "name": "Gatehouse" } },
            "created_at": self.sent_at, "updated_at": self.sent_at,
        })
    }
}

impl Clerk {
    pub(crate) fn send(&self, mail: Mail) {
        let (code, link) = (mail.code.as_deref().unwrap_or_default(), mail.link.as_deref().unwrap_or_default());
        tracing::info!(to = %mail.to, subject = %mail.subject, code, link, "mail; the mailbox is at /__clerk/hosted/mail");
        {
            let mut state = self.state();
            self.webhooks.email(&mail.object(&state));
            state.mails.push(mail);
            let surplus = state.mails.len().saturating_sub(KEPT);
            state.mails.drain(..surplus);
        }
        self.save();
    }

    /// Sends a code, so and so many a minute to one address.
    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    pub(crate) fn send_code(&self, id: &str, strategy: &str, email: &str) -> Result<(), Response> {
        let code = {
            let (mut state, now_ms, who) = (self.state(), now_ms(), format!("mail to {email}"));
            if !state.may_try(&who, now_ms) {
                return Err(crate::frontend::refused(PasswordError::TooMany));
            }
            state.attempts.push((who, now_ms));
            state.flows.codes.issue(id, strategy, email, now_ms)
        };
        self.send(Mail::with_code(email, strategy, code));
        Ok(())
    }

    /// Takes a code that came by e-mail; wrong ones count as wrong passwords do.
    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    pub(crate) fn take_code(&self, id: &str, strategy: &str, email: &str, code: &str) -> Result<(), Response> {
        let (mut state, now_ms) = (self.state(), now_ms());
        if !state.may_try(email, now_ms) {
            return Err(crate::frontend::refused(PasswordError::TooMany));
        }
        let error = match state.flows.codes.take(id, strategy, code, now_ms) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        state.attempts.push((email.to_owned(), now_ms));
        Err(match error {
            CodeError::Wrong => answer::field_error("form_code_incorrect", "code", "This code is not right."),
            CodeError::Failed => {
                answer::error(StatusCode::BAD_REQUEST, "verification_failed", "Too many wrong codes. Ask for another.")
            }
            CodeError::Expired => answer::error(
                StatusCode::BAD_REQUEST,
                "verification_expired",
                "This code has expired. Ask for another.",
            ),
        })
    }
}
