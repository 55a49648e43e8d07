//! The fields of a form, and submitting it again from a button or link inside it.

use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement};

/// Names and values of the submitted form.
pub(crate) fn submitted_fields(event: &SubmitEvent) -> Option<Vec<(String, String)>> {
    fields(event.target()?.dyn_ref()?)
}

/// Names and values of a form.
pub(super) fn fields(form: &HtmlFormElement) -> Option<Vec<(String, String)>> {
    let data = FormData::new_with_form(form).ok()?;
    let pairs = js_sys::try_iter(&data).ok()??;
    let pairs = pairs.filter_map(|pair| pair.ok()?.dyn_into::<js_sys::Array>().ok());
    // A file has no text, and no operation takes one.
    Some(pairs.filter_map(|pair| Some((pair.get(0).as_string()?, pair.get(1).as_string()?))).collect())
}

/// Gives fields of a form these values. A field that somebody is typing in stays.
pub(crate) fn fill_fields(form: &HtmlFormElement, values: &[(&'static str, String)]) {
    for (name, value) in values {
        if let Ok(Some(field)) = form.query_selector(&format!("[name={name}]:not(input:focus)")) {
            // Fails only for an object that cannot be changed.
            let _ = js_sys::Reflect::set(&field, &"value".into(), &value.as_str().into());
        }
    }
}

// example:begin bulk
/// The values of the checked boxes of this name in the document.
pub(crate) fn checked_values(name: &str) -> Vec<String> {
    let document = web_sys::window().and_then(|window| window.document());
    let boxes = document.and_then(|document| document.query_selector_all(&format!("[name={name}]:checked")).ok());
    let Some(boxes) = boxes else { return Vec::new() };
    let elements = (0..boxes.length()).filter_map(|place| boxes.get(place)?.dyn_into::<web_sys::Element>().ok());
    elements.filter_map(|element| element.get_attribute("value")).collect()
}
// example:end bulk

/// Submits the form around the clicked element and cancels the click. Returns whether there is one.
pub(crate) fn resubmit_form(event: &MouseEvent) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let form = element.and_then(|element| element.closest("form").ok().flatten());
    let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return false };
    event.prevent_default();
    // Fails only for a form that has left the page.
    form.request_submit().is_ok()
}
