//! What a form post without JavaScript leaves in the address: `done`, or `refused` with the refusal and what was sent.
//!
//! Anybody can write such an address, so it only chooses among our own sentences and fills in fields that a person then sees. Whatever a page reads of
//! its address it reads here, from the raw text: the router's own map decodes twice, and a typed `100%41` would come back as `100A`.

use crate::call::Json;
use domain::form_result::{self, PARAMETERS, Sent};
use domain::local_path::LocalPath;
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use leptos_router::location::Location;
use percent_encoding::percent_decode_str;

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

    /// What was sent for `operation`, before it was refused or before the person went to confirm who they are.
    pub(crate) fn sent(&self, operation: &str) -> Option<Sent> {
        let is_ours = self.get("refused") == Some(operation) || self.has_confirmed(operation);
        is_ours.then(|| self.get("sent").and_then(Sent::read).unwrap_or_default())
    }

    /// Whether the person comes back from confirming who they are, to finish `operation`.
    pub(crate) fn has_confirmed(&self, operation: &str) -> bool {
        self.get("confirmed") == Some(operation)
    }

    /// The address as it stands, for whoever comes back to it.
    pub(crate) fn here(location: &Location) -> LocalPath {
        let (path, search) = untrack(|| (location.pathname.get(), location.search.get()));
        let question_mark = if search.is_empty() || search.starts_with('?') { "" } else { "?" };
        LocalPath::parse(&format!("{path}{question_mark}{search}")).unwrap_or_else(|| Self::parse(path, &search).page())
    }

    /// The page without what a post left in its address.
    pub(crate) fn page(&self) -> LocalPath {
        let page = LocalPath::parse(&self.path).unwrap_or(LocalPath::ADMIN);
        let own = self.pairs.iter().filter(|(key, _)| !PARAMETERS.contains(&key.as_str()));
        page.with_query(&own.map(|(key, value)| (key.as_str(), value.as_str())).collect::<Vec<_>>())
    }

    /// This page after a post that was refused, as `server` writes it for a form without JavaScript.
    pub(crate) fn refused(&self, operation: &str, refusal: &Refusal, sent: &Sent) -> LocalPath {
        let json = Json::encode(refusal).unwrap_or_default();
        form_result::refused(&self.page(), operation, &json, sent)
    }

    /// Where to confirm who one is. The way back has everything that was sent for `operation`, and no longer the refusal.
    pub(crate) fn confirm_link(&self, operation: &str) -> LocalPath {
        let back = form_result::confirmed(&self.page(), operation, &self.sent(operation).unwrap_or_default());
        LocalPath::REVERIFY.with_query(&[("redirect_url", back.as_str())])
    }
}

/// Decodes a key or a value (WHATWG URL, `application/x-www-form-urlencoded`).
fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn address(search: &str) -> Address {
        Address::parse("/admin".to_owned(), search)
    }

    fn sent(name: &str) -> Sent {
        Sent::new([("name".to_owned(), name.to_owned())])
    }

    #[test]
    fn what_was_typed_comes_back_as_it_was_typed() {
        for name in ["100%41 & more", "字🛡", "a+b%2541=c"] {
            let back =
                address("?page=2&query=50%2525").refused("rename_organization", &Refusal::Forbidden, &sent(name));
            let (_, search) = back.as_str().split_once('?').unwrap();
            let back = address(search);
            assert_eq!(back.sent("rename_organization").unwrap().get("name"), Some(name));
            assert_eq!(back.sent("change_role"), None);
            assert_eq!(back.outcome("rename_organization"), Some(Err(Refusal::Forbidden)));
            assert_eq!(back.page().as_str(), "/admin?page=2&query=50%2525");
        }
    }

    #[test]
    fn an_address_is_decoded_once() {
        for (query, typed) in
            [("a%2541b", "a%41b"), ("50%2525", "50%25"), ("a+b%20c", "a b c"), ("100%", "100%"), ("%C3%A9", "é")]
        {
            assert_eq!(address(&format!("?query={query}")).get("query"), Some(typed));
        }
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
    fn the_way_back_from_confirming_has_the_page_and_the_fields_and_no_refusal() {
        let refused = address("page=3").refused("a", &Refusal::Forbidden, &sent("A & 100%41"));
        let (_, search) = refused.as_str().split_once('?').unwrap();
        let link = address(search).confirm_link("a");
        let (_, back) = link.as_str().split_once("redirect_url=").unwrap();
        let back = decoded(back);
        let (path, search) = back.split_once('?').unwrap();
        let back = Address::parse(path.to_owned(), search);
        assert_eq!((path, back.get("page")), ("/admin", Some("3")));
        assert!(back.has_confirmed("a"));
        assert_eq!(back.sent("a").unwrap().get("name"), Some("A & 100%41"));
        assert_eq!(back.outcome("a"), None);
    }
}
