//! The way back from a page to the list that it belongs to.

use domain::local_path::LocalPath;
use leptos::prelude::*;

/// The link to the list.
#[component]
pub(crate) fn Breadcrumb(list: LocalPath, label: &'static str) -> impl IntoView {
    view! { <nav class="breadcrumb" aria-label="Breadcrumb"><a href=list.as_str().to_owned()>{label}</a></nav> }
}
