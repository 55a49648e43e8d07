//! The server function of the charts of the overview.

use crate::call_error::CallError;
use domain::operation::ActivityView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {crate::authorize::require, crate::refuse, domain::operation, gatehouse::store};

/// Counts what happened in a period: `hour`, `day` or `week`.
#[server(endpoint = "show_activity", prefix = "/api")]
pub async fn show_activity(#[server(default)] period: String) -> Result<ActivityView, CallError> {
    let granted = require(operation::ShowActivity { period }).await?;
    store::activity_charts::show(&granted).await.map_err(refuse::store_error)
}
