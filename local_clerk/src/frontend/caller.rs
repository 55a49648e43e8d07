//! Who asks: the session that ClerkJS names in the query, if it is the browser's, or else the active one.

use super::signed_out;
use crate::session::client;
use crate::state::Session;
use crate::{Clerk, answer};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;

pub(super) struct Caller {
    pub(super) session: Session,
    /// The browser's name.
    pub(super) client: String,
}

impl FromRequestParts<Clerk> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, clerk: &Clerk) -> Result<Self, Response> {
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let named = query.into_owned().find(|(name, value)| name == "_clerk_session_id" && !value.is_empty());
        let session = match named {
            Some((_, id)) => clerk.session_named(&parts.headers, &id),
            None => clerk.session(&parts.headers),
        };
        let client = client(&parts.headers).to_owned();
        session.map(|session| Self { session, client }).ok_or_else(signed_out)
    }
}

impl Caller {
    /// Refuses whoever does not belong to the organization, or is no administrator of it where that is needed.
    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    pub(super) fn needs(&self, clerk: &Clerk, organization: &str, admin: bool) -> Result<(), Response> {
        let state = clerk.state();
        match state.membership(organization, &self.session.user) {
            None => Err(answer::not_found()),
            Some(member) if admin && member.role != "admin" => {
                let text = "This needs a role with more permissions.";
                Err(answer::error(StatusCode::FORBIDDEN, "missing_permission", text))
            }
            Some(_) => Ok(()),
        }
    }
}
