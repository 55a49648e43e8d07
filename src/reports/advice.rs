//! Remedies for violations that block Clerk's components: the directive, the source and the setting
//! to change.
//!
//! Anybody can forge a report, so a remedy contains only our own texts and names from the
//! configuration. That makes the set of remedies small, and the log contains each of them once.

use super::blocked::Blocked;
use super::summary::{ReportSummary, VIOLATION};
use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The Clerk instance of this server, as browsers reach it.
#[derive(Clone, Debug)]
pub struct FrontendApi {
    /// Host of the Frontend API.
    pub host: String,
    /// Whether the configuration sends browsers through the proxy of this server.
    pub proxied: bool,
}

/// A blocked source with its remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Advice {
    directive: &'static str,
    source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Source {
    Proxied,
    FrontendApi,
    OtherInstance,
    Service(&'static str),
    Style,
    Script,
}

/// Hosts that the policy allows on pages with Clerk's components of a real instance
/// (`src/headers.rs`).
const SERVICES: [&str; 3] = ["challenges.cloudflare.com", "img.clerk.com", "protect.clerk.com"];

impl Advice {
    /// The remedy for a report; `None` if the report does not affect Clerk's components.
    #[must_use]
    pub fn of(report: &ReportSummary, clerk: &FrontendApi) -> Option<Self> {
        let source = match &report.blocked {
            Blocked::Host(host) if *host == clerk.host && clerk.proxied => Source::Proxied,
            Blocked::Host(host) if *host == clerk.host => Source::FrontendApi,
            Blocked::Host(host) => match SERVICES.iter().find(|service| is_below(host, service)) {
                Some(service) => Source::Service(service),
                None if is_of_clerk(host) => Source::OtherInstance,
                None => return None,
            },
            Blocked::Inline if report.directive.starts_with("style-src") => Source::Style,
            Blocked::Inline if report.directive.starts_with("script-src") => Source::Script,
            Blocked::Inline | Blocked::Other => return None,
        };
        (report.kind == VIOLATION).then_some(Self { directive: report.directive, source })
    }
}

/// Whether a host is `name` or a subdomain of it.
fn is_below(host: &str, name: &str) -> bool {
    host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a host is the Frontend API of a Clerk instance: on the domain of the application in
/// production, on a domain of Clerk in development.
fn is_of_clerk(host: &str) -> bool {
    host.starts_with("clerk.") || ["accounts.dev", "clerk.com", "clerk.dev"].iter().any(|name| is_below(host, name))
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (source, remedy) = match self.source {
            Source::Proxied => (
                "the Frontend API of the instance",
                "CLERK_PROXY_URL is set, but browsers call the Frontend API directly: enter the proxy URL in the Clerk dashboard, Domains, Frontend API, or remove CLERK_PROXY_URL",
            ),
            Source::FrontendApi => (
                "the Frontend API of the instance",
                "set CLERK_PROXY_URL=/__clerk, or allow the host for this directive in src/headers.rs, which allows it for scripts and connections",
            ),
            Source::OtherInstance => (
                "another Clerk instance than the one of CLERK_PUBLISHABLE_KEY",
                "another server rendered the page: start every server with the same CLERK_PUBLISHABLE_KEY, and do not cache pages",
            ),
            Source::Service(host) => (host, "allow it for this directive in src/headers.rs"),
            Source::Style => (
                "an inline style",
                "after an update of Clerk's components add the hash of their new style to src/headers.rs; otherwise a proxy or a browser extension inserts the style",
            ),
            Source::Script => (
                "an inline script",
                "do not cache pages, because each nonce is valid for one page; otherwise a proxy or a browser extension inserts the script",
            ),
        };
        write!(f, "{} blocks {source}: {remedy}", self.directive)
    }
}

/// The remedies that the log already contains.
#[derive(Debug, Default)]
pub struct LoggedAdvice(Mutex<HashSet<Advice>>);

impl LoggedAdvice {
    /// Whether the log does not contain the remedy yet; the next call returns `false`.
    pub fn is_new(&self, advice: Advice) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice_text(directive: &'static str, blocked: &str, proxied: bool) -> Option<String> {
        let report = ReportSummary { kind: VIOLATION, directive, blocked: Blocked::read(blocked) };
        let clerk = FrontendApi { host: "clerk.example.com".to_owned(), proxied };
        Advice::of(&report, &clerk).map(|advice| advice.to_string())
    }

    #[test]
    fn advice_names_directive_source_and_setting() {
        for (directive, blocked, proxied, words) in [
            (
                "script-src-elem",
                "https://clerk.example.com/npm/@clerk/clerk-js",
                true,
                ["Frontend API", "remove CLERK_PROXY_URL"],
            ),
            ("frame-src", "https://clerk.example.com/x", false, ["Frontend API", "CLERK_PROXY_URL=/__clerk"]),
            (
                "connect-src",
                "https://odd-cat-1.clerk.accounts.dev/v1/client",
                false,
                ["another Clerk instance", "CLERK_PUBLISHABLE_KEY"],
            ),
            (
                "connect-src",
                "https://clerk.elsewhere.example/v1/client",
                true,
                ["another Clerk instance", "CLERK_PUBLISHABLE_KEY"],
            ),
            ("frame-src", "https://challenges.cloudflare.com", true, ["challenges.cloudflare.com", "src/headers.rs"]),
            ("connect-src", "https://eu.protect.clerk.com:8443", true, ["protect.clerk.com", "src/headers.rs"]),
            ("style-src-elem", "inline", true, ["inline style", "src/headers.rs"]),
            ("script-src-elem", "inline", true, ["inline script", "nonce"]),
        ] {
            let said = advice_text(directive, blocked, proxied).unwrap();
            assert!(said.starts_with(directive) && words.iter().all(|word| said.contains(word)), "{blocked}: {said}");
        }
    }

    #[test]
    fn other_sources_have_no_advice_and_advice_quotes_no_report() {
        for blocked in [
            "https://blocked.example/x",
            "https://notclerk.com",
            "https://evil-img.clerk.com.example",
            "eval",
            "data",
            "",
            "https://",
        ] {
            assert_eq!(advice_text("img-src", blocked, true), None, "{blocked}");
        }
        assert_eq!(advice_text("img-src", "inline", true), None);
        assert!(
            !advice_text("connect-src", "https://secret-name.accounts.dev/?token=x", true)
                .unwrap()
                .contains("secret-name")
        );
    }

    #[test]
    fn each_advice_is_logged_once() {
        let logged = LoggedAdvice::default();
        let advice = |directive| Advice { directive, source: Source::Style };
        assert!(logged.is_new(advice("style-src")) && logged.is_new(advice("style-src-elem")));
        assert!(!logged.is_new(advice("style-src")));
    }
}
