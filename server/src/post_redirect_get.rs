//! Redirects a form post without JavaScript back to its page.
//!
//! Behind this layer every operation answers in JSON. The layer answers a browser that has posted a
//! plain form with a redirect (303) to the page of the form. The URL carries the outcome and the
//! fields, as `domain::form_result` writes them. A token is valid for 60 seconds, so a person who
//! reads a page for longer posts with an expired token. The redirect then leads through sign-in,
//! which renews the token without a form while the session is active.
//!
//! The layer moves the body aside, and the policy layer reads it once the caller may pass. After an
//! earlier refusal, this layer reads a short form itself, to carry the fields back.

use crate::answer;
use crate::form_body::{Fields, HeldForm};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use domain::form_result::{self, CONFIRM_ID, DONE_PAGE, PAGE, PARAMETERS, Sent};
use domain::input::CURSOR;
use domain::local_path::LocalPath;
// example:begin bulk
use domain::operation::{BulkView, NotDoneView};
// example:end bulk
use domain::refusal::Refusal;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::{Url, form_urlencoded};

/// The longest search text: 100 characters of at most 4 bytes.
const SEARCHED_BYTES: usize = 400;
/// The longest filters of a list and ids of a confirmation: 25 ids of at most 40 bytes.
const PARAMETER_BYTES: usize = 1400;
/// The most parameters of a page: its filters and the ids of a selection.
const MAX_PARAMETERS: usize = 64;
/// The longest answer that is read: a refusal, or the 25 members that a change did not reach.
const JSON_BYTES: usize = 4096;

pub(crate) async fn redirect_back(mut request: Request, next: Next) -> Response {
    let operation = request.uri().path().strip_prefix("/api/").map(str::to_owned);
    let Some(operation) =
        operation.filter(|_| request.method() == Method::POST && answer::wants_page(request.headers()))
    else {
        return next.run(request).await;
    };
    let referer = page_of_referer(request.headers());
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let form = HeldForm::hold(&mut request);
    let response = next.run(request).await;
    // A browser saves the file and stays on its page.
    if response.headers().contains_key(header::CONTENT_DISPOSITION) {
        return response;
    }
    let fields = form.fields().await;
    let page = |field: &str| fields.as_ref().and_then(|fields| page_of_form(fields, field));
    let status = response.status();
    let done_page = page(DONE_PAGE).filter(|_| status.is_success());
    let from = done_page.or_else(|| page(PAGE)).or(referer).map_or(LocalPath::ADMIN, |page| list(&page));
    let headers = response.headers().clone();
    let json = json_object(response).await;
    let back = if status.is_success() {
        form_result::done(&from, &operation)
    } else {
        let Some(refusal) = &json else { return status_only(status) };
        refused(&from, &operation, refusal, fields)
    };
    let back = form_result::with_not_done(&back, &not_done(json.as_deref())); // example:line bulk
    let Ok(location) = HeaderValue::from_str(back.as_str()) else { return status_only(status) };
    let mut answer = answer::see_other(location);
    for cookie in headers.get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    answer
}

/// The page with the refusal and the fields, or the sign-in page that leads there.
fn refused(from: &LocalPath, operation: &str, refusal: &str, fields: Option<Fields>) -> LocalPath {
    let sent = fields.map_or_else(Sent::too_long, |fields| Sent::new(fields.pairs()));
    let back = form_result::refused(from, operation, refusal, &sent);
    match serde_json::from_str(refusal) {
        Ok(Refusal::Unauthenticated { reason }) => LocalPath::sign_in(&back, reason),
        _ => back,
    }
}

/// The page that a hidden field of the form names.
fn page_of_form(fields: &Fields, field: &str) -> Option<LocalPath> {
    let (_, page) = fields.pairs().find(|(name, _)| name == field)?;
    LocalPath::parse(&page)
}

/// The page of the form, according to the header `Referer`, for forms without the hidden field.
/// People and pages can turn this header off.
fn page_of_referer(headers: &HeaderMap) -> Option<LocalPath> {
    let referer = headers.get(header::REFERER)?;
    let url = Url::parse(str::from_utf8(referer.as_bytes()).ok()?).ok()?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    LocalPath::parse(&format!("{}{query}", url.path())).or_else(|| LocalPath::parse(url.path()))
}

/// The page with its parameters, which hold the search, the filters, the place in the list and the
/// open confirmation, and without the outcome of an earlier post.
fn list(page: &LocalPath) -> LocalPath {
    let (path, query) = page.as_str().split_once('?').unwrap_or((page.as_str(), ""));
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).take(MAX_PARAMETERS).collect();
    let mut left = PARAMETER_BYTES;
    let kept = pairs.iter().enumerate().filter(|(place, (name, value))| {
        let is_repeated = name != CONFIRM_ID && pairs.iter().take(*place).any(|(earlier, _)| earlier == name);
        let is_valid = match &**name {
            "query" => value.len() <= SEARCHED_BYTES,
            "page" => CURSOR.problem(value).is_none(),
            name if PARAMETERS.contains(&name) => false,
            name => left.checked_sub(name.len() + value.len()).map(|rest| left = rest).is_some(),
        };
        is_valid && !is_repeated
    });
    let page = LocalPath::parse(path).unwrap_or(LocalPath::ADMIN);
    kept.fold(page, |page, (_, (name, value))| page.with_query(&[(name, value)]))
}

// example:begin bulk
/// The members that an operation on several did not change; nobody for every other answer.
fn not_done(json: Option<&str>) -> Vec<NotDoneView> {
    let view = json.and_then(|json| serde_json::from_str::<BulkView>(json).ok());
    view.map(|view| view.not_done).unwrap_or_default()
}
// example:end bulk

async fn json_object(response: Response) -> Option<String> {
    let bytes = to_bytes(response.into_body(), JSON_BYTES).await.ok()?;
    let text = String::from_utf8(bytes.to_vec()).ok()?;
    text.starts_with('{').then_some(text)
}

fn status_only(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
