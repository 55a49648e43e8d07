//! Detection of user activity. The idle timeout of a session depends on it.

use clerk::authenticate::RequestHead;
use http::Method;

/// Whether the user opens a page or calls an operation. A prefetch of the browser is no activity.
/// The renewal of a token is no activity either: it keeps an idle tab signed in and goes to the
/// Frontend API.
pub(super) fn is_activity(head: RequestHead<'_>) -> bool {
    let is_prefetch = |name: &str| head.headers.get(name).is_some_and(|value| contains(value.as_bytes(), b"prefetch"));
    let is_call = head.method == Method::POST && head.target.starts_with("/api/");
    (head.is_document() || is_call) && !["sec-purpose", "purpose", "x-moz"].into_iter().any(is_prefetch)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|found| found == part)
}
