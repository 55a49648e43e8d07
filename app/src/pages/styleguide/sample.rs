//! One component on the page: its name, the component, and the lines that use it.

use crate::components::code_block::CodeBlock;
use leptos::prelude::*;

/// A component: its name, the lines that use it, and the component.
#[component]
pub(super) fn Sample(name: &'static str, code: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="card stack">
            <h2>{name}</h2>
            {children()}
            <CodeBlock text=code.to_owned() label=format!("{name}: the lines") copy="Copy the lines" />
        </section>
    }
}
