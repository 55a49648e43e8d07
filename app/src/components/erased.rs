//! Views that may be absent or repeated, with their types erased.
//!
//! Leptos compiles all that it does with an option or a list once for each type in it. Erased, they
//! are one type each, and the wasm stays small.

use leptos::prelude::*;

/// A view where there is one.
pub(crate) fn optional<V: IntoView + 'static>(view: Option<V>) -> Option<AnyView> {
    view.map(|view| view.into_view().into_any())
}

/// The views of a list.
pub(crate) fn list<V: IntoView + 'static>(views: impl IntoIterator<Item = V>) -> Vec<AnyView> {
    views.into_iter().map(|view| view.into_view().into_any()).collect()
}
