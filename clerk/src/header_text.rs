//! Header values as text. On the wire they are bytes (RFC 9110 section 5.5), and what one program wrote
//! into them may be unreadable for another: any application on a host can set a cookie with letters
//! outside of ASCII. Only the part that is unreadable is left out, never its neighbours.

use http::{HeaderMap, HeaderName};

/// A header with a value; an empty one, or one that cannot be read, is the same as none.
pub fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    readable(headers.get(name)?.as_bytes()).filter(|text| !text.is_empty())
}

/// The elements of a list over all lines of a header, in their order. `None` holds the place of an
/// element that cannot be read.
pub fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName, separator: u8) -> impl Iterator<Item = Option<&'a str>> {
    let lines =
        headers.get_all(name).iter().flat_map(move |line| line.as_bytes().split(move |byte| *byte == separator));
    lines.map(readable)
}

/// Names and values of all cookies. Quotes are ordinary characters, as they are for browsers (RFC 6265 section 5.4).
pub fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let pairs = elements(headers, &http::header::COOKIE, b';').flatten().filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim_end(), value.trim_start()))
}

/// The values of all cookies of one name, in their order.
pub fn cookie_values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    cookies(headers).filter(move |(found, _)| *found == name).map(|(_, value)| value)
}

/// Visible ASCII, trimmed.
fn readable(bytes: &[u8]) -> Option<&str> {
    let text = str::from_utf8(bytes).ok()?.trim_ascii();
    text.bytes().all(|byte| byte == b'\t' || (0x20..0x7f).contains(&byte)).then_some(text)
}
