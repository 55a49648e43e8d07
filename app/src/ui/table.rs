//! The frame around the rows of a list.

use leptos::prelude::*;

/// A table that becomes cards on a phone; the roles are spelled out because that change of layout takes them away in some browsers. Its cells name
/// their column in `data-label` where a card would not be understood without it.
#[component]
pub(crate) fn CardTable<const N: usize>(
    /// What it is called by a screen reader.
    label: &'static str,
    columns: [&'static str; N],
    /// The rows, `<tr role="row">`.
    children: Children,
) -> impl IntoView {
    let heads = columns.map(|column| view! { <th role="columnheader" scope="col">{column}</th> });
    view! {
        <div class="table-region" role="region" aria-label=label tabindex="0">
            <table class="table table-cards" role="table">
                <thead role="rowgroup">
                    <tr role="row">{heads}</tr>
                </thead>
                <tbody role="rowgroup">{children()}</tbody>
            </table>
        </div>
    }
}
