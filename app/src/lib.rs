//! The user interface: pages, components, texts, and in `api` one thin server function per
//! operation.
//!
//! Nothing here decides what is allowed. A page calls a server function, which asks the core for a
//! grant; the answer is a view or a refusal. The modules below are in order: each uses only those
//! above it.

#![expect(unreachable_pub, reason = "the component macro makes the props of private components public")]

mod value;
mod codec;
mod leptos_response;
mod call_error;
mod texts;
mod factor;
mod browser;
mod answer_json;
mod page_url;
mod page_organization;
mod page_reads;
mod step_up;
mod call;
mod load;
mod operation_action;
mod toasts;
#[cfg(feature = "ssr")]
mod refuse;
#[cfg(feature = "ssr")]
mod authorize;
pub mod api;
mod components;
mod pages;
#[cfg(feature = "ssr")]
pub mod shell;

pub use call_error::CallError;
#[cfg(feature = "ssr")]
pub use leptos_response::PageRequestId;
pub use pages::App;

/// Takes over the page that the server rendered. `boot.js` calls it, and learns of a panic, now or
/// later.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    browser::report_panics();
    leptos::mount::hydrate_body(App);
}
