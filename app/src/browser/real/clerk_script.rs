//! The page's script for Clerk's own components (`clerk.js`), where they are on the page.

use leptos::prelude::document;
use leptos::wasm_bindgen::{JsCast, JsValue};
use send_wrapper::SendWrapper;

/// Whether Clerk's components are on this page and have loaded.
pub(super) fn has_clerk_components() -> bool {
    document().document_element().and_then(|root| root.get_attribute("data-clerk")).as_deref() == Some("ready")
}

/// Calls a function of the script. `None`: the components are not on this page, or did not load.
pub(super) async fn call_clerk_script(function: &str, argument: &JsValue) -> Option<bool> {
    let script = js_sys::Reflect::get(&leptos::prelude::window(), &"applicationClerk".into()).ok()?;
    let function: js_sys::Function = js_sys::Reflect::get(&script, &function.into()).ok()?.dyn_into().ok()?;
    let promise: js_sys::Promise = function.call1(&script, argument).ok()?.dyn_into().ok()?;
    wasm_bindgen_futures::JsFuture::from(promise).await.ok()?.as_bool()
}

/// Opens Clerk's own reverification dialog. `None`: there is none on this page.
pub(crate) fn verify_with_clerk(level: String) -> impl Future<Output = Option<bool>> + Send {
    SendWrapper::new(async move { call_clerk_script("reverify", &level.into()).await })
}
