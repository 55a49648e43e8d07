//! The URL of a page, and the outcome of a form that was posted without JavaScript: `done`, or
//! `refused` with the refusal and the submitted fields.
//!
//! Anybody can write such a URL, so it only chooses among our own messages and fills in fields that
//! the person then sees. Pages read their URL here, from the raw text: the router's own map decodes
//! twice, and a typed `100%41` would come back as `100A`.

use crate::codec::Json;
use domain::form_result::{self, CONFIRM, CONFIRM_ID, PARAMETERS, Sent};
use domain::local_path::LocalPath;
use domain::operation::NotDoneView; // example:line bulk
use domain::refusal::Refusal;
use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};
use leptos_router::hooks::use_url;
use leptos_router::location::Location;
use percent_encoding::percent_decode_str;

// example:begin bulk
/// The parameter that selects rows, and its value for all rows of the page.
const SELECT: &str = "select";
const SELECT_PAGE: &str = "page";
// example:end bulk

/// A URL within this site, decoded once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageUrl {
    path: String,
    pairs: Vec<(String, String)>,
}

impl PageUrl {
    /// The URL now; within a reactive scope it follows the router.
    pub(crate) fn of(location: &Location) -> Self {
        Self::parse(location.pathname.get(), &location.search.get())
    }

    /// The URL of the page that asks, which follows the router within that page. The URL of
    /// [`Self::of`] is that of the next page before this one is gone, so a list would be read again
    /// without its filter.
    pub(crate) fn of_page() -> impl Fn() -> Self + Copy + Send + Sync + 'static {
        let url = use_url();
        move || url.with(|url| Self::parse(url.path().to_owned(), url.search()))
    }

    /// The URL of a path with its query.
    pub(crate) fn parse(path: String, search: &str) -> Self {
        let pairs = search.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Self { path, pairs: pairs.map(|(key, value)| (decoded(key), decoded(value))).collect() }
    }

    /// The first value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str())
    }

    /// All values of a key.
    pub(crate) fn all(&self, key: &str) -> Vec<String> {
        self.pairs.iter().filter(|(found, _)| found == key).map(|(_, value)| value.clone()).collect()
    }

    /// The ids of the rows whose confirmation of `operation` is open; `None` while it is closed.
    pub(crate) fn confirming(&self, operation: &str) -> Option<Vec<String>> {
        (self.get(CONFIRM) == Some(operation)).then(|| self.all(CONFIRM_ID))
    }

    /// The page with the confirmation of `operation` open, for the rows with these ids.
    pub(crate) fn with_confirmation<'a>(
        &self,
        operation: &'a str,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> LocalPath {
        let pairs = [(CONFIRM, operation)].into_iter().chain(ids.into_iter().map(|id| (CONFIRM_ID, id)));
        self.without_confirmation().with_query(&pairs.collect::<Vec<_>>())
    }

    // example:begin bulk
    /// The page with all of its rows selected, and no confirmation open.
    pub(crate) fn with_all_selected(&self) -> LocalPath {
        self.without_confirmation().with_query(&[(SELECT, SELECT_PAGE)])
    }

    /// Whether all rows of the page are selected.
    pub(crate) fn is_all_selected(&self) -> bool {
        self.get(SELECT) == Some(SELECT_PAGE)
    }

    /// The members that a finished operation on several did not change.
    pub(crate) fn not_done(&self) -> Vec<NotDoneView> {
        form_result::not_done(self.pairs())
    }

    /// Keys and values.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
    // example:end bulk

    /// Whether a parameter belongs to a confirmation or the outcome of a post, and not to the list.
    pub(crate) fn is_passing(key: &str) -> bool {
        // example:begin bulk
        if key == SELECT {
            return true;
        }
        // example:end bulk
        [CONFIRM, CONFIRM_ID].contains(&key) || PARAMETERS.contains(&key)
    }

    /// The page with every confirmation closed, and without the outcome of a post.
    pub(crate) fn without_confirmation(&self) -> LocalPath {
        self.without(Self::is_passing)
    }

    // example:begin bulk
    /// The page with every confirmation closed and its rows still selected.
    pub(crate) fn with_selection(&self) -> LocalPath {
        self.without(|key| key == CONFIRM || PARAMETERS.contains(&key))
    }
    // example:end bulk

    /// How the post of `operation` ended that led to this URL. An unknown or malformed refusal is
    /// ignored.
    pub(crate) fn outcome(&self, operation: &str) -> Option<Result<(), Refusal>> {
        if self.get("done") == Some(operation) {
            return Some(Ok(()));
        }
        let json = self.get("refusal").filter(|_| self.get("refused") == Some(operation))?;
        Json::decode(json).ok().map(Err)
    }

    /// The submitted fields of `operation`, from before it was refused or before the person went to
    /// verify their identity.
    pub(crate) fn submitted(&self, operation: &str) -> Option<Sent> {
        let is_of_operation = self.get("refused") == Some(operation) || self.is_verified_for(operation);
        is_of_operation.then(|| {
            self.get("sent").and_then(|sent| Sent::read(sent, |json| Json::decode(json).ok())).unwrap_or_default()
        })
    }

    /// Whether the person comes back from verifying their identity, to finish `operation`.
    pub(crate) fn is_verified_for(&self, operation: &str) -> bool {
        self.get("confirmed") == Some(operation)
    }

    /// The URL as it is, to come back to.
    pub(crate) fn current_path(location: &Location) -> LocalPath {
        let (path, search) = untrack(|| (location.pathname.get(), location.search.get()));
        let question_mark = if search.is_empty() || search.starts_with('?') { "" } else { "?" };
        LocalPath::parse(&format!("{path}{question_mark}{search}"))
            .unwrap_or_else(|| Self::parse(path, &search).without_outcome())
    }

    /// The page without the outcome of a post.
    pub(crate) fn without_outcome(&self) -> LocalPath {
        self.without(|key| PARAMETERS.contains(&key))
    }

    /// The page without the parameters of these keys.
    pub(crate) fn without(&self, is_left_out: impl Fn(&str) -> bool) -> LocalPath {
        let page = LocalPath::parse(&self.path).unwrap_or(LocalPath::ADMIN);
        let kept = self.pairs.iter().filter(|(key, _)| !is_left_out(key));
        page.with_query(&kept.map(|(key, value)| (key.as_str(), value.as_str())).collect::<Vec<_>>())
    }

    /// This page with a refused post, as the server writes it for a form without JavaScript.
    pub(crate) fn with_refusal(&self, operation: &str, refusal: &Refusal, sent: &Sent) -> LocalPath {
        let json = Json::encode(refusal).unwrap_or_default();
        form_result::refused(&self.without_outcome(), operation, &json, sent)
    }

    /// The page that verifies the identity, with [`Self::verified`] as its way back.
    pub(crate) fn verify_link(&self, operation: &str) -> LocalPath {
        LocalPath::reverify(&self.verified(operation))
    }

    /// This page after the identity is verified: it has the submitted fields of `operation`, and no
    /// longer the refusal.
    pub(crate) fn verified(&self, operation: &str) -> LocalPath {
        form_result::confirmed(&self.without_outcome(), operation, &self.submitted(operation).unwrap_or_default())
    }
}

