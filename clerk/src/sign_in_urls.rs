//! Where people sign in and sign up, and how they return (Clerk behaviour: `createRedirect`).

use crate::publishable_key::{InstanceKind, PublishableKey};
use url::Url;

/// The sign-in and sign-up pages of an instance. Without own URLs they are the Account Portal.
#[derive(Clone, Copy, Debug)]
pub struct SignInUrls<'a> {
    /// The instance.
    pub publishable_key: &'a PublishableKey,
    /// The sign-in page: a path of this application, or an absolute URL. `None`: the Account
    /// Portal.
    pub sign_in_url: Option<&'a str>,
    /// The sign-up page. `None`: a page below the sign-in page.
    pub sign_up_url: Option<&'a str>,
}

/// The page that a redirect starts from, and the page to return to.
#[derive(Clone, Copy, Debug)]
pub struct ReturnTarget<'a> {
    /// The absolute URL of the current page.
    pub at: &'a str,
    /// The URL to return to, absolute or relative to the current one. Empty: no return.
    pub return_to: &'a str,
    /// The value by which a development instance recognizes the browser. A redirect to another host
    /// carries it along.
    pub dev_browser: Option<&'a str>,
    /// Whether the session is pending, so that the page of its tasks is the target.
    pub pending: bool,
}

impl SignInUrls<'_> {
    /// The URL of the sign-in page. `None`: one of the configured URLs is invalid.
    #[must_use]
    pub fn sign_in(&self, sender: &ReturnTarget<'_>) -> Option<String> {
        let target = match self.sign_in_url {
            Some(url) => Url::parse(sender.at).ok()?.join(url).ok()?,
            None => Url::parse(&format!("{}/sign-in", self.publishable_key.accounts_base_url())).ok()?,
        };
        self.with_way_back(target, sender)
    }

    /// The URL of the sign-up page. `None`: one of the configured URLs is invalid.
    #[must_use]
    pub fn sign_up(&self, sender: &ReturnTarget<'_>) -> Option<String> {
        let at = Url::parse(sender.at).ok()?;
        let target = match (self.sign_up_url, self.sign_in_url) {
            (Some(url), _) => at.join(url).ok()?,
            (None, Some(url)) => below(at.join(url).ok()?, "create"),
            (None, None) => Url::parse(&format!("{}/sign-up", self.publishable_key.accounts_base_url())).ok()?,
        };
        self.with_way_back(target, sender)
    }

    fn with_way_back(&self, target: Url, sender: &ReturnTarget<'_>) -> Option<String> {
        let at = Url::parse(sender.at).ok()?;
        let mut target = if sender.pending { below(target, "tasks") } else { target };
        if !sender.return_to.is_empty() {
            let back = at.join(sender.return_to).ok()?;
            target.query_pairs_mut().append_pair("redirect_url", back.as_str());
        }
        let elsewhere =
            (target.host_str(), target.port_or_known_default()) != (at.host_str(), at.port_or_known_default());
        if let Some(dev_browser) = sender.dev_browser
            && elsewhere
            && self.publishable_key.kind() == InstanceKind::Development
        {
            target.query_pairs_mut().append_pair("__clerk_db_jwt", dev_browser);
        }
        Some(target.into())
    }
}

fn below(mut url: Url, segment: &str) -> Url {
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push(segment);
    }
    url
}
