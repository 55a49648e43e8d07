//! The body of a call as a form: the fields that the policy, the decoder and the redirect of a form
//! post read.
//!
//! A body is read once, and only after the policy has let the caller pass. [`HeldForm`] is the
//! exception: it keeps the body of a form post aside, so that a short form can be read after a
//! refusal, too.

use crate::body;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use domain::form_result::MAX_FORM_BYTES;
use http::header;
use percent_encoding::percent_decode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::form_urlencoded;

/// A browser sends a short form together with its headers. A refused caller whose form takes longer
/// gets the answer without it.
const REFUSED_FORM_TIME: Duration = Duration::from_secs(2);

/// Reads the fields of a call. The content type does not matter: the decoder of an operation
/// ignores it too, and a caller could evade a check that reads less than the decoder.
///
/// # Errors
/// See [`body::read`].
#[expect(clippy::result_large_err, reason = "the error is the answer to the request")]
pub(crate) async fn read(request: Request) -> Result<(Request, Fields), Response> {
    let (head, body) = request.into_parts();
    let held = head.extensions.get::<HeldForm>();
    let body = held.and_then(HeldForm::take).unwrap_or(body);
    let bytes = body::read(body).await.map_err(IntoResponse::into_response)?;
    if let Some(held) = held {
        held.put(HeldBody::Read(bytes.clone()));
    }
    Ok((Request::from_parts(head, Body::from(bytes.clone())), Fields(bytes)))
}

/// The body of a form post, for the layer that answers the post with a redirect. A clone shares it.
#[derive(Clone)]
pub(crate) struct HeldForm {
    body: Arc<Mutex<Option<HeldBody>>>,
    /// Whether a refused post may be read for its redirect.
    is_short: bool,
}

enum HeldBody {
    Unread(Body),
    Read(Bytes),
}

impl HeldForm {
    /// Moves the body of a request aside. [`read`] finds it there.
    pub(crate) fn hold(request: &mut Request) -> Self {
        let body = HeldBody::Unread(std::mem::take(request.body_mut()));
        let held = Self { body: Arc::new(Mutex::new(Some(body))), is_short: is_short_form(request) };
        request.extensions_mut().insert(held.clone());
        held
    }

    /// The fields of the form, after the answer. `None`: the caller was refused before the body was
    /// read, and the form is too long for a URL, no form, or late.
    pub(crate) async fn fields(self) -> Option<Fields> {
        let body = match self.lock().take()? {
            HeldBody::Read(bytes) => return Some(Fields(bytes)),
            HeldBody::Unread(body) => body,
        };
        if !self.is_short {
            return None;
        }
        let bytes = tokio::time::timeout(REFUSED_FORM_TIME, body::read(body)).await.ok()?.ok()?;
        Some(Fields(bytes))
    }

    /// Takes the body, if it is unread.
    fn take(&self) -> Option<Body> {
        match self.lock().take()? {
            HeldBody::Unread(body) => Some(body),
            HeldBody::Read(bytes) => Some(Body::from(bytes)),
        }
    }

    fn put(&self, body: HeldBody) {
        *self.lock() = Some(body);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<HeldBody>> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a request declares a form that is short enough for a URL.
fn is_short_form(request: &Request) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    let kind = text(header::CONTENT_TYPE).unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case(FORM) && length.is_some_and(|length| length <= MAX_FORM_BYTES)
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
