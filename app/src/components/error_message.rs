//! The content of an error page: what happened, and what to do.

#[cfg(feature = "ssr")]
use super::brand::PublicHeader;
use super::copy_button::CopyButton;
use crate::texts::sign_out_reasons::signed_out_message;
use crate::texts::statuses::status_message;
use domain::sign_out_reason::SignOutReason;
use leptos::prelude::*;

/// The message for a status.
#[component]
pub(crate) fn ErrorMessage(
    /// HTTP status.
    status: u16,
    /// Id of the request, for support. It is shown for an error of the server.
    #[prop(default = String::new())]
    request_id: String,
    /// The link to continue: target and text.
    #[prop(default = ("/".to_owned(), "Go to home page"))]
    link: (String, &'static str),
    /// The rule that ended the session.
    #[prop(default = None)]
    reason: Option<SignOutReason>,
    /// A text in place of the usual one.
    #[prop(default = None)]
    detail: Option<String>,
) -> impl IntoView {
    let (heading, text) = status_message(status);
    let text = reason.map_or(text, signed_out_message);
    let text = detail.unwrap_or_else(|| text.to_owned());
    let copied = request_id.clone();
    view! {
        <div class="stack center">
            <p class="eyebrow">{format!("Error {status}")}</p>
            <h1>{heading}</h1>
            <p class="lead">{text}</p>
            {(status >= 500).then(|| view! {
                <p class="request-id muted">
                    "Request id for support: "<code translate="no">{request_id}</code>
                    <CopyButton text=copied label="Copy the request id" />
                </p>
            })}
            <a class="button" rel="external" href=link.0>{link.1}</a>
        </div>
    }
}

/// A whole error page, for errors outside of the application's pages.
#[cfg(feature = "ssr")]
#[component]
pub(crate) fn ErrorPage(status: u16, request_id: String) -> impl IntoView {
    view! {
        <PublicHeader />
        <main id="main" class="page"><ErrorMessage status request_id /></main>
    }
}
