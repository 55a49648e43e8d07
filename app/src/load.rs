//! Reads for a page: by the server before the first byte, and again in the browser when something
//! changes.

use crate::call::{CallContext, call};
use crate::call_error::CallError;
use crate::codec::Json;
use crate::page_organization::PageOrganization;
use crate::page_reads::PageRead;
use crate::page_url::PageUrl;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;

/// Reads an operation, and reads it again whenever `source` changes. A read that fails changes
/// nothing: the page keeps what it shows, or the previous page stays while there is nothing to
/// show.
pub(crate) fn load<K, S>(
    source: impl Fn() -> K + Send + Sync + 'static,
    input: impl Fn(K) -> S + Send + Sync + 'static,
) -> Resource<Result<S::Output, CallError>, Json>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    S: ServerFn<Error = CallError> + Serialize + Clone + Send + Sync + 'static,
    S::Output: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let (organization, location) = (PageOrganization::of_page().id(), use_location());
    let (read, shown) = (PageRead::new(), StoredValue::new(None::<AsyncDerived<_>>));
    let attempts = move || read.map(PageRead::attempts);
    let shown_now = move || shown.try_get_value().flatten().and_then(|shown| shown.try_get_untracked()).flatten();
    let fetch = move |(_, key)| {
        let input = input(key);
        let return_to = PageUrl::current_path(&location);
        let context = CallContext { step_up: None, organization: organization.clone(), return_to };
        async move {
            loop {
                let answer = call(input.clone(), context.clone()).await;
                match read {
                    Some(read) if read.record(&answer) => match shown_now() {
                        Some(shown) => return shown,
                        None => read.wait_for_retry().await,
                    },
                    _ => return answer,
                }
            }
        }
    };
    let resource = Resource::new_with_options(move || (attempts(), source()), fetch, true);
    shown.set_value(Some(*resource));
    resource
}

/// Reads an operation for the active organization, whichever one the page was made for.
pub(crate) fn load_for_active<S>(input: S) -> Resource<Result<S::Output, CallError>, Json>
where
    S: ServerFn<Error = CallError> + Serialize + Clone + Send + Sync + 'static,
    S::Output: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    let context = CallContext { step_up: None, organization: None, return_to: PageUrl::current_path(&use_location()) };
    Resource::new_with_options(|| (), move |()| call(input.clone(), context.clone()), true)
}
