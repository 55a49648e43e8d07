//! A limit on guesses: ten failed attempts a minute for one account or address.

use super::refused::Refused;

const ATTEMPTS: usize = 10;
const WINDOW_MS: i64 = 60_000;

/// Failed attempts and sent codes of the last minute, by subject.
#[derive(Clone, Debug, Default)]
pub(crate) struct Throttle(Vec<(String, i64)>);

impl Throttle {
    pub(crate) fn check(&self, subject: &str, now_ms: i64) -> Result<(), Refused> {
        let recent = self.0.iter().filter(|(found, at)| found == subject && now_ms - at < WINDOW_MS).count();
        if recent < ATTEMPTS { Ok(()) } else { Err(Refused::too_many_requests()) }
    }

    pub(crate) fn count(&mut self, subject: &str, now_ms: i64) {
        self.0.push((subject.to_owned(), now_ms));
    }

    pub(crate) fn prune(&mut self, now_ms: i64) {
        self.0.retain(|(_, at)| now_ms - at < WINDOW_MS);
    }
}
