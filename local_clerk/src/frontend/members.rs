//! Members of an organization and the people who are invited to it, as administrators of it see and change them.
#![expect(clippy::result_large_err, reason = "a refusal is an answer")]

use super::caller::Caller;
use super::with_client;
use crate::invitations::Wish;
use crate::state::Membership;
use crate::webhooks::Change;
use crate::{Clerk, answer, now_ms, objects};
use axum::Form;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Filter {
    limit: Option<usize>,
    offset: usize,
    query: String,
    status: Option<String>,
}

fn counted(clerk: &Clerk, caller: &Caller, filter: &Filter, list: Vec<Value>) -> Response {
    let total = list.len();
    let page: Vec<_> = list.into_iter().skip(filter.offset).take(filter.limit.unwrap_or(10).clamp(1, 500)).collect();
    with_client(clerk, &caller.client, &json!({ "data": page, "total_count": total }))
}

pub(super) async fn list(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
    caller: Caller,
) -> Response {
    if let Err(refused) = caller.needs(&clerk, &id, false) {
        return refused;
    }
    let text = filter.query.trim().to_lowercase();
    let list: Vec<_> = {
        let state = clerk.state();
        let is_meant = |member: &&Membership| {
            let user = state.user(&member.user);
            user.is_some_and(|user| format!("{} {}", user.name(), user.email).to_lowercase().contains(&text))
        };
        let of_it = state.memberships.iter().filter(|member| member.organization == id).filter(is_meant);
        of_it.filter_map(|member| objects::membership(&state, member)).collect()
    };
    counted(&clerk, &caller, &filter, list)
}

#[derive(Deserialize)]
pub(super) struct Role {
    role: String,
}

pub(super) async fn change(
    State(clerk): State<Clerk>,
    Path((id, user)): Path<(String, String)>,
    caller: Caller,
    Form(asked): Form<Role>,
) -> Response {
    let role = asked.role.trim_start_matches("org:");
    if let Err(refused) = caller.needs(&clerk, &id, true) {
        return refused;
    }
    if clerk.state().roles.role(role).is_none() {
        return answer::field_error("form_param_value_invalid", "role", "There is no such role.");
    }
    match clerk.change_role(&id, &user, role) {
        Ok(object) => with_client(&clerk, &caller.client, &object),
        Err(refused) => refused,
    }
}

pub(super) async fn remove(
    State(clerk): State<Clerk>,
    Path((id, user)): Path<(String, String)>,
    caller: Caller,
) -> Response {
    match caller.needs(&clerk, &id, true).and_then(|()| clerk.remove_member(&id, &user)) {
        Ok(object) => with_client(&clerk, &caller.client, &object),
        Err(refused) => refused,
    }
}

impl Clerk {
    fn change_role(&self, organization: &str, user: &str, role: &str) -> Result<Value, Response> {
        self.change_member(organization, user, role != "admin", Change::Updated, |membership| {
            (membership.role, membership.updated_at) = (role.to_owned(), now_ms());
        })
    }

    pub(super) fn remove_member(&self, organization: &str, user: &str) -> Result<Value, Response> {
        self.change_member(organization, user, true, Change::Deleted, |_| {})
    }

    /// An organization keeps an administrator.
    fn change_member(
        &self,
        organization: &str,
        user: &str,
        takes_admin: bool,
        kind: Change,
        change: impl FnOnce(&mut Membership),
    ) -> Result<Value, Response> {
        let object = {
            let mut state = self.state();
            let is_it = |found: &Membership| found.organization == organization && found.user == user;
            let others =
                |found: &Membership| found.organization == organization && found.user != user && found.role == "admin";
            let keeps_one = state.memberships.iter().any(others);
            let found = state.memberships.iter_mut().find(|found| is_it(found)).ok_or_else(answer::not_found)?;
            if takes_admin && found.role == "admin" && !keeps_one {
                let text = "An organization needs an administrator.";
                let code = "organization_minimum_permissions_needed";
                return Err(answer::error(StatusCode::FORBIDDEN, code, text));
            }
            change(found);
            let found = found.clone();
            let object = objects::membership(&state, &found).ok_or_else(answer::not_found)?;
            if kind == Change::Deleted {
                state.memberships.retain(|found| !is_it(found));
            }
            self.webhooks.membership(&object, kind);
            object
        };
        self.save();
        Ok(object)
    }
}

pub(super) async fn invitations(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
    caller: Caller,
) -> Response {
    if let Err(refused) = caller.needs(&clerk, &id, true) {
        return refused;
    }
    let list = clerk.state().invitations_of(Some(&id), filter.status.as_deref());
    counted(&clerk, &caller, &filter, list)
}

/// One address or several, each in a field of its own.
pub(super) async fn invite(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    caller: Caller,
    form: Bytes,
) -> Response {
    if let Err(refused) = caller.needs(&clerk, &id, true) {
        return refused;
    }
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&form).into_owned().collect();
    let role = fields.iter().find(|(name, _)| name == "role").map(|(_, role)| role.clone()).unwrap_or_default();
    let addresses = fields.into_iter().filter(|(name, _)| name.starts_with("email_address"));
    let wishes: Vec<_> = addresses
        .map(|(_, email_address)| Wish {
            email_address,
            role: role.clone(),
            inviter_user_id: Some(caller.session.user.clone()),
            ..Wish::default()
        })
        .collect();
    match clerk.invite(Some(&id), &wishes) {
        Ok(mut made) if wishes.len() == 1 => with_client(&clerk, &caller.client, &json!(made.pop())),
        Ok(made) => with_client(&clerk, &caller.client, &json!(made)),
        Err(refused) => refused.answer(),
    }
}

pub(super) async fn revoke(
    State(clerk): State<Clerk>,
    Path((id, invitation)): Path<(String, String)>,
    caller: Caller,
) -> Response {
    if let Err(refused) = caller.needs(&clerk, &id, true) {
        return refused;
    }
    let known = clerk.state().invitation(Some(&id), &invitation).is_some();
    match if known { clerk.revoke_invitation(&invitation) } else { None } {
        Some(revoked) => {
            let object = revoked.object(&clerk.state());
            with_client(&clerk, &caller.client, &object)
        }
        None => answer::not_found(),
    }
}
