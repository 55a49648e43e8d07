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

#[cfg(test)]
mod tests {
    use crate::model::commands::sessions::end_session;
    use crate::model::session::Status;
    use crate::model::sign_in::LIFETIME_MS;
    use crate::model::{commands::sessions::update_session_statuses, seed, state::State};

    const WEEK_MS: i64 = 7 * 86_400_000;

    fn state() -> State {
        let mut state = seed::new_state(&[], 1_000 * WEEK_MS);
        state.set_time(1_000 * WEEK_MS);
        state
    }

    #[test]
    fn a_session_is_listed_for_a_week_after_its_end() {
        let mut state = state();
        let (count, id) = (state.sessions.len(), state.sessions[0].id.clone());
        end_session(&mut state, &id, Status::Revoked).unwrap();
        state.set_time(state.now_ms + WEEK_MS - 1);
        state.prune_sessions();
        assert!(state.sessions.len() == count && state.session(&id).is_some());
        state.set_time(state.now_ms + 2);
        state.prune_sessions();
        assert_eq!(state.session(&id).map(|session| session.status), None);
    }

    #[test]
    fn a_session_that_expires_is_pruned_like_one_that_was_ended() {
        let mut state = state();
        for _ in 0..3 {
            state.set_time(state.now_ms + WEEK_MS);
            update_session_statuses(&mut state);
            state.prune_sessions();
        }
        assert!(state.sessions.is_empty());
    }

    #[test]
    fn finished_and_abandoned_attempts_are_forgotten() {
        let mut state = state();
        let mut finished = state.sign_ins.start("client_1", "ada@example.com", state.now_ms);
        finished.session = Some("sess_1".to_owned());
        state.sign_ins.update(&finished);
        let abandoned = state.sign_ins.start("client_2", "max@example.com", state.now_ms);
        let sign_up = state.sign_ups.start("client_3", state.now_ms);
        state.totp_enrolments.start("user_1", "secret", state.now_ms);
        state.set_time(state.now_ms + LIFETIME_MS - 1);
        assert!(state.sign_ins.of_client("client_1").is_none());
        assert!(state.sign_ins.find(&abandoned.id, "client_2").is_some());
        assert!(state.sign_ups.of_client("client_3").is_some_and(|found| found.id == sign_up.id));
        state.set_time(state.now_ms + 1);
        assert!(state.sign_ins.of_client("client_2").is_none() && state.sign_ups.of_client("client_3").is_none());
        assert_eq!(state.totp_enrolments.secret("user_1"), None);
    }
}
