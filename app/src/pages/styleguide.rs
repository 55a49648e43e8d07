//! `/styleguide`: every component in its states, with the lines that use it. Development builds
//! have it; a release has neither the page nor its URL.

mod charts; // example:line activity
mod pieces;
mod sample;
mod selecting; // example:line bulk

use crate::api::SaveAuditView; // example:line views
use crate::api::{RemoveMember, RenameOrganization};
use crate::components::badge::{Badge, Tone};
use crate::components::brand::PublicHeader;
use crate::components::card_table::{CardTable, SortedColumn};
use crate::components::confirm_dialog::{ConfirmDialog, ConfirmLink, Question};
use crate::components::empty_state::EmptyState;
use crate::components::field::TextField;
use crate::components::operation_form::{OperationForm, Submit};
use crate::components::outcome_notice::RefusalNotice;
use crate::components::person_head::PersonHead;
use crate::components::search_form::SearchForm;
use crate::components::timestamp::Timestamp;
use crate::operation_action::operation_action;
use charts::Charts; // example:line activity
use domain::input::SEARCH;
use domain::local_path::LocalPath;
use domain::operation;
use leptos::prelude::*;
use leptos_router::components::Router;
use pieces::{Choices, Tools, Waiting};
use sample::Sample;
use selecting::Selecting; // example:line bulk

// example:begin views
const AREA: &str = r#"<TextField action name="notes" label="Notes" hint="One a line." lines=4 />"#;
// example:end views
const CONFIRMATION: &str = r#"<ConfirmLink action=remove text="Remove" />
<ConfirmDialog action=remove question done_page=LocalPath::MEMBERS />"#;
const OUTCOMES: &str = r#"<OutcomeNotice action done=format!("{who} removed.")
    undo=Undo::new(action, &[("user_id", &id)]) />"#;
const TABLE: &str = r#"<CardTable label="Members" columns=&["Member", "Role"] sorted=("Member", column)>
    {list(rows)}
</CardTable>"#;

/// The page. Its state is in the URL, as on every page.
#[component]
pub(crate) fn Styleguide() -> impl IntoView {
    view! {
        <PublicHeader />
        <Router>
            <main id="main" class="page">
                <h1>"Style guide"</h1>
                <People />
                <Fields />
                <Choices />
                <Buttons />
                <Tools />
                <Confirmation />
                <Notices />
                <Lists />
                // example:begin bulk
                <Selecting />
                // example:end bulk
                // example:begin activity
                <Charts />
                // example:end activity
                <Waiting />
            </main>
        </Router>
    }
}

#[component]
fn People() -> impl IntoView {
    // A page has one breadcrumb, so there is one person, with the state that shows most.
    let (list, name) = ((LocalPath::MEMBERS, "Members"), "عائشة بنت محمد".to_owned());
    let email = Some("aisha@example.com".to_owned());
    view! {
        <Sample name="Badge" code="<Badge text=\"banned\" tone=Tone::Warning />">
            <p class="row"><Badge text="editor" /><Badge text="banned" tone=Tone::Warning /></p>
        </Sample>
        <Sample name="Person" code="<PersonHead list name email is_you banned locked />">
            <PersonHead list name email is_you=false banned=true locked=true />
        </Sample>
        <Sample name="Time" code="<Timestamp at_ms />"><p><Timestamp at_ms=1_764_000_000_000 /></p></Sample>
    }
}

