//! The Backend API, for applications that have the secret key.

mod handlers;
mod instance;
mod invitations;
mod organizations;
mod roles;
mod sessions;
mod users;

use super::fault_injection;
use crate::{faults::Api, server::Clerk};
use axum::{Router, middleware::from_fn_with_state};

pub(super) fn routes(clerk: &Clerk) -> Router<Clerk> {
    Router::new()
        .merge(instance::routes())
        .merge(users::routes())
        .merge(organizations::routes())
        .merge(invitations::routes())
        .merge(roles::routes())
        .merge(sessions::routes())
        .route_layer(from_fn_with_state(clerk.clone(), instance::require_secret_key))
        .route_layer(from_fn_with_state((clerk.clone(), Api::Backend), fault_injection::apply))
}
