//! A table that becomes a list of cards on a phone.

use super::erased::list;
use leptos::prelude::*;

/// The table around its rows. ARIA roles are spelled out, because the change of layout removes them
/// in some browsers. A cell names its column in `data-label` where a card needs it.
#[component]
pub(crate) fn CardTable(
    /// Accessible name.
    label: &'static str,
    columns: &'static [&'static str],
    /// The rows, `<tr role="row">`.
    children: Children,
) -> impl IntoView {
    let heads = columns.iter().map(|column| view! { <th role="columnheader" scope="col">{*column}</th> });
    view! {
        <div class="table-region" role="region" aria-label=label tabindex="0">
            <table class="table table-cards" role="table">
                <thead role="rowgroup">
                    <tr role="row">{list(heads)}</tr>
                </thead>
                <tbody role="rowgroup">{children()}</tbody>
            </table>
        </div>
    }
}
