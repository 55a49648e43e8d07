//! Form posts without JavaScript come back to their page.
//!
//! Behind this layer every operation answers in JSON. A browser that posted a plain form is sent back (303) to the page
//! that the form stands on, with the outcome and what was sent in its address, as `domain::form_result` writes it. A
//! token lives for a minute, so people who read a page for longer post with an old one: they come back through sign-in,
//! which renews it without a word where the session still runs.

use crate::form_body::Fields;
use crate::{answer, form_body};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use domain::form_result::{self, PAGE, Sent};
use domain::local_path::LocalPath;
use domain::refusal::Refusal;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::{Url, form_urlencoded};

/// Longest search: a hundred characters.
const SEARCHED_BYTES: usize = 400;
/// Longest refusal: a few fields with their codes.
const REFUSAL_BYTES: usize = 4096;

pub(crate) async fn redirect_back(mut request: Request, next: Next) -> Response {
    let operation = request.uri().path().strip_prefix("/api/").map(str::to_owned);
    let Some(operation) =
        operation.filter(|_| request.method() == Method::POST && answer::wants_page(request.headers()))
    else {
        return next.run(request).await;
    };
    let referer = page_of_referer(request.headers());
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let (request, fields) = match form_body::read(request).await {
        Ok(read) => read,
        Err(too_large) => return too_large,
    };
    let from = page_of_form(&fields).or(referer).map_or(LocalPath::ADMIN, |page| list(&page));
    let response = next.run(request).await;
    let status = response.status();
    let headers = response.headers().clone();
    let back = if status.is_success() {
        form_result::done(&from, &operation)
    } else {
        let Some(refusal) = refusal_json(response).await else { return status_only(status) };
        let back = form_result::refused(&from, &operation, &refusal, &Sent::new(fields.pairs()));
        match serde_json::from_str(&refusal) {
            Ok(Refusal::Unauthenticated { reason }) => LocalPath::sign_in(&back, reason),
            _ => back,
        }
    };
    let Ok(location) = HeaderValue::from_str(back.as_str()) else { return status_only(status) };
    let mut answer = answer::see_other(location);
    for cookie in headers.get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    answer
}

/// The page that the form says it stands on.
fn page_of_form(fields: &Fields) -> Option<LocalPath> {
    let (_, page) = fields.pairs().find(|(name, _)| name == PAGE)?;
    LocalPath::parse(&page)
}

/// The page that the browser says the form stands on, for forms that do not say it themselves. People and pages may
/// turn this header off.
fn page_of_referer(headers: &HeaderMap) -> Option<LocalPath> {
    let referer = headers.get(header::REFERER)?;
    let url = Url::parse(str::from_utf8(referer.as_bytes()).ok()?).ok()?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    LocalPath::parse(&format!("{}{query}", url.path())).or_else(|| LocalPath::parse(url.path()))
}

/// A page with its number in a list, what the list searches for, and without what an earlier post left in its address.
fn list(page: &LocalPath) -> LocalPath {
    let (path, query) = page.as_str().split_once('?').unwrap_or((page.as_str(), ""));
    let value = |wanted: &str| form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted);
    let searched = value("query").filter(|(_, text)| text.len() <= SEARCHED_BYTES);
    let number = value("page").and_then(|(name, number)| Some((name, number.parse::<u32>().ok()?.to_string().into())));
    let page = LocalPath::parse(path).unwrap_or(LocalPath::ADMIN);
    [searched, number].into_iter().flatten().fold(page, |page, (name, value)| page.with_query(&[(&name, &value)]))
}

async fn refusal_json(response: Response) -> Option<String> {
    let bytes = to_bytes(response.into_body(), REFUSAL_BYTES).await.ok()?;
    let text = String::from_utf8(bytes.to_vec()).ok()?;
    text.starts_with('{').then_some(text)
}

fn status_only(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
