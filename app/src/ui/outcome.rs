//! How a change ended, from wherever it is known: the answer in the browser, or the address after a form post without JavaScript.

use super::words;
use crate::call::Change;
use crate::refused::Refused;
use gatehouse::places::SafePath;
use gatehouse::refusal::{FieldProblem, Refusal};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use server_fn::ServerFn;

/// How a change ended; `None`: nobody tried.
pub(crate) type Outcome = Option<Result<(), Refusal>>;

/// The outcome of a change. Unknown or malformed parameters of the address are ignored; whoever writes them there shows themselves one of
/// our own sentences.
pub(crate) fn outcome_of<S>(change: Change<S>) -> Signal<Outcome>
where
    S: ServerFn<Error = Refused> + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let query = use_query_map();
    let operation = S::PATH.trim_start_matches("/api/");
    Signal::derive(move || {
        if let Some(answer) = change.value().get() {
            return Some(answer.map(|_| ()).map_err(|Refused(refusal)| refusal));
        }
        let query = query.read();
        if query.get_str("done") == Some(operation) {
            return Some(Ok(()));
        }
        let refused = query.get_str("refused") == Some(operation);
        query.get_str("refusal").filter(|_| refused).and_then(|json| serde_json::from_str(json).ok()).map(Err)
    })
}

/// What was typed into a field before the post that was refused, so that nothing is lost.
pub(crate) fn typed_before<S: ServerFn>(field: &'static str) -> Option<String> {
    let query = use_query_map();
    let query = query.read_untracked();
    let refused = query.get_str("refused") == Some(S::PATH.trim_start_matches("/api/"));
    query.get_str(field).filter(|_| refused).map(str::to_owned)
}

/// What is wrong with a field.
pub(crate) fn problem(outcome: Signal<Outcome>, field: &'static str) -> Signal<Option<FieldProblem>> {
    Signal::derive(move || match outcome.get() {
        Some(Err(Refusal::InvalidInput { fields })) => fields.get(field).copied(),
        _ => None,
    })
}

/// Says how a change ended. Problems of fields stand beside the fields.
#[component]
pub(crate) fn OutcomeNotice(
    /// The outcome.
    outcome: Signal<Outcome>,
    /// What to say when it was done.
    done: &'static str,
) -> impl IntoView {
    let location = use_location();
    view! {
        <div>
        <div role="status">
            {move || matches!(outcome.get(), Some(Ok(()))).then(|| view! { <p class="notice">{done}</p> })}
        </div>
        <div role="alert">
            {move || match outcome.get() {
                None | Some(Ok(())) => None,
                Some(Err(Refusal::Reverification { .. })) => {
                    let here = format!("{}?{}", location.pathname.get(), location.search.get().trim_start_matches('?'));
                    Some(view! { <StepUpLink here /> }.into_any())
                }
                Some(Err(refusal)) => words::of(&refusal).map(|text| view! { <p class="notice notice-danger">{text}</p> }.into_any()),
            }}
        </div>
        </div>
    }
}

/// The way to prove who one is without the dialog, and back with everything that was typed.
#[component]
fn StepUpLink(here: String) -> impl IntoView {
    let back = SafePath::parse(&here).unwrap_or(SafePath::ADMIN);
    let verify = SafePath::VERIFY.with_query(&[("redirect_url", back.as_str())]);
    view! {
        <div class="notice notice-warning">
            <p>"This needs a sign-in of the last five minutes. Nothing was changed yet, and what you typed is kept."</p>
            <a class="button button-small" rel="external" href=verify.as_str().to_owned()>"Confirm it's you"</a>
        </div>
    }
}
