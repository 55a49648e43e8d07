//! A form that submits an operation, with and without JavaScript.

use super::erased::optional;
use crate::operation_action::OperationAction;
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use domain::form_result::{DONE_PAGE, ORGANIZATION, PAGE};
use domain::local_path::LocalPath;
use leptos::context::Provider;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The version of the action that this form dispatches: the forms of a list share one action, and
/// only the submitted forms are busy.
#[derive(Clone, Copy)]
struct Dispatched(RwSignal<Option<usize>>);

/// A form whose fields are the input of an operation. It names the organization of its
/// page, as every call from the page does, and the page itself, to which the server redirects after
/// a post without JavaScript.
#[component]
pub(crate) fn OperationForm(
    /// Dispatched on submit.
    action: OperationAction,
    /// CSS class of the layout.
    #[prop(default = "form")]
    class: &'static str,
    /// The page to open once the operation is done, where it is another page. In the browser the
    /// page of the form opens it.
    #[prop(optional, into)]
    done_page: Option<LocalPath>,
    /// The fields and the button.
    children: Children,
) -> impl IntoView {
    let (dispatched, location) = (Dispatched(RwSignal::new(None)), use_location());
    // The form in a confirmation is refused there, and every other form on the closed page.
    let page = move || {
        let url = PageUrl::of(&location);
        let is_confirmation = url.confirming(action.operation()).is_some();
        let page = if is_confirmation { url.without_outcome() } else { url.without_confirmation() };
        page.as_str().to_owned()
    };
    let organization = PageOrganization::of_page().id();
    let organization = organization.map(|id| view! { <input type="hidden" name=ORGANIZATION value=id /> });
    let done_page =
        done_page.map(|page| view! { <input type="hidden" name=DONE_PAGE value=page.as_str().to_owned() /> });
    let submit = move |event: SubmitEvent| {
        let version = action.version().get_untracked();
        if let Some(before) = action.submit(&event) {
            dispatched.0.set(Some(version + before));
        }
    };
    view! {
        <form method="post" action=action.path class=class on:submit=submit>
            {optional(organization)}
            <input type="hidden" name=PAGE value=page />
            {optional(done_page)}
            <Provider value=dispatched>{children()}</Provider>
        </form>
    }
}

/// The submit button of such a form; busy while the answer is awaited.
#[component]
pub(crate) fn Submit(
    /// The action of the form.
    action: OperationAction,
    /// CSS class of the button.
    #[prop(default = "button")]
    class: &'static str,
    /// Accessible name where the text alone is ambiguous; begins with the text.
    #[prop(optional, into)]
    label: Option<String>,
    /// The text.
    children: Children,
) -> impl IntoView {
    let dispatched = use_context::<Dispatched>();
    let is_ours = move || dispatched.is_none_or(|version| version.0.get() >= Some(action.version().get()));
    let busy = Memo::new(move |_| action.pending().get() && is_ours());
    view! {
        <button type="submit" class=class aria-label=label aria-busy=move || busy.get().then_some("true")>
            {children()}
        </button>
        <span class="visually-hidden" role="status">{move || busy.get().then_some("Saving…")}</span>
    }
}
