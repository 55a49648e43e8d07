//! URLs that name an organization, `/orgs/acme` for example. If the token is for another
//! organization, a handshake activates the one in the URL. An application whose URLs name none
//! leaves this off.

use crate::claims::SessionClaims;
use percent_encoding::percent_decode_str;

/// The URLs that name an organization or a personal account (Clerk: `organizationSyncOptions`).
#[derive(Clone, Debug, Default)]
pub struct OrganizationSync {
    /// Patterns of an organization's URLs, with `:id` or `:slug` (Clerk: `organizationPatterns`).
    pub organization: Vec<PathPattern>,
    /// Patterns of the URLs of a personal account (Clerk: `personalAccountPatterns`).
    pub personal_account: Vec<PathPattern>,
}

/// A path pattern: literal segments, `:name` for one segment, and `(.*)` for the rest of the path.
/// Letter case and a slash at the end do not count. This is the part of path-to-regexp that Clerk's
/// documentation uses.
#[derive(Clone, Debug)]
pub struct PathPattern(String);

/// The account that a URL is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TargetAccount {
    Id(String),
    Slug(String),
    PersonalAccount,
}

impl TargetAccount {
    /// The parameter for the Frontend API. Empty text is the personal account.
    pub(super) fn as_parameter(&self) -> &str {
        match self {
            Self::Id(text) | Self::Slug(text) => text,
            Self::PersonalAccount => "",
        }
    }

    pub(super) fn is_active_in(&self, session: &SessionClaims) -> bool {
        let organization = session.organization.as_ref();
        match self {
            Self::Id(id) => organization.is_some_and(|organization| organization.id.as_str() == id),
            Self::Slug(slug) => organization.is_some_and(|organization| organization.slug.as_deref() == Some(slug)),
            Self::PersonalAccount => organization.is_none(),
        }
    }
}

impl PathPattern {
    /// A pattern, `/orgs/:slug/(.*)` for example. Every text is one.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The value of `:name`. `None`: the path does not match. `Some(None)`: the pattern has no such
    /// name.
    #[expect(clippy::option_option, reason = "no match, and a match without the name")]
    fn capture(&self, path: &str, name: &str) -> Option<Option<String>> {
        let mut found = None;
        let mut segments = path.strip_suffix('/').unwrap_or(path).split('/');
        for part in self.0.strip_suffix('/').unwrap_or(&self.0).split('/') {
            if part == "(.*)" {
                // The rest may be empty, but its slash must be there.
                return segments.next().or_else(|| path.ends_with('/').then_some("")).map(|_| found);
            }
            let segment = segments.next()?;
            match part.strip_prefix(':') {
                Some(_) if segment.is_empty() => return None,
                Some(parameter) if parameter == name => {
                    found = Some(percent_decode_str(segment).decode_utf8().ok()?.into_owned());
                }
                Some(_) => {}
                None if part.eq_ignore_ascii_case(segment) => {}
                None => return None,
            }
        }
        segments.next().is_none().then_some(found)
    }
}

impl OrganizationSync {
    /// The account that a path names.
    pub(super) fn target(&self, path: &str) -> Option<TargetAccount> {
        let organization = self.organization.iter().find_map(|pattern| {
            let id = pattern.capture(path, "id")?.map(TargetAccount::Id);
            id.or_else(|| pattern.capture(path, "slug").flatten().map(TargetAccount::Slug))
        });
        let is_personal = || self.personal_account.iter().any(|pattern| pattern.capture(path, "").is_some());
        organization.or_else(|| is_personal().then_some(TargetAccount::PersonalAccount))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_an_account() {
        let patterns = |list: &[&str]| list.iter().map(|text| PathPattern::new(text)).collect();
        let sync = OrganizationSync {
            organization: patterns(&["/orgs/:slug", "/orgs/:slug/(.*)", "/by-id/:id/x"]),
            personal_account: patterns(&["/me", "/me/(.*)"]),
        };
        let slug = |text: &str| Some(TargetAccount::Slug(text.to_owned()));
        for (path, wanted) in [
            ("/orgs/acme", slug("acme")),
            ("/ORGS/acme/", slug("acme")),
            ("/orgs/acme/a/b", slug("acme")),
            ("/orgs/a%20b", slug("a b")),
            ("/by-id/org_1/x", Some(TargetAccount::Id("org_1".to_owned()))),
            ("/by-id/org_1", None),
            ("/orgs", None),
            ("/orgs/", None),
            ("/me", Some(TargetAccount::PersonalAccount)),
            ("/me/settings", Some(TargetAccount::PersonalAccount)),
            ("/mean", None),
            ("/", None),
        ] {
            assert_eq!(sync.target(path), wanted, "{path}");
        }
    }
}
