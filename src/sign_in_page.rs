//! The response of `/sign-in` and the paths below it, as a pure function.
//!
//! Clerk's form stands on the page when the instance serves its components. Otherwise the visitor
//! goes to a hosted page. Passwords never pass through this application. The way back is a checked
//! path of this application.

use crate::sign_in_redirect::{LeftSession, SignInSettings, VisitorState};
use crate::sign_out::unfinished_page;
use clerk::authenticate::SignInProblem;
use clerk::sign_in_urls::{ReturnTarget, SignInUrls};
use domain::local_path::LocalPath;
use domain::sign_in_mode::SignInMode;
use domain::sign_out_reason::SignOutReason;
use url::form_urlencoded;

/// The parameters of the page. Each comes from the browser, so none is trusted.
#[derive(Clone, Debug, Default)]
pub struct SignInQuery {
    /// The page to return to: a path, or an absolute URL as Clerk's pages give it.
    pub redirect_url: Option<String>,
    /// The ticket of an invitation or sign-in link. A signed-in visitor may use one as well.
    pub ticket: Option<String>,
    /// The purpose of the ticket: `sign_in`, `sign_up` or `complete`.
    pub ticket_status: Option<String>,
    /// The rule that ended the session before.
    pub signed_out: Option<SignOutReason>,
    /// Whether a signed-in visitor adds an account to this browser, from Clerk's user button. If
    /// the instance allows a single account only, ClerkJS leads back.
    pub adds_account: bool,
}

impl SignInQuery {
    /// Reads a query string. Unknown parameters are ignored, and the first of a name counts.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let first = |wanted: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        Self {
            redirect_url: first("redirect_url"),
            ticket: first("__clerk_ticket"),
            ticket_status: first("__clerk_status"),
            signed_out: first("signed_out").as_deref().and_then(SignOutReason::from_code),
            adds_account: first("add_account").is_some(),
        }
    }
}

/// The response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInPage {
    /// A redirect: a path or an absolute URL.
    Redirect(String),
    /// The page with Clerk's form.
    Form(SignInForm),
    /// A page that says why this browser cannot be signed in.
    Problem(SignInProblem, LocalPath),
    /// A page that says which rule ended the session, with the URL of the page that has the form.
    SignedOut(SignOutReason, String),
}

/// The page with Clerk's form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInForm {
    /// The purpose of the form.
    pub mode: SignInMode,
    /// The page to return to.
    pub back: LocalPath,
    /// URL of the page that does the same without Clerk's components.
    pub hosted: String,
    /// Why the last sign-in failed. Clerk's script may be able to mend it.
    pub problem: Option<SignInProblem>,
    /// The rule that ended the session before.
    pub reason: Option<SignOutReason>,
    /// Whether the browser still has that session.
    pub has_ended_session: bool,
}

/// Decides what a visitor gets at `path`, which is `/sign-in` or a path below it.
#[must_use]
pub fn sign_in_page(
    visitor: &VisitorState,
    query: &SignInQuery,
    path: &str,
    settings: &SignInSettings<'_>,
) -> SignInPage {
    let back = back(query, settings).unwrap_or(LocalPath::ADMIN);
    let mode = mode(visitor, query, path);
    let has_form = settings.has_clerk_components && settings.is_own_page();
    if is_new_sign_in(mode, query) && is_sign_out_unfinished(visitor) {
        // Clerk's form would find the session that may still run at Clerk.
        return SignInPage::Redirect(unfinished_page().as_str().to_owned());
    }
    // Clerk's script may still be able to set a missing cookie. Nothing else can.
    if let Some(problem) = visitor.problem.filter(|_| !has_form || visitor.is_signed_in) {
        return SignInPage::Problem(problem, back);
    }
    if let Some(target) = other_page(visitor, mode, &back) {
        return SignInPage::Redirect(target.as_str().to_owned());
    }
    let hosted = hosted_page(visitor, query, mode, &back, settings);
    let reason = visitor.signed_out.or(query.signed_out);
    match reason {
        _ if has_form => SignInPage::Form(SignInForm {
            mode,
            back,
            hosted,
            problem: visitor.problem,
            reason,
            has_ended_session: visitor.signed_out.is_some(),
        }),
        Some(reason) => SignInPage::SignedOut(reason, hosted),
        None => SignInPage::Redirect(hosted),
    }
}

