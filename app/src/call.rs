//! Calling an operation from a page: in the process while the server renders, over HTTP in the browser.
//!
//! In the browser a call takes care of what a person should not have to: an old token is renewed first, and when the server asks for a fresh
//! sign-in the step-up dialog opens and the call is made once more.

use crate::refused::Refused;
use crate::ui::address::Address;
use crate::ui::organization::PageOrganization;
use crate::ui::outcome::operation_of;
use crate::ui::step_up::StepUp;
use gatehouse::operation::{Operation, checked};
use gatehouse::places::SafePath;
use gatehouse::refusal::Refusal;
use gatehouse::returned::Sent;
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use leptos_router::hooks::use_location;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;

/// What a page shows: read by the server before the first byte, and again whenever `source` changes.
pub(crate) fn load<K, S>(
    source: impl Fn() -> K + Send + Sync + 'static,
    input: impl Fn(K) -> S + Send + Sync + 'static,
) -> Resource<Result<S::Output, Refused>, Json>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    S: ServerFn<Error = Refused> + Serialize + Clone + Send + 'static,
    S::Output: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let made_for = PageOrganization::here().id();
    let location = use_location();
    let read = move |key| {
        run(input(key), Caller { step_up: None, made_for: made_for.clone(), back: Address::here(&location) })
    };
    Resource::new_with_options(source, read, true)
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
    pub(crate) back: SafePath,
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
pub(crate) type Change<S> = Action<S, Result<<S as ServerFn>::Output, Refused>>;

/// Makes a [`Change`] out of a server function and the operation whose input it has.
pub(crate) fn change<S, Op>(operation: impl Fn(S) -> Op + Copy + Send + Sync + 'static) -> Change<S>
where
    S: ServerFn<Error = Refused> + Serialize + Clone + Send + Sync + 'static,
    S::Output: DeserializeOwned + Send + Sync + 'static,
    Op: Operation,
{
    let (step_up, page, location) = (use_context::<StepUp>(), PageOrganization::here(), use_location());
    Action::new(move |input: &S| {
        let input = input.clone();
        let asked = checked(operation(input.clone()));
        let address = untrack(|| Address::of(&location));
        async move {
            let asked = asked.map_err(|fields| Refused(Refusal::InvalidInput { fields }))?;
            let made_for = page.id();
            let sent = Sent::of(&asked, made_for.as_deref());
            // Whoever has to leave the page finds what they typed where they come back to.
            let way_back = |refusal: &Refusal| address.refused(operation_of::<S>(), refusal, &sent);
            let back = way_back(&Refusal::Unauthenticated);
            let answer = run(input, Caller { step_up, made_for, back }).await;
            if let Err(Refused(refusal @ Refusal::OtherOrganization)) = &answer {
                page.lead_on(way_back(refusal));
            }
            answer
        }
    })
}
