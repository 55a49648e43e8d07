//! Reads for a page: by the server before the first byte, and again in the browser when something
//! changes.
//!
//! Everything that a read does is here without its types, so that the wasm contains it once and not
//! once for each list: a page gets them back when it awaits the read.

use crate::answer_json::AnswerJson;
use crate::browser::{Answer, PreparedCall, has_waited_for_writer};
use crate::call::{CallContext, call};
use crate::call_error::CallError;
use crate::page_organization::PageOrganization;
use crate::page_reads::PageRead;
use crate::page_url::PageUrl;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::location::Location;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;
use std::any::Any;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

type Answered = Result<Answer, CallError>;

/// A read whose answer is a `T`; a page awaits it.
pub(crate) struct Load<T> {
    resource: Resource<Answered, AnswerJson>,
    answer: PhantomData<fn() -> T>,
}

impl<T> Clone for Load<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Load<T> {}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> IntoFuture for Load<T> {
    type Output = Result<T, CallError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        // A view that has left the page may be asked once more, and needs no answer.
        if self.resource.is_disposed() {
            return Box::pin(std::future::pending());
        }
        let answer = self.resource.into_future();
        Box::pin(async move { answer.await?.read() })
    }
}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> Load<T> {
    /// The first answer. Later answers do not make again the view that awaits it, so that a form
    /// beside a list keeps its text and its focus.
    pub(crate) fn first(self) -> impl Future<Output = Result<T, CallError>> + Send {
        let mut answer = self.into_future();
        std::future::poll_fn(move |context| untrack(|| answer.as_mut().poll(context)))
    }
}

/// The source of a read without its type, and the call for it. Two are equal when their keys are.
#[derive(Clone)]
struct Source {
    key: Arc<dyn Any + Send + Sync>,
    is_equal: fn(&dyn Any, &dyn Any) -> bool,
    call: PreparedCall,
}

impl Source {
    fn new<K: PartialEq + Send + Sync + 'static>(key: K, call: PreparedCall) -> Self {
        let is_equal = |one: &dyn Any, other: &dyn Any| one.downcast_ref::<K>() == other.downcast_ref::<K>();
        Self { key: Arc::new(key), is_equal, call }
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        (self.is_equal)(&*self.key, &*other.key)
    }
}

/// Reads an operation, and reads it again whenever `source` changes. A read that fails changes
/// nothing: the page keeps what it shows, or the previous page stays while there is nothing to
/// show. The same source read again waits while somebody writes: making the content again moves the
/// caret, and a form would forget which name its writer has seen. It waits no longer once a form of
/// the page has an answer, or the page has another URL.
pub(crate) fn load<K, S>(
    source: impl Fn() -> K + Send + Sync + 'static,
    input: impl Fn(K) -> S + Send + Sync + 'static,
) -> Load<S::Output>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    S: ServerFn<Error = CallError> + Serialize + Clone + Send + Sync + 'static,
    S::Output: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let source = move || {
        let key = source();
        let call = PreparedCall::new(&input(key.clone()));
        Source::new(key, call)
    };
    Load { resource: read_in_page(Box::new(source)), answer: PhantomData }
}

fn read_in_page(source: Box<dyn Fn() -> Source + Send + Sync>) -> Resource<Answered, AnswerJson> {
    let (organization, location) = (PageOrganization::of_page().id(), use_location());
    let (read, shown) = (PageRead::new(), StoredValue::new(None::<AsyncDerived<_>>));
    // The page arrives with an answer to the first source.
    let answered = StoredValue::new(untrack(&source));
    let attempts = move || read.map(PageRead::attempts);
    let shown_now = move || shown.try_get_value().flatten().and_then(|shown| shown.try_get_untracked()).flatten();
    let fetch = move |(_, source): (_, Source)| {
        let return_to = PageUrl::current_path(&location);
        let context = CallContext { step_up: None, organization: organization.clone(), return_to };
        let is_refresh = answered.try_with_value(|answered| *answered == source) == Some(true);
        let is_same_page = same_page(read, location.clone());
        async move {
            loop {
                let answer = call(source.call.clone(), context.clone()).await;
                let has_failed = read.is_some_and(|read| read.record(&answer));
                let is_refresh = is_refresh && shown_now().is_some();
                if is_refresh && has_waited_for_writer(&is_same_page).await && read.is_some_and(PageRead::is_alive) {
                    continue;
                }
                match read.filter(|_| has_failed) {
                    None => {
                        answered.try_set_value(source);
                        return answer;
                    }
                    Some(read) => match shown_now() {
                        Some(shown) => return shown,
                        None => read.wait_for_retry().await,
                    },
                }
            }
        }
    };
    let resource = Resource::new_with_options(move || (attempts(), source()), fetch, true);
    shown.set_value(Some(*resource));
    resource
}

/// Whether the page is the same as at the call of this function: its URL is, and no form of it has
/// had an answer.
fn same_page(read: Option<PageRead>, location: Location) -> impl Fn() -> bool {
    let now = move || (PageUrl::current_path(&location), read.and_then(PageRead::answers));
    let asked = now();
    move || now() == asked
}

/// Reads an operation for the active organization, whichever one the page was made for.
pub(crate) fn load_for_active<S>(input: &S) -> Load<S::Output>
where
    S: ServerFn<Error = CallError> + Serialize + Clone + Send + Sync + 'static,
    S::Output: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let prepared = PreparedCall::new(input);
    let context = CallContext { step_up: None, organization: None, return_to: PageUrl::current_path(&use_location()) };
    let fetch = move |()| call(prepared.clone(), context.clone());
    Load { resource: Resource::new_with_options(|| (), fetch, true), answer: PhantomData }
}
