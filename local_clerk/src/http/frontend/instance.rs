//! The instance, as ClerkJS reads it: its key set, its environment, its dev browsers.

use crate::{http::answer::Answer, model::Refused, model::dev_browser::new_dev_browser, model::ensure, server::Clerk};
use axum::{Json, http::header, response::IntoResponse};
use serde_json::{Value, json};

/// The appearance and features of Clerk's components.
const ENVIRONMENT: &str = include_str!("../../json/environment.json");

pub(super) async fn jwks(clerk: Clerk) -> Json<Value> {
    Json(clerk.identity.keys.jwks())
}

/// Only development instances have dev browsers (Clerk behaviour).
pub(super) async fn create_dev_browser(clerk: Clerk) -> Answer {
    let refused = Refused::new(400, "host_invalid", "A production instance has no dev browsers.");
    ensure(clerk.is_development(), refused)?;
    Ok(Json(json!({ "object": "dev_browser", "id": new_dev_browser() })))
}

pub(super) async fn environment(clerk: Clerk) -> impl IntoResponse {
    let kind = format!(r#""instance_environment_type": "{}""#, clerk.options.instance.as_str());
    let membership = format!(r#""force_organization_selection": {}"#, clerk.options.membership_required);
    let text = ENVIRONMENT.replacen(r#""instance_environment_type": "development""#, &kind, 1);
    let text = text.replacen(r#""force_organization_selection": false"#, &membership, 1);
    ([(header::CONTENT_TYPE, "application/json")], text)
}
