//! The result of a form post in the URL of its page, for browsers without JavaScript. The server
//! writes it, and the page reads it with the same module.
//!
//! The query is `done=<operation>`, or `refused=<operation>&refusal=<JSON>&sent=<fields>`. The sent
//! fields are JSON in base64url. Percent-encoding would triple each byte of a letter beyond ASCII,
//! and again each time the URL becomes a parameter of another URL (sign-in, Clerk's handshake); a
//! valid name would then exceed nginx's default buffers (8 KB for the request line, 4 KB for the
//! response headers). The server stores nothing of the sent fields.

// example:begin bulk
use crate::input::{IDENTIFIER, MAX_SELECTED};
// example:end bulk
use crate::local_path::LocalPath;
use crate::operation::NotDoneView; // example:line bulk
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The field with the organization that the page was rendered for. Reserved: no operation has a
/// field of this name.
pub const ORGANIZATION: &str = "organization_id";

/// The field with the page of the form, as a [`LocalPath`]. A browser may omit `Referer`, so the
/// form itself names its page. Reserved as well.
pub const PAGE: &str = "form_page";

/// The field with the page that a form leads to once it is done, as a [`LocalPath`]; without it,
/// the page of the form. A form that removes what its page is about needs it. Reserved as well.
pub const DONE_PAGE: &str = "form_done_page";

/// The query parameter with the operation whose confirmation is open on the page.
pub const CONFIRM: &str = "confirm";

/// The query parameter with the id of a row that the open confirmation is about. A selection of
/// rows repeats it.
pub const CONFIRM_ID: &str = "confirm_id";

/// The query parameters that this module writes; every other parameter belongs to the page.
pub const PARAMETERS: &[&str] = &[
    "done",
    "refused",
    "refusal",
    "confirmed",
    "sent",
    NOT_DONE, // example:line bulk
];

// example:begin bulk
/// The query parameter with a member that a finished operation on several members did not change:
/// the code of the refusal, a blank, and the id.
const NOT_DONE: &str = "not_done";
// example:end bulk

/// The maximum number of bytes of JSON in a URL. The longest valid input needs about 900 bytes: a
/// name of 200 letters with four bytes each.
const MAX_BYTES: usize = 1200;

/// The maximum number of bytes of a posted form whose fields can fit into a URL: the longest name
/// with twelve encoded bytes for each letter, an organization, and the path of a page.
pub const MAX_FORM_BYTES: usize = 8 * 1024;

/// A field whose name contains one of these words never enters a URL, because browser histories and
/// logs keep URLs.
const SECRETS: [&str; 3] = ["password", "secret", "token"];

/// The fields of a form post. `None`: the field is too long for a URL, or it is a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sent(BTreeMap<String, Option<String>>);

impl Sent {
    /// The fields that fit into a URL, the shortest first. The pages are left out: the URL is the
    /// page.
    pub fn new(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut fields: Vec<_> = fields.into_iter().filter(|(name, _)| name != PAGE && name != DONE_PAGE).collect();
        // The URL of the confirmation has the ids of a selection, too.
        fields.sort_by_key(|(name, value)| (name.ends_with("_ids"), value.len()));
        let mut sent = Self::default();
        for (name, value) in fields {
            let is_secret = SECRETS.iter().any(|secret| name.contains(secret));
            sent.0.insert(name.clone(), (!is_secret).then_some(value));
            if sent.json().len() > MAX_BYTES {
                sent.0.insert(name, None);
            }
        }
        if sent.json().len() > MAX_BYTES { Self::default() } else { sent }
    }

    /// The fields of an operation's input that fit into a URL, and the organization that the page
    /// was rendered for.
    #[must_use]
    pub fn of(mut fields: Vec<(String, String)>, organization: Option<&str>) -> Self {
        fields.extend(organization.map(|id| (ORGANIZATION.to_owned(), id.to_owned())));
        Self::new(fields)
    }

    /// The fields of a form that nobody read, because it is longer than [`MAX_FORM_BYTES`].
    #[must_use]
    pub fn too_long() -> Self {
        Self(BTreeMap::from([(String::new(), None)]))
    }

    /// The value of a field; `None` if the form did not send the field or the URL does not carry
    /// it.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.as_deref()
    }

    /// Whether a field is left that a user typed or chose: the page itself fills the ids.
    #[must_use]
    pub fn is_typed(&self) -> bool {
        self.0.keys().any(|name| !is_id(name))
    }

    /// Whether a field names a row of the organization. After a switch to another organization that
    /// row does not exist.
    #[must_use]
    pub fn names_a_row(&self) -> bool {
        self.0.keys().any(|name| is_id(name) && name != ORGANIZATION)
    }

    /// Whether the URL carries every sent field.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.0.values().all(Option::is_some)
    }

    /// Reads the fields that [`refused`] and [`confirmed`] wrote; `None` for any other text,
    /// because anybody can write such a URL. `parse` reads the JSON, for which a browser has a
    /// parser of its own.
    pub fn read(text: &str, parse: impl FnOnce(&str) -> Option<Self>) -> Option<Self> {
        let json = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        parse(std::str::from_utf8(&json).ok()?)
    }

    fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn written(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| BASE64_URL_SAFE_NO_PAD.encode(self.json()))
    }
}

/// Whether a field has an id or the ids of a selection, by its name.
fn is_id(name: &str) -> bool {
    name.ends_with("_id") || name.ends_with("_ids")
}

