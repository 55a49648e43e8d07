//! What the policy of a page kept from loading.

/// What the policy of a page kept from loading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// Something from this host.
    Host(String),
    /// A style or script in the page itself, without the nonce.
    Inline,
    /// Something else, or nothing that a browser names.
    Other,
}

impl Blocked {
    /// Reads `blockedURL` of a report (CSP Level 3, section 5.3): a URL, or a word.
    pub(super) fn read(text: &str) -> Self {
        if text == "inline" {
            return Self::Inline;
        }
        let url = url::Url::parse(text).ok();
        url.and_then(|url| url.host_str().map(str::to_owned)).map_or(Self::Other, Self::Host)
    }
}
