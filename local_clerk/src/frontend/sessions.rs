//! Sessions of the browser that asks: tokens, the active organization, the end, and proving again who somebody is.

use super::sign_ins::{refused_with, strategy_unknown};
use super::{own, with_client};
use crate::session::client;
use crate::state::{Session, Status};
use crate::{Clerk, answer, now_ms, objects};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::{Value, json};

/// A field of a form that may have no fields at all.
fn field(form: &[u8], name: &str) -> Option<String> {
    url::form_urlencoded::parse(form).find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

pub(super) async fn token(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Bytes,
) -> Response {
    let session = match own(&clerk, &headers, &id) {
        Ok(session) => session,
        Err(refused) => return refused,
    };
    let wanted = field(&form, "organization_id").filter(|organization| !organization.is_empty());
    let session = Session { organization: wanted.or(session.organization.clone()), ..session };
    let jwt = clerk.session_token(&clerk.state(), &session, now_ms());
    Json(json!({ "object": "token", "jwt": jwt })).into_response()
}

pub(super) async fn touch(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Bytes,
) -> Response {
    let session = match own(&clerk, &headers, &id) {
        Ok(session) => session,
        Err(refused) => return refused,
    };
    // Absent: as it is. Empty: the personal account.
    let wanted = field(&form, "active_organization_id");
    if let Some(organization) = &wanted {
        let member = organization.is_empty() || clerk.state().membership(organization, &session.user).is_some();
        if !member {
            return answer::error(
                StatusCode::NOT_FOUND,
                "resource_not_found",
                "You are no member of this organization.",
            );
        }
    }
    let touched = clerk.change_session(&id, |session, now_ms| {
        if let Some(organization) = wanted {
            session.organization = Some(organization).filter(|organization| !organization.is_empty());
        }
        session.updated_at = now_ms;
    });
    let object = touched.map(|session| clerk.own_session(&clerk.state(), &session, now_ms()));
    with_client(&clerk, client(&headers), &json!(object))
}

pub(super) async fn end(State(clerk): State<Clerk>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if let Err(refused) = own(&clerk, &headers, &id) {
        return refused;
    }
    let ended = clerk.end_session(&id, Status::Ended);
    let object = ended.map(|session| clerk.own_session(&clerk.state(), &session, now_ms()));
    with_client(&clerk, client(&headers), &json!(object))
}

fn verification(clerk: &Clerk, session: &Session, status: &str, level: &str) -> Value {
    let state = clerk.state();
    let second = state.user(&session.user).is_some_and(|user| user.totp.is_some());
    json!({
        "object": "session_reverification", "status": status, "level": level,
        "session": clerk.own_session(&state, session, now_ms()),
        "supported_first_factors": [{ "strategy": "password", "primary": true }],
        "supported_second_factors": if second { json!([{ "strategy": "totp" }]) } else { Value::Null },
        "first_factor_verification": if status == "needs_first_factor" { Value::Null } else { objects::verified("password") },
        "second_factor_verification": null,
    })
}

/// A level above the first factor falls back to it for those who have no second one.
pub(super) async fn start_verification(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Bytes,
) -> Response {
    let session = match own(&clerk, &headers, &id) {
        Ok(session) => session,
        Err(refused) => return refused,
    };
    let level = field(&form, "level").unwrap_or_else(|| "first_factor".to_owned());
    let second = clerk.state().user(&session.user).is_some_and(|user| user.totp.is_some());
    let status = if level == "second_factor" && second { "needs_second_factor" } else { "needs_first_factor" };
    let level = if second { level } else { "first_factor".to_owned() };
    clerk.state().flows.begin_verification(&id, &level);
    let object = verification(&clerk, &session, status, &level);
    with_client(&clerk, client(&headers), &object)
}

#[derive(Deserialize)]
pub(super) struct Attempt {
    strategy: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
}

pub(super) async fn attempt_first_factor(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(attempt): Form<Attempt>,
) -> Response {
    if let Err(refused) = own(&clerk, &headers, &id) {
        return refused;
    }
    if attempt.strategy != "password" {
        return strategy_unknown();
    }
    match clerk.verify_again(&id, &attempt.password) {
        Ok(session) => {
            let level = clerk.state().flows.verification(&id);
            let status = if level == "multi_factor" { "needs_second_factor" } else { "complete" };
            let object = verification(&clerk, &session, status, &level);
            with_client(&clerk, client(&headers), &object)
        }
        Err(error) => refused_with(error, "This password is not correct."),
    }
}

pub(super) async fn attempt_second_factor(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(attempt): Form<Attempt>,
) -> Response {
    let session = match own(&clerk, &headers, &id) {
        Ok(session) => session,
        Err(refused) => return refused,
    };
    if attempt.strategy != "totp" {
        return strategy_unknown();
    }
    if let Err(refused) = clerk.check_code(&session.user, &attempt.code) {
        return refused;
    }
    let level = clerk.state().flows.verification(&id);
    let verified = clerk.change_session(&id, |session, now_ms| session.second_verified_at = Some(now_ms));
    let object = verification(&clerk, &verified.unwrap_or(session), "complete", &level);
    with_client(&clerk, client(&headers), &object)
}
