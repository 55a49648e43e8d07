//! Choices, menus, source text and waiting, in their states.

use super::sample::Sample;
use crate::components::column_menu::ColumnMenu;
use crate::components::copy_button::CopyButton;
use crate::components::loaded::Skeleton;
use crate::components::menu::Menu;
use crate::components::pager::Pager;
use crate::components::select_field::SelectField;
use crate::components::timestamp::Timestamp;
use domain::appearance::Column;
use domain::local_path::LocalPath;
use leptos::prelude::*;

const CHOICES: &str = r#"<fieldset class="choices"><legend>"Theme"</legend>
    <label class="choice"><input type="radio" name="theme" value="dark" />"Dark"</label>
</fieldset>
<label class="choice"><input type="checkbox" role="switch" name="keys" />"Shortcuts"</label>"#;
const SELECT: &str = r#"<SelectField id="filter-result" name="result" label="Result" options chosen />"#;
const MENU: &str = r#"<Menu label="Export"><button class="button">"Export CSV"</button></Menu>"#;
const COLUMNS: &str = r#"<ColumnMenu columns=&[(Column::MemberRole, "Role")] />"#;

/// The choices of a form.
#[component]
pub(super) fn Choices() -> impl IntoView {
    let options = [("", "All"), ("done", "Done")].map(|(value, text)| (value.to_owned(), text.to_owned()));
    view! {
        <Sample name="Select" code=SELECT>
            <SelectField
                id="sample-result"
                name="result"
                label="Result"
                options=options.to_vec()
                chosen="done".to_owned()
            />
        </Sample>
        <Sample name="Radio buttons, checkbox and switch" code=CHOICES>
            <fieldset class="choices">
                <legend>"Theme"</legend>
                <label class="choice"><input type="radio" name="sample-theme" checked />"Light"</label>
                <label class="choice"><input type="radio" name="sample-theme" />"Dark"</label>
            </fieldset>
            <p>
                <label class="choice"><input type="checkbox" checked />"Ada Lovelace"</label>" "
                <label class="choice"><input type="checkbox" disabled />"You"</label>
            </p>
            <p>
                <label class="choice">
                    <input type="checkbox" role="switch" checked />"Shortcuts of single keys"
                </label>
            </p>
        </Sample>
    }
}

/// Menus, copied texts, and times.
#[component]
pub(super) fn Tools() -> impl IntoView {
    let (previous, next) = (Some("a".to_owned()), Some("b".to_owned()));
    view! {
        <Sample name="Menu" code=MENU>
            <Menu label="Export">
                <button class="button button-quiet button-small" type="button">"Export CSV"</button>
                <button class="button button-quiet button-small" type="button">"Export JSON Lines"</button>
            </Menu>
        </Sample>
        <Sample name="Columns" code=COLUMNS>
            <ColumnMenu columns=&[(Column::MemberRole, "Role"), (Column::MemberSessions, "Sessions")] />
        </Sample>
        <Sample name="Copy button" code="<CopyButton text label=\"Copy the id\" />">
            <p class="row">
                <code>"user_local_ada"</code>
                <CopyButton text="user_local_ada".to_owned() label="Copy the id" />
            </p>
        </Sample>
        <Sample name="Relative time" code="<Timestamp at_ms relative=true />">
            <p><Timestamp at_ms=1_764_000_000_000 relative=true /></p>
        </Sample>
        <Sample name="Keys" code="<kbd>\"Ctrl\"</kbd>"><p><kbd>"Ctrl"</kbd>" "<kbd>"K"</kbd></p></Sample>
        <Sample name="Pager" code="<Pager path previous next />">
            <Pager path=LocalPath::MEMBERS previous next />
        </Sample>
    }
}

/// The place of content that is slow.
#[component]
pub(super) fn Waiting() -> impl IntoView {
    view! { <Sample name="Skeleton" code="loaded(move || async move { … })"><Skeleton /></Sample> }
}
