//! The menu that hides columns of a list. It is a plain form with and without JavaScript, as that
//! of the appearance: the answer sets a cookie, and the list comes back without the columns. The
//! stylesheet hides them, so a row has no byte for it.

use super::erased::list;
use super::menu::Menu;
use crate::page_url::PageUrl;
use domain::appearance::{Appearance, Column};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The menu.
#[component]
pub(crate) fn ColumnMenu(
    /// The columns that can be hidden, each with its name.
    columns: &'static [(Column, &'static str)],
) -> impl IntoView {
    let hidden = use_context::<Appearance>().unwrap_or_default().hidden;
    let location = use_location();
    let page = move || PageUrl::of(&location).without_confirmation().as_str().to_owned();
    let boxes = columns.iter().map(move |(column, name)| {
        view! {
            <label class="choice">
                <input type="hidden" name="offered" value=column.code() />
                <input type="checkbox" name="column" value=column.code() checked=!hidden.has(*column) />
                {*name}
            </label>
        }
    });
    view! {
        <Menu label="Columns">
            <form class="form" method="post" action=Appearance::PATH>
                <input type="hidden" name="page" value=page />
                {list(boxes)}
                <button class="button button-small" type="submit">"Apply"</button>
            </form>
        </Menu>
    }
}
