//! A form that posts an operation, with and without JavaScript.

use crate::call::Change;
use crate::refused::Refused;
use crate::ui::address::Address;
use crate::ui::organization::PageOrganization;
use domain::form_result::{ORGANIZATION, PAGE};
use leptos::context::Provider;
use leptos::ev::SubmitEvent;
use leptos::form::FromFormData;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use server_fn::ServerFn;

/// The version of the change that this form sent: the forms of a list share one change, and only the one that was sent is busy.
#[derive(Clone, Copy)]
struct Sent(RwSignal<Option<usize>>);

/// A form whose fields are the input of the server function `S`. It says for which organization its page was made, as
/// every call from the page does, and where that page is: whoever posts it without JavaScript comes back there.
#[component]
pub(crate) fn OperationForm<S>(
    /// What happens when it is sent.
    change: Change<S>,
    /// How its fields stand.
    #[prop(default = "form")]
    class: &'static str,
    /// The fields and the button.
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Error = Refused> + FromFormData + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let (sent, location) = (Sent(RwSignal::new(None)), use_location());
    let page = move || Address::of(&location).page().as_str().to_owned();
    let submit = move |event: SubmitEvent| {
        // A form that cannot be read is left to the browser, which posts it as it is.
        if let Ok(input) = S::from_event(&event) {
            event.prevent_default();
            if !change.pending().get_untracked() {
                sent.0.set(Some(change.version().get_untracked()));
                change.dispatch(input);
            }
        }
    };
    view! {
        <form method="post" action=S::PATH class=class on:submit=submit>
            {PageOrganization::here().id().map(|id| view! { <input type="hidden" name=ORGANIZATION value=id /> })}
            <input type="hidden" name=PAGE value=page />
            <Provider value=sent>{children()}</Provider>
        </form>
    }
}

/// The button of such a form; it says when the answer is awaited.
#[component]
pub(crate) fn Submit<S>(
    /// What the form does.
    change: Change<S>,
    /// How the button looks.
    #[prop(default = "button")]
    class: &'static str,
    /// What the button says to those who do not see what it stands beside; begins with what it shows.
    #[prop(optional, into)]
    label: Option<String>,
    /// What the button says.
    children: Children,
) -> impl IntoView
where
    S: ServerFn<Error = Refused> + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let sent = use_context::<Sent>();
    let is_sent = move || sent.is_none_or(|sent| sent.0.get() == Some(change.version().get()));
    let busy = move || (change.pending().get() && is_sent()).then_some("true");
    view! {
        <button type="submit" class=class aria-label=label aria-busy=busy>
            {children()}
        </button>
    }
}
