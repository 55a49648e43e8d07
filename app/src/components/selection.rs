//! The selection of rows in a list, and the form that asks to change them together.
//!
//! The form is a GET form with a box in each row. Its buttons lead to the confirmation by the URL,
//! so it works without JavaScript. With JavaScript the same URL opens in place, Shift selects a
//! range, and the selection outlives a list that is read again.

use super::erased::list;
use crate::browser::checked_values;
use crate::operation_action::OperationAction;
use crate::page_url::PageUrl;
use domain::form_result::{CONFIRM, CONFIRM_ID};
use domain::local_path::LocalPath;
use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// The selected rows of a page.
#[derive(Clone, Copy)]
pub(crate) struct Selection {
    /// Id and name of each row that can be selected, in the order of the list.
    rows: StoredValue<Vec<(String, String)>>,
    selected: RwSignal<Vec<String>>,
    /// The row that was clicked last, where a range begins.
    last: StoredValue<String>,
    is_new: StoredValue<bool>,
}

impl Selection {
    pub(crate) fn new() -> Self {
        let (rows, last) = (StoredValue::new(Vec::new()), StoredValue::new(String::new()));
        Self { rows, selected: RwSignal::new(Vec::new()), last, is_new: StoredValue::new(true) }
    }

    /// Takes the rows of the list, each time before it is shown. At first the URL selects, and a
    /// person who was faster than the script.
    pub(crate) fn show(self, rows: Vec<(String, String)>, url: &PageUrl) {
        let mut selected = self.selected.get_untracked();
        if self.is_new.get_value() {
            self.is_new.set_value(false);
            selected = url.all(CONFIRM_ID);
            selected.extend(url.not_done().into_iter().map(|left| left.user_id));
            selected.extend(checked_values(CONFIRM_ID));
            if url.is_all_selected() {
                selected = rows.iter().map(|(id, _)| id.clone()).collect();
            }
        }
        selected.retain(|id| rows.iter().any(|(shown, _)| shown == id));
        self.rows.set_value(rows);
        if self.selected.get_untracked() != selected {
            self.selected.set(selected);
        }
    }

    /// Leaves only these rows selected, after the others are changed.
    pub(crate) fn keep(self, ids: &[String]) {
        self.selected.update(|selected| selected.retain(|id| ids.contains(id)));
    }

    /// The name of a row; its id where the list does not show it.
    pub(crate) fn name_of(self, id: &str) -> String {
        let name =
            |rows: &Vec<(String, String)>| rows.iter().find(|(shown, _)| shown == id).map(|(_, name)| name.clone());
        self.rows.with_value(name).unwrap_or_else(|| id.to_owned())
    }

    /// Those of the ids that the list shows, once each and in its order.
    pub(crate) fn among_rows(self, ids: &[String]) -> Vec<String> {
        let shown = |rows: &Vec<(String, String)>| rows.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
        self.rows.with_value(shown).into_iter().filter(|id| ids.contains(id)).collect()
    }

    fn has(self, id: &str) -> bool {
        self.selected.with(|selected| selected.iter().any(|other| other == id))
    }

    /// The selected rows in the order of the list.
    fn ids(self) -> Vec<String> {
        self.among_rows(&self.selected.get_untracked())
    }

    fn select_all(self, is_selected: bool) {
        let all = self.rows.with_value(|rows| rows.iter().map(|(id, _)| id.clone()).collect());
        self.selected.set(if is_selected { all } else { Vec::new() });
    }

    /// A click on the box of a row. A range has the state of the box at its end.
    fn click(self, id: &str, is_range: bool, is_selected: bool) {
        let from = self.last.get_value();
        self.last.set_value(id.to_owned());
        let changed = self.rows.with_value(|rows| {
            let place = |wanted: &str| rows.iter().position(|(shown, _)| shown == wanted);
            match (place(&from).filter(|_| is_range), place(id)) {
                (Some(one), Some(other)) => {
                    let range = rows.get(one.min(other)..=one.max(other)).unwrap_or_default();
                    range.iter().map(|(id, _)| id.clone()).collect()
                }
                _ => vec![id.to_owned()],
            }
        });
        self.selected.update(|selected| {
            selected.retain(|id| !changed.contains(id));
            if is_selected {
                selected.extend(changed);
            }
        });
    }
}