#[component]
fn Fields() -> impl IntoView {
    let rename = operation_action::<RenameOrganization, operation::RenameOrganization>();
    // example:begin views
    let notes = operation_action::<SaveAuditView, operation::SaveAuditView>();
    let too_long = "/styleguide?refused=save_audit_view&refusal=%7B%22error%22%3A%22invalid_input%22%2C%22fields%22%3A%7B%22filter%22%3A%22too_long%22%7D%7D&sent=%7B%7D";
    // example:end views
    let invalid = "/styleguide?refused=rename_organization&refusal=%7B%22error%22%3A%22invalid_input%22%2C%22fields%22%3A%7B%22name%22%3A%22too_long%22%7D%7D";
    view! {
        <Sample
            name="Text field"
            code="<TextField action name=\"name\" label=\"Organization name\" value hint=\"Everybody sees it.\" />"
        >
            <OperationForm action=rename>
                <TextField
                    action=rename
                    name="name"
                    label="Organization name"
                    value="Analytical Engines".to_owned()
                    hint="Everybody sees it."
                />
                <RefusalNotice action=rename />
                <p><a href=invalid>"With an error"</a></p>
            </OperationForm>
        </Sample>
        // example:begin views
        <Sample name="Text area" code=AREA>
            <OperationForm action=notes>
                <TextField action=notes name="filter" label="Notes" hint="One a line." lines=4 />
                <RefusalNotice action=notes />
                <p><a href=too_long>"With an error in the notes"</a></p>
            </OperationForm>
        </Sample>
        // example:end views
        <Sample name="Search" code="<SearchForm path=LocalPath::MEMBERS rule=SEARCH typed />">
            <SearchForm path=LocalPath::MEMBERS rule=SEARCH typed="ada".to_owned() />
        </Sample>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let rename = operation_action::<RenameOrganization, operation::RenameOrganization>();
    view! {
        <Sample name="Button" code="<Submit action class=\"button button-quiet\">\"Save\"</Submit>">
            <div class="row">
                <Submit action=rename>"Save"</Submit>
                <Submit action=rename class="button button-quiet">"Save"</Submit>
                <Submit action=rename class="button button-danger">"Revoke"</Submit>
                <Submit action=rename class="button button-alarm">"Remove member"</Submit>
                <Submit action=rename class="button button-small">"Save"</Submit>
                <button class="button" type="button" aria-busy="true">"Pending"</button>
                <button class="button" type="button" disabled>"Disabled"</button>
            </div>
        </Sample>
    }
}

#[component]
fn Confirmation() -> impl IntoView {
    let remove = operation_action::<RemoveMember, operation::RemoveMember>();
    let question = |_: Vec<String>| {
        Some(Question {
            title: "Remove Ada Lovelace from the organization?".to_owned(),
            text: "They lose access to this organization. Their account stays.",
            verb: "Remove member",
            fields: vec![("user_id", "user_1".to_owned())],
        })
    };
    view! {
        <Sample
            name="Confirmation"
            code=CONFIRMATION
        >
            <p><ConfirmLink action=remove text="Remove" /></p>
            <ConfirmDialog action=remove question done_page=LocalPath::MEMBERS />
        </Sample>
    }
}

#[component]
fn Notices() -> impl IntoView {
    view! {
        <Sample
            name="Outcomes"
            code=OUTCOMES
        >
            <p class="notice">"Organization renamed."</p>
            <p class="notice notice-warning">"You last confirmed your identity more than 5 minutes ago."</p>
            <p class="notice notice-danger">"You do not have permission to do this."</p>
            <div class="toast">
                <p>"Role changed for Ada Lovelace."</p>
                <button class="button button-quiet button-small" type="button">"Undo"</button>
                <button class="button button-quiet button-small" type="button">"Dismiss"</button>
            </div>
        </Sample>
    }
}

#[component]
fn Lists() -> impl IntoView {
    let (text, hint) = ("No projects yet.", "A project groups the work of a team.");
    let sorted = ("Member", SortedColumn { is_descending: false, target: LocalPath::MEMBERS });
    view! {
        <Sample name="Empty list" code="<EmptyState text hint link=(target, \"New project\") />">
            <EmptyState text hint link=("/styleguide".to_owned(), "New project") />
        </Sample>
        <Sample name="Table, sorted" code=TABLE>
            <CardTable label="Members" columns=&["Member", "Role"] sorted>
                <tr role="row">
                    <th role="rowheader" scope="row">"Ada Lovelace"</th>
                    <td role="cell" data-label="Role"><Badge text="Admin" /></td>
                </tr>
            </CardTable>
        </Sample>
    }
}
