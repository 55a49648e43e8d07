//! `POST /sign-out`: the session ends at Clerk and here, and its cookies are cleared. It stands outside
//! of the gate: nobody is kept from leaving because their token has expired, or because Clerk does not
//! answer.

use crate::answer;
use crate::app_state::AppState;
use axum::extract::{Request, State};
use axum::response::Response;
use clerk::authenticate::RequestHead;
use clerk::token;
use gatehouse::sign_in_redirect::LeftSession;
use gatehouse::sign_out::{SignOutOutcome, UNFINISHED_PAGE};
use http::{HeaderMap, HeaderValue, header};
use url::{Host, Url};

/// Says that a session may still run at Clerk: its token, for the next attempt, or [`UNKNOWN`].
const UNFINISHED: &str = "gatehouse_sign_out";
/// Stands for a token that is not there, or that no cookie can hold.
const UNKNOWN: &str = "unknown";
/// Where browsers send it: to the pages that have to know of it.
const PLACES: [&str; 2] = ["/sign-out", "/sign-in"];
/// Name and value of a cookie, in bytes; browsers drop one that is longer (RFC 6265bis section 5.7).
const LONGEST_COOKIE: usize = 4096;
/// How long the next attempt may take, in seconds.
const PATIENCE_S: u32 = 600;

pub(crate) async fn submit(State(app): State<AppState>, request: Request) -> Response {
    let head = RequestHead { method: request.method(), target: "/sign-out", headers: request.headers() };
    let before = mark(request.headers()).filter(|mark| *mark != UNKNOWN);
    let departure = app.gate.sign_out(head, before, app.clock.now_ms()).await;
    let place = if departure == SignOutOutcome::Done { "/" } else { UNFINISHED_PAGE };
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
fn clear_cookies(app: &AppState, departure: &SignOutOutcome, headers: &mut HeaderMap) {
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
    if *departure != SignOutOutcome::Unknown {
        for name in spellings("__client_uat") {
            append(format!("{name}=; Path=/; Max-Age=0"));
            domains(app.public_origin.as_str()).iter().for_each(|domain| {
                append(format!("{name}=; Path=/; Domain={domain}; Max-Age=0"));
            });
        }
    }
    let (mark, age_s) = match departure {
        SignOutOutcome::Done => ("", 0),
        SignOutOutcome::OnlyHere(Some(token)) if UNFINISHED.len() + token.len() <= LONGEST_COOKIE => {
            (token.as_str(), PATIENCE_S)
        }
        SignOutOutcome::OnlyHere(_) | SignOutOutcome::Unknown => (UNKNOWN, PATIENCE_S),
    };
    for place in PLACES {
        append(format!("{UNFINISHED}={mark}; Path={place}; Max-Age={age_s}; HttpOnly"));
    }
}

/// What an unfinished sign-out left in this browser. A cookie of another application on the host is none.
fn mark(headers: &HeaderMap) -> Option<&str> {
    clerk::header_text::cookie_values(headers, UNFINISHED).find(|mark| *mark == UNKNOWN || token::decode(mark).is_ok())
}

/// Whether a sign-out of this browser is unfinished.
pub(crate) fn is_unfinished(headers: &HeaderMap) -> bool {
    mark(headers).is_some()
}

/// The session that an unfinished sign-out of this browser left at Clerk.
pub(crate) fn left_session(headers: &HeaderMap) -> Option<LeftSession> {
    mark(headers).map(|mark| if mark == UNKNOWN { LeftSession::Unknown } else { LeftSession::Known })
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
