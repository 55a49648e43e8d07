//! The session token in the cookie: its claims, and its renewal.

use super::clerk_script::call_clerk_script;
use super::timeout::with_timeout;
use crate::codec::Json;
use gloo_net::http::{Request, Response};
use leptos::prelude::document;
use leptos::server::codee::Decoder;
use leptos::wasm_bindgen::{JsCast, JsValue};
use send_wrapper::SendWrapper;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Clerk's Frontend API, reached through our own origin.
pub(super) const SESSIONS: &str = "/__clerk/v1/client/sessions";

/// A token that ends within so many seconds is renewed before it is used.
const RENEWAL_MARGIN_S: f64 = 10.0;
/// Clerk's components go on trying for long without a connection.
const RENEWAL_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Token {
    jwt: String,
}

/// The claims that the page needs. They are not verified: they decide when to renew, and never what
/// is allowed.
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

/// Whether the token ends soon, or names no origin, which the server does not accept. Clerk makes
/// such tokens for a GET of our own origin.
pub(crate) fn needs_renewal() -> bool {
    claims().is_some_and(|claims| claims.azp.is_none() || claims.exp - js_sys::Date::now() / 1000.0 < RENEWAL_MARGIN_S)
}

/// Renews the token, and returns whether that worked in time.
pub(crate) fn renew_token() -> impl Future<Output = bool> + Send {
    SendWrapper::new(async { with_timeout(RENEWAL_TIMEOUT, renew()).await == Some(true) })
}

/// Mints the next token into the cookie. Clerk's components do that themselves where they are.
pub(super) async fn renew() -> bool {
    if let Some(renewed) = call_clerk_script("renew", &JsValue::UNDEFINED).await {
        return renewed;
    }
    let Some(session) = session_id() else { return false };
    let Ok(response) = Request::post(&format!("{SESSIONS}/{session}/tokens")).send().await else { return false };
    let Some(Token { jwt }) = json(&response).await else { return false };
    let secure = match leptos::prelude::location().protocol() {
        Ok(protocol) if protocol == "https:" => "; Secure",
        _ => "",
    };
    // The server prefers the cookie with the instance's suffix.
    let suffixed =
        cookies("__session").into_iter().filter(|(_, token)| decoded(token).is_some_and(|old| old.sid == session));
    for name in suffixed.map(|(name, _)| name).chain(["__session".to_owned()]) {
        if html_document().set_cookie(&format!("{name}={jwt}; Path=/; SameSite=Lax{secure}")).is_err() {
            return false;
        }
    }
    true
}

/// An answer of Clerk. `Response::json` would bring a second reader, see [`Json`].
pub(super) async fn json<T: DeserializeOwned>(response: &Response) -> Option<T> {
    Json::decode(&response.text().await.ok()?).ok()
}

/// Clerk's id of the session.
pub(super) fn session_id() -> Option<String> {
    claims().map(|claims| claims.sid)
}

/// Whether the cookies say that the session has ended: a sign-out in another tab removes them, and
/// Clerk's own leaves a zero.
pub(super) fn is_signed_out() -> bool {
    let changes = cookies("__client_uat");
    let left = if changes.is_empty() { cookies("__session").is_empty() } else { true };
    left && changes.iter().all(|(_, at)| at == "0")
}

/// Whether the organization is the active one, whichever tab activated it.
pub(crate) fn is_active_organization(id: &str) -> bool {
    active_organization().is_some_and(|(active, _)| active == id)
}

/// The slug of the active organization. The page may be older, so its own is not asked.
pub(crate) fn active_organization_slug(_: Option<String>) -> Option<String> {
    active_organization().and_then(|(_, slug)| slug)
}

fn active_organization() -> Option<(String, Option<String>)> {
    let Claims { o, org_id, org_slug, .. } = claims()?;
    let (id, slug) = o.map_or((org_id, org_slug), |organization| (organization.id, organization.slg));
    Some((id?, slug))
}

fn claims() -> Option<Claims> {
    cookies("__session").iter().find_map(|(_, token)| decoded(token))
}

fn decoded(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?.replace('-', "+").replace('_', "/");
    let text = leptos::prelude::window().atob(&payload).ok()?;
    Json::decode(&text).ok()
}

fn html_document() -> web_sys::HtmlDocument {
    document().unchecked_into()
}

/// Names and values of the cookies of a name: the plain one first, then those with the suffix of an
/// instance.
fn cookies(name: &str) -> Vec<(String, String)> {
    let all = html_document().cookie().unwrap_or_default();
    let pairs = all.split("; ").filter_map(|pair| pair.split_once('='));
    let is_suffixed = |found: &str| found.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    let plain = pairs.clone().filter(|(found, _)| *found == name);
    let suffixed = pairs.filter(|(found, _)| is_suffixed(found));
    plain.chain(suffixed).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
