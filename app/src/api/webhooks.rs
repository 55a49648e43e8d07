//! The server functions of the pages about webhooks and jobs.

use crate::call_error::CallError;
use domain::operation::{JobView, WebhookDetailsView, WebhookView};
use domain::page_view::PageView;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {crate::authorize::require, crate::refuse, domain::operation, gatehouse::store};

/// Reads one page of the webhooks that Clerk delivered, newest first.
#[server(endpoint = "list_webhooks", prefix = "/api")]
pub async fn list_webhooks(
    #[server(default)] page: String,
    #[server(default)] kind: String,
    #[server(default)] outcome: String,
) -> Result<PageView<WebhookView>, CallError> {
    let granted = require(operation::ListWebhooks { page, kind, outcome }).await?;
    store::webhooks::list(&granted).await.map_err(refuse::store_error)
}

/// Reads a webhook with its masked payload.
#[server(endpoint = "show_webhook", prefix = "/api")]
pub async fn show_webhook(webhook_id: String) -> Result<WebhookDetailsView, CallError> {
    let granted = require(operation::ShowWebhook { webhook_id }).await?;
    store::webhooks::show(&granted).await.map_err(refuse::store_error)
}

/// Applies a stored webhook again.
#[server(endpoint = "reapply_webhook", prefix = "/api")]
pub async fn reapply_webhook(webhook_id: String, #[server(default)] reason: String) -> Result<(), CallError> {
    let granted = require(operation::ReapplyWebhook { webhook_id, reason }).await?;
    store::webhooks::apply_again(&granted).await.map_err(refuse::store_error)
}

/// Reads the jobs of the scheduler.
#[server(endpoint = "list_jobs", prefix = "/api")]
pub async fn list_jobs() -> Result<Vec<JobView>, CallError> {
    let granted = require(operation::ListJobs {}).await?;
    store::webhooks::jobs(&granted).await.map_err(refuse::store_error)
}
