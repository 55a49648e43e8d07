//! The server function of the page about the sessions of the members.

use crate::call_error::CallError;
use domain::operation::SessionsView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {crate::authorize::require, crate::refuse, domain::operation, gatehouse::store};

/// Reads one page of the running sessions of the members, the newest first.
#[server(endpoint = "list_sessions", prefix = "/api")]
pub async fn list_sessions(#[server(default)] page: String) -> Result<SessionsView, CallError> {
    let granted = require(operation::ListSessions { page }).await?;
    store::session_list::list(&granted).await.map_err(refuse::store_error)
}
