//! Signing up: what somebody has given so far, what is still missing, and the end, a new person. New people belong to no organization.

use crate::arrivals::Arrival;
use crate::flows::{Flows, PATIENCE_MS};
use crate::state::{PasswordError, Session, User};
use crate::webhooks::Change;
use crate::{Clerk, answer, identity, now_ms};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

/// A sign-up under way.
#[derive(Clone, Debug)]
pub(crate) struct SignUp {
    pub(crate) id: String,
    /// The browser that it belongs to.
    pub(crate) client: String,
    /// The person to be.
    pub(crate) draft: User,
    pub(crate) verified: bool,
    /// Whether a code has gone out.
    pub(crate) prepared: bool,
    /// The invitation that it accepts.
    pub(crate) invitation: Option<String>,
    pub(crate) unsafe_metadata: Value,
    /// The session that it ended in.
    pub(crate) session: Option<String>,
    begun_at: i64,
}

/// What somebody gives; blank is as absent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Given {
    pub(crate) strategy: String,
    pub(crate) ticket: String,
    pub(crate) email_address: String,
    pub(crate) password: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
}

impl User {
    /// A name and a domain around one `@`, without blanks.
    pub(crate) fn is_address(text: &str) -> bool {
        let plain = text.chars().all(|letter| !letter.is_whitespace() && !letter.is_control());
        let parts = text.split_once('@');
        plain && text.len() <= 254 && parts.is_some_and(|(name, domain)| !name.is_empty() && is_domain(domain))
    }
}

fn is_domain(text: &str) -> bool {
    !text.contains('@') && text.split('.').all(|label| !label.is_empty())
}

/// Clerk's rule for the length of passwords.
#[expect(clippy::result_large_err, reason = "a refusal is an answer")]
pub(crate) fn check_new_password(text: &str, field: &str) -> Result<(), Response> {
    match text.chars().count() {
        0..8 => Err(answer::field_error("form_password_length_too_short", field, "At least 8 characters.")),
        73.. => Err(answer::field_error("form_password_length_too_long", field, "At most 72 characters.")),
        _ => Ok(()),
    }
}

impl SignUp {
    fn new(client: &str) -> Self {
        let (now_ms, user) = (now_ms(), format!("user_{}", identity::random_id()));
        Self {
            id: format!("sua_{}", identity::random_id()),
            client: client.to_owned(),
            draft: User::new(&user, ("", ""), "", None, now_ms),
            verified: false,
            prepared: false,
            invitation: None,
            unsafe_metadata: json!({}),
            session: None,
            begun_at: now_ms,
        }
    }

    fn missing(&self) -> Vec<&'static str> {
        let email = self.draft.email.is_empty().then_some("email_address");
        let password = (!self.draft.can_use_password()).then_some("password");
        email.into_iter().chain(password).collect()
    }

    pub(crate) fn object(&self) -> Value {
        let complete = self.session.is_some();
        let strategy = if self.invitation.is_some() { "ticket" } else { "email_code" };
        let verification = (self.prepared || self.verified).then(|| {
            json!({
                "object": "verification_otp", "status": if self.verified { "verified" } else { "unverified" }, "strategy": strategy,
                "attempts": 0, "expire_at": now_ms() + crate::codes::PATIENCE_MS, "next_action": "needs_attempt",
                "supported_strategies": ["email_code"],
            })
        });
        let unverified: &[&str] = if self.verified || self.draft.email.is_empty() { &[] } else { &["email_address"] };
        let name = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        json!({
            "object": "sign_up_attempt", "id": self.id, "status": if complete { "complete" } else { "missing_requirements" },
            "required_fields": ["email_address", "password"], "optional_fields": ["first_name", "last_name"],
            "missing_fields": self.missing(), "unverified_fields": unverified,
            "verifications": { "email_address": verification, "phone_number": null, "web3_wallet": null, "external_account": null },
            "username": null, "email_address": name(&self.draft.email), "phone_number": null, "web3_wallet": null,
            "password_enabled": self.draft.can_use_password(), "has_password": self.draft.can_use_password(),
            "first_name": name(&self.draft.first_name), "last_name": name(&self.draft.last_name), "unsafe_metadata": self.unsafe_metadata,
            "public_metadata": {}, "custom_action": false, "external_id": null, "created_session_id": self.session,
            "created_user_id": complete.then_some(&self.draft.id), "abandon_at": self.begun_at + PATIENCE_MS, "legal_accepted_at": null,
            "locale": null, "timezone": null,
        })
    }
}

