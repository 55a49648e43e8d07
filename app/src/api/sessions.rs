//! Ending a member's session.

use crate::call_error::CallError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {crate::authorize::require, crate::refuse, domain::operation, gatehouse::commands};

/// Ends a session of a member: first at Clerk, then here, where its token stops working at once.
#[server(endpoint = "revoke_session", prefix = "/api")]
pub async fn revoke_session(session_id: String) -> Result<(), CallError> {
    let granted = require(operation::RevokeSession { session_id }).await?;
    commands::revoke_session(granted).await.map_err(refuse::command_error)
}

/// Ends every session of a member: first at Clerk, then here.
#[server(endpoint = "sign_out_everywhere", prefix = "/api")]
pub async fn sign_out_everywhere(user_id: String) -> Result<(), CallError> {
    let granted = require(operation::SignOutEverywhere { user_id }).await?;
    commands::sign_out_everywhere(granted).await.map_err(refuse::command_error)
}
