//! The appearance that a browser has chosen, from the cookie that `appearance` sets.

use domain::appearance::Appearance;
use http::HeaderMap;

/// The appearance for the answer to a request with these headers.
pub(crate) fn chosen_appearance(headers: &HeaderMap) -> Appearance {
    clerk::header_text::cookie_values(headers, Appearance::COOKIE).next().map(Appearance::parse).unwrap_or_default()
}
