//! The sign-in page, and the pages that replace it while no form would help. Whole documents; only
//! Clerk's components bring a script.

use super::document::{ClerkTag, plain};
use crate::components::brand::PublicHeader;
use crate::texts::sign_out_reasons::signed_out_message;
use domain::sign_in_mode::SignInMode;
use domain::sign_out_reason::SignOutReason;
use leptos::prelude::*;

/// The name that `clerk.js` reads. Clerk's form finds the tasks by itself.
fn form_name(mode: SignInMode) -> &'static str {
    match mode {
        SignInMode::SignIn | SignInMode::Task => "sign-in",
        SignInMode::AnotherAccount => "another-account",
        SignInMode::Verification => "verification",
    }
}

fn heading(mode: SignInMode) -> &'static str {
    match mode {
        SignInMode::SignIn | SignInMode::AnotherAccount => "Sign in",
        SignInMode::Task => "Finish signing in",
        SignInMode::Verification => "Confirm it’s you",
    }
}

/// The content of the sign-in page.
#[derive(Clone, Debug)]
pub struct SignInPage {
    /// The purpose of the form.
    pub mode: SignInMode,
    /// The path to go to afterwards.
    pub back: String,
    /// URL of the hosted page that does the same without Clerk's components.
    pub hosted: String,
    /// Why the last sign-in failed; shown when Clerk's form cannot mend it.
    pub problem: Option<String>,
    /// The rule that ended the session before.
    pub reason: Option<SignOutReason>,
    /// Whether the browser still has that session. The page's script ends it at Clerk, whose form
    /// would show the person as signed in.
    pub has_ended: bool,
}

/// The sign-in page with Clerk's components. When they cannot be loaded it says so, and offers the
/// hosted page.
pub fn sign_in_page(tag: ClerkTag, page: SignInPage, options: LeptosOptions) -> impl IntoView {
    let SignInPage { mode, back, hosted, problem, reason, has_ended } = page;
    let (text, link) = match problem {
        Some(problem) => (problem, (back.clone(), "Try again")),
        None => {
            let text = "The sign-in form did not load. Use the hosted sign-in page instead.";
            (text.to_owned(), (hosted.clone(), "Open hosted sign-in page"))
        }
    };
    let body = view! {
        <PublicHeader />
        <main id="main" class="page center clerk-page">
            <h1 class="visually-hidden">{heading(mode)}</h1>
            {reason.map(|reason| view! {
                <p class="notice notice-warning" role="status">{signed_out_message(reason)}</p>
            })}
            <div id="clerk-sign-in" data-form=form_name(mode) data-back=back data-ended=has_ended.then_some("")>
                <p class="muted clerk-wait">"Loading…"</p>
            </div>
            <div class="card stack clerk-fallback">
                <p role="alert">{text}</p>
                <a class="button" href=link.0>{link.1}</a>
            </div>
            <noscript>
                <div class="card stack">
                    <p>"This form needs JavaScript. Try the hosted sign-in page."</p>
                    <a class="button" href=hosted>"Open hosted sign-in page"</a>
                </div>
            </noscript>
        </main>
    };
    plain(options, heading(mode), Some(tag), body)
}

/// The sign-in page without a form, for a browser that cannot be signed in: another attempt would
/// end the same way.
pub fn sign_in_problem_page(problem: String, back: String, options: LeptosOptions) -> impl IntoView {
    message_page("You cannot be signed in", problem, (back, "Try again"), options)
}

/// The sign-in page without a form, after a rule ended the session. `sign_in`: the page with the
/// form.
pub fn signed_out_page(reason: SignOutReason, sign_in: String, options: LeptosOptions) -> impl IntoView {
    message_page("Sign in again", signed_out_message(reason).to_owned(), (sign_in, "Sign in"), options)
}

fn message_page(
    heading: &'static str,
    text: String,
    link: (String, &'static str),
    options: LeptosOptions,
) -> impl IntoView {
    let body = view! {
        <PublicHeader />
        <main id="main" class="page">
            <div class="stack center">
                <h1>{heading}</h1>
                <p class="lead" role="alert">{text}</p>
                <a class="button" rel="external" href=link.0>{link.1}</a>
            </div>
        </main>
    };
    plain(options, "Sign in", None, body)
}
