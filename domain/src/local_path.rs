//! The target of a redirect: a path on this origin, which prevents open redirects.
//!
//! The rule is stricter than any browser's parser: exactly one slash at the start, no backslash, no
//! control character, ASCII only. A valid path keeps its host when a browser resolves it against
//! our origin (ASVS 3.7.2).

use crate::pages::Page;
use crate::sign_out_reason::{self, SignOutReason};
use std::borrow::Cow;
use std::fmt::Write;

/// A path with an optional query on this origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(Cow<'static, str>);

/// The parameter of the sign-in page that names the page to return to (Clerk's name for it).
const RETURN_PARAMETER: &str = "redirect_url";

/// The maximum length in bytes. Browsers and proxies cut longer URLs at different lengths.
const MAX_BYTES: usize = 8000;

impl LocalPath {
    /// The public home.
    pub const HOME: Self = Self::of(Page::Home);
    /// The overview of the organization.
    pub const ADMIN: Self = Self::of(Page::Dashboard);
    /// The members of the organization.
    pub const MEMBERS: Self = Self::of(Page::Members);
    // example:begin sessions
    /// The running sessions of the members.
    pub const SESSIONS: Self = Self::of(Page::Sessions);
    // example:end sessions
    // example:begin users
    /// The users of the whole instance.
    pub const USERS: Self = Self::of(Page::Users);
    // example:end users
    /// The audit log of the organization.
    pub const AUDIT: Self = Self::of(Page::Audit);
    /// The settings.
    pub const SETTINGS: Self = Self::of(Page::Settings);
    // example:begin webhooks
    /// The webhooks of the whole instance.
    pub const WEBHOOKS: Self = Self::of(Page::Webhooks);
    /// A webhook.
    pub const WEBHOOK: Self = Self::of(Page::Webhook);
    // example:end webhooks
    // example:begin views
    /// The saved views of the audit log.
    pub const AUDIT_VIEWS: Self = Self::of(Page::AuditViews);
    // example:end views
    /// An entry of the audit log.
    pub const AUDIT_ENTRY: Self = Self::of(Page::AuditEntry);
    /// The sign-in page.
    pub const SIGN_IN: Self = Self::of(Page::SignIn);
    /// The tasks that Clerk demands between a sign-in and the first page.
    pub const TASKS: Self = Self(Cow::Borrowed("/sign-in/tasks"));
    /// Reverification: Clerk asks a signed-in user for their credentials again.
    pub const REVERIFY: Self = Self(Cow::Borrowed("/sign-in/reverify"));

    /// The path of a page.
    #[must_use]
    pub const fn of(page: Page) -> Self {
        Self(Cow::Borrowed(page.path()))
    }

    /// A page about one user.
    #[must_use]
    pub fn about_user(page: Page, user_id: &str) -> Self {
        let mut text = page.folder().unwrap_or(page.path()).to_owned();
        if page.folder().is_some() {
            encode(&mut text, user_id);
        }
        Self(Cow::Owned(text))
    }

    /// The sign-in page, which returns to `back`. `reason` is the rule that ended the earlier
    /// session; the sign-in page explains it.
    #[must_use]
    pub fn sign_in(back: &Self, reason: Option<SignOutReason>) -> Self {
        let page = Self::SIGN_IN.returning_to(back);
        reason.map_or(page.clone(), |reason| page.with_query(&[(sign_out_reason::PARAMETER, reason.code())]))
    }

    /// The tasks of a pending session, which return to `back`.
    #[must_use]
    pub fn sign_in_tasks(back: &Self) -> Self {
        Self::TASKS.returning_to(back)
    }

    /// The reverification page, which returns to `back`.
    #[must_use]
    pub fn reverify(back: &Self) -> Self {
        Self::REVERIFY.returning_to(back)
    }

    fn returning_to(&self, back: &Self) -> Self {
        self.with_query(&[(RETURN_PARAMETER, back.as_str())])
    }

    /// Reads a path from untrusted text; `None` if it could leave this origin.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let second = text.as_bytes().get(1);
        let safe = text.len() <= MAX_BYTES
            && text.starts_with('/')
            && !matches!(second, Some(b'/' | b'\\'))
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'#')
            && !has_dot_segment(text)
            && !has_encoded_separator(text);
        safe.then(|| Self(Cow::Owned(text.to_owned())))
    }

    /// The text, for a `Location` header or a link.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path with these pairs added to its query, percent-encoded.
    #[must_use]
    pub fn with_query(&self, pairs: &[(&str, &str)]) -> Self {
        let mut text = self.0.clone().into_owned();
        for (name, value) in pairs {
            text.push(if text.contains('?') { '&' } else { '?' });
            encode(&mut text, name);
            text.push('=');
            encode(&mut text, value);
        }
        Self(Cow::Owned(text))
    }
}

