//! Submitting a form again from a button or link inside it.

use leptos::ev::MouseEvent;
use leptos::wasm_bindgen::JsCast;

/// Submits the form around the clicked element and cancels the click. Returns whether there is one.
pub(crate) fn resubmit_form(event: &MouseEvent) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let form = element.and_then(|element| element.closest("form").ok().flatten());
    let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) else { return false };
    event.prevent_default();
    // Fails only for a form that has left the page.
    form.request_submit().is_ok()
}
