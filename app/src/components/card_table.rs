//! A table that becomes a list of cards on a phone.

use super::erased::list;
use domain::local_path::LocalPath;
use leptos::prelude::*;

/// The column by which a list is sorted.
#[derive(Clone, Debug)]
pub(crate) struct SortedColumn {
    /// Whether the greatest value is the first one.
    pub(crate) is_descending: bool,
    /// The list in the opposite order.
    pub(crate) target: LocalPath,
}

/// The table around its rows. ARIA roles are spelled out, because the change of layout removes them
/// in some browsers. A cell names its column in `data-label` where a card needs it.
#[component]
pub(crate) fn CardTable(
    /// Accessible name.
    label: &'static str,
    columns: &'static [&'static str],
    /// CSS class of the table, by which the stylesheet hides columns.
    #[prop(default = "table table-cards")]
    class: &'static str,
    /// The name of the column by which the list is sorted, which links to the opposite order.
    #[prop(optional)]
    sorted: Option<(&'static str, SortedColumn)>,
    /// The rows, `<tr role="row">`.
    children: Children,
) -> impl IntoView {
    let heads = columns.iter().map(move |column| match &sorted {
        Some((name, sorted)) if name == column => {
            let order = if sorted.is_descending { "descending" } else { "ascending" };
            let target = sorted.target.as_str().to_owned();
            view! {
                <th role="columnheader" scope="col" aria-sort=order>
                    <a href=target data-noscroll="">{*column}</a>
                </th>
            }
            .into_any()
        }
        _ => view! { <th role="columnheader" scope="col">{*column}</th> }.into_any(),
    });
    view! {
        <div class="table-region" role="region" aria-label=label tabindex="0">
            <table class=class role="table">
                <thead role="rowgroup">
                    <tr role="row">{list(heads)}</tr>
                </thead>
                <tbody role="rowgroup">{children()}</tbody>
            </table>
        </div>
    }
}
