//! What only a browser does: keep the session's token fresh, ask again who somebody is, and notice that nobody is signed in any more.
//!
//! Clerk's token lives for a minute in a cookie that scripts can read (by Clerk's design); its Frontend API, reached through our own origin, mints the next one
//! from a cookie that they cannot.

mod departure;
mod panics;
mod patience;
mod unsent;
mod verification;

pub(crate) use departure::{is_due as is_departure_due, leave_for, note_departures};
pub(crate) use panics::{has_panicked, tell_of_panics};
pub(crate) use unsent::{leave_signed_out, leave_with_clerk};
pub(crate) use verification::{attempt, begin};

use crate::call::{Caller, Json};
use crate::refused::Refused;
use crate::ui::step_up::StepUp;
use domain::local_path::LocalPath;
use domain::refusal::Refusal;
use gloo_net::http::Request;
use leptos::prelude::document;
use leptos::server::codee::Decoder;
use leptos::wasm_bindgen::{JsCast, JsValue};
use patience::within;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use server_fn::client::Client;
use server_fn::client::browser::BrowserClient;
use server_fn::codec::{FromRes, IntoReq, PostUrl};
use server_fn::error::FromServerFnError;
use server_fn::request::browser::BrowserRequest;
use server_fn::response::ClientRes;
use server_fn::{ContentType, ServerFn};
use std::time::Duration;

/// Renew a token that ends within so many seconds.
const MARGIN_S: f64 = 10.0;
/// Longer than the server takes for anything, so that a change which is still being made is not called off.
const CHANGE_PATIENCE: Duration = Duration::from_secs(30);
/// A read may be called off at any time.
const READ_PATIENCE: Duration = Duration::from_secs(10);
/// Clerk's components try for long to renew a token without a connection.
const RENEWAL_PATIENCE: Duration = Duration::from_secs(5);
const SESSIONS: &str = "/__clerk/v1/client/sessions";

#[derive(Deserialize)]
struct Token {
    jwt: String,
}

#[derive(Deserialize)]
struct Claims {
    sid: String,
    exp: f64,
    azp: Option<String>,
    /// The active organization, in the second version of Clerk's claims and in the first.
    o: Option<OrganizationClaim>,
    org_id: Option<String>,
    org_slug: Option<String>,
}

#[derive(Deserialize)]
struct OrganizationClaim {
    id: Option<String>,
    slg: Option<String>,
}

impl Claims {
    /// Ends soon, or names no origin, which the server does not accept. Clerk makes such tokens for a GET of our own origin.
    fn needs_renewal(&self) -> bool {
        self.azp.is_none() || self.exp - js_sys::Date::now() / 1000.0 < MARGIN_S
    }
}

/// Calls a server function with a fresh token; renews and repeats once after a 401, steps up and repeats once after a 403 that asks for it.
pub(crate) async fn call<S>(input: S, caller: Caller) -> Result<S::Output, Refused>
where
    S: ServerFn<Error = Refused> + Serialize + Clone,
    S::Output: DeserializeOwned,
{
    let Caller { step_up, made_for, back } = caller;
    let is_reading = step_up.is_none();
    let patience = if is_reading { READ_PATIENCE } else { CHANGE_PATIENCE };
    let send = || sent(input.clone(), made_for.clone(), patience);
    let _waiting = departure::Waiting::begin();
    if claims().is_some_and(|claims| claims.needs_renewal()) {
        within(RENEWAL_PATIENCE, renew()).await;
    }
    let mut answer = send().await;
    if matches!(answer, Err(Refused(Refusal::Unauthenticated { reason: None })))
        && within(RENEWAL_PATIENCE, renew()).await == Some(true)
    {
        answer = send().await;
    }
    if let (Err(Refused(Refusal::Reverification { clerk_error })), Some(step_up)) = (&answer, step_up)
        && confirmed(step_up, clerk_error.level()).await
    {
        answer = send().await;
    }
    // Whoever lacks the permission in the active organization need not lack it in the one that this page shows.
    if matches!(answer, Err(Refused(Refusal::Forbidden))) && is_of_another_organization(made_for.as_deref()) {
        answer = Err(Refused(Refusal::OtherOrganization));
    }
    match &answer {
        Err(Refused(Refusal::Unauthenticated { reason })) => {
            leave_for(LocalPath::sign_in(&back, *reason).as_str());
        }
        // What is read belongs to the active organization: the page is made once more, for that one.
        Err(Refused(Refusal::OtherOrganization)) if is_reading => leave_for(back.as_str()),
        _ => (),
    }
    answer
}

/// A call as a page makes it: the input of the operation, and for which organization the page was made.
#[derive(Serialize)]
struct Call<S> {
    #[serde(flatten)]
    input: S,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<String>,
}

/// Sends a call. One that is not answered in time is as one that could not be sent.
async fn sent<S>(input: S, organization_id: Option<String>, patience: Duration) -> Result<S::Output, Refused>
where
    S: ServerFn<Error = Refused> + Serialize,
    S::Output: DeserializeOwned,
{
    within(patience, answered(input, organization_id)).await.unwrap_or(Err(Refused(Refusal::Unavailable)))
}

