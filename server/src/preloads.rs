//! Names the files of a page in the header `Link`, which a browser reads before the document.
//!
//! hyper cannot send `103 Early Hints`; a proxy that can makes them from this header. The document
//! itself has no preload links, so nothing is named twice.

use app::shell;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use domain::pages::Page;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::LeptosOptions;

/// The values of the header: of a page that is interactive, and of one that is not.
#[derive(Clone)]
pub(crate) struct Preloads {
    interactive: Option<HeaderValue>,
    plain: Option<HeaderValue>,
}

impl Preloads {
    pub(crate) fn new(options: &LeptosOptions) -> Self {
        let value = |is_interactive| HeaderValue::from_str(&shell::preloads(options, is_interactive)).ok();
        Self { interactive: value(true), plain: value(false) }
    }
}

pub(crate) async fn add(State(preloads): State<Preloads>, request: Request, next: Next) -> Response {
    let page = Page::at(request.uri().path());
    let mut response = next.run(request).await;
    // Redirects and files have no such files, and a browser would warn about an unused one.
    if let Some(page) = page.filter(|_| response.status() == StatusCode::OK) {
        let value = if page.definition().is_interactive { preloads.interactive } else { preloads.plain };
        if let Some(value) = value {
            response.headers_mut().insert(header::LINK, value);
        }
    }
    response
}
