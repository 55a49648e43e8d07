//! The notice beside a form whose answer is a file: why there is none, and the button that asks for
//! the same file again.
//!
//! The URL chooses the message and the format alone. The other fields are those of the form on the
//! page, so a crafted URL cannot ask for another file than the page shows.

use super::erased::optional;
use super::other_organization::OtherOrganizationNotice;
use super::outcome::{Outcome, outcome_in_url};
use super::outcome_notice::regions;
use crate::call::confirm;
use crate::page_organization::PageOrganization;
use crate::page_url::PageUrl;
use crate::step_up::StepUp;
use crate::texts::refusals::{download_message, is_worth_a_repeat};
use domain::refusal::Refusal;
use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// The field by which the buttons of a form choose the format of the file.
const FORMAT: &str = "format";

/// The notice.
#[component]
pub(crate) fn DownloadNotice(
    /// Name of the operation, and the id of its form.
    operation: &'static str,
) -> impl IntoView {
    let (location, page, outcome) = (use_location(), PageOrganization::of_page(), outcome_in_url(operation));
    let url = Memo::new(move |_| PageUrl::of(&location));
    let verified = move || {
        let outcome = outcome.get();
        let is_verified = outcome.is_verified(operation, &url.read(), page);
        optional(is_verified.then(|| {
            let text = "Identity confirmed. The file is ready to download.".to_owned();
            view! { <div class="notice"><Again operation outcome text /></div> }
        }))
    };
    let refused = move || refused_notice(operation, outcome.get(), url, page);
    regions(verified.into_any(), refused.into_any())
}

fn refused_notice(
    operation: &'static str,
    outcome: Outcome,
    url: Memo<PageUrl>,
    page: PageOrganization,
) -> Option<AnyView> {
    if outcome.is_of_another(page) {
        let organization = outcome.submitted_for().map(str::to_owned);
        return Some(view! { <OtherOrganizationNotice organization submitted=outcome.submitted /> }.into_any());
    }
    let refusal = outcome.answer.clone()?.err()?;
    let text = download_message(&refusal);
    if let Refusal::Reverification { clerk_error } = &refusal {
        let level = clerk_error.level().to_owned();
        return Some(view! { <Verify operation level url text /> }.into_any());
    }
    let content = if is_worth_a_repeat(&refusal) {
        view! { <Again operation outcome text /> }.into_any()
    } else {
        view! { <p>{text}</p> }.into_any()
    };
    Some(view! { <div class="notice notice-danger">{content}</div> }.into_any())
}

/// The button that submits the form of the page with the format of the refused attempt. It gets the
/// focus when it takes the place of the button before it.
#[component]
fn Again(operation: &'static str, outcome: Outcome, text: String) -> impl IntoView {
    let format = outcome.submitted.as_ref().and_then(|submitted| submitted.get(FORMAT)).map(str::to_owned);
    let name = format.is_some().then_some(FORMAT);
    let button = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        let is_free = document().active_element().is_none_or(|focused| focused.tag_name() == "BODY");
        if let Some(button) = button.get().filter(|_| is_free) {
            // Fails only for a button that is not in the page.
            let _ = button.focus();
        }
    });
    view! {
        <p>{text}</p>
        <button class="button button-small" form=operation name=name value=format autofocus=true node_ref=button>
            "Download"
        </button>
    }
}

/// The link to the page that verifies the identity. With JavaScript the dialog opens in its place.
#[component]
fn Verify(operation: &'static str, level: String, url: Memo<PageUrl>, text: String) -> impl IntoView {
    let (step_up, navigate) = (use_context::<StepUp>(), use_navigate());
    let verify = move || url.read().verify_link(operation).as_str().to_owned();
    let click = move |event: MouseEvent| {
        let Some(step_up) = step_up else { return };
        event.prevent_default();
        let (navigate, level) = (navigate.clone(), level.clone());
        let verified = url.with_untracked(|url| url.verified(operation));
        leptos::task::spawn_local(async move {
            if confirm(step_up, level).await {
                let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
                navigate(verified.as_str(), options);
            }
        });
    };
    view! {
        <div class="notice notice-warning">
            <p>{text}</p>
            <a class="button button-small" rel="external" href=verify on:click=click>"Confirm it's you"</a>
        </div>
    }
}
