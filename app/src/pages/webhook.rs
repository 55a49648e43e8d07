//! `/admin/webhooks/event`: one webhook with its masked payload. A document without
//! the application.

use super::webhooks::outcome_badge;
use crate::api::{ReapplyWebhook, ShowWebhook};
use crate::call_error::CallError;
use crate::components::code_block::CodeBlock;
use crate::components::confirm_dialog::{ConfirmDialog, ConfirmLink, Question};
use crate::components::download_form::DownloadForm;
use crate::components::loaded::loaded;
use crate::components::outcome_notice::SuccessNotice;
use crate::components::refusal_page::RefusalPage;
use crate::components::timestamp::Timestamp;
use crate::load::load;
use crate::operation_action::{OperationAction, operation_action};
use crate::page_url::PageUrl;
use crate::texts::webhooks::duration;
use domain::input::CURSOR;
use domain::local_path::LocalPath;
use domain::operation::{self, WebhookDetailsView};
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin/webhooks/event`.
#[component]
pub(crate) fn Webhook() -> impl IntoView {
    let url = PageUrl::of_page();
    let id = move || url().get("id").filter(|id| CURSOR.problem(id).is_none()).unwrap_or_default().to_owned();
    let reapply = operation_action::<ReapplyWebhook, operation::ReapplyWebhook>();
    let webhook = load(id, |webhook_id| ShowWebhook { webhook_id });
    view! {
        <Title text=Page::Webhook.definition().title />
        {loaded(move || async move {
            match webhook.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                Ok(found) => details(found, reapply),
            }
        })}
    }
}

fn details(found: WebhookDetailsView, reapply: OperationAction) -> AnyView {
    let WebhookDetailsView { webhook, message_id, payload } = found;
    let lag = webhook.lag_ms.map_or_else(|| "Unknown".to_owned(), duration);
    let kind = webhook.kind.clone();
    let payload = match payload {
        Some(payload) => view! { <Payload payload id=webhook.id.clone() reapply /> }.into_any(),
        None => view! {
            <p class="card muted">
                "The payload is erased. Messages are never stored, and other payloads are erased after their time."
            </p>
        }
        .into_any(),
    };
    view! {
        <nav aria-label="Breadcrumb"><a href=LocalPath::WEBHOOKS.as_str().to_owned()>"Webhooks"</a></nav>
        <div class="page-head">
            <h1><code translate="no">{kind}</code></h1>
            <p class="row">{outcome_badge(&webhook.outcome, webhook.deliveries)}</p>
        </div>
        <section class="card" aria-label="Details">
            <dl class="pairs">
                <div><dt>"Message"</dt><dd><code translate="no">{message_id}</code></dd></div>
                <div><dt>"Received"</dt><dd><Timestamp at_ms=webhook.received_at_ms seconds=true /></dd></div>
                <div><dt>"Lag"</dt><dd>{lag}</dd></div>
                <div><dt>"Deliveries"</dt><dd>{webhook.deliveries}</dd></div>
            </dl>
        </section>
        {payload}
    }
    .into_any()
}

#[component]
fn Payload(payload: String, id: String, reapply: OperationAction) -> impl IntoView {
    let same = id.clone();
    let question = move |_| {
        Some(Question {
            title: "Apply this webhook again?".to_owned(),
            text: "Its content is stored once more. A newer version that is stored already stays.",
            verb: "Apply again",
            fields: vec![("webhook_id", id.clone())],
        })
    };
    view! {
        <section class="card stack" aria-labelledby="payload-title">
            <h2 id="payload-title">"Payload"</h2>
            <p class="hint">
                "Names, addresses and other texts are masked. The whole payload is a file, and the audit log "
                "records each download."
            </p>
            <CodeBlock text=payload label="Masked payload" copy="Copy the masked payload" />
            <DownloadForm operation="reveal_webhook">
                <input type="hidden" name="webhook_id" value=same />
                <button class="button button-quiet button-small">"Download whole payload"</button>
            </DownloadForm>
        </section>
        <section class="card stack" aria-labelledby="again-title">
            <h2 id="again-title">"Apply again"</h2>
            <p class="hint">
                "Applies the event once more, for example after a correction of the database. A newer version that is "
                "stored already stays."
            </p>
            <ConfirmLink action=reapply class="button button-quiet button-small" text="Apply webhook again" />
            <SuccessNotice action=reapply done="Webhook applied again." />
        </section>
        <ConfirmDialog action=reapply question />
    }
}
