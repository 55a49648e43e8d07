//! The gate as a layer: it puts a `Visitor` into every request of a person, or answers with a
//! redirect or a refusal.

use crate::app_state::AppState;
use crate::request_id::RequestId;
use crate::{answer, client_ip, documents};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use clerk::authenticate::RequestHead;
use domain::refusal::Refusal;
use gatehouse::gate::Admission;
use gatehouse::headers::PRIVATE;
use gatehouse::limit::Requester;
use http::{HeaderValue, StatusCode, header};

pub(crate) async fn authenticate(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let request_id = request.extensions().get::<RequestId>().map(|id| id.as_str().to_owned()).unwrap_or_default();
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let head = RequestHead { method: request.method(), target, headers: request.headers() };
    let address = client_ip::client_ip(&app, request.extensions(), request.headers());
    match app.gate.admit(head, Requester::at(address), &request_id, app.clock.now_ms()).await {
        Admission::Unavailable => refused(&app, &request, &Refusal::Unavailable),
        Admission::TooManyLookups(budget) => {
            let retry_after = budget.verdict.retry_after_seconds();
            let mut response = refused(&app, &request, &Refusal::RateLimited { retry_after });
            response.headers_mut().extend(budget.headers());
            response
        }
        Admission::ForeignCookies => documents::foreign_cookies(&app, request.headers()),
        Admission::Redirect(location, headers) => {
            let mut response = (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response();
            response.headers_mut().extend_appending(headers);
            response
        }
        Admission::Visitor(visitor, headers) => {
            let known = visitor.session().is_some() || visitor.is_pending();
            request.extensions_mut().insert(visitor);
            let mut response = next.run(request).await;
            response.headers_mut().extend_appending(headers);
            let private = HeaderValue::from_static(PRIVATE);
            if known {
                response.headers_mut().insert(header::CACHE_CONTROL, private);
            } else {
                // A signed-out page depends on cookies too, and each page has its own nonce.
                response.headers_mut().entry(header::CACHE_CONTROL).or_insert(private);
            }
            response
        }
    }
}

/// A refusal before the gate knows the caller: a page for a browser, JSON for a program and for
/// every operation.
fn refused(app: &AppState, request: &Request, refusal: &Refusal) -> Response {
    if request.uri().path().starts_with("/api/") || !answer::wants_page(request.headers()) {
        return answer::refusal(refusal);
    }
    let id = request.extensions().get::<RequestId>().map(RequestId::as_str).unwrap_or_default();
    documents::refusal(app, refusal, id, request.headers())
}

trait ExtendAppending {
    fn extend_appending(&mut self, headers: Vec<(http::HeaderName, HeaderValue)>);
}

impl ExtendAppending for http::HeaderMap {
    /// Appends all headers; `extend` would keep only one `Set-Cookie`.
    fn extend_appending(&mut self, headers: Vec<(http::HeaderName, HeaderValue)>) {
        for (name, value) in headers {
            self.append(name, value);
        }
    }
}
