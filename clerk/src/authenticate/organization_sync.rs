//! Addresses that name an organization, `/orgs/acme` for example: where the token is for another one, a handshake activates the one in the
//! address. An application whose addresses name none leaves this off.

use super::{AuthState, Authenticator, Decision, signed_in};
use crate::claims::SessionClaims;
use percent_encoding::percent_decode_str;

/// Which addresses name an organization.
#[derive(Clone, Debug, Default)]
pub struct OrganizationSync {
    /// Patterns with `:id` or `:slug`.
    pub organization: Vec<PathPattern>,
    /// Patterns of addresses that are a person's own.
    pub personal_account: Vec<PathPattern>,
}

/// A path pattern: literal segments, `:name` for one segment, `(.*)` for the rest. Letter case and a slash at the end do not count
/// (the part of path-to-regexp that Clerk's documentation uses).
#[derive(Clone, Debug)]
pub struct PathPattern(String);

/// The account that an address is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Id(String),
    Slug(String),
    PersonalAccount,
}

impl Wanted {
    /// As the Frontend API wants it; empty is the personal account.
    pub(super) fn as_parameter(&self) -> &str {
        match self {
            Self::Id(text) | Self::Slug(text) => text,
            Self::PersonalAccount => "",
        }
    }

    fn is_active(&self, session: &SessionClaims) -> bool {
        let organization = session.organization.as_ref();
        match self {
            Self::Id(id) => organization.is_some_and(|organization| organization.id.as_str() == id),
            Self::Slug(slug) => organization.is_some_and(|organization| organization.slug.as_deref() == Some(slug)),
            Self::PersonalAccount => organization.is_none(),
        }
    }
}

impl PathPattern {
    /// A pattern, as `/orgs/:slug/(.*)`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The value of `:name`, or nothing; `Some(None)` is a match without that name.
    #[expect(clippy::option_option, reason = "no match, and a match without the name")]
    fn capture(&self, path: &str, name: &str) -> Option<Option<String>> {
        let mut found = None;
        let mut segments = path.strip_suffix('/').unwrap_or(path).split('/');
        for part in self.0.strip_suffix('/').unwrap_or(&self.0).split('/') {
            if part == "(.*)" {
                // The rest, which may be empty but needs its slash.
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
    fn wanted(&self, path: &str) -> Option<Wanted> {
        let organization = self.organization.iter().find_map(|pattern| {
            let id = pattern.capture(path, "id")?.map(Wanted::Id);
            id.or_else(|| pattern.capture(path, "slug").flatten().map(Wanted::Slug))
        });
        let is_personal = || self.personal_account.iter().any(|pattern| pattern.capture(path, "").is_some());
        organization.or_else(|| is_personal().then_some(Wanted::PersonalAccount))
    }
}

impl Authenticator<'_> {
    /// The account that the address is for.
    pub(super) fn wanted_organization(&self) -> Option<Wanted> {
        self.settings.organization_sync.as_ref()?.wanted(self.url.path())
    }

    /// A session for another account than the address goes to the Frontend API once more. If that did not help it stays as it is: the
    /// organization may be none of this person's.
    pub(super) fn with_wanted_organization(&self, session: SessionClaims) -> Decision {
        let differs = self.wanted_organization().is_some_and(|wanted| !wanted.is_active(&session));
        if differs && !session.is_pending() {
            let handshake = self.handshake("active-organization-mismatch");
            if matches!(handshake.state, AuthState::Handshake(_)) {
                return handshake;
            }
        }
        signed_in(session)
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
        let slug = |text: &str| Some(Wanted::Slug(text.to_owned()));
        for (path, wanted) in [
            ("/orgs/acme", slug("acme")),
            ("/ORGS/acme/", slug("acme")),
            ("/orgs/acme/a/b", slug("acme")),
            ("/orgs/a%20b", slug("a b")),
            ("/by-id/org_1/x", Some(Wanted::Id("org_1".to_owned()))),
            ("/by-id/org_1", None),
            ("/orgs", None),
            ("/orgs/", None),
            ("/me", Some(Wanted::PersonalAccount)),
            ("/me/settings", Some(Wanted::PersonalAccount)),
            ("/mean", None),
            ("/", None),
        ] {
            assert_eq!(sync.wanted(path), wanted, "{path}");
        }
    }
}
