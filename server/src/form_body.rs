//! The body of a call, read whole: operations are small forms, and more than their limit was refused before.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use percent_encoding::percent_decode;
use url::form_urlencoded;

/// The request as it came, and its fields. They are read whatever the body is called: the decoder of an operation does not ask either, and a check
/// that reads less than the decoder could be passed by.
///
/// # Errors
/// 413 for a body beyond the limit.
pub(crate) async fn read(request: Request) -> Result<(Request, Fields), Response> {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
    Ok((Request::from_parts(head, Body::from(bytes.clone())), Fields(bytes)))
}

/// Fields of a form, still encoded as they came.
pub(crate) struct Fields(Bytes);

impl Fields {
    /// Names and values. Every text is some form (WHATWG URL, `application/x-www-form-urlencoded`): reading one cannot fail.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (String, String)> + '_ {
        form_urlencoded::parse(&self.0).into_owned()
    }

    /// The name of the first field that is not UTF-8, in its name or its value. A decoder would put U+FFFD for what it
    /// cannot read, and something else would be kept than was sent.
    pub(crate) fn not_text(&self) -> Option<String> {
        let is_text = |part: &[u8]| percent_decode(part).decode_utf8().is_ok();
        let field = self.0.split(|byte| *byte == b'&').find(|field| !is_text(field))?;
        form_urlencoded::parse(field).next().map(|(name, _)| name.into_owned())
    }
}