/// The box of a row, for its first cell.
#[component]
pub(crate) fn SelectBox(
    /// The selection of the list.
    selection: Selection,
    /// Id of the row.
    id: String,
    /// Accessible name: "Select Ada Lovelace".
    label: String,
) -> impl IntoView {
    let (shown, value) = (id.clone(), id.clone());
    let is_selected = untrack(|| selection.has(&id));
    let click = move |event: MouseEvent| selection.click(&id, event.shift_key(), event_target_checked(&event));
    view! {
        <input
            type="checkbox"
            name=CONFIRM_ID
            value=value
            aria-label=label
            checked=is_selected
            prop:checked=move || selection.has(&shown)
            on:click=click
        />
    }
}

/// The form around a list with boxes: how many rows are selected, and what to do with them.
#[component]
pub(crate) fn SelectionForm(
    /// The selection of the list.
    selection: Selection,
    /// The page of the list.
    action: &'static str,
    /// The word for a row: "member".
    row: &'static str,
    /// The actions on the selected rows, each with the text of its button and its class.
    actions: [(OperationAction, &'static str, &'static str); 3],
    /// The list.
    children: Children,
) -> impl IntoView {
    let (location, navigate) = (use_location(), use_navigate());
    // A list that is read again disposes of this form while the form still follows the selection,
    // so the form has no signal of its own.
    let url = move || PageUrl::of(&location);
    let (shown, asked, submitted) = (url.clone(), url.clone(), url.clone());
    let is_missing = move || is_missing(selection, &asked());
    let submit = move |event: SubmitEvent| {
        let Some(operation) = event.submitter().and_then(|button| button.get_attribute("value")) else { return };
        event.prevent_default();
        let ids = selection.ids();
        let target = untrack(&submitted).with_confirmation(&operation, ids.iter().map(String::as_str));
        navigate(target.as_str(), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    };
    // The list stays as it is on the way through the confirmation.
    let kept = untrack(&url);
    let kept = kept.pairs().filter(|(key, _)| !PageUrl::is_passing(key)).map(|(name, value)| {
        view! { <input type="hidden" name=name.to_owned() value=value.to_owned() /> }
    });
    let kept = list(kept);
    let buttons = actions.into_iter().map(|(action, text, class)| {
        view! { <button type="submit" name=CONFIRM value=action.operation() class=class>{text}</button> }
    });
    view! {
        <form class="selection" method="get" action=action on:submit=submit>
            {kept}
            <div class="selection-bar">
                <p role="status" class=move || is_missing().then_some("field-error")>
                    {move || count_text(selection, &shown(), row)}
                </p>
                <SelectLinks selection />
                {list(buttons)}
            </div>
            {children()}
        </form>
    }
}

/// Without JavaScript a link selects the rows, and another one clears the boxes by loading the
/// page. The stylesheet hides that one while nothing is selected.
#[component]
fn SelectLinks(selection: Selection) -> impl IntoView {
    let location = use_location();
    let url = move || PageUrl::of(&location);
    let (all, none) = (url.clone(), url);
    // A link to the same path needs the query alone.
    let query = |page: LocalPath| format!("?{}", page.as_str().split_once('?').unwrap_or_default().1);
    let select = move |is_selected: bool| {
        move |event: MouseEvent| {
            event.prevent_default();
            selection.select_all(is_selected);
        }
    };
    view! {
        <a href=move || query(all().with_all_selected()) on:click=select(true)>
            "Select all on this page"
        </a>
        <a href=move || query(none().without_confirmation()) on:click=select(false)>"Clear selection"</a>
    }
}

fn count_text(selection: Selection, url: &PageUrl, row: &'static str) -> String {
    match selection.selected.with(Vec::len) {
        0 if is_missing(selection, url) => format!("Select at least one {row}."),
        0 => "None selected".to_owned(),
        selected => format!("{selected} selected"),
    }
}

/// Whether a button was pressed without a selection.
fn is_missing(selection: Selection, url: &PageUrl) -> bool {
    selection.selected.with(Vec::is_empty) && url.get(CONFIRM).is_some()
}
