//! Users and organizations go with everything that hangs on them, and the application hears of each part.

use crate::state::{Membership, State as Everything, Status};
use crate::webhooks::Change;
use crate::{Clerk, answer, objects};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

pub(super) async fn user(State(clerk): State<Clerk>, Path(id): Path<String>) -> Response {
    if clerk.state().user(&id).is_none() {
        return answer::not_found();
    }
    clerk.end_sessions_of(&id, None, Status::Revoked);
    let object = objects::deleted("user", &id);
    {
        let mut state = clerk.state();
        clerk.remove_memberships(&mut state, |membership| membership.user == id);
        state.sessions.retain(|session| session.user != id);
        state.users.retain(|user| user.id != id);
        clerk.webhooks.gone("user", &object);
    }
    clerk.save();
    Json(object).into_response()
}

pub(super) async fn organization(State(clerk): State<Clerk>, Path(name): Path<String>) -> Response {
    let object = {
        let mut state = clerk.state();
        let Some(found) = state.organization(&name).cloned() else { return answer::not_found() };
        clerk.remove_memberships(&mut state, |membership| membership.organization == found.id);
        state.organizations.retain(|organization| organization.id != found.id);
        let mut object = objects::deleted("organization", &found.id);
        object["slug"] = found.slug.into();
        clerk.webhooks.gone("organization", &object);
        object
    };
    clerk.save();
    Json(object).into_response()
}

impl Clerk {
    fn remove_memberships(&self, state: &mut Everything, is_one: impl Fn(&Membership) -> bool) {
        let gone: Vec<Value> = {
            let found = state.memberships.iter().filter(|membership| is_one(membership));
            found.filter_map(|membership| objects::membership(state, membership)).collect()
        };
        state.memberships.retain(|membership| !is_one(membership));
        gone.iter().for_each(|object| self.webhooks.membership(object, Change::Deleted));
    }
}
