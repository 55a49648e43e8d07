//! Organizations and who belongs to them.

use super::Page;
use super::lists::{Asked, Keys};
use crate::roles::new_id;
use crate::state::{Membership, Organization, State as Everything};
use crate::webhooks::Change;
use crate::{Clerk, answer, now_ms, objects};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

const KEYS: &Keys = &[("created_at", "/created_at"), ("name", "/name"), ("members_count", "/members_count")];
const MEMBER_KEYS: &Keys = &[
    ("created_at", "/created_at"),
    ("role", "/role"),
    ("first_name", "/public_user_data/first_name"),
    ("last_name", "/public_user_data/last_name"),
    ("email_address", "/public_user_data/identifier"),
];

pub(super) async fn list(State(clerk): State<Clerk>, Query(asked): Query<Asked>, Query(page): Query<Page>) -> Response {
    let (state, text) = (clerk.state(), asked.text("query"));
    let fits = |found: &&Organization| {
        (found.id == text || format!("{} {}", found.name, found.slug).to_lowercase().contains(&text))
            && asked.any("organization_id", |id| id == found.id)
            && asked.any("user_id", |user| state.membership(&found.id, user).is_some())
    };
    let found = state.organizations.iter().filter(fits).map(|found| objects::organization(&state, found)).collect();
    asked.ordered(found, KEYS).map_or_else(|refused| refused, |list| page.counted(list))
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(name): Path<String>) -> Response {
    let state = clerk.state();
    let found = state.organization(&name).map(|found| objects::organization(&state, found));
    found.map_or_else(answer::not_found, |found| Json(found).into_response())
}

/// What an organization is to be; absent is as it is.
#[derive(Deserialize)]
pub(super) struct Wanted {
    name: Option<String>,
    slug: Option<String>,
    /// Who makes it and belongs to it.
    created_by: Option<String>,
}

impl Wanted {
    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    fn check(&self, state: &Everything, own: &str) -> Result<(), Response> {
        if self.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(answer::field_error("form_param_missing", "name", "An organization has a name."));
        }
        let Some(slug) = &self.slug else { return Ok(()) };
        if slug.is_empty() || !slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            let text = "Small letters, digits and hyphens.";
            return Err(answer::field_error("form_param_format_invalid", "slug", text));
        }
        if state.organization(slug).is_some_and(|found| found.id != own) {
            return Err(answer::field_error("form_identifier_exists", "slug", "Another organization has this slug."));
        }
        Ok(())
    }
}

/// A slug from a name; a number at its end where another organization has it.
fn slug_of(state: &Everything, name: &str) -> String {
    let plain = name.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let parts: Vec<_> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let base = if parts.is_empty() { "organization".to_owned() } else { parts.join("-") };
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|slug| state.organization(slug).is_none()).unwrap_or(base)
}

pub(super) async fn create(State(clerk): State<Clerk>, Json(wanted): Json<Wanted>) -> Response {
    let Some(name) = wanted.name.clone() else {
        return answer::field_error("form_param_missing", "name", "An organization has a name.");
    };
    let object = {
        let mut state = clerk.state();
        if let Err(refused) = wanted.check(&state, "") {
            return refused;
        }
        if wanted.created_by.as_ref().is_some_and(|user| state.user(user).is_none()) {
            return answer::not_found();
        }
        let (slug, now_ms) = (wanted.slug.unwrap_or_else(|| slug_of(&state, &name)), now_ms());
        let made = Organization { id: new_id("org"), name, slug, created_at: now_ms, updated_at: now_ms };
        state.organizations.push(made.clone());
        let role = state.roles.of_creator().map(|role| role.key.clone());
        let member = wanted.created_by.zip(role).map(|(user, role)| Membership {
            organization: made.id.clone(),
            user,
            role,
            created_at: now_ms,
            updated_at: now_ms,
        });
        member.iter().for_each(|member| state.join(member.clone()));
        clerk.webhooks.organization(&state, &made, Change::Created);
        if let Some(object) = member.and_then(|member| objects::membership(&state, &member)) {
            clerk.webhooks.membership(&object, Change::Created);
        }
        objects::organization(&state, &made)
    };
    clerk.save();
    Json(object).into_response()
}