/// The framework's own way of a call, with one field more.
async fn answered<S>(input: S, organization_id: Option<String>) -> Result<S::Output, Refused>
where
    S: ServerFn<Error = Refused> + Serialize,
    S::Output: DeserializeOwned,
{
    let call = Call { input, organization_id };
    let request: BrowserRequest =
        IntoReq::<PostUrl, _, Refused>::into_req(call, S::PATH, server_fn::codec::Json::CONTENT_TYPE)?;
    let response = <BrowserClient as Client<Refused>>::send(request).await?;
    if ClientRes::<Refused>::status(&response) >= 400 {
        return Err(Refused::de(ClientRes::<Refused>::try_into_bytes(response).await?));
    }
    <S::Output as FromRes<server_fn::codec::Json, _, Refused>>::from_res(response).await
}

/// Clerk's own dialog where its components are on the page, else the page's.
async fn confirmed(step_up: StepUp, level: &str) -> bool {
    match ask_clerk("reverify", &level.into()).await {
        Some(confirmed) => confirmed,
        None => step_up.confirm(level).await,
    }
}

/// Asks the page's script for Clerk. `None`: Clerk's components are not on this page, or did not load.
async fn ask_clerk(what: &str, with: &JsValue) -> Option<bool> {
    let script = js_sys::Reflect::get(&leptos::prelude::window(), &"gatehouseClerk".into()).ok()?;
    let function: js_sys::Function = js_sys::Reflect::get(&script, &what.into()).ok()?.dyn_into().ok()?;
    let promise: js_sys::Promise = function.call1(&script, with).ok()?.dyn_into().ok()?;
    wasm_bindgen_futures::JsFuture::from(promise).await.ok()?.as_bool()
}

/// Whether Clerk's components are on this page and alive.
pub(crate) fn has_clerk() -> bool {
    document().document_element().and_then(|root| root.get_attribute("data-clerk")).as_deref() == Some("ready")
}

/// Mints the next token into the cookie: Clerk's components do that themselves where they are.
pub(crate) async fn renew() -> bool {
    if let Some(renewed) = ask_clerk("renew", &JsValue::UNDEFINED).await {
        return renewed;
    }
    let Some(session) = claims().map(|claims| claims.sid) else { return false };
    let Ok(response) = Request::post(&format!("{SESSIONS}/{session}/tokens")).send().await else { return false };
    let Ok(Token { jwt }) = response.json().await else { return false };
    let secure = match leptos::prelude::location().protocol() {
        Ok(protocol) if protocol == "https:" => "; Secure",
        _ => "",
    };
    // The server reads one of the cookies with the instance's suffix where it is there.
    let suffixed =
        cookies("__session").into_iter().filter(|(_, token)| decoded(token).is_some_and(|old| old.sid == session));
    for name in suffixed.map(|(name, _)| name).chain(["__session".to_owned()]) {
        if html_document().set_cookie(&format!("{name}={jwt}; Path=/; SameSite=Lax{secure}")).is_err() {
            return false;
        }
    }
    true
}

/// Whether the cookies say that nobody is signed in any more: a sign-out in another tab leaves none of
/// them, and Clerk's own leaves a zero.
fn is_signed_out() -> bool {
    let changes = cookies("__client_uat");
    let left = if changes.is_empty() { cookies("__session").is_empty() } else { true };
    left && changes.iter().all(|(_, at)| at == "0")
}

fn html_document() -> web_sys::HtmlDocument {
    document().unchecked_into()
}

/// Names and values of the cookies of a name: the plain one first, then those with the suffix of an instance.
fn cookies(name: &str) -> Vec<(String, String)> {
    let all = html_document().cookie().unwrap_or_default();
    let pairs = all.split("; ").filter_map(|pair| pair.split_once('='));
    let is_one = |found: &str| found.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    let mut found: Vec<_> =
        pairs.filter(|(found, _)| is_one(found)).map(|(a, b)| (a.to_owned(), b.to_owned())).collect();
    found.sort();
    found
}

/// The claims of the token in the cookie, unverified: they decide when to renew and never what is allowed.
fn claims() -> Option<Claims> {
    cookies("__session").iter().find_map(|(_, token)| decoded(token))
}

/// Id and name in addresses of the organization that is active now, in whatever tab it was chosen.
pub(crate) fn active_organization() -> Option<(String, Option<String>)> {
    let Claims { o, org_id, org_slug, .. } = claims()?;
    let (id, slug) = o.map_or((org_id, org_slug), |organization| (organization.id, organization.slg));
    Some((id?, slug))
}

fn is_of_another_organization(made_for: Option<&str>) -> bool {
    let active = active_organization().map(|(id, _)| id);
    made_for.is_some_and(|made_for| active.as_deref() != Some(made_for))
}

fn decoded(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?.replace('-', "+").replace('_', "/");
    let text = leptos::prelude::window().atob(&payload).ok()?;
    Json::decode(&text).ok()
}

/// Sends the form that a link or button stands in once more, instead of following the link. Tells whether there is a form.
pub(crate) fn send_again(event: &leptos::ev::MouseEvent) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let form = element.and_then(|element| element.closest("form").ok().flatten());
    let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) else { return false };
    event.prevent_default();
    // Fails only for a form that has left the page.
    form.request_submit().is_ok()
}

fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
