//! The session of a request: the one that its path or query names, if it belongs to the browser, or
//! the active one.

use crate::http::browser::client_id;
use crate::model::refused::Refused;
use crate::model::session::Session;
use crate::server::Clerk;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

fn signed_out() -> Response {
    Refused::new(401, "authentication_invalid", "You are signed out.").into_response()
}

/// The session in the path. A browser reaches its own sessions only.
pub(super) struct SessionInPath(pub(super) Session);

impl FromRequestParts<Clerk> for SessionInPath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, clerk: &Clerk) -> Result<Self, Response> {
        let Path(id) = Path::<String>::from_request_parts(parts, clerk).await.map_err(IntoResponse::into_response)?;
        clerk.session_of_client(client_id(&parts.headers), &id).map(Self).ok_or_else(signed_out)
    }
}

/// The session in the parameter `_clerk_session_id`, or the active one.
pub(super) struct Caller {
    pub(super) session: Session,
    pub(super) client: String,
}

impl FromRequestParts<Clerk> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, clerk: &Clerk) -> Result<Self, Response> {
        let client = client_id(&parts.headers).to_owned();
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let named = query.into_owned().find(|(name, value)| name == "_clerk_session_id" && !value.is_empty());
        let session = match named {
            Some((_, id)) => clerk.session_of_client(&client, &id),
            None => clerk.active_session(&client),
        };
        session.map(|session| Self { session, client }).ok_or_else(signed_out)
    }
}

impl Caller {
    pub(super) fn require_member(&self, clerk: &Clerk, organization: &str) -> Result<(), Refused> {
        self.role(clerk, organization).map(|_| ())
    }

    pub(super) fn require_admin(&self, clerk: &Clerk, organization: &str) -> Result<(), Refused> {
        match self.role(clerk, organization)?.as_str() {
            "admin" => Ok(()),
            _ => {
                let text = "You do not have permission to manage this organization.";
                Err(Refused::new(403, "missing_permission", text))
            }
        }
    }

    fn role(&self, clerk: &Clerk, organization: &str) -> Result<String, Refused> {
        let state = clerk.state();
        let membership = state.membership(organization, &self.session.user).ok_or_else(Refused::not_found)?;
        Ok(membership.role.clone())
    }
}
