//! Values by a key, which are forgotten after a time. Not saved.

/// The state is pruned whenever it is locked, so a value that is found has not expired.
#[derive(Clone, Debug)]
pub(crate) struct Expiring<T, const LIFETIME_MS: i64>(Vec<(String, T, i64)>);

impl<T, const LIFETIME_MS: i64> Default for Expiring<T, LIFETIME_MS> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const LIFETIME_MS: i64> Expiring<T, LIFETIME_MS> {
    /// Replaces an earlier value.
    pub(crate) fn insert(&mut self, key: &str, value: T, now_ms: i64) {
        self.remove(key);
        self.0.push((key.to_owned(), value, now_ms));
    }

    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.0.iter().find(|(found, ..)| found == key).map(|(_, value, _)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.0.iter_mut().find(|(found, ..)| found == key).map(|(_, value, _)| value)
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<T> {
        let place = self.0.iter().position(|(found, ..)| found == key)?;
        Some(self.0.swap_remove(place).1)
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|(.., at)| now_ms - at < LIFETIME_MS);
    }
}