/// The fields of an operation's input as a form has them: names and texts.
#[must_use]
pub fn fields(input: &impl Serialize) -> Vec<(String, String)> {
    texts(&serde_json::to_value(input).unwrap_or_default())
}

// Not generic, so that the wasm contains one copy and not one for each operation.
fn texts(input: &Value) -> Vec<(String, String)> {
    // No input has a fraction, whose text would need another table in the wasm.
    let number = |value: &Value| value.as_i64().map(|number| number.to_string());
    let flag = |value: &Value| value.as_bool().map(|flag| flag.to_string());
    let text = |value: &Value| value.as_str().map(str::to_owned).or_else(|| number(value)).or_else(|| flag(value));
    let text = |value: &Value| text(value).unwrap_or_default();
    input.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// The URL of the page after a successful post.
#[must_use]
pub fn done(page: &LocalPath, operation: &str) -> LocalPath {
    page.with_query(&[("done", operation)])
}

// example:begin bulk
/// The page with the members whom an operation on several did not change. They stay selected.
#[must_use]
pub fn with_not_done(page: &LocalPath, not_done: &[NotDoneView]) -> LocalPath {
    let not_done = not_done.iter().map(|NotDoneView { user_id, error }| format!("{error} {user_id}"));
    not_done.fold(page.clone(), |page, member| page.with_query(&[(NOT_DONE, &member)]))
}

/// Reads the values that [`with_not_done`] wrote.
#[must_use]
pub fn not_done<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<NotDoneView> {
    let member = |text: &str| {
        let (error, user_id) = text.split_once(' ')?;
        let is_valid = IDENTIFIER.problem(user_id).is_none() && IDENTIFIER.problem(error).is_none();
        is_valid.then(|| NotDoneView { user_id: user_id.to_owned(), error: error.to_owned() })
    };
    pairs.filter(|(name, _)| *name == NOT_DONE).filter_map(|(_, value)| member(value)).take(MAX_SELECTED).collect()
}
// example:end bulk

/// The URL of the page after a refused post; `refusal` is the JSON of the refusal.
#[must_use]
pub fn refused(page: &LocalPath, operation: &str, refusal: &str, sent: &Sent) -> LocalPath {
    with(&page.with_query(&[("refused", operation), ("refusal", refusal)]), sent)
}

/// The URL of the page after a reverification, where the user finishes the refused post.
#[must_use]
pub fn confirmed(page: &LocalPath, operation: &str, sent: &Sent) -> LocalPath {
    with(&page.with_query(&[("confirmed", operation)]), sent)
}

fn with(page: &LocalPath, sent: &Sent) -> LocalPath {
    sent.written().map_or_else(|| page.clone(), |text| page.with_query(&[("sent", &text)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(fields: &[(&str, &str)]) -> Sent {
        Sent::new(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn carried(sent: &Sent) -> Option<Sent> {
        let page = refused(&LocalPath::ADMIN, "x", "{}", sent);
        let (_, text) = page.as_str().split_once("&sent=")?;
        read(text)
    }

    fn read(text: &str) -> Option<Sent> {
        Sent::read(text, |json| serde_json::from_str(json).ok())
    }

    #[test]
    fn every_valid_name_is_kept_whole_and_short() {
        for letter in ["a", "\"", "\\", "é", "字", "🛡", "\u{1f469}\u{200d}", "%"] {
            let name: String = letter.chars().cycle().take(200).collect();
            let sent = sent(&[("name", &name), (ORGANIZATION, "org_2abcdefghijklmnopqrstuvwxyz0")]);
            assert!(sent.is_whole(), "{letter}");
            assert_eq!(carried(&sent).unwrap().get("name"), Some(name.as_str()), "{letter}");
            let page = refused(&LocalPath::MEMBERS, "rename_organization", "{}", &sent);
            let nested = LocalPath::sign_in(&page, None);
            assert!(nested.as_str().len() < 1400, "{letter}: {}", nested.as_str().len());
        }
    }

    #[test]
    fn a_value_that_is_too_long_is_dropped_and_the_others_are_kept() {
        let sent = sent(&[("name", &"字".repeat(2000)), ("role", "member")]);
        let carried = carried(&sent).unwrap();
        assert_eq!((carried.get("name"), carried.get("role"), carried.is_whole()), (None, Some("member"), false));
        assert!(carried.is_typed());
    }

    #[test]
    fn no_url_exceeds_the_limit_or_contains_a_secret() {
        let many = (0..500).map(|number| (format!("field_{number}"), "x".to_owned()));
        assert_eq!(Sent::new(many), Sent::default());
        let secret = sent(&[("new_password", "open"), ("role", "member")]);
        assert_eq!((secret.get("new_password"), secret.is_whole()), (None, false));
        assert!(!secret.json().contains("open"));
    }

    #[test]
    fn a_forged_url_has_no_result() {
        for text in ["", "%", "bm90IGpzb24", "W10", "eyJhIjoxfQ", "eyJhIjoiYiJ9=="] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("eyJhIjoiYiJ9").unwrap().get("a"), Some("b"));
    }

    #[test]
    fn the_sent_fields_are_those_of_the_operation() {
        let list = crate::operation::ListMembers::default();
        let input = crate::operation::ListMembers { page: "3".to_owned(), query: "ada".to_owned(), ..list };
        let sent = Sent::of(fields(&input), Some("org_a"));
        assert_eq!(
            (sent.get("page"), sent.get("query"), sent.get(ORGANIZATION)),
            (Some("3"), Some("ada"), Some("org_a"))
        );
    }
}
