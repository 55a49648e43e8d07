//! The dashboard.

use crate::call_error::CallError;
use domain::views::dashboard::DashboardView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {crate::authorize::require, crate::refuse, domain::operation, gatehouse::store};

/// Reads the dashboard.
#[server(endpoint = "show_dashboard", prefix = "/api")]
pub async fn show_dashboard() -> Result<DashboardView, CallError> {
    let granted = require(operation::ShowDashboard {}).await?;
    store::dashboard::show(&granted).await.map_err(refuse::store_error)
}
