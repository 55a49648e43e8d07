//! The operations that answer with a file instead of a view.
//!
//! A server function would hold the whole file in memory, and the wasm would contain its types. The
//! policy of these operations is declared as that of every other one: the layer `authorize` checks
//! it, the grant checks it again, and `declarations` compares [`OPERATIONS`] with the table.

mod audit_file;

use crate::answer;
use crate::app_state::AppState;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, FromRequest, Request};
use axum::response::Response;
use axum::routing::post;
use domain::operation::{ExportAudit, Operation};
use domain::refusal::{InvalidFields, Refusal};
use futures_util::stream::{self, Stream, StreamExt};
use gatehouse::access::Granted;
use gatehouse::gate::Visitor;
use gatehouse::headers::PRIVATE;
use gatehouse::store::StoreError;
use http::{HeaderName, HeaderValue, header};
use serde::de::DeserializeOwned;
// example:begin webhooks
use domain::operation::RevealWebhook;
use gatehouse::store::webhooks;
// example:end webhooks

/// The names of the operations. Each has a route below `/api`.
pub(crate) const OPERATIONS: &[&str] = &[
    ExportAudit::DECLARATION.name,
    RevealWebhook::DECLARATION.name, // example:line webhooks
];

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        // example:begin webhooks
        .route("/api/reveal_webhook", post(reveal_webhook))
        // example:end webhooks
        .route("/api/export_audit", post(export_audit))
}

// example:begin webhooks
async fn reveal_webhook(Extension(visitor): Extension<Visitor>, request: Request) -> Response {
    let grant = match grant::<RevealWebhook>(&visitor, request).await {
        Ok(grant) => grant,
        Err(refused) => return refused,
    };
    match webhooks::reveal(&grant).await {
        Ok(payload) => {
            let file = File { name: "webhook.json".to_owned(), content_type: "application/json" };
            let parts = stream::once(async { Ok(Bytes::from(payload)) });
            with_budget(answer_file(file, parts), &grant)
        }
        Err(error) => with_budget(answer::refusal(&failed(&error)), &grant),
    }
}
// example:end webhooks

async fn export_audit(Extension(visitor): Extension<Visitor>, request: Request) -> Response {
    let grant = match grant::<ExportAudit>(&visitor, request).await {
        Ok(grant) => grant,
        Err(refused) => return refused,
    };
    match audit_file::parts(&grant).await {
        Ok((file, parts)) => with_budget(answer_file(file, parts), &grant),
        Err(error) => with_budget(answer::refusal(&failed(&error)), &grant),
    }
}

/// Reads the form of an operation and asks for the grant.
#[expect(clippy::result_large_err, reason = "the error is the answer to the request")]
async fn grant<Op: Operation + DeserializeOwned>(visitor: &Visitor, request: Request) -> Result<Granted<Op>, Response> {
    let input = axum::Form::<Op>::from_request(request, &()).await;
    let Ok(axum::Form(input)) = input else {
        return Err(answer::refusal(&Refusal::InvalidInput { fields: InvalidFields::new() }));
    };
    visitor.grant(input).await.map_err(|denied| {
        let mut response = answer::refusal(&denied.refusal);
        response.headers_mut().extend(denied.budget.iter().flat_map(|budget| budget.headers()));
        response
    })
}

fn with_budget<Op: Operation>(mut response: Response, grant: &Granted<Op>) -> Response {
    response.headers_mut().extend(grant.budget().into_iter().flat_map(|budget| budget.headers()));
    response
}

fn failed(error: &StoreError) -> Refusal {
    tracing::error!(%error, "the store failed");
    error.refusal()
}

/// A file that a browser saves.
struct File {
    /// Name with its ending; ASCII.
    name: String,
    content_type: &'static str,
}

/// The file as the answer. Its parts are made as the client reads them. A part that fails ends the
/// connection, so that the client sees that the file is not complete.
fn answer_file(file: File, parts: impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static) -> Response {
    let parts = parts.map(|part| part.inspect_err(|error| tracing::error!(%error, "an export was cut off")));
    let mut response = Response::new(Body::from_stream(parts));
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", file.name));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.content_type)),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE)),
        (HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff")),
    ];
    response.headers_mut().extend(headers);
    response
}

/// A stream of the parts that a state gives until it has no more.
fn unfold<S, F>(
    state: S,
    next: impl Fn(S) -> F + Send + 'static,
) -> impl Stream<Item = Result<Bytes, StoreError>> + Send
where
    S: Send + 'static,
    F: Future<Output = Result<Option<(Bytes, S)>, StoreError>> + Send + 'static,
{
    stream::try_unfold(state, next)
}
