//! The cookies of the Frontend API and of the application, as `Set-Cookie` directives.

use super::{extract::client_id, extract::client_id_of_answer, tokens::TokenOptions};
use crate::model::{State, refresh_token};
use crate::{instance::cookie_domain, model::dev_browser::dev_browser_of_client, server::Clerk};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::{extract::Request, middleware::Next, response::Response};

pub(super) const YEAR_S: i64 = 31_536_000;

pub(super) fn append_cookies(headers: &mut HeaderMap, directives: impl IntoIterator<Item = String>) {
    let values = directives.into_iter().filter_map(|directive| HeaderValue::from_str(&directive).ok());
    values.for_each(|value| {
        headers.append(header::SET_COOKIE, value);
    });
}

impl Clerk {
    /// The attribute of every cookie on an https origin.
    pub(super) fn secure(&self) -> &'static str {
        if self.options.public_origin.starts_with("https:") { "; Secure" } else { "" }
    }

    /// The cookie by which the Frontend API knows a browser.
    pub(super) fn client_cookie(&self, client: &str) -> String {
        format!("__client={client}; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800{}", self.secure())
    }

    /// The attribute of cookies that all applications on the domain share.
    pub(super) fn domain(&self) -> String {
        let domain = cookie_domain(&self.options.public_origin);
        domain.map(|domain| format!("; Domain={domain}")).unwrap_or_default()
    }

    /// A cookie of the application, without and with the suffix of the instance.
    pub(super) fn application_cookie(&self, name: &str, value: &str) -> [String; 2] {
        let (suffix, secure) = (self.options.instance.cookie_suffix(), self.secure());
        [format!("{name}={value}; SameSite=Lax{secure}"), format!("{name}_{suffix}={value}; SameSite=Lax{secure}")]
    }

    /// The cookies that tell an application who is signed in.
    pub(super) fn session_cookies(&self, state: &State, client: &str) -> Vec<String> {
        let options = TokenOptions { without_azp: self.faults().handshakes_without_azp, lifetime_s: None };
        let token = match state.active_session(client) {
            Some(session) => {
                format!("{}; Path=/; Max-Age={YEAR_S}", self.session_token_with(state, session, options))
            }
            None => "; Path=/; Max-Age=0".to_owned(),
        };
        let mut cookies = self.application_cookie("__session", &token).to_vec();
        cookies.extend(self.client_uat_cookie(state, client));
        if self.is_development() {
            let value = format!("{}; Path=/; Max-Age={YEAR_S}", dev_browser_of_client(client));
            cookies.extend(self.application_cookie("__clerk_db_jwt", &value));
        }
        cookies
    }

    /// When the browser signed in, in seconds; zero for a browser that is signed out.
    fn client_uat_cookie(&self, state: &State, client: &str) -> [String; 2] {
        let at_s = state.active_session(client).map_or(0, |session| session.created_at / 1000);
        self.application_cookie("__client_uat", &format!("{at_s}; Path=/; Max-Age={YEAR_S}{}", self.domain()))
    }

    /// The cookies that a production instance adds to every answer about a browser. A browser that
    /// is signed out loses its refresh token.
    pub(super) fn client_state_cookies(&self, state: &State, client: &str) -> Vec<String> {
        let is_signed_out = state.active_session(client).is_none();
        let refresh = is_signed_out.then(|| self.refresh_cookie(None));
        self.client_uat_cookie(state, client).into_iter().chain(refresh).collect()
    }

    /// The cookie with which an application refreshes an expired session; `None` removes it. It
    /// exists with the suffix only, and scripts cannot read it.
    pub(super) fn refresh_cookie(&self, token: Option<&str>) -> String {
        let (suffix, secure) = (self.options.instance.cookie_suffix(), self.secure());
        let (value, seconds) = token.map_or(("", 0), |token| (token, refresh_token::LIFETIME_MS / 1000));
        format!("__refresh_{suffix}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }
}

pub(super) async fn complete_cookies(clerk: Clerk, request: Request, next: Next) -> Response {
    let before = client_id(request.headers()).to_owned();
    let is_about_client = ["/v1/client", "/hosted/"].iter().any(|prefix| request.uri().path().starts_with(prefix));
    let mut response = next.run(request).await;
    let client = client_id_of_answer(response.headers()).unwrap_or(before);
    if !clerk.is_development() && is_about_client && !client.is_empty() {
        let cookies = clerk.client_state_cookies(&clerk.state(), &client);
        add_missing(response.headers_mut(), cookies);
    }
    response
}

/// Adds the cookies that the answer does not set itself.
fn add_missing(headers: &mut HeaderMap, mut directives: Vec<String>) {
    let name = |text: &str| text.split('=').next().unwrap_or_default().to_owned();
    let present = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let present: Vec<_> = present.map(name).collect();
    directives.retain(|directive| !present.contains(&name(directive)));
    append_cookies(headers, directives);
}
