//! Emails. Clerk would send them; here they stay in a mailbox, and nothing leaves the machine.

use crate::random::new_id;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Mail {
    pub(crate) id: String,
    /// Clerk's name of the template.
    pub(crate) slug: String,
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) code: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) sent_at: i64,
}

impl Mail {
    fn new(slug: &str, to: &str, subject: String, body: String, sent_at: i64) -> Self {
        let (id, slug, to) = (new_id("ema"), slug.to_owned(), to.to_owned());
        Self { id, slug, to, subject, body, code: None, link: None, sent_at }
    }

    pub(crate) fn with_code(to: &str, strategy: &str, code: String, now_ms: i64) -> Self {
        let (slug, purpose) = match strategy {
            "reset_password_email_code" => ("reset_password_code", "reset your password"),
            _ => ("verification_code", "verify your email address"),
        };
        let body = format!("Enter {code} to {purpose}. The code expires in 10 minutes.");
        let subject = format!("{code} is your verification code");
        Self { code: Some(code), ..Self::new(slug, to, subject, body, now_ms) }
    }

    /// `organization`: `None` for an invitation to the application.
    pub(crate) fn with_invitation(
        to: &str,
        inviter: Option<&str>,
        organization: Option<&str>,
        link: &str,
        now_ms: i64,
    ) -> Self {
        let target = organization.unwrap_or("this application");
        let subject = match inviter {
            Some(name) => format!("{name} invited you to {target}"),
            None => format!("You are invited to {target}"),
        };
        let body = format!("{subject}. To accept, open {link}");
        let slug = if organization.is_some() { "organization_invitation" } else { "invitation" };
        Self { link: Some(link.to_owned()), ..Self::new(slug, to, subject, body, now_ms) }
    }
}