pub(super) async fn change_it(
    State(clerk): State<Clerk>,
    Path(name): Path<String>,
    Json(wanted): Json<Wanted>,
) -> Response {
    let object = {
        let mut state = clerk.state();
        let Some(id) = state.organization(&name).map(|found| found.id.clone()) else { return answer::not_found() };
        if let Err(refused) = wanted.check(&state, &id) {
            return refused;
        }
        let Some(found) = state.organizations.iter_mut().find(|found| found.id == id) else {
            return answer::not_found();
        };
        found.name = wanted.name.unwrap_or_else(|| found.name.clone());
        found.slug = wanted.slug.unwrap_or_else(|| found.slug.clone());
        found.updated_at = now_ms();
        let found = found.clone();
        clerk.webhooks.organization(&state, &found, Change::Updated);
        objects::organization(&state, &found)
    };
    clerk.save();
    Json(object).into_response()
}

pub(super) async fn memberships(
    State(clerk): State<Clerk>,
    Path(organization): Path<String>,
    Query(asked): Query<Asked>,
    Query(page): Query<Page>,
) -> Response {
    let (state, text) = (clerk.state(), asked.text("query"));
    let Some(of) = state.organization(&organization) else { return answer::not_found() };
    let fits = |membership: &&Membership| {
        let about = state.user(&membership.user).map(|user| format!("{} {} {}", user.name(), user.email, user.id));
        membership.organization == of.id
            && about.is_some_and(|about| about.to_lowercase().contains(&text))
            && asked.any("role", |role| role.trim_start_matches("org:") == membership.role)
            && asked.any("user_id", |user| user == membership.user)
    };
    let found = state.memberships.iter().filter(fits).filter_map(|found| objects::membership(&state, found)).collect();
    asked.ordered(found, MEMBER_KEYS).map_or_else(|refused| refused, |list| page.counted(list))
}

#[derive(Deserialize)]
pub(super) struct Role {
    role: String,
}

#[derive(Deserialize)]
pub(super) struct Member {
    user_id: String,
    role: String,
}

#[expect(clippy::result_large_err, reason = "a refusal is an answer")]
fn role(clerk: &Clerk, text: &str) -> Result<String, Response> {
    let found = clerk.state().roles.role(text).map(|role| role.key.clone());
    let text = "There is no such role.";
    found.ok_or_else(|| answer::field_error("form_param_value_invalid", "role", text))
}

pub(super) async fn add_member(
    State(clerk): State<Clerk>,
    Path(organization): Path<String>,
    Json(asked): Json<Member>,
) -> Response {
    let role = match role(&clerk, &asked.role) {
        Ok(role) => role,
        Err(refused) => return refused,
    };
    let now_ms = now_ms();
    let object = {
        let mut state = clerk.state();
        let Some(organization) = state.organization(&organization).map(|found| found.id.clone()) else {
            return answer::not_found();
        };
        let member = Membership { organization, user: asked.user_id, role, created_at: now_ms, updated_at: now_ms };
        if state.membership(&member.organization, &member.user).is_some() {
            let text = "They are a member already.";
            return answer::error(StatusCode::BAD_REQUEST, "already_a_member_in_organization", text);
        }
        let Some(object) = objects::membership(&state, &member) else { return answer::not_found() };
        state.join(member);
        clerk.webhooks.membership(&object, Change::Created);
        object
    };
    clerk.save();
    Json(object).into_response()
}

pub(super) async fn change_role(
    State(clerk): State<Clerk>,
    Path((organization, user)): Path<(String, String)>,
    Json(asked): Json<Role>,
) -> Response {
    let role = match role(&clerk, &asked.role) {
        Ok(role) => role,
        Err(refused) => return refused,
    };
    change(&clerk, &organization, &user, Change::Updated, |membership| {
        (membership.role, membership.updated_at) = (role, now_ms());
    })
}

pub(super) async fn remove_member(
    State(clerk): State<Clerk>,
    Path((organization, user)): Path<(String, String)>,
) -> Response {
    change(&clerk, &organization, &user, Change::Deleted, |_| {})
}

fn change(
    clerk: &Clerk,
    organization: &str,
    user: &str,
    kind: Change,
    change: impl FnOnce(&mut Membership),
) -> Response {
    let object = {
        let mut state = clerk.state();
        let is_it = |membership: &Membership| membership.organization == organization && membership.user == user;
        let Some(place) = state.memberships.iter().position(is_it) else { return answer::not_found() };
        if let Some(membership) = state.memberships.get_mut(place) {
            change(membership);
        }
        let object = state.memberships.get(place).and_then(|membership| objects::membership(&state, membership));
        let Some(object) = object else { return answer::not_found() };
        if kind == Change::Deleted {
            state.memberships.remove(place);
        }
        clerk.webhooks.membership(&object, kind);
        object
    };
    clerk.save();
    Json(object).into_response()
}
