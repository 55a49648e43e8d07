//! Header values as text. On the wire they are bytes (RFC 9110 section 5.5), and another program
//! may write any bytes into them: every application on a host can set a cookie with letters outside
//! of ASCII. Only the part that cannot be read is left out, never the parts beside it.

use http::{HeaderMap, HeaderName};

/// The first value of a header. `None`: the header is missing or empty, or cannot be read as text.
pub fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    readable(headers.get(name)?.as_bytes()).filter(|text| !text.is_empty())
}

/// The elements of a list over all lines of a header, in their order. `None` stands for an element
/// that cannot be read.
pub fn elements<'a>(headers: &'a HeaderMap, name: &HeaderName, separator: u8) -> impl Iterator<Item = Option<&'a str>> {
    let lines =
        headers.get_all(name).iter().flat_map(move |line| line.as_bytes().split(move |byte| *byte == separator));
    lines.map(readable)
}

/// Names and values of all cookies. Quotes are ordinary characters, as in browsers (RFC 6265
/// section 5.4).
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