impl Flows {
    pub(crate) fn begin_sign_up(&mut self, client: &str) -> SignUp {
        let now_ms = now_ms();
        self.sign_ups.retain(|sign_up| sign_up.client != client && now_ms - sign_up.begun_at < PATIENCE_MS);
        let sign_up = SignUp::new(client);
        self.sign_ups.push(sign_up.clone());
        sign_up
    }

    pub(crate) fn sign_up(&self, client: &str) -> Option<&SignUp> {
        let fresh = |found: &&SignUp| found.client == client && now_ms() - found.begun_at < PATIENCE_MS;
        self.sign_ups.iter().find(fresh).filter(|_| !client.is_empty())
    }

    pub(crate) fn keep_sign_up(&mut self, sign_up: &SignUp) {
        self.sign_ups.retain(|found| found.id != sign_up.id);
        self.sign_ups.push(sign_up.clone());
    }
}

impl Clerk {
    /// Puts what was given into the sign-up, or tells which field cannot be taken.
    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    pub(crate) fn fill(&self, sign_up: &mut SignUp, given: &Given) -> Result<(), Response> {
        let email = given.email_address.trim().to_lowercase();
        if !email.is_empty() && email != sign_up.draft.email {
            if !User::is_address(&email) {
                let text = "This is no e-mail address.";
                return Err(answer::field_error("form_param_format_invalid", "email_address", text));
            }
            self.refuse_known(&email)?;
            (sign_up.draft.email, sign_up.verified, sign_up.prepared) = (email, false, false);
            sign_up.invitation = None;
        }
        if !given.password.is_empty() {
            check_new_password(&given.password, "password")?;
            sign_up.draft.set_password(&given.password);
        }
        for (text, name) in
            [(&given.first_name, &mut sign_up.draft.first_name), (&given.last_name, &mut sign_up.draft.last_name)]
        {
            let text: String = text.trim().chars().take(100).collect();
            if !text.is_empty() {
                *name = text;
            }
        }
        Ok(())
    }

    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    pub(crate) fn refuse_known(&self, email: &str) -> Result<(), Response> {
        if self.state().users.iter().any(|user| user.email == email) {
            let text = "That email address is taken. Sign in instead, or use another.";
            return Err(answer::field_error("form_identifier_exists", "email_address", text));
        }
        Ok(())
    }

    /// Ends a sign-up that has everything: a person, a session. One that lacks something stays, and is kept.
    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    pub(crate) fn finish(&self, mut sign_up: SignUp, browser: &str) -> Result<SignUp, Response> {
        if !sign_up.missing().is_empty() || !sign_up.verified || sign_up.session.is_some() {
            self.state().flows.keep_sign_up(&sign_up);
            return Ok(sign_up);
        }
        {
            let mut state = self.state();
            if state.users.iter().any(|user| user.email == sign_up.draft.email) {
                drop(state);
                return self.refuse_known(&sign_up.draft.email).map(|()| sign_up);
            }
            let now_ms = now_ms();
            (sign_up.draft.created_at, sign_up.draft.updated_at) = (now_ms, now_ms);
            self.webhooks.user(&sign_up.draft, Change::Created);
            state.users.push(sign_up.draft.clone());
            state.flows.sign_ups.retain(|found| found.id != sign_up.id);
        }
        if let Some(invitation) = &sign_up.invitation {
            self.accept(invitation, &sign_up.draft.id);
        }
        let session = self.begin_session(&sign_up, browser).map_err(crate::frontend::refused)?;
        (sign_up.session, sign_up.client) = (Some(session.id), session.client);
        Ok(sign_up)
    }

    fn begin_session(&self, sign_up: &SignUp, browser: &str) -> Result<Session, PasswordError> {
        let (user, client) = (sign_up.draft.id.clone(), sign_up.client.clone());
        self.arrive(&Arrival { user, client, browser: browser.to_owned(), ..Arrival::default() })
    }
}
