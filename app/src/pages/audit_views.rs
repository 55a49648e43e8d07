//! `/admin/audit/views`: the filters of the audit log that a person keeps. A document without the
//! application. The filter to save is in the URL, as on the page of the log.

use crate::api::{DeleteAuditView, ListAuditViews, SaveAuditView};
use crate::call_error::CallError;
use crate::components::audit_filter_form::TypedFilter;
use crate::components::breadcrumb::Breadcrumb;
use crate::components::erased::list;
use crate::components::field::TextField;
use crate::components::loaded::loaded;
use crate::components::operation_form::{OperationForm, Submit};
use crate::components::outcome_notice::OutcomeNotice;
use crate::components::refusal_page::RefusalPage;
use crate::load::load;
use crate::operation_action::{OperationAction, operation_action};
use crate::page_url::PageUrl;
use domain::local_path::LocalPath;
use domain::operation::{self, MAX_AUDIT_VIEWS, SavedAuditView};
use domain::pages::Page;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The page at `/admin/audit/views`.
#[component]
pub(crate) fn AuditViews() -> impl IntoView {
    let save = operation_action::<SaveAuditView, operation::SaveAuditView>();
    let delete = operation_action::<DeleteAuditView, operation::DeleteAuditView>();
    let (views, typed, location) = (load(|| (), |()| ListAuditViews {}), TypedFilter::from_url(), use_location());
    // The filter in the URL is saved then.
    let is_saved = untrack(|| PageUrl::of(&location).get("done") == Some("save_audit_view"));
    view! {
        <Title text=Page::AuditViews.definition().title />
        {loaded(move || async move {
            match views.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                Ok(views) => {
                    let typed = if is_saved { TypedFilter::default() } else { typed.get_untracked() };
                    content(views, typed, save, delete)
                }
            }
        })}
    }
}

fn content(views: Vec<SavedAuditView>, typed: TypedFilter, save: OperationAction, delete: OperationAction) -> AnyView {
    let is_full = i64::try_from(views.len()).is_ok_and(|views| views >= MAX_AUDIT_VIEWS);
    let is_saving = !typed.is_empty();
    let form = if is_full {
        let text = format!("You have {MAX_AUDIT_VIEWS} saved views. Delete one to save another.");
        view! { <p class="muted">{text}</p> }.into_any()
    } else if typed.is_empty() {
        view! { <p class="muted">"To save a view, filter the audit log first, then choose “Save this filter”."</p> }
            .into_any()
    } else {
        view! { <Save typed save /> }.into_any()
    };
    let form = view! {
        <section class="card" aria-labelledby="save-title">
            <h2 id="save-title">"Save a view"</h2>
            {form}
        </section>
    }
    .into_any();
    let list = list_of(views, delete);
    // The form stands first only for a person who comes to save a filter.
    let (first, second) = if is_saving { (form, list) } else { (list, form) };
    view! {
        <Breadcrumb list=LocalPath::AUDIT label="Audit log" />
        <div class="page-head">
            <h1>"Saved views"</h1>
            <p class="lead">
                "Filters of the audit log that you keep in this organization. Only you see this list. \
                 When you save or delete a view, the audit log shows its name."
            </p>
        </div>
        <div class="outcomes">
            <OutcomeNotice action=save done="View saved." />
            <OutcomeNotice action=delete done="View deleted." />
        </div>
        {first}
        {second}
    }
    .into_any()
}

#[component]
fn Save(typed: TypedFilter, save: OperationAction) -> impl IntoView {
    let path = typed.path().as_str().to_owned();
    let filter = path.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
    view! {
        <p class="hint">"The filter: "<a href=path>{typed.described()}</a></p>
        <OperationForm action=save>
            <input type="hidden" name="filter" value=filter />
            <TextField action=save name="name" label="Name" />
            <Submit action=save>"Save view"</Submit>
        </OperationForm>
    }
}

fn list_of(views: Vec<SavedAuditView>, delete: OperationAction) -> AnyView {
    if views.is_empty() {
        return view! { <p class="card muted">"No saved views yet."</p> }.into_any();
    }
    let items = views.into_iter().map(|view| {
        let typed = TypedFilter::parse(&view.filter);
        let label = format!("Delete {}", isolated(&view.name));
        view! {
            <li>
                <p><a href=typed.path().as_str().to_owned()><bdi>{view.name}</bdi></a></p>
                <p class="hint">{typed.described()}</p>
                <OperationForm action=delete class="form-inline">
                    <input type="hidden" name="view_id" value=view.id />
                    <Submit action=delete class="button button-danger button-small" label=label>"Delete"</Submit>
                </OperationForm>
            </li>
        }
    });
    view! { <ul class="entries card">{list(items)}</ul> }.into_any()
}
