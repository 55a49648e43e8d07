//! What a form post without JavaScript leaves in the address: `done`, or `refused` with the refusal and what was typed.
//!
//! Anybody can write such an address, so it only chooses among our own sentences and fills in fields that a person then sees. It is read from
//! its raw text: the router's own map decodes twice, and a typed `100%41` would come back as `100A`.

use crate::call::Json;
use gatehouse::places::SafePath;
use gatehouse::refusal::Refusal;
use leptos::prelude::*;
use leptos::server::codee::Decoder;
use leptos_router::location::{Location, Url};

/// The parts of the address that are not what a person typed.
const OURS: [&str; 4] = ["done", "refused", "refusal", "confirmed"];

/// An address within this site, decoded once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Address {
    /// The address now; within a reactive scope it follows the router.
    pub(crate) fn of(location: &Location) -> Self {
        Self::parse(location.pathname.get(), &location.search.get())
    }

    fn parse(path: String, search: &str) -> Self {
        let pairs = search.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self { path, pairs: pairs.map(|(key, value)| (decoded(key), decoded(value))).collect() }
    }

    /// The first value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
    }

    /// How the post of `operation` ended that led to this address; an unknown or malformed refusal is none.
    pub(crate) fn outcome(&self, operation: &str) -> Option<Result<(), Refusal>> {
        if self.get("done") == Some(operation) {
            return Some(Ok(()));
        }
        let json = self.get("refusal").filter(|_| self.get("refused") == Some(operation))?;
        Json::decode(json).ok().map(Err)
    }

    /// What was typed for `operation`, before it was refused or before the person went to confirm who they are.
    pub(crate) fn typed(&self, operation: &str, field: &str) -> Option<&str> {
        let ours = self.get("refused") == Some(operation) || self.has_confirmed(operation);
        self.get(field).filter(|_| ours)
    }

    /// Whether the person comes back from confirming who they are, to finish `operation`.
    pub(crate) fn has_confirmed(&self, operation: &str) -> bool {
        self.get("confirmed") == Some(operation)
    }

    /// Where to confirm who one is. The way back has everything that was typed for `operation`, and no longer the refusal.
    pub(crate) fn confirm_link(&self, operation: &str) -> SafePath {
        let page = SafePath::parse(&self.path).unwrap_or(SafePath::ADMIN);
        let typed = self.pairs.iter().filter(|(key, _)| !OURS.contains(&key.as_str()));
        let mut back = vec![("confirmed", operation)];
        back.extend(typed.map(|(key, value)| (key.as_str(), value.as_str())));
        SafePath::REVERIFY.with_query(&[("redirect_url", page.with_query(&back).as_str())])
    }
}

/// Decodes a key or a value (WHATWG URL, `application/x-www-form-urlencoded`).
fn decoded(text: &str) -> String {
    Url::unescape(&text.replace('+', " "))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn address(search: &str) -> Address {
        Address::parse("/admin".to_owned(), search)
    }

    #[test]
    fn what_was_typed_comes_back_as_it_was_typed() {
        let back = address("?refused=rename_organization&name=100%2541+%26+more");
        assert_eq!(back.typed("rename_organization", "name"), Some("100%41 & more"));
        assert_eq!(back.typed("change_role", "name"), None);
    }

    #[test]
    fn a_refusal_that_is_not_one_of_ours_is_ignored() {
        let forbidden = "refusal=%7B%22error%22%3A%22forbidden%22%7D";
        assert_eq!(address(&format!("refused=a&{forbidden}")).outcome("a"), Some(Err(Refusal::Forbidden)));
        assert_eq!(address(&format!("refused=b&{forbidden}")).outcome("a"), None);
        assert_eq!(address("refused=a&refusal=%7B%22error%22%3A%22pay+here%22%7D").outcome("a"), None);
        assert_eq!(address("refused=a&refusal=%ff").outcome("a"), None);
        assert_eq!(address("done=a").outcome("a"), Some(Ok(())));
    }

    #[test]
    fn the_way_back_from_confirming_has_the_fields_and_no_refusal() {
        let link = address("refused=a&refusal=x&name=A+%26+100%2541").confirm_link("a");
        let (_, back) = link.as_str().split_once("redirect_url=").unwrap();
        let back = decoded(back);
        let (path, search) = back.split_once('?').unwrap();
        let back = Address::parse(path.to_owned(), search);
        assert_eq!(path, "/admin");
        assert!(back.has_confirmed("a"));
        assert_eq!(back.typed("a", "name"), Some("A & 100%41"));
        assert_eq!(back.outcome("a"), None);
    }
}
