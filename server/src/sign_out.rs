//! `POST /sign-out`: the session ends at Clerk and here, and its cookies are cleared. It stands outside
//! of the gate: nobody is kept from leaving because their token has expired, or because Clerk does not
//! answer.

use crate::answer;
use crate::start::App;
use axum::extract::{Request, State};
use axum::response::Response;
use gatehouse::request::Head;
use gatehouse::sign_out::Departure;
use http::{HeaderMap, HeaderValue, header};
use url::{Host, Url};

/// Holds the token of a session that Clerk could not be told of, for the next attempt.
const UNFINISHED: &str = "gatehouse_sign_out";
/// How long the next attempt may take, in seconds.
const PATIENCE_S: u32 = 600;

pub(crate) async fn submit(State(app): State<App>, request: Request) -> Response {
    let head = Head { method: request.method(), target: "/sign-out", headers: request.headers() };
    let before = gatehouse::request::cookie(request.headers(), UNFINISHED);
    let departure = app.gate.sign_out(head, before, app.clock.now_ms()).await;
    let place = if departure == Departure::Done { "/" } else { "/sign-out?unfinished=true" };
    let mut response = answer::see_other(HeaderValue::from_static(place));
    clear_cookies(&app, &departure, response.headers_mut());
    // What pages kept in this browser goes as well (ASVS 14.3.1). Cookies are cleared by name: Clerk's
    // own lets people sign in again.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"storage\""));
    response
}

/// Clears each cookie with the attributes that it was set with: Clerk tells by a cookie of the whole
/// domain when somebody signed in. That one stays where a handshake is needed to find out whose session
/// it is.
fn clear_cookies(app: &App, departure: &Departure, headers: &mut HeaderMap) {
    let secure = if app.public_origin.is_https() { "; Secure" } else { "" };
    let mut append = |cookie: String| {
        if let Ok(cookie) = HeaderValue::from_str(&format!("{cookie}; SameSite=Lax{secure}")) {
            headers.append(header::SET_COOKIE, cookie);
        }
    };
    let suffix = app.clerk.publishable_key.cookie_suffix();
    let spellings = |name: &str| [name.to_owned(), format!("{name}_{suffix}")];
    for name in ["__session", "__refresh"].into_iter().flat_map(spellings) {
        append(format!("{name}=; Path=/; Max-Age=0"));
    }
    if *departure != Departure::Unknown {
        for name in spellings("__client_uat") {
            append(format!("{name}=; Path=/; Max-Age=0"));
            domains(app.public_origin.as_str()).iter().for_each(|domain| {
                append(format!("{name}=; Path=/; Domain={domain}; Max-Age=0"));
            });
        }
    }
    match departure {
        Departure::OnlyHere(Some(token)) => {
            append(format!("{UNFINISHED}={token}; Path=/sign-out; Max-Age={PATIENCE_S}; HttpOnly"));
        }
        Departure::Done | Departure::OnlyHere(None) | Departure::Unknown => {
            append(format!("{UNFINISHED}=; Path=/sign-out; Max-Age=0; HttpOnly"));
        }
    }
}

/// The domains for which Clerk may have set a cookie of this origin: its host and those above, which
/// browsers refuse where they are no one's own.
fn domains(origin: &str) -> Vec<String> {
    let Some(Host::Domain(name)) = Url::parse(origin).ok().and_then(|url| url.host().map(|host| host.to_owned()))
    else {
        return Vec::new();
    };
    let above = std::iter::successors(Some(name.as_str()), |name| name.split_once('.').map(|(_, above)| above));
    above.filter(|name| name.contains('.')).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_belongs_to_the_host_or_to_a_domain_above_it() {
        for (origin, expected) in [
            ("https://admin.example.com", &["admin.example.com", "example.com"][..]),
            ("https://example.co.uk:8443", &["example.co.uk", "co.uk"]),
            ("https://app.localhost", &["app.localhost"]),
            ("http://localhost:3000", &[]),
            ("http://127.0.0.1:3000", &[]),
            ("http://[::1]:3000", &[]),
        ] {
            assert_eq!(domains(origin), expected, "{origin}");
        }
    }
}
