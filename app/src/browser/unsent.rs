//! What was typed into the forms of the page and not sent: whoever has to leave the page finds it where they come back to.

use super::departure::leave_for;
use crate::call::Json;
use domain::form_result::{self, PAGE, Sent};
use domain::local_path::LocalPath;
use domain::refusal::Refusal;
use leptos::prelude::{document, on_cleanup, window_event_listener_untyped};
use leptos::server::codee::Encoder;
use leptos::wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement};

/// Leaves the page of somebody who is signed out: for the home page, or for sign-in and back to what was typed.
pub(crate) fn leave_signed_out() {
    match way_back() {
        Some(back) => leave_for(LocalPath::sign_in(&back, None).as_str()),
        None => leave_for("/"),
    }
}

/// Leaves when the script of Clerk's components says that nobody is signed in any more; it goes to the home page itself unless this does.
pub(crate) fn leave_with_clerk() {
    let listener = window_event_listener_untyped("gatehouse:signed-out", |event| {
        if !super::has_panicked() {
            event.prevent_default();
            leave_signed_out();
        }
    });
    on_cleanup(move || listener.remove());
}

/// The page with what was typed, as the server writes it for a form that it refused. An address carries one form.
fn way_back() -> Option<LocalPath> {
    let forms = document().query_selector_all("form[method=post][action^='/api/']").ok()?;
    let forms = (0..forms.length()).filter_map(|index| forms.item(index)?.dyn_into::<HtmlFormElement>().ok());
    forms.filter(|form| is_typed(form).unwrap_or_default()).find_map(|form| {
        let fields = fields(&form)?;
        let (_, page) = fields.iter().find(|(name, _)| name == PAGE)?;
        let page = LocalPath::parse(page)?;
        let action = form.get_attribute("action")?;
        let refusal = Json::encode(&Refusal::NOBODY).ok()?;
        Some(form_result::refused(&page, action.trim_start_matches("/api/"), &refusal, &Sent::new(fields)))
    })
}

/// Whether the form would send something else than it did when the page came.
fn is_typed(form: &HtmlFormElement) -> Option<bool> {
    let untouched: HtmlFormElement = form.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    untouched.reset();
    Some(fields(form)? != fields(&untouched)?)
}

fn fields(form: &HtmlFormElement) -> Option<Vec<(String, String)>> {
    let data = FormData::new_with_form(form).ok()?;
    let pairs = js_sys::try_iter(&data).ok()??;
    let pairs = pairs.filter_map(|pair| pair.ok()?.dyn_into::<js_sys::Array>().ok());
    // A file has no text, and no operation takes one.
    Some(pairs.filter_map(|pair| Some((pair.get(0).as_string()?, pair.get(1).as_string()?))).collect())
}
