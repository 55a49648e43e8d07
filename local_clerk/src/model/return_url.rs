//! Return URLs: a redirect never leaves the application's origin.

use url::Url;

/// The absolute form of a URL or path on the application's origin; `None` for any other.
pub(crate) fn on_origin(origin: &str, wanted: &str) -> Option<String> {
    let base = Url::parse(origin).ok()?;
    let resolved = base.join(wanted).ok()?;
    let plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (plain && resolved.origin() == base.origin() && resolved.username().is_empty()).then(|| resolved.into())
}
