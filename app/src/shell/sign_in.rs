//! The sign-in page, and the pages in its place where no form would help yet. Whole documents; only Clerk's components bring a script.

use super::{ClerkTag, plain};
use crate::ui::frame::Bar;
use crate::ui::words;
use domain::signed_out::SignedOut;
use leptos::prelude::*;

/// What Clerk's form on the sign-in page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Somebody comes in.
    SignIn,
    /// Somebody who came in does what is left to do first.
    Task,
    /// Somebody who is signed in comes in as somebody else too.
    AnotherAccount,
    /// Somebody shows again who they are.
    Verification,
}

impl Form {
    /// As `clerk.js` reads it. Clerk's form itself knows what is left to do.
    fn name(self) -> &'static str {
        match self {
            Self::SignIn | Self::Task => "sign-in",
            Self::AnotherAccount => "another-account",
            Self::Verification => "verification",
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::SignIn | Self::AnotherAccount => "Sign in",
            Self::Task => "Finish signing in",
            Self::Verification => "Confirm it’s you",
        }
    }
}

/// What the sign-in page is told.
#[derive(Clone, Debug)]
pub struct SignInPage {
    /// What the form is for.
    pub form: Form,
    /// Where people go on after it: a path.
    pub back: String,
    /// The page that does the same without Clerk's components: a URL.
    pub hosted: String,
    /// Why nobody was signed in before. It is said where Clerk cannot mend it either.
    pub trouble: Option<String>,
    /// The rule that ended the session before.
    pub reason: Option<SignedOut>,
    /// Whether the browser still has that session: its script ends it at Clerk, whose form would take the person for signed in.
    pub has_ended: bool,
}

/// The sign-in page of Clerk's components, a whole document. It says so when they cannot be loaded, and offers the hosted page.
pub fn sign_in_page(tag: ClerkTag, page: SignInPage, options: LeptosOptions) -> impl IntoView {
    let SignInPage { form, back, hosted, trouble, reason, has_ended } = page;
    let (words, way) = match trouble {
        Some(trouble) => (trouble, (back.clone(), "Try again")),
        None => {
            let words = "The sign-in form did not load. The sign-in page of the identity service does the same.";
            (words.to_owned(), (hosted.clone(), "Go to the sign-in page"))
        }
    };
    let body = view! {
        <Bar />
        <main id="main" class="page center clerk-page">
            <h1 class="visually-hidden">{form.heading()}</h1>
            {reason.map(|reason| view! { <p class="notice notice-warning" role="status">{words::signed_out(reason)}</p> })}
            <div id="clerk-sign-in" data-form=form.name() data-back=back data-ended=has_ended.then_some("")>
                <p class="muted clerk-wait">"One moment…"</p>
            </div>
            <div class="card stack clerk-fallback">
                <p role="alert">{words}</p>
                <a class="button" href=way.0>{way.1}</a>
            </div>
            <noscript>
                <div class="card stack">
                    <p>"This form needs JavaScript. Perhaps the sign-in page of the identity service does without."</p>
                    <a class="button" href=hosted>"Go to the sign-in page"</a>
                </div>
            </noscript>
        </main>
    };
    plain(options, format!("{} – Gatehouse", form.heading()), Some(tag), body)
}

/// The sign-in page without a form, for a browser that cannot be signed in for good: another try would
/// lead to the same end.
pub fn trouble_page(trouble: String, back: String, options: LeptosOptions) -> impl IntoView {
    said("You cannot be signed in", trouble, (back, "Try again"), options)
}

/// The sign-in page without a form, for somebody whose session a rule ended. `sign_in`: the page with the form.
pub fn signed_out_page(reason: SignedOut, sign_in: String, options: LeptosOptions) -> impl IntoView {
    said("Sign in again", words::signed_out(reason).to_owned(), (sign_in, "Sign in"), options)
}

fn said(heading: &'static str, text: String, way: (String, &'static str), options: LeptosOptions) -> impl IntoView {
    let body = view! {
        <Bar />
        <main id="main" class="page">
            <div class="stack center">
                <h1>{heading}</h1>
                <p class="lead" role="alert">{text}</p>
                <a class="button" rel="external" href=way.0>{way.1}</a>
            </div>
        </main>
    };
    plain(options, "Sign in – Gatehouse", None, body)
}
