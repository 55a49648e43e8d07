//! Calling an operation from a page: in the process while the server renders, over HTTP in the browser.
//!
//! In the browser a call takes care of what a person should not have to: an old token is renewed first, and when the server asks for a fresh
//! sign-in the step-up dialog opens and the call is made once more.

use crate::refused::Refused;
use crate::ui::step_up::StepUp;
use gatehouse::operation::{Operation, checked};
use gatehouse::refusal::Refusal;
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
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
    S: ServerFn<Error = Refused> + Clone + Send + 'static,
    S::Output: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    Resource::new_with_options(source, move |key| run(input(key), None), true)
}

async fn run<S>(input: S, step_up: Option<StepUp>) -> Result<S::Output, Refused>
where
    S: ServerFn<Error = Refused> + Clone + Send,
    S::Output: Send,
{
    #[cfg(feature = "hydrate")]
    return send_wrapper::SendWrapper::new(crate::browser::call(input, step_up)).await;
    #[cfg(not(feature = "hydrate"))]
    {
        // Only a browser can be asked again who somebody is.
        let _ = step_up;
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
    S: ServerFn<Error = Refused> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
    Op: Operation,
{
    let step_up = use_context::<StepUp>();
    Action::new(move |input: &S| {
        let input = input.clone();
        let rules = checked(operation(input.clone())).map(|_| ());
        async move {
            rules.map_err(|fields| Refused(Refusal::InvalidInput { fields }))?;
            run(input, step_up).await
        }
    })
}
