//! Tells the page of a panic in the browser's half, once: nothing of this half may be trusted after
//! one.
//!
//! The page's script then keeps every event away from it, which leaves plain links and forms.

use leptos::wasm_bindgen::{JsCast, JsValue};
use std::cell::Cell;

thread_local! {
    static PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// Reports the first panic to the page, with its message for developers.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if !PANICKED.replace(true) {
            report(&panic.to_string());
        }
    }));
}

/// Whether one has happened: timers that still run should do nothing.
pub(super) fn has_panicked() -> bool {
    PANICKED.get()
}

fn report(message: &str) -> Option<()> {
    let page = js_sys::Reflect::get(&leptos::prelude::window(), &"applicationPage".into()).ok()?;
    let stopped: js_sys::Function = js_sys::Reflect::get(&page, &"stopped".into()).ok()?.dyn_into().ok()?;
    stopped.call1(&JsValue::UNDEFINED, &message.into()).ok().map(drop)
}
