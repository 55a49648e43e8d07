//! `POST /reports`: receives the browsers' reports about violations of our policies.
//!
//! Neither the gate nor the check of the origin covers it: the browser itself sends reports, not a
//! user, and a report changes only counters and the log.

use crate::app_state::AppState;
use crate::{answer, body, client_ip, metrics};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use gatehouse::limit::{Budget, Call, Limit, Requester};
use gatehouse::reports::{Advice, Format, FrontendApi, ReportSummary};
use http::{StatusCode, header};

/// A page with several violations sends a handful of reports, in batches.
const REPORTS: Limit<'_> = Limit::per_minute("reports", 60);

pub(crate) async fn receive(State(app): State<AppState>, request: Request) -> Response {
    let address = client_ip::client_ip(&app, request.extensions(), request.headers());
    let now_ms = app.clock.now_ms();
    // During an outage of the rate limit store this process counts alone.
    let call = Call::new(Requester::at(address), now_ms);
    let verdict = app.gate.services().limiter.take_or_local(REPORTS, call).await;
    if !verdict.admitted {
        return answer::too_many_requests(&Budget { limit: REPORTS, verdict, now_ms });
    }
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(format) = content_type.and_then(Format::of) else {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    };
    let body = match body::read(request.into_body()).await {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    match format.read(&body) {
        Ok(reports) => {
            for report in &reports {
                metrics::count_report(report);
                app.gate.services().instance_status.count_report(report);
            }
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
