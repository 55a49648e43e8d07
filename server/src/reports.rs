//! `POST /reports`: where browsers send what a policy of ours kept from happening.
//!
//! It stands outside sessions and CSRF: nothing is done but counting and telling the log, and a
//! browser sends reports on its own behalf.

use crate::app_state::AppState;
use crate::{answer, client_ip, metrics};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use domain::refusal::Refusal;
use gatehouse::client_address;
use gatehouse::limit;
use gatehouse::reports::{Advice, Counted, Format, Interface};
use http::{StatusCode, header};
use std::net::IpAddr;

/// A page that is broken in several places sends a handful, batched.
const REPORTS_PER_MINUTE: u64 = 60;

pub(crate) async fn receive(State(app): State<AppState>, request: Request) -> Response {
    let address = client_ip::client_ip(&app, request.extensions(), request.headers());
    if let Err(refused) = take(&app, address).await {
        return answer::refusal(&refused);
    }
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(format) = content_type.and_then(Format::of) else {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    };
    let body = match Bytes::from_request(request, &app).await {
        Ok(body) => body,
        Err(rejection) => return rejection.into_response(),
    };
    match format.read(&body) {
        Ok(reports) => {
            reports.iter().for_each(metrics::count_report);
            advise(&app, &reports);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Tells whoever reads the log what keeps Clerk's interface from working, each cause once.
fn advise(app: &AppState, reports: &[Counted]) {
    let clerk = Interface {
        frontend_api: app.clerk.publishable_key.frontend_api().to_owned(),
        proxied: app.clerk.proxy_url.is_some(),
    };
    for advice in reports.iter().filter_map(|report| Advice::of(report, &clerk)) {
        if app.logged_advice.is_new(advice) {
            tracing::warn!("a browser reports a violation of the content security policy: {advice}");
        }
    }
}

/// Counts the report against the budget of the client. Reports are counted in this process, so they
/// need no store of rate limits to be there.
async fn take(app: &AppState, address: Option<IpAddr>) -> Result<(), Refusal> {
    let (who, services) = (client_address::client_key(address), app.gate.services());
    let prefix = format!("{}:reports", services.rate_limit_prefix);
    let now_ms = app.clock.now_ms();
    match services.limiter.take_or_local(&prefix, &who, REPORTS_PER_MINUTE, 60_000, 1, now_ms).await {
        verdict if verdict.admitted => Ok(()),
        verdict => Err(Refusal::RateLimited { retry_after: limit::retry_after_seconds(&verdict) }),
    }
}
