//! `POST /sign-out`: ends the session at Clerk and here, and clears its cookies.
//!
//! The gate does not cover it, because a sign-out must work with an expired token and while Clerk
//! does not answer.

use crate::answer;
use crate::app_state::AppState;
use axum::extract::{Request, State};
use axum::response::Response;
use clerk::authenticate::RequestHead;
use clerk::token;
use domain::brand::SIGN_OUT_COOKIE;
use domain::local_path::LocalPath;
use domain::pages::Page;
use gatehouse::sign_in_redirect::LeftSession;
use gatehouse::sign_out::{SignOutOutcome, unfinished_page};
use http::{HeaderMap, HeaderValue, header};
use url::{Host, Url};

/// The cookie that marks an unfinished sign-out: sessions may still be active at Clerk. Its value
/// is the tokens for the next attempt, one for each session, and [`UNKNOWN`].
const UNFINISHED: &str = SIGN_OUT_COOKIE;
/// The part for a token that is absent or too long for the cookie.
const UNKNOWN: &str = "unknown";
/// Separates the parts. No token contains it (RFC 7519).
const SEPARATOR: char = '~';
/// The most tokens that one attempt accepts, because each causes calls of Clerk. A cookie holds no
/// more tokens of the usual length.
const MOST_TOKENS: usize = 4;
/// The paths of the cookie: the pages that need it.
const PATHS: [&str; 2] = [Page::SignOut.path(), Page::SignIn.path()];
/// The longest name and value of a cookie, in bytes. Browsers drop a longer cookie (RFC 6265bis
/// section 5.7).
const LONGEST_COOKIE: usize = 4096;
/// The lifetime of the cookie, in seconds.
const UNFINISHED_AGE_S: u32 = 600;

pub(crate) async fn submit(State(app): State<AppState>, request: Request) -> Response {
    let head = RequestHead { method: request.method(), target: Page::SignOut.path(), headers: request.headers() };
    let mark = mark(request.headers()).unwrap_or_default();
    let before: Vec<_> = parts(mark).filter(|part| *part != UNKNOWN).take(MOST_TOKENS).collect();
    let outcome = app.gate.sign_out(head, &before, app.clock.now_ms()).await;
    let mut response = answer::see_other(location(&outcome));
    clear_cookies(&app, &outcome, response.headers_mut());
    // Clears the storage of the pages too (ASVS 14.3.1). The server clears cookies by name, because
    // people need Clerk's own cookie to sign in again.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"storage\""));
    response
}

/// The next page. This function cannot fail, because the answer has to clear the cookies of a
/// session that has ended.
fn location(outcome: &SignOutOutcome) -> HeaderValue {
    let page = if *outcome == SignOutOutcome::Done { LocalPath::HOME } else { unfinished_page() };
    HeaderValue::from_str(page.as_str()).unwrap_or(HeaderValue::from_static(Page::Home.path()))
}

/// Clears each cookie with the attributes with which it was set. Clerk sets `__client_uat` for the
/// whole domain. This cookie stays if the session is unknown, because it starts the handshake that
/// finds the session.
fn clear_cookies(app: &AppState, outcome: &SignOutOutcome, headers: &mut HeaderMap) {
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
    if !matches!(outcome, SignOutOutcome::Unknown(_)) {
        for name in spellings("__client_uat") {
            append(format!("{name}=; Path=/; Max-Age=0"));
            domains(app.public_origin.as_str()).iter().for_each(|domain| {
                append(format!("{name}=; Path=/; Domain={domain}; Max-Age=0"));
            });
        }
    }
    let (mark, age_s) = match outcome {
        SignOutOutcome::Done => (String::new(), 0),
        SignOutOutcome::LocalOnly(tokens) => (mark_of(tokens, tokens.is_empty()), UNFINISHED_AGE_S),
        SignOutOutcome::Unknown(tokens) => (mark_of(tokens, true), UNFINISHED_AGE_S),
    };
    for path in PATHS {
        append(format!("{UNFINISHED}={mark}; Path={path}; Max-Age={age_s}; HttpOnly"));
    }
}

/// The value of the cookie: the tokens that fit, the newest first. A token that does not fit makes
/// its session unknown.
fn mark_of(tokens: &[String], mut is_unknown: bool) -> String {
    let room = LONGEST_COOKIE - UNFINISHED.len() - UNKNOWN.len();
    let mut mark = String::new();
    for token in tokens {
        if mark.len() + token.len() + SEPARATOR.len_utf8() <= room {
            mark.push_str(token);
            mark.push(SEPARATOR);
        } else {
            is_unknown = true;
        }
    }
    if is_unknown {
        mark.push_str(UNKNOWN);
    }
    mark.trim_end_matches(SEPARATOR).to_owned()
}

/// The parts of a mark.
fn parts(mark: &str) -> impl Iterator<Item = &str> {
    mark.split(SEPARATOR).filter(|part| !part.is_empty())
}

/// The mark of an unfinished sign-out in this browser. The function ignores a cookie of another
/// application on the host.
fn mark(headers: &HeaderMap) -> Option<&str> {
    let is_part = |part: &str| part == UNKNOWN || token::decode(part).is_ok();
    clerk::header_text::cookie_values(headers, UNFINISHED).find(|mark| mark.split(SEPARATOR).all(is_part))
}

/// Whether a sign-out of this browser is unfinished.
pub(crate) fn is_unfinished(headers: &HeaderMap) -> bool {
    mark(headers).is_some()
}

/// The session that an unfinished sign-out of this browser has left at Clerk.
pub(crate) fn left_session(headers: &HeaderMap) -> Option<LeftSession> {
    let is_unknown = |mark| parts(mark).any(|part| part == UNKNOWN);
    mark(headers).map(|mark| if is_unknown(mark) { LeftSession::Unknown } else { LeftSession::Known })
}

/// The domains for which Clerk may have set a cookie of this origin: its host and the domains
/// above. Browsers ignore a cookie for a public suffix.
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

    /// No outcome leaves the handler without the answer that clears the cookies.
    #[test]
    fn every_outcome_has_a_next_page() {
        for outcome in [SignOutOutcome::LocalOnly(Vec::new()), SignOutOutcome::Unknown(Vec::new())] {
            assert_eq!(location(&outcome), "/sign-out?unfinished=true", "{outcome:?}");
        }
        assert_eq!(location(&SignOutOutcome::Done), "/");
    }

    #[test]
    fn the_mark_holds_the_newest_tokens_that_fit() {
        let [short, half, long] = [100, 2000, 5000].map(|length| "t".repeat(length));
        for (tokens, is_unknown, expected) in [
            (vec![], true, "unknown".to_owned()),
            (vec![short.clone()], false, short.clone()),
            (vec![short.clone()], true, format!("{short}~unknown")),
            (vec![short.clone(), half.clone()], false, format!("{short}~{half}")),
            (vec![half.clone(), half.clone(), half.clone()], false, format!("{half}~{half}~unknown")),
            (vec![long.clone(), short.clone()], false, format!("{short}~unknown")),
            (vec![long], false, "unknown".to_owned()),
        ] {
            let mark = mark_of(&tokens, is_unknown);
            assert_eq!(mark, expected);
            assert!(UNFINISHED.len() + mark.len() <= LONGEST_COOKIE);
        }
    }

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
