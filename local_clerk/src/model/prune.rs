//! Forgets what has ended: sessions a week after their end, and attempts that were abandoned.

use super::state::State;

/// How long an ended session is still listed.
const ENDED_SESSIONS_MS: i64 = 7 * 86_400_000;

impl State {
    /// Sets the time, and removes what has expired since.
    pub(crate) fn set_time(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
        self.sign_ins.prune(now_ms);
        self.sign_ups.prune(now_ms);
        self.codes.prune(now_ms);
        self.nonces.prune(now_ms);
        self.totp_enrolments.prune(now_ms);
        self.throttle.prune(now_ms);
    }

    /// Removes sessions that ended long ago, and what belonged to them.
    pub(crate) fn prune_sessions(&mut self) {
        let now_ms = self.now_ms;
        self.sessions.retain(|session| session.status.is_running() || now_ms - session.updated_at < ENDED_SESSIONS_MS);
        let sessions = &self.sessions;
        self.reverifications
            .retain(|id| sessions.iter().any(|session| session.id == id && session.status.is_running()));
        self.refresh_tokens.prune(now_ms);
    }
}
