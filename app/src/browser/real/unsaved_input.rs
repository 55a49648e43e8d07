//! Keeps unsaved input: somebody who has to leave the page finds it again on the way back.

use super::forms::fields;
use super::navigation::navigate_once;
use super::panics::has_panicked;
use super::timeout::sleep;
use crate::codec::Json;
use domain::form_result::{self, PAGE, Sent};
use domain::local_path::LocalPath;
use domain::refusal::Refusal;
use leptos::prelude::{document, on_cleanup, window_event_listener_untyped};
use leptos::server::codee::Encoder;
use leptos::wasm_bindgen::JsCast;
use send_wrapper::SendWrapper;
use std::time::Duration;
use web_sys::HtmlFormElement;

/// How often the page looks whether somebody still writes.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Leaves the page after a sign-out: for the home page, or for sign-in with a way back where a form
/// has unsaved input.
pub(super) fn leave_signed_out() {
    let target = return_path().map_or(LocalPath::HOME, |back| LocalPath::sign_in(&back, None));
    navigate_once(&target);
}

/// Leaves when the script of Clerk's components reports a sign-out. Without this the script goes to
/// the home page by itself.
pub(super) fn follow_clerk_sign_out() {
    let listener = window_event_listener_untyped("application:signed-out", |event| {
        if !has_panicked() {
            event.prevent_default();
            leave_signed_out();
        }
    });
    on_cleanup(move || listener.remove());
}

/// The forms that change something.
const FORMS: &str = "form[method=post][action^='/api/']";

/// Whether somebody writes: a form on the page would send something else than when the page loaded,
/// or one of its fields has the focus.
pub(super) fn is_writing() -> bool {
    let focused = document().query_selector(&format!("{FORMS} .input:focus"));
    return_path().is_some() || focused.is_ok_and(|field| field.is_some())
}

/// Waits while somebody writes and the wait is still wanted. Returns whether it has waited.
pub(crate) fn has_waited_for_writer(is_wanted: impl Fn() -> bool) -> impl Future<Output = bool> + Send {
    SendWrapper::new(async move {
        let mut has_waited = false;
        while is_writing() && is_wanted() {
            has_waited = true;
            sleep(LOOK_EVERY).await;
        }
        has_waited
    })
}

/// The page with its unsaved input, in the form in which the server writes a refused form. A URL
/// carries one form.
fn return_path() -> Option<LocalPath> {
    let forms = document().query_selector_all(FORMS).ok()?;
    let forms = (0..forms.length()).filter_map(|index| forms.item(index)?.dyn_into::<HtmlFormElement>().ok());
    forms.filter(|form| is_edited(form).unwrap_or_default()).find_map(|form| {
        let fields = fields(&form)?;
        let (_, page) = fields.iter().find(|(name, _)| name == PAGE)?;
        let page = LocalPath::parse(page)?;
        let action = form.get_attribute("action")?;
        let refusal = Json::encode(&Refusal::NOBODY).ok()?;
        Some(form_result::refused(&page, action.strip_prefix("/api/")?, &refusal, &Sent::new(fields)))
    })
}

/// Whether the form would send something else than when the page loaded.
fn is_edited(form: &HtmlFormElement) -> Option<bool> {
    let untouched: HtmlFormElement = form.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    untouched.reset();
    Some(fields(form)? != fields(&untouched)?)
}
