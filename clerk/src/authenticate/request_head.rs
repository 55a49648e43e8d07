//! The part of a request that the decision reads.

use crate::header_text;
use http::{HeaderMap, HeaderName, Method, header};

/// The head of a request. The body is never read.
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a Method,
    /// The path and the query, exactly as received.
    pub target: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
}

impl RequestHead<'_> {
    /// Whether a browser asks for a document, so that a redirect can send it elsewhere first.
    ///
    /// The rule is Clerk's: a GET request whose `Sec-Fetch-Dest` is `document` or `iframe`. Without
    /// that header, `Accept` must begin with `text/html`.
    #[must_use]
    pub fn is_document(&self) -> bool {
        let wants_page = match header_text::text(self.headers, &HeaderName::from_static("sec-fetch-dest")) {
            Some(destination) => matches!(destination, "document" | "iframe"),
            None => {
                let accept = self.headers.get(header::ACCEPT);
                accept.is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"))
            }
        };
        self.method == Method::GET && wants_page
    }
}
