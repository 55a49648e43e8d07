//! Attempts to sign in or to sign up, between their steps. A browser has at most one of each. Not
//! saved.

use super::{refused::Refused, refused::Result, session::Browser};

/// How long an attempt may take.
pub(crate) const LIFETIME_MS: i64 = 10 * 60_000;

#[derive(Clone, Debug)]
pub(crate) struct Attempt<T> {
    pub(crate) id: String,
    /// The browser that it belongs to.
    pub(crate) browser: Browser,
    /// The invitation that it accepts.
    pub(crate) invitation: Option<String>,
    /// The session that it created.
    pub(crate) session: Option<String>,
    pub(crate) begun_at: i64,
    /// The part that differs between a sign-in and a sign-up.
    pub(crate) details: T,
}

#[derive(Clone, Debug)]
pub(crate) struct Attempts<T>(Vec<Attempt<T>>);

impl<T> Default for Attempts<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone> Attempts<T> {
    /// Starts an attempt; it replaces an earlier one of the browser.
    pub(crate) fn start(&mut self, id: String, browser: &Browser, details: T, now_ms: i64) -> Attempt<T> {
        self.0.retain(|found| found.browser.client != browser.client);
        let browser = browser.clone();
        let attempt = Attempt { id, browser, invitation: None, session: None, begun_at: now_ms, details };
        self.0.push(attempt.clone());
        attempt
    }

    pub(crate) fn of_client(&self, client: &str) -> Option<&Attempt<T>> {
        self.0.iter().find(|found| found.browser.client == client).filter(|_| !client.is_empty())
    }

    /// The attempt of a browser, or 404.
    pub(crate) fn find(&self, browser: &Browser, id: &str) -> Result<Attempt<T>> {
        let found = self.of_client(&browser.client).filter(|found| found.id == id);
        let found = found.cloned().ok_or_else(Refused::not_found)?;
        Ok(Attempt { browser: browser.clone(), ..found })
    }

    pub(crate) fn update(&mut self, attempt: &Attempt<T>) {
        self.end(&attempt.id);
        self.0.push(attempt.clone());
    }

    pub(crate) fn end(&mut self, id: &str) {
        self.0.retain(|found| found.id != id);
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|found| found.session.is_none() && now_ms - found.begun_at < LIFETIME_MS);
    }
}