/// Decodes a key or a value (WHATWG URL, `application/x-www-form-urlencoded`).
fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn url(search: &str) -> PageUrl {
        PageUrl::parse("/admin".to_owned(), search)
    }

    fn fields(name: &str) -> Sent {
        Sent::new([("name".to_owned(), name.to_owned())])
    }

    #[test]
    fn submitted_fields_come_back_unchanged() {
        for name in ["100%41 & more", "字🛡", "a+b%2541=c"] {
            let back =
                url("?page=2&query=50%2525").with_refusal("rename_organization", &Refusal::Forbidden, &fields(name));
            let (_, search) = back.as_str().split_once('?').unwrap();
            let back = url(search);
            assert_eq!(back.submitted("rename_organization").unwrap().get("name"), Some(name));
            assert_eq!(back.submitted("change_role"), None);
            assert_eq!(back.outcome("rename_organization"), Some(Err(Refusal::Forbidden)));
            assert_eq!(back.without_outcome().as_str(), "/admin?page=2&query=50%2525");
        }
    }

    #[test]
    fn a_url_is_decoded_once() {
        for (query, typed) in
            [("a%2541b", "a%41b"), ("50%2525", "50%25"), ("a+b%20c", "a b c"), ("100%", "100%"), ("%C3%A9", "é")]
        {
            assert_eq!(url(&format!("?query={query}")).get("query"), Some(typed));
        }
    }

    #[test]
    fn a_confirmation_opens_and_closes_on_the_same_page() {
        let page = url("?query=a%20b&done=x&confirm=old&confirm_id=1");
        assert_eq!(page.with_confirmation("ban_user", None).as_str(), "/admin?query=a%20b&confirm=ban_user");
        let opened = page.with_confirmation("revoke_session", Some("sess_1"));
        assert_eq!(opened.as_str(), "/admin?query=a%20b&confirm=revoke_session&confirm_id=sess_1");
        let opened = url("query=a%20b&confirm=remove_member&confirm_id=1&confirm_id=2");
        assert_eq!(opened.confirming("remove_member"), Some(vec!["1".to_owned(), "2".to_owned()]));
        assert_eq!(opened.confirming("ban_user"), None);
        assert_eq!(opened.without_confirmation().as_str(), "/admin?query=a%20b");
        // A refusal keeps the dialog open.
        assert!(opened.without_outcome().as_str().contains("confirm=remove_member"));
    }

    #[test]
    fn a_refusal_that_is_not_one_of_ours_is_ignored() {
        let forbidden = "refusal=%7B%22error%22%3A%22forbidden%22%7D";
        assert_eq!(url(&format!("refused=a&{forbidden}")).outcome("a"), Some(Err(Refusal::Forbidden)));
        assert_eq!(url(&format!("refused=b&{forbidden}")).outcome("a"), None);
        assert_eq!(url("refused=a&refusal=%7B%22error%22%3A%22pay+here%22%7D").outcome("a"), None);
        assert_eq!(url("refused=a&refusal=%ff").outcome("a"), None);
        assert_eq!(url("done=a").outcome("a"), Some(Ok(())));
    }

    #[test]
    fn the_return_url_of_reverification_has_the_page_and_the_fields_and_no_refusal() {
        let refused = url("page=3").with_refusal("a", &Refusal::Forbidden, &fields("A & 100%41"));
        let (_, search) = refused.as_str().split_once('?').unwrap();
        let link = url(search).verify_link("a");
        let (_, back) = link.as_str().split_once("redirect_url=").unwrap();
        let back = decoded(back);
        let (path, search) = back.split_once('?').unwrap();
        let back = PageUrl::parse(path.to_owned(), search);
        assert_eq!((path, back.get("page")), ("/admin", Some("3")));
        assert!(back.is_verified_for("a"));
        assert_eq!(back.submitted("a").unwrap().get("name"), Some("A & 100%41"));
        assert_eq!(back.outcome("a"), None);
    }
}
