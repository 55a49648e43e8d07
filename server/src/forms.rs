//! Form posts without JavaScript come back to their page.
//!
//! Behind this layer every operation answers in JSON. A browser that posted a plain form is sent back (303) to the page it came from, with the
//! outcome in the query: `done=<operation>`, or `refused=<operation>&refusal=<JSON>` and the fields that it had typed, still encoded as
//! they came: nothing is lost, and nothing of an unauthenticated body is decoded.

use crate::answer;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use gatehouse::places::SafePath;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::Url;

/// Longest form that is carried back in an address.
const CARRIED_BYTES: usize = 1500;
/// Longest search: a hundred characters.
const SEARCHED_BYTES: usize = 400;
/// Longest refusal: a few fields with their codes.
const REFUSAL_BYTES: usize = 4096;

pub(crate) async fn round_trip(mut request: Request, next: Next) -> Response {
    let operation = request.uri().path().strip_prefix("/api/").map(str::to_owned);
    let Some(operation) =
        operation.filter(|_| request.method() == Method::POST && answer::wants_page(request.headers()))
    else {
        return next.run(request).await;
    };
    let from = page_of_form(request.headers());
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let (request, typed) = match keep_typed(request).await {
        Ok(kept) => kept,
        Err(too_large) => return too_large,
    };
    let response = next.run(request).await;
    let status = response.status();
    let headers = response.headers().clone();
    let back = if status.is_success() {
        from.with_query(&[("done", &operation)])
    } else if status == StatusCode::UNAUTHORIZED {
        SafePath::SIGN_IN.with_query(&[("redirect_url", from.as_str())])
    } else {
        let Some(refusal) = refusal_json(response).await else { return status_only(status) };
        carried_back(&from.with_query(&[("refused", &operation), ("refusal", &refusal)]), &typed)
    };
    let Ok(location) = HeaderValue::from_str(back.as_str()) else { return status_only(status) };
    let mut answer = answer::see_other(location);
    for cookie in headers.get_all(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    answer
}

/// The page that the form stands on, with its number in a list, what the list searches for, and without what an earlier post left in its address.
fn page_of_form(headers: &HeaderMap) -> SafePath {
    let referer =
        headers.get(header::REFERER).and_then(|value| value.to_str().ok()).and_then(|text| Url::parse(text).ok());
    let Some(url) = referer else { return SafePath::ADMIN };
    let page = SafePath::parse(url.path()).unwrap_or(SafePath::ADMIN);
    let searched = url.query_pairs().find(|(name, value)| name == "query" && value.len() <= SEARCHED_BYTES);
    let page = searched.map_or(page.clone(), |(name, value)| page.with_query(&[(&name, &value)]));
    let number = url.query_pairs().find(|(name, _)| name == "page").and_then(|(_, number)| number.parse::<u32>().ok());
    number.map_or(page.clone(), |number| page.with_query(&[("page", &number.to_string())]))
}

/// Reads a small form so that it can be carried back; a large one is passed on unread.
async fn keep_typed(request: Request) -> Result<(Request, String), Response> {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|_| status_only(StatusCode::PAYLOAD_TOO_LARGE))?;
    let is_form =
        bytes.len() <= CARRIED_BYTES && bytes.iter().all(|byte| byte.is_ascii_graphic() && !b"#<>\"".contains(byte));
    let typed = if is_form { String::from_utf8_lossy(&bytes).into_owned() } else { String::new() };
    Ok((Request::from_parts(head, Body::from(bytes)), typed))
}

/// Adds what was typed, still encoded as it came.
fn carried_back(page: &SafePath, typed: &str) -> SafePath {
    let with_typed = if typed.is_empty() { None } else { SafePath::parse(&format!("{}&{typed}", page.as_str())) };
    with_typed.unwrap_or_else(|| page.clone())
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
