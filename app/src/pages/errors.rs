//! Pages for every "no". Each says what happened and what can be done.

use crate::ui::address::Address;
use crate::ui::frame::Bar;
use crate::ui::organization::MeantForAnother;
use crate::ui::words;
use domain::local_path::LocalPath;
use domain::refusal::Refusal;
use domain::signed_out::SignedOut;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The title of an error page, from a fixed set: titles are not escaped by the framework.
pub(crate) fn title(status: u16) -> &'static str {
    match status {
        401 => "Sign in – Gatehouse",
        403 => "No access – Gatehouse",
        404 => "Not found – Gatehouse",
        503 => "Not available – Gatehouse",
        _ => "Error – Gatehouse",
    }
}

fn of_status(status: u16) -> (&'static str, &'static str) {
    match status {
        401 => ("You are signed out", "Sign in to go on. You will come back to this page."),
        403 => (
            "You do not have access",
            "Your role in this organization does not have the permission that this page asks for. Ask an administrator for one that has it, then sign in again.",
        ),
        404 => ("There is nothing here", "The address may be mistyped, or what was here has gone."),
        405 => ("This cannot be done here", "The address exists, but not for this kind of request."),
        421 => (
            "This is another address",
            "Nothing is served under the name that was asked for. Open the application at its own address.",
        ),
        413 => ("That is too much", "What was sent is larger than anything this application takes."),
        429 => ("Too many requests", "This was opened too often within a minute. Wait a moment, then try again."),
        503 => ("Not available right now", "Something that this page needs does not answer. Try again in a moment."),
        500..=599 => ("Something went wrong", "It is our fault. What happened is written down under the number below."),
        _ => ("This did not work", "The request could not be understood."),
    }
}

/// What a developer sees whose browser has the cookies of another instance.
#[component]
pub(crate) fn ForeignCookies() -> impl IntoView {
    view! {
        <Bar />
        <main id="main" class="page">
            <div class="stack center">
                <p class="eyebrow">"Error 500"</p>
                <h1>"These cookies belong to another Clerk instance"</h1>
                <p class="lead">
                    "The keys of this application were changed, and this browser still has cookies of the instance before. Clear the cookies of this site, then open the page again."
                </p>
                <a class="button" rel="external" href="/">"Go to the start page"</a>
            </div>
        </main>
    }
}

/// The content of an error page.
#[component]
fn Sorry(
    /// HTTP status.
    status: u16,
    /// The request's id, for whoever asks us; blank where it does not help.
    #[prop(default = String::new())]
    request_id: String,
    /// Where to go on from here.
    #[prop(default = ("/".to_owned(), "Go to the start page"))]
    way: (String, &'static str),
    /// The rule that ended the session.
    #[prop(default = None)]
    reason: Option<SignedOut>,
) -> impl IntoView {
    let (head, text) = of_status(status);
    let text = reason.map_or(text, words::signed_out);
    view! {
        <div class="stack center">
            <p class="eyebrow">{format!("Error {status}")}</p>
            <h1>{head}</h1>
            <p class="lead">{text}</p>
            {(status >= 500 && !request_id.is_empty()).then(|| view! { <p class="muted">"Request "<code translate="no">{request_id}</code></p> })}
            <a class="button" rel="external" href=way.0>{way.1}</a>
        </div>
    }
}

/// A whole error page, for errors outside of the application's pages.
#[component]
pub(crate) fn ErrorPage(status: u16, request_id: String) -> impl IntoView {
    view! {
        <Bar />
        <main id="main" class="page"><Sorry status request_id /></main>
    }
}

/// A page that the router does not know.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::compat::set_status(404);
    view! {
        <Title text=title(404) />
        <ErrorPage status=404 request_id=String::new() />
    }
}

/// A refusal in place of a page's content. The status of the answer was set where the refusal was made.
#[component]
pub(crate) fn RefusedPage(
    /// Why.
    refusal: Refusal,
) -> impl IntoView {
    let status = refusal.status();
    let location = use_location();
    let reason = if let Refusal::Unauthenticated { reason } = refusal { reason } else { None };
    let way = if matches!(refusal, Refusal::Unauthenticated { .. }) {
        (LocalPath::sign_in(&Address::here(&location), reason).as_str().to_owned(), "Sign in")
    } else {
        ("/".to_owned(), "Go to the start page")
    };
    view! {
        <Title text=title(status) />
        <MeantForAnother />
        <Sorry status way reason />
    }
}
