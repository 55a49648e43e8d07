//! Calling an operation from a page: in the process while the server renders, over HTTP in the browser.
//!
//! In the browser a call takes care of what a person should not have to: an old token is renewed first, and when the server asks for a fresh
//! sign-in the step-up dialog opens and the call is made once more. What was read once stays until there is something new to show.

use crate::refused::Refused;
use crate::trouble::PageRead;
use crate::ui::address::Address;
use crate::ui::organization::PageOrganization;
use crate::ui::outcome::operation_of;
use crate::ui::step_up::StepUp;
use domain::form_result::Sent;
use domain::local_path::LocalPath;
use domain::operation::{Operation, checked};
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use leptos_router::hooks::use_location;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use std::ops::Deref;

/// What a page shows: read by the server before the first byte, and again whenever `source` changes. A read that gets no answer changes nothing:
/// what is shown stays, and so does the page before where there is nothing to show yet.
pub(crate) fn load<K, S>(
    source: impl Fn() -> K + Send + Sync + 'static,
    input: impl Fn(K) -> S + Send + Sync + 'static,
) -> Resource<Result<S::Output, Refused>, Json>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    S: ServerFn<Error = Refused> + Serialize + Clone + Send + 'static,
    S::Output: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let (made_for, location) = (PageOrganization::here().id(), use_location());
    let (read, shown) = (PageRead::new(), StoredValue::new(None::<AsyncDerived<_>>));
    let again = move || read.map(PageRead::tries);
    let shown_now = move || shown.try_get_value().flatten().and_then(|shown| shown.try_get_untracked()).flatten();
    let fetch = move |(_, key)| {
        let input = input(key);
        let caller = Caller { step_up: None, made_for: made_for.clone(), back: Address::here(&location) };
        async move {
            loop {
                let answer = run(input.clone(), caller.clone()).await;
                match read {
                    Some(read) if read.has_failed(&answer) => match shown_now() {
                        Some(shown) => return shown,
                        None => read.tried_again().await,
                    },
                    _ => return answer,
                }
            }
        }
    };
    let resource = Resource::new_with_options(move || (again(), source()), fetch, true);
    shown.set_value(Some(*resource));
    resource
}

/// What a page of one organization shows of the one that is active by now.
pub(crate) fn load_for_active<S>(input: S) -> Resource<Result<S::Output, Refused>, Json>
where
    S: ServerFn<Error = Refused> + Serialize + Clone + Send + Sync + 'static,
    S::Output: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let caller = Caller { step_up: None, made_for: None, back: Address::here(&use_location()) };
    Resource::new_with_options(|| (), move |()| run(input.clone(), caller.clone()), true)
}

/// What a page adds to a call.
#[derive(Clone)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "the server renders for the active organization and for whom it knows")
)]
pub(crate) struct Caller {
    /// Where a person can be asked again who they are; reading never asks.
    pub(crate) step_up: Option<StepUp>,
    /// Clerk's id of the organization that the page was made for.
    pub(crate) made_for: Option<String>,
    /// Where somebody comes back to who has to leave the page.
    pub(crate) back: LocalPath,
}

async fn run<S>(input: S, caller: Caller) -> Result<S::Output, Refused>
where
    S: ServerFn<Error = Refused> + Serialize + Clone + Send,
    S::Output: DeserializeOwned + Send,
{
    #[cfg(feature = "hydrate")]
    return send_wrapper::SendWrapper::new(crate::browser::call(input, caller)).await;
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = caller;
        input.run_body().await
    }
}

/// JSON that a page or its address holds. It is read from bytes, as an answer to a call is: a reader is compiled once for each kind of source, and one kind is enough for
/// the browser to load.
pub(crate) struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// A change that a page offers: the operation's rules are asked here first, then the server.
pub(crate) struct Change<S: ServerFn> {
    action: Action<S, Result<S::Output, Refused>>,
    /// What was sent last.
    last: StoredValue<Option<S>>,
    answers: Memo<usize>,
}

impl<S: ServerFn> Clone for Change<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ServerFn> Copy for Change<S> {}

impl<S: ServerFn> Deref for Change<S> {
    type Target = Action<S, Result<S::Output, Refused>>;

    fn deref(&self) -> &Self::Target {
        &self.action
    }
}

impl<S> Change<S>
where
    S: ServerFn + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    /// Counts the answers after which other things may be shown than before; within a reactive scope it follows.
    pub(crate) fn answers(self) -> usize {
        self.answers.get()
    }

    /// Sends once more what was sent last.
    pub(crate) fn again(self) {
        if let Some(input) = self.last.get_value().filter(|_| !self.action.pending().get_untracked()) {
            self.action.dispatch(input);
        }
    }
}

/// Makes a [`Change`] out of a server function and the operation whose input it has.
pub(crate) fn change<S, Op>(operation: impl Fn(S) -> Op + Copy + Send + Sync + 'static) -> Change<S>
where
    S: ServerFn<Error = Refused> + Serialize + Clone + Send + Sync + 'static,
    S::Output: DeserializeOwned + Send + Sync + 'static,
    Op: Operation,
{
    let (step_up, page, location) = (use_context::<StepUp>(), PageOrganization::here(), use_location());
    let last = StoredValue::new(None);
    let action = Action::new(move |input: &S| {
        let input = input.clone();
        last.set_value(Some(input.clone()));
        let asked = checked(operation(input.clone()));
        let address = untrack(|| Address::of(&location));
        async move {
            let asked = asked.map_err(|fields| Refused(Refusal::InvalidInput { fields }))?;
            let made_for = page.id();
            let sent = Sent::of(&asked, made_for.as_deref());
            // Whoever has to leave the page finds what they typed where they come back to.
            let way_back = |refusal: &Refusal| address.refused(operation_of::<S>(), refusal, &sent);
            let back = way_back(&Refusal::NOBODY);
            let answer = run(input, Caller { step_up, made_for, back }).await;
            if let Err(Refused(refusal @ Refusal::OtherOrganization)) = &answer {
                page.lead_on(way_back(refusal));
            }
            answer
        }
    });
    let answers = Memo::new(move |before: Option<&usize>| {
        let is_news = action.value().with(|answer| answer.as_ref().is_some_and(may_be_news));
        let before = before.copied().unwrap_or_default();
        if is_news { before + 1 } else { before }
    });
    Change { action, last, answers }
}

/// Whether the page may be out of date after this answer. Where there was none, or the form alone is meant, it is as it was.
fn may_be_news<T>(answer: &Result<T, Refused>) -> bool {
    let Err(Refused(refusal)) = answer else { return true };
    match refusal {
        Refusal::Unavailable
        | Refusal::OtherOrganization
        | Refusal::RateLimited { .. }
        | Refusal::Reverification { .. }
        | Refusal::InvalidInput { .. } => false,
        Refusal::Unauthenticated { .. } | Refusal::Forbidden | Refusal::NotFound | Refusal::Internal => true,
    }
}