/// Whether a path has a `.` or `..` segment, encoded or not. Resolving `/x/..//evil.example` gives
/// a path that begins with two slashes.
fn has_dot_segment(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    path.split('/').any(|segment| segment == "." || segment == "..")
}

/// Whether a path has an encoded separator or control character. Browsers keep them encoded, but
/// code that decodes the path before it uses it would get `//evil.example`.
fn has_encoded_separator(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or_default().to_ascii_lowercase();
    ["%2f", "%5c", "%09", "%0a", "%0d", "%00"].iter().any(|encoded| path.contains(encoded))
}

/// Percent-encodes everything but the unreserved characters (RFC 3986 section 2.3).
fn encode(text: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_paths_pass() {
        for path in ["/", "/admin", "/admin/members?page=2&x=%20y", "/sign-in?redirect_url=%2Fadmin", "/a//b"] {
            assert_eq!(LocalPath::parse(path).map(|path| path.as_str().to_owned()).as_deref(), Some(path));
        }
    }

    #[test]
    fn known_open_redirects_are_refused() {
        for path in [
            "",
            "admin",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example",
            "https:/evil.example",
            "javascript:alert(1)",
            "/%0d/../..//evil.example",
            "/x/..//evil.example",
            "/x/%2e%2e//evil.example",
            "/.//evil.example",
            "/é",
            "/a\r\nset-cookie: x",
            "/a b",
            "///evil.example",
            "/a#b",
            "/a\\b",
            "/..\\/evil.example",
            "/x/..\\\\evil.example",
            "/%2fevil.example",
            "/%2F/evil.example",
            "/%5cevil.example",
            "/%5C%5Cevil.example",
            "/%09/evil.example",
            "/%0a/evil.example",
            "/%2e%2e%2f/evil.example",
            "/;@evil.example/..//x",
            "/\u{2028}/evil.example",
            "/\u{ff0f}evil.example",
            " /admin",
            "\u{feff}/admin",
            "data:text/html,x",
            "http:evil.example",
            "?//evil.example",
            "@evil.example",
            ".evil.example",
            "/\0",
        ] {
            assert_eq!(LocalPath::parse(path), None, "{path:?}");
        }
        assert_eq!(LocalPath::parse(&format!("/{}", "a".repeat(MAX_BYTES))), None);
    }

    #[test]
    fn sign_in_its_tasks_and_reverification_are_one_page() {
        for path in [LocalPath::SIGN_IN, LocalPath::TASKS, LocalPath::REVERIFY] {
            assert_eq!(Page::at(path.as_str()), Some(Page::SignIn), "{path:?}");
        }
        let back = LocalPath::MEMBERS.with_query(&[("page", "2")]);
        assert_eq!(LocalPath::reverify(&back).as_str(), "/sign-in/reverify?redirect_url=%2Fadmin%2Fmembers%3Fpage%3D2");
    }

    #[test]
    fn the_id_in_a_path_is_encoded() {
        assert_eq!(LocalPath::about_user(Page::Member, "user_2").as_str(), "/admin/members/user_2");
        let path = LocalPath::about_user(Page::Member, "a/b?c#d");
        assert_eq!((path.as_str(), Page::at(path.as_str())), ("/admin/members/a%2Fb%3Fc%23d", Some(Page::Member)));
    }

    #[test]
    fn a_query_is_encoded() {
        let path = LocalPath::SIGN_IN.with_query(&[("redirect_url", "/admin?a=b&c=é"), ("x", "1")]);
        assert_eq!(path.as_str(), "/sign-in?redirect_url=%2Fadmin%3Fa%3Db%26c%3D%C3%A9&x=1");
        assert!(LocalPath::parse(path.as_str()).is_some());
    }

    proptest! {
        #[test]
        fn every_accepted_path_stays_on_our_origin(text in r"[/\\.%25fce0d\t?#@:a-z]{0,24}", any in any::<String>()) {
            let base = url::Url::parse("https://app.example").unwrap();
            for candidate in [text.clone(), any.clone(), format!("/{text}"), format!("/{any}")] {
                if let Some(path) = LocalPath::parse(&candidate) {
                    let resolved = base.join(path.as_str()).unwrap();
                    prop_assert_eq!(resolved.origin(), base.origin(), "{}", candidate);
                    // The result of one resolution is resolved again by proxies and browsers.
                    let again = base.join(resolved.path()).unwrap();
                    prop_assert_eq!(again.origin(), base.origin(), "{}", candidate);
                }
            }
        }
    }
}
