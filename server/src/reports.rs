//! `POST /reports`: receives the browsers' reports about violations of our policies.
//!
//! Neither the gate nor the check of the origin covers it: the browser itself sends reports, not a
//! user, and a report changes only counters and the log.

use crate::app_state::AppState;
use crate::{answer, client_ip, metrics};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use domain::refusal::Refusal;
use gatehouse::client_address;
use gatehouse::limit;
use gatehouse::reports::{Advice, Format, FrontendApi, ReportSummary};
use http::{StatusCode, header};
use std::net::IpAddr;

/// A page with several violations sends a handful of reports, in batches.
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

/// Logs why Clerk's components do not work, each cause once.
fn advise(app: &AppState, reports: &[ReportSummary]) {
    let clerk = FrontendApi {
        host: app.clerk.publishable_key.frontend_api().to_owned(),
        proxied: app.clerk.proxy_url.is_some(),
    };
    for advice in reports.iter().filter_map(|report| Advice::of(report, &clerk)) {
        if app.logged_advice.is_new(advice) {
            tracing::warn!("a browser reports a violation of the content security policy: {advice}");
        }
    }
}

/// Counts the request against the limit of the client's address. During an outage of the rate limit
/// store this process counts alone.
async fn take(app: &AppState, address: Option<IpAddr>) -> Result<(), Refusal> {
    let (who, services) = (client_address::client_key(address), app.gate.services());
    let prefix = format!("{}:reports", services.rate_limit_prefix);
    let now_ms = app.clock.now_ms();
    match services.limiter.take_or_local(&prefix, &who, REPORTS_PER_MINUTE, 60_000, 1, now_ms).await {
        verdict if verdict.admitted => Ok(()),
        verdict => Err(Refusal::RateLimited { retry_after: limit::retry_after_seconds(&verdict) }),
    }
}
