//! What happens when this half of the application panics: nothing of it may be trusted any more, so the page is told, once.
//!
//! The page's script then keeps every event away from it, which leaves plain links and forms.

use leptos::wasm_bindgen::{JsCast, JsValue};
use std::cell::Cell;

thread_local! {
    static PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// Tells the page of panics, with their message for developers.
pub(crate) fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if !PANICKED.replace(true) {
            tell(&panic.to_string());
        }
    }));
}

/// Whether one has happened: what still runs by itself should end.
pub(crate) fn has_panicked() -> bool {
    PANICKED.get()
}

fn tell(message: &str) -> Option<()> {
    let page = js_sys::Reflect::get(&leptos::prelude::window(), &"gatehousePage".into()).ok()?;
    let stopped: js_sys::Function = js_sys::Reflect::get(&page, &"stopped".into()).ok()?.dyn_into().ok()?;
    stopped.call1(&JsValue::UNDEFINED, &message.into()).ok().map(drop)
}
