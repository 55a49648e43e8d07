//! Organizations as their members see and change them: ClerkJS's switcher and profile.

use super::caller::Caller;
use super::with_client;
use crate::state::Organization;
use crate::webhooks::Change;
use crate::{Clerk, answer, identity, now_ms, objects};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    name: Option<String>,
    slug: Option<String>,
}

fn slug(text: &str) -> String {
    let plain: String = text.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    let parts: Vec<_> = plain.split('-').filter(|part| !part.is_empty()).collect();
    parts.join("-").to_lowercase()
}

pub(super) async fn create(State(clerk): State<Clerk>, caller: Caller, Form(wish): Form<Wish>) -> Response {
    let asked = wish.slug.filter(|slug| !slug.is_empty());
    match clerk.make_organization(&caller.session.user, &wish.name.unwrap_or_default(), asked) {
        Ok(object) => with_client(&clerk, &caller.client, &object),
        Err(refused) => refused,
    }
}

impl Clerk {
    /// Who makes one is its administrator.
    #[expect(clippy::result_large_err, reason = "a refusal is an answer")]
    pub(crate) fn make_organization(&self, user: &str, name: &str, asked: Option<String>) -> Result<Value, Response> {
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 256 {
            return Err(answer::field_error("form_param_missing", "name", "A name is needed."));
        }
        let object = {
            let (mut state, now_ms, id) = (self.state(), now_ms(), identity::random_id());
            let slug = match asked {
                Some(asked) if asked != slug(&asked) || state.organization(&asked).is_some() => {
                    let text = "Take another name for addresses.";
                    return Err(answer::field_error("form_param_value_invalid", "slug", text));
                }
                Some(asked) => asked,
                None => format!("{}-{}", slug(&name), id.get(..8).unwrap_or_default()),
            };
            let new = Organization { id: format!("org_{id}"), name, slug, created_at: now_ms, updated_at: now_ms };
            state.organizations.push(new.clone());
            self.webhooks.organization(&state, &new, Change::Created);
            self.add_member(&mut state, new.id.clone(), user, "admin");
            objects::organization(&state, &new)
        };
        self.save();
        Ok(object)
    }
}

pub(super) async fn show(State(clerk): State<Clerk>, Path(id): Path<String>, caller: Caller) -> Response {
    if let Err(refused) = caller.needs(&clerk, &id, false) {
        return refused;
    }
    let object = {
        let state = clerk.state();
        state.organization(&id).map(|found| objects::organization(&state, found))
    };
    object.map_or_else(answer::not_found, |object| with_client(&clerk, &caller.client, &object))
}

pub(super) async fn change(
    State(clerk): State<Clerk>,
    Path(id): Path<String>,
    caller: Caller,
    Form(wish): Form<Wish>,
) -> Response {
    if let Err(refused) = caller.needs(&clerk, &id, true) {
        return refused;
    }
    let object = {
        let mut state = clerk.state();
        let asked = wish.slug.filter(|slug| !slug.is_empty());
        let is_free =
            |asked: &String| *asked == slug(asked) && state.organization(asked).is_none_or(|found| found.id == id);
        if asked.as_ref().is_some_and(|asked| !is_free(asked)) {
            return answer::field_error("form_param_value_invalid", "slug", "Take another name for addresses.");
        }
        let Some(found) = state.organizations.iter_mut().find(|found| found.id == id) else {
            return answer::not_found();
        };
        found.name = wish.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| found.name.clone());
        found.slug = asked.unwrap_or_else(|| found.slug.clone());
        found.updated_at = now_ms();
        let found = found.clone();
        clerk.webhooks.organization(&state, &found, Change::Updated);
        objects::organization(&state, &found)
    };
    clerk.save();
    with_client(&clerk, &caller.client, &object)
}

pub(super) async fn roles(State(clerk): State<Clerk>, Path(id): Path<String>, caller: Caller) -> Response {
    if let Err(refused) = caller.needs(&clerk, &id, false) {
        return refused;
    }
    let list: Vec<_> = {
        let state = clerk.state();
        state.roles.roles.iter().map(|role| objects::role(&state.roles, role)).collect()
    };
    with_client(&clerk, &caller.client, &json!({ "total_count": list.len(), "data": list }))
}

/// What components ask about and this Clerk does not have: domains, requests to join.
pub(super) async fn nothing(State(clerk): State<Clerk>, Path(id): Path<String>, caller: Caller) -> Response {
    if let Err(refused) = caller.needs(&clerk, &id, false) {
        return refused;
    }
    with_client(&clerk, &caller.client, &json!({ "total_count": 0, "data": [] }))
}
