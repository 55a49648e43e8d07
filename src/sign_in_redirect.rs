//! Where a signed-out visitor goes who opens a page that needs a session.

use clerk::authenticate::SignInProblem;
use clerk::publishable_key::PublishableKey;
use clerk::sign_in_urls::{ReturnTarget, SignInUrls};
use domain::local_path::LocalPath;
use domain::pages::Page;
use domain::sign_out_reason::SignOutReason;
use http::Method;

/// How far the visitor's sign-in has come, with what the browser keeps of it.
#[derive(Clone, Debug, Default)]
pub struct VisitorState {
    /// Whether the session is verified and active.
    pub is_signed_in: bool,
    /// Whether Clerk demands a task before the session is active.
    pub is_pending: bool,
    /// Why this browser cannot be signed in.
    pub problem: Option<SignInProblem>,
    /// The rule that ended the session of the token.
    pub signed_out: Option<SignOutReason>,
    /// The name of the browser at a development instance of Clerk.
    pub dev_browser: Option<String>,
    /// The session that an unfinished sign-out of this browser left at Clerk.
    pub left_session: Option<LeftSession>,
}

/// A session that may still run at Clerk, because Clerk did not answer when the visitor signed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftSession {
    /// Its token is known, so it is not the session of a later sign-in.
    Known,
    /// Nothing tells which session it is.
    Unknown,
}

/// Where people sign in.
#[derive(Clone, Copy, Debug)]
pub struct SignInSettings<'a> {
    /// The origin of this application, without a trailing slash.
    pub public_origin: &'a str,
    /// The Clerk instance.
    pub publishable_key: &'a PublishableKey,
    /// `CLERK_SIGN_IN_URL`: our own page as a path, or an absolute URL.
    pub sign_in_url: &'a str,
    /// Whether the instance serves Clerk's components.
    pub has_clerk_components: bool,
    /// Whether the local Clerk is the identity in use.
    pub is_local_clerk: bool,
}

impl SignInSettings<'_> {
    /// Whether people sign in on the page of this application.
    #[must_use]
    pub fn is_own_page(&self) -> bool {
        let path = self.sign_in_url.split('?').next().unwrap_or_default();
        Page::at(path) == Some(Page::SignIn)
    }
}

/// The URL of sign-in, with the way back to the page at `target` (path and query). A pending
/// session goes to its tasks. When a rule ended the session, our own page explains it, wherever
/// people sign in. `None`: the configured URL cannot be parsed.
#[must_use]
pub fn sign_in_redirect(
    visitor: &VisitorState,
    method: &Method,
    target: &str,
    settings: &SignInSettings<'_>,
) -> Option<String> {
    // A redirect after a form post opens the page with GET, and not every path answers that.
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let back = LocalPath::parse(target).filter(|_| is_read).unwrap_or(LocalPath::ADMIN);
    if visitor.signed_out.is_some() {
        return Some(LocalPath::sign_in(&back, visitor.signed_out).as_str().to_owned());
    }
    let urls = SignInUrls {
        publishable_key: settings.publishable_key,
        sign_in_url: Some(settings.sign_in_url),
        sign_up_url: None,
    };
    let at = format!("{}{}", settings.public_origin, back.as_str());
    urls.sign_in(&ReturnTarget {
        at: &at,
        return_to: &at,
        dev_browser: visitor.dev_browser.as_deref(),
        pending: visitor.is_pending,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_out_visitor_returns_to_the_opened_page_after_sign_in() {
        let publishable_key = PublishableKey::parse("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k").unwrap();
        let settings = |sign_in_url| SignInSettings {
            public_origin: "https://admin.example.com",
            publishable_key: &publishable_key,
            sign_in_url,
            has_clerk_components: true,
            is_local_clerk: false,
        };
        let nobody = VisitorState { dev_browser: Some("db".to_owned()), ..VisitorState::default() };
        let pending = VisitorState { is_pending: true, ..nobody.clone() };
        let ended = VisitorState { signed_out: Some(SignOutReason::SessionIdle), ..nobody.clone() };
        let here = "https://admin.example.com/sign-in";
        let there = "https://accounts.example.com/sign-in";
        let members = "redirect_url=https%3A%2F%2Fadmin.example.com%2Fadmin%2Fmembers%3Fpage%3D2";
        let dashboard = "redirect_url=https%3A%2F%2Fadmin.example.com%2Fadmin";
        for (visitor, method, sign_in_url, expected) in [
            (&nobody, Method::GET, "/sign-in", format!("{here}?{members}")),
            (&nobody, Method::HEAD, "/sign-in", format!("{here}?{members}")),
            (&nobody, Method::POST, "/sign-in", format!("{here}?{dashboard}")),
            (&nobody, Method::GET, there, format!("{there}?{members}&__clerk_db_jwt=db")),
            (&pending, Method::GET, "/sign-in", format!("{here}/tasks?{members}")),
            (
                &ended,
                Method::GET,
                there,
                "/sign-in?redirect_url=%2Fadmin%2Fmembers%3Fpage%3D2&signed_out=session_idle".to_owned(),
            ),
        ] {
            let redirect = sign_in_redirect(visitor, &method, "/admin/members?page=2", &settings(sign_in_url));
            assert_eq!(redirect, Some(expected), "{method} {sign_in_url}");
        }
        let elsewhere = sign_in_redirect(&nobody, &Method::GET, "//evil.example", &settings("/sign-in"));
        assert_eq!(elsewhere, Some(format!("{here}?{dashboard}")));
    }
}
