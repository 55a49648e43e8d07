//! Operations on the webhooks of the instance and on the jobs of the scheduler. They concern every
//! organization, so they need the permission of the operators.

use super::declaration::Declaration;
use super::definition::Operation;
use super::target::NoUser;
use crate::input::{CURSOR, REASON, SEARCH, TextFields, cleaned_search, follows};
use crate::permission::Permission;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Lists the webhooks that Clerk delivered, newest first.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListWebhooks {
    /// The place of the page, as an earlier page named it; empty for the first page.
    #[garde(custom(follows(CURSOR)))]
    pub page: String,
    /// The type of the event, `user.created` for example; blank for every type.
    #[garde(custom(follows(SEARCH)))]
    pub kind: String,
    /// The outcome, as [`WebhookView::outcome`] has it; blank for every outcome.
    #[garde(custom(follows(SEARCH)))]
    pub outcome: String,
}

impl Operation for ListWebhooks {
    const DECLARATION: Declaration = Declaration::read("list_webhooks").with_permission(Permission::ManageUsers);
    const TEXT_FIELDS: TextFields = &[("page", CURSOR), ("kind", SEARCH), ("outcome", SEARCH)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn normalized(self) -> Self {
        Self { kind: cleaned_search(&self.kind), outcome: cleaned_search(&self.outcome), ..self }
    }
}

/// Shows a webhook with its payload, in which texts are masked.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct ShowWebhook {
    /// The webhook, as [`WebhookView::id`] names it.
    #[garde(custom(follows(CURSOR)))]
    pub webhook_id: String,
}

impl Operation for ShowWebhook {
    const DECLARATION: Declaration = Declaration::read("show_webhook").with_permission(Permission::ManageUsers);
    const TEXT_FIELDS: TextFields = &[("webhook_id", CURSOR)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// Answers with the payload of a webhook as Clerk sent it, as a file. It has names, addresses and
/// whatever Clerk tells, so each look leaves an entry in the audit log.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct RevealWebhook {
    /// The webhook, as [`WebhookView::id`] names it.
    #[garde(custom(follows(CURSOR)))]
    pub webhook_id: String,
}

impl Operation for RevealWebhook {
    const DECLARATION: Declaration =
        Declaration::sensitive_change("reveal_webhook", 10).with_permission(Permission::ManageUsers);
    const TEXT_FIELDS: TextFields = &[("webhook_id", CURSOR)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// Applies a stored webhook again. The rows are those of the newest version in any case, so a
/// second application changes nothing.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
pub struct ReapplyWebhook {
    /// The webhook, as [`WebhookView::id`] names it.
    #[garde(custom(follows(CURSOR)))]
    pub webhook_id: String,
    /// Why, for the audit log.
    #[serde(default)]
    #[garde(custom(follows(REASON)))]
    pub reason: String,
}

impl Operation for ReapplyWebhook {
    const DECLARATION: Declaration =
        Declaration::sensitive_change("reapply_webhook", 10).with_permission(Permission::ManageUsers);
    const TEXT_FIELDS: TextFields = &[("webhook_id", CURSOR), ("reason", REASON)];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }

    fn reason(&self) -> &str {
        &self.reason
    }
}

/// Lists the jobs of the scheduler.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
pub struct ListJobs {}

impl Operation for ListJobs {
    const DECLARATION: Declaration = Declaration::read("list_jobs").with_permission(Permission::ManageUsers);
    const TEXT_FIELDS: TextFields = &[];
    type Target = NoUser;

    fn target(&self) -> NoUser {
        NoUser
    }
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookView {
    /// The id as text for a URL.
    pub id: String,
    /// Type of the event.
    pub kind: String,
    /// When the first delivery arrived, Unix milliseconds.
    pub received_at_ms: i64,
    /// Milliseconds from the event to the first delivery; `None` for events of earlier versions.
    pub lag_ms: Option<i64>,
    /// `applied`, `stale` (a newer version was stored already), `kept` (the type changes nothing
    /// here), `incomplete`, or `failed` (Clerk delivers it again).
    pub outcome: String,
    /// How often Clerk delivered it; only the first delivery takes effect.
    pub deliveries: u32,
}

/// A webhook with its payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookDetailsView {
    /// The row of the list.
    pub webhook: WebhookView,
    /// Svix's id of the message.
    pub message_id: String,
    /// The payload as JSON, in which texts are masked; `None` once it is erased.
    pub payload: Option<String>,
}

/// A job of the scheduler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobView {
    /// Name.
    pub name: String,
    /// The time between two runs, in milliseconds.
    pub period_ms: i64,
    /// When the job is due, Unix milliseconds.
    pub next_run_at_ms: i64,
    /// Whether a server runs it now.
    pub is_running: bool,
    /// When the last run ended, Unix milliseconds.
    pub last_ended_at_ms: Option<i64>,
    /// How long the last run took, in milliseconds.
    pub last_took_ms: Option<i64>,
    /// Code of the outcome of the run that ended last.
    pub last_outcome: Option<String>,
    /// The result or the error of that run, as text for operators.
    pub last_detail: Option<String>,
}
