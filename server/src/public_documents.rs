//! The documents that are the same for every visitor in the same state and with the same
//! appearance, each rendered once.
//!
//! A document is made from its key alone: from no request, no nonce and no person. The keys are a
//! closed set, which bounds the memory. Under `cargo leptos watch` a page has a script with the
//! nonce of its request, so then no page is kept.

use crate::chosen_appearance::chosen_appearance;
use crate::representations::Representations;
use app::shell;
use axum::body::Bytes;
use axum::extract::Request;
use axum::response::{Html, IntoResponse, Response};
use domain::appearance::Appearance;
use domain::current_user::SignInState;
use gatehouse::random::Token;
use http::StatusCode;
use leptos::config::Env;
use leptos::prelude::*;
use std::sync::OnceLock;

/// Stands in a kept document where the id of the request belongs. No text of a page contains it.
const REQUEST_ID: &str = "{request id}";
/// The statuses of errors: 400 to 599.
const ERRORS: usize = 200;

/// A document in each appearance.
struct Kept<T>([OnceLock<T>; Appearance::NUMBER]);

impl<T> Kept<T> {
    const fn new() -> Self {
        Self([const { OnceLock::new() }; Appearance::NUMBER])
    }

    /// The document in an appearance, rendered at the first call.
    fn get_or_render(&self, appearance: Appearance, render: impl FnOnce() -> T) -> Option<&T> {
        self.0.get(appearance.index()).map(|kept| kept.get_or_init(render))
    }
}

/// The documents that have been rendered.
pub struct PublicDocuments {
    options: LeptosOptions,
    signed_out_home: Kept<Representations>,
    pending_home: Kept<Representations>,
    signed_in_home: Kept<Representations>,
    sign_out: Kept<Representations>,
    unfinished_sign_out: Kept<Representations>,
    errors: Vec<Kept<Bytes>>,
}

impl PublicDocuments {
    /// No document is rendered before somebody asks for it.
    pub(crate) fn new(options: LeptosOptions) -> Self {
        Self {
            options,
            signed_out_home: Kept::new(),
            pending_home: Kept::new(),
            signed_in_home: Kept::new(),
            sign_out: Kept::new(),
            unfinished_sign_out: Kept::new(),
            errors: (0..ERRORS).map(|_| Kept::new()).collect(),
        }
    }

    /// The home page for a visitor.
    pub(crate) fn home(&self, state: SignInState, request: &Request) -> Response {
        let kept = match state {
            SignInState::SignedOut => &self.signed_out_home,
            SignInState::Pending => &self.pending_home,
            SignInState::SignedIn => &self.signed_in_home,
        };
        self.page(request, kept, || shell::home_page(state, self.options.clone()).to_html())
    }

    /// The confirmation of a sign-out, or the page after an attempt that Clerk did not complete.
    pub(crate) fn sign_out(&self, is_unfinished: bool, request: &Request) -> Response {
        let kept = if is_unfinished { &self.unfinished_sign_out } else { &self.sign_out };
        self.page(request, kept, || shell::sign_out_page(is_unfinished, self.options.clone()).to_html())
    }

    /// A page without an `ETag`: it depends on cookies and is `no-store`, so a browser has nothing
    /// to revalidate.
    fn page(&self, request: &Request, kept: &Kept<Representations>, render: impl Fn() -> String) -> Response {
        let appearance = chosen_appearance(request.headers());
        let render = || {
            provide_context(appearance);
            render()
        };
        if self.options.env == Env::DEV {
            let nonce = request.extensions().get::<Token>().map(|nonce| nonce.as_str().to_owned());
            let with_nonce = || {
                provide_context(leptos::nonce::Nonce::from_value(nonce.unwrap_or_default()));
                render()
            };
            return Html(Owner::new().with(with_nonce)).into_response();
        }
        let document = || Representations::document(Owner::new().with(render));
        let kept = kept.get_or_render(appearance, document);
        kept.and_then(|document| document.answer(request.headers())).unwrap_or_default()
    }

    /// The document of an error. It is not compressed: with its headers it fits into a few packets.
    pub(crate) fn error(&self, status: StatusCode, request_id: &str, appearance: Appearance) -> Html<Bytes> {
        let status = status.as_u16();
        let document = |id: &str| {
            provide_context(appearance);
            shell::error_page(status, id, self.options.clone()).to_html()
        };
        let render = |id: &str| Bytes::from(Owner::new().with(|| document(id)));
        let kept = status.checked_sub(400).and_then(|place| self.errors.get(usize::from(place)));
        let kept = kept.filter(|_| !request_id.is_empty());
        let Some(document) = kept.and_then(|kept| kept.get_or_render(appearance, || render(REQUEST_ID))) else {
            return Html(render(request_id));
        };
        Html(match str::from_utf8(document).ok().and_then(|text| text.split_once(REQUEST_ID)) {
            // The id is a `Token`, which has no character of HTML.
            Some((before, after)) => Bytes::from([before, request_id, after].concat()),
            None => document.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::header;

    /// reload.spec.ts shows in a browser that each page then has a script with its own nonce.
    #[test]
    fn under_watch_no_page_is_kept() {
        for (env, is_kept) in [(Env::DEV, false), (Env::PROD, true)] {
            let documents = PublicDocuments::new(LeptosOptions::builder().output_name("app").env(env).build());
            let response = documents.home(SignInState::SignedOut, &Request::new(Body::empty()));
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(response.headers().contains_key(header::VARY), is_kept);
            assert_eq!(documents.signed_out_home.0[0].get().is_some(), is_kept);
        }
    }
}
