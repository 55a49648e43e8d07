//! The source that a content security policy blocked, read from a report.

/// A source that the policy of a page blocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// A resource from this host.
    Host(String),
    /// An inline style or script without the nonce.
    Inline,
    /// A source of another kind, or an unreadable one.
    Other,
}

impl Blocked {
    /// Reads `blockedURL` of a report (CSP Level 3, section 5.3): a URL or a keyword.
    pub(super) fn read(text: &str) -> Self {
        if text == "inline" {
            return Self::Inline;
        }
        let url = url::Url::parse(text).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).map_or(Self::Other, Self::Host)
    }
}
