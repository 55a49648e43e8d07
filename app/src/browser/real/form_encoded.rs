//! The body of a form post (WHATWG URL, `application/x-www-form-urlencoded`), by the browser's own
//! encoder.

/// The fields as a body.
pub(super) fn form_encoded(fields: &[(String, String)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// One name or value.
pub(super) fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
