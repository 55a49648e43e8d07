//! Where people sign in and sign up, and how they come back (Clerk behaviour: `createRedirect`).

use crate::publishable_key::{InstanceKind, PublishableKey};
use url::Url;

/// The pages of an instance. Without a URL of one's own it is the account portal.
#[derive(Clone, Copy, Debug)]
pub struct SignInUrls<'a> {
    /// The instance.
    pub publishable_key: &'a PublishableKey,
    /// Where people sign in: a path of this application or an absolute URL.
    pub sign_in_url: Option<&'a str>,
    /// Where people sign up; else a page below the sign-in page.
    pub sign_up_url: Option<&'a str>,
}

/// Who is sent there, and from where.
#[derive(Clone, Copy, Debug)]
pub struct ReturnTarget<'a> {
    /// Absolute URL that the person is at.
    pub at: &'a str,
    /// Where to come back to, absolute or relative to that; empty is nowhere.
    pub return_to: &'a str,
    /// What a development instance knows the browser by; it goes along to another host.
    pub dev_browser: Option<&'a str>,
    /// Whether they are signed in already, but have something left to do.
    pub pending: bool,
}

impl SignInUrls<'_> {
    /// The sign-in page. `None`: one of the URLs is none.
    #[must_use]
    pub fn sign_in(&self, sender: &ReturnTarget<'_>) -> Option<String> {
        let target = match self.sign_in_url {
            Some(url) => Url::parse(sender.at).ok()?.join(url).ok()?,
            None => Url::parse(&format!("{}/sign-in", self.publishable_key.accounts_base_url())).ok()?,
        };
        self.with_way_back(target, sender)
    }

    /// The sign-up page. `None`: one of the URLs is none.
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
