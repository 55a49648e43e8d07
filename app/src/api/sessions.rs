//! Ending a member's session.

use crate::refused::Refused;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {crate::guard::require, gatehouse::operation, gatehouse::store};

/// Ends a session of a member: first at Clerk, then here, where its token stops working at once.
#[server(endpoint = "revoke_session", prefix = "/api")]
pub async fn revoke_session(session_id: String) -> Result<(), Refused> {
    let granted = require(operation::RevokeSession { session_id }).await?;
    store::sessions::find(&granted).await.map_err(crate::compat::store_refusal)?;
    let ended = gatehouse::clerk_api::revoke_session(&granted).await.map_err(crate::compat::clerk_refusal)?;
    store::sessions::revoke(&granted, &ended).await.map_err(crate::compat::store_refusal)?;
    Ok(())
}

/// Ends every session of a member: first at Clerk, then here.
#[server(endpoint = "sign_out_everywhere", prefix = "/api")]
pub async fn sign_out_everywhere(user_id: String) -> Result<(), Refused> {
    let granted = require(operation::SignOutEverywhere { user_id }).await?;
    store::members::find(&granted).await.map_err(crate::compat::store_refusal)?;
    let ended = gatehouse::clerk_api::sign_out_everywhere(&granted).await.map_err(crate::compat::clerk_refusal)?;
    store::sessions::revoke_all(&granted, &ended).await.map_err(crate::compat::store_refusal)?;
    Ok(())
}
