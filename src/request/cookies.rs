//! The cookies of a request, as they stand: split first, first occurrence wins, never percent-decoded, so that an encoded `;` cannot
//! forge a second cookie.

use http::{HeaderMap, header};

pub(super) struct Cookies<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Cookies<'a> {
    pub(super) fn of(headers: &'a HeaderMap) -> Self {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        Self(lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('=')).collect())
    }

    /// A cookie with a value; an empty one is the same as none.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.0.iter().find(|(found, _)| *found == name)?;
        (!value.is_empty()).then_some(*value)
    }

    /// When the client last signed in or out, Unix seconds; 0 is signed out or unknown.
    pub(super) fn client_uat(&self) -> i64 {
        self.get("__client_uat").and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// How often this browser was just sent to the Frontend API.
    pub(super) fn redirect_count(&self) -> u8 {
        self.get("__clerk_redirect_count").and_then(|text| text.parse().ok()).unwrap_or(0)
    }
}
