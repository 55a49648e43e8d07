//! Tells a body that a proxy has changed from a wrong secret, for the log. A body is never accepted
//! because of it.

/// The body as it may have been before a proxy wrote its JSON with other whitespace.
pub(super) fn candidates(body: &[u8]) -> [Vec<u8>; 3] {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    [text.to_vec(), [text, b"\n"].concat(), without_whitespace(text)]
}

/// JSON without whitespace between its parts (RFC 8259 section 2).
fn without_whitespace(json: &[u8]) -> Vec<u8> {
    let (mut in_text, mut escaped) = (false, false);
    let is_kept = |byte: &u8| {
        let kept = in_text || !byte.is_ascii_whitespace();
        in_text ^= *byte == b'"' && !escaped;
        escaped = in_text && *byte == b'\\' && !escaped;
        kept
    };
    json.iter().copied().filter(is_kept).collect()
}
