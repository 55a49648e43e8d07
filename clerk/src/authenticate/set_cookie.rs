//! The `Set-Cookie` directives that a handshake or a refresh brings.

use super::sign_in_problem::{LONGEST_COOKIE, SignInProblem};
use http::{HeaderName, HeaderValue, header};

/// A directive that deletes a cookie of this host.
pub(super) fn expire(name: &str) -> Option<(HeaderName, HeaderValue)> {
    let value = HeaderValue::from_str(&format!("{name}=; Path=/; Max-Age=0; SameSite=Lax")).ok()?;
    Some((header::SET_COOKIE, value))
}

/// Each directive as a header of its own. A directive that cannot be a header, because it contains
/// a line break for example, is left out. A cookie that browsers would drop is expired instead:
/// they would keep the previous one and send it as if it were new.
pub(super) fn headers(directives: &[String]) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    directives.iter().filter_map(|directive| {
        let (name, bytes) = name_and_bytes(directive);
        if bytes > LONGEST_COOKIE {
            return expire(name);
        }
        Some((header::SET_COOKIE, HeaderValue::from_str(directive).ok()?))
    })
}

/// The session cookie that browsers would drop.
pub(super) fn too_large(directives: &[String]) -> Option<SignInProblem> {
    let cookies = directives.iter().map(|directive| name_and_bytes(directive));
    let mut large = cookies.filter(|(name, bytes)| name.starts_with("__session") && *bytes > LONGEST_COOKIE);
    large.next().map(|(_, bytes)| SignInProblem::CookieTooLarge(bytes))
}

/// The name of the cookie that a directive sets, and the length that browsers limit: name plus
/// value.
fn name_and_bytes(directive: &str) -> (&str, usize) {
    let (name, value) = directive.split(';').next().and_then(|pair| pair.split_once('=')).unwrap_or_default();
    (name.trim(), name.trim().len() + value.trim().len())
}

/// The session token that the directives set. The last one counts, and an empty one is no token
/// (Clerk behaviour).
pub(super) fn session_token(directives: &[String]) -> Option<&str> {
    let mut values = directives.iter().filter_map(|directive| {
        let mut parts = directive.split(';').next()?.split('=');
        let name = parts.next()?;
        name.starts_with("__session").then(|| parts.next().unwrap_or_default())
    });
    values.next_back().filter(|value| !value.is_empty())
}
