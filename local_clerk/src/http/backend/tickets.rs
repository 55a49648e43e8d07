//! Sign-in tokens (`/sign_in_tokens`) and actor tokens for impersonation (`/actor_tokens`).

use super::handlers::{create, run};
use crate::{
    json::organizations::created_ticket, json::organizations::ticket, model::commands::tickets as commands,
    server::Clerk,
};
use axum::{Router, routing::MethodFilter};

pub(super) fn routes() -> Router<Clerk> {
    Router::new()
        .route("/v1/sign_in_tokens", create(commands::create_sign_in_token, created_ticket))
        .route("/v1/sign_in_tokens/{ticket}/revoke", run(MethodFilter::POST, commands::revoke_sign_in_token, ticket))
        .route("/v1/actor_tokens", create(commands::create_actor_token, created_ticket))
        .route("/v1/actor_tokens/{ticket}/revoke", run(MethodFilter::POST, commands::revoke_actor_token, ticket))
}
