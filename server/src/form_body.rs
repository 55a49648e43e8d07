//! Buffers the body of a call and reads its fields. Operations are small forms, and `body_limit`
//! cuts off longer bodies.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use percent_encoding::percent_decode;
use url::form_urlencoded;

/// The unchanged request and its fields. The content type does not matter: the decoder of an
/// operation ignores it too, and a caller could evade a check that reads less than the decoder.
///
/// # Errors
/// 413 for a body beyond the limit.
pub(crate) async fn read(request: Request) -> Result<(Request, Fields), Response> {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
    Ok((Request::from_parts(head, Body::from(bytes.clone())), Fields(bytes)))
}

/// The fields of a form, still encoded.
pub(crate) struct Fields(Bytes);

impl Fields {
    /// Names and values. Every text is a valid form (WHATWG URL,
    /// `application/x-www-form-urlencoded`), so there is no error.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (String, String)> + '_ {
        form_urlencoded::parse(&self.0).into_owned()
    }

    /// The name of the first field whose name or value is not UTF-8. A decoder would replace the
    /// invalid bytes with U+FFFD, and the database would hold another text than the person sent.
    pub(crate) fn not_text(&self) -> Option<String> {
        let is_text = |part: &[u8]| percent_decode(part).decode_utf8().is_ok();
        let field = self.0.split(|byte| *byte == b'&').find(|field| !is_text(field))?;
        form_urlencoded::parse(field).next().map(|(name, _)| name.into_owned())
    }
}