/// A path of this application. Clerk's pages give it as an absolute URL.
fn back(query: &SignInQuery, settings: &SignInSettings<'_>) -> Option<LocalPath> {
    let url = query.redirect_url.as_deref()?;
    LocalPath::parse(url.strip_prefix(settings.public_origin).unwrap_or(url))
}

fn mode(visitor: &VisitorState, query: &SignInQuery, path: &str) -> SignInMode {
    // The path of a step of Clerk's form does not say for which purpose the form was opened.
    let is_step = path.starts_with("/sign-in/") && !is_task(path);
    let has_session = visitor.is_signed_in || visitor.is_pending;
    if path == LocalPath::REVERIFY.as_str() {
        SignInMode::Verification
    } else if query.adds_account || query.ticket.is_some() || is_step && has_session {
        SignInMode::AnotherAccount
    } else if visitor.is_pending && is_task(path) {
        SignInMode::Task
    } else {
        SignInMode::SignIn
    }
}

/// Clerk's form puts the tasks below sign-in, and below sign-up when one form serves both.
fn is_task(path: &str) -> bool {
    [LocalPath::TASKS.as_str(), "/sign-in/create/tasks"].iter().any(|task| path.starts_with(task))
}

/// Whether the visitor signs in, without a ticket that a redirect would lose.
fn is_new_sign_in(mode: SignInMode, query: &SignInQuery) -> bool {
    mode != SignInMode::Verification && query.ticket.is_none()
}

/// A visitor whose session counts has signed in since, unless nothing tells which session was left:
/// then it may be this one.
fn is_sign_out_unfinished(visitor: &VisitorState) -> bool {
    visitor.left_session.is_some_and(|left| !visitor.is_signed_in || left == LeftSession::Unknown)
}

/// The page that the visitor needs instead of the form.
fn other_page(visitor: &VisitorState, mode: SignInMode, back: &LocalPath) -> Option<LocalPath> {
    match (mode, visitor.is_signed_in) {
        (SignInMode::SignIn, true) => Some(back.clone()),
        (SignInMode::Verification, false) => Some(LocalPath::sign_in(back, None)),
        (SignInMode::SignIn, false) if visitor.is_pending => Some(LocalPath::sign_in_tasks(back)),
        _ => None,
    }
}

/// URL of the page that does the same without Clerk's components: of the local Clerk, of
/// `CLERK_SIGN_IN_URL`, or of Clerk's account portal.
fn hosted_page(
    visitor: &VisitorState,
    query: &SignInQuery,
    mode: SignInMode,
    back: &LocalPath,
    settings: &SignInSettings<'_>,
) -> String {
    let own = settings.sign_in_url;
    let (sign_in_url, sign_up_url) = match (settings.is_local_clerk, mode) {
        (true, SignInMode::Verification) => (Some("/__clerk/hosted/verify"), None),
        (true, _) => (Some("/__clerk/hosted/sign-in"), Some("/__clerk/hosted/sign-up")),
        (false, _) if settings.is_own_page() => (None, None),
        // The page elsewhere takes invitations too. Nothing names a sign-up page of its own.
        (false, _) => (Some(own), Some(own)),
    };
    let urls = SignInUrls { publishable_key: settings.publishable_key, sign_in_url, sign_up_url };
    let at = format!("{}{}", settings.public_origin, back.as_str());
    let target = ReturnTarget {
        at: &at,
        return_to: &at,
        dev_browser: visitor.dev_browser.as_deref(),
        pending: mode == SignInMode::Task,
    };
    let is_sign_up =
        mode != SignInMode::Verification && query.ticket.is_some() && query.ticket_status.as_deref() == Some("sign_up");
    let url = if is_sign_up { urls.sign_up(&target) } else { urls.sign_in(&target) };
    with_ticket(url.unwrap_or_else(|| settings.publishable_key.accounts_base_url()), query)
}

/// The status means nothing without its ticket.
fn with_ticket(url: String, query: &SignInQuery) -> String {
    let Some(ticket) = &query.ticket else { return url };
    let status = query.ticket_status.as_deref().map(|status| ("__clerk_status", status));
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("__clerk_ticket", ticket).extend_pairs(status);
    format!("{url}{}{}", if url.contains('?') { '&' } else { '?' }, pairs.finish())
}

#[cfg(test)]
mod tests;
