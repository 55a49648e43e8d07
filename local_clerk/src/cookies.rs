//! Cookies of the Frontend API, dressed in one place: `Secure` where people come over TLS, and `__client_uat` where the instance is a production one.
//!
//! In development ClerkJS writes `__client_uat` itself; in production only the Frontend API knows, and tells it with each answer about the browser.

use crate::instance::{Instance, cookie_domain};
use crate::refresh;
use crate::session::client;
use crate::tokens::{YEAR_S, signed_in_at_s};
use crate::{Clerk, dev_browser};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

impl Clerk {
    /// The attribute of every cookie on an https origin.
    pub(crate) fn secure(&self) -> &'static str {
        if self.options.public_origin.starts_with("https:") { "; Secure" } else { "" }
    }

    /// The attribute of cookies that every application on the domain sees: when the browser signed in,
    /// and what a handshake brings.
    pub(crate) fn domain(&self) -> String {
        let domain = cookie_domain(&self.options.public_origin);
        domain.map(|domain| format!("; Domain={domain}")).unwrap_or_default()
    }

    /// The cookie by which an application has an expired session refreshed. It exists with the suffix only, and scripts cannot read it.
    pub(crate) fn refresh_cookie(&self, token: &str) -> String {
        self.refresh_directive(token, refresh::LIFETIME_MS / 1000)
    }

    pub(crate) fn no_refresh_cookie(&self) -> String {
        self.refresh_directive("", 0)
    }

    fn refresh_directive(&self, value: &str, seconds: i64) -> String {
        let (suffix, secure) = (self.options.instance.cookie_suffix(), self.secure());
        format!("__refresh_{suffix}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }

    /// Who the browser is after an answer, for the application: when it signed in. Who is signed out has nothing to refresh.
    fn about_browser(&self, client: &str) -> Vec<String> {
        let at = signed_in_at_s(&self.state(), client);
        let uat = self.in_both_spellings("__client_uat", &format!("{at}; Path=/; Max-Age={YEAR_S}{}", self.domain()));
        let refresh = (at == 0).then(|| self.no_refresh_cookie());
        uat.into_iter().chain(refresh).collect()
    }
}

pub(crate) async fn dressed(State(clerk): State<Clerk>, request: Request, next: Next) -> Response {
    let before = client(request.headers()).to_owned();
    let is_about_browser = ["/v1/client", "/hosted/"].iter().any(|begin| request.uri().path().starts_with(begin));
    let mut response = next.run(request).await;
    let browser = dev_browser::named(response.headers()).unwrap_or(before);
    if clerk.options.instance == Instance::Production && is_about_browser && !browser.is_empty() {
        add(response.headers_mut(), &clerk.about_browser(&browser));
    }
    if !clerk.secure().is_empty() {
        secure(response.headers_mut());
    }
    response
}

/// What the answer says itself stays.
fn add(headers: &mut HeaderMap, directives: &[String]) {
    let name = |text: &str| text.split('=').next().unwrap_or_default().to_owned();
    let said = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let said: Vec<_> = said.map(name).collect();
    for directive in directives.iter().filter(|directive| !said.contains(&name(directive))) {
        if let Ok(value) = HeaderValue::from_str(directive) {
            headers.append(header::SET_COOKIE, value);
        }
    }
}

fn secure(headers: &mut HeaderMap) {
    let directives: Vec<_> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for directive in directives {
        let text = directive.to_str().unwrap_or_default();
        let dressed =
            if text.contains("; Secure") { None } else { HeaderValue::from_str(&format!("{text}; Secure")).ok() };
        headers.append(header::SET_COOKIE, dressed.unwrap_or(directive));
    }
}
