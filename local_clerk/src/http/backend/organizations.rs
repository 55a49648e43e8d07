//! Organizations. Their names in a path are ids or slugs.

use super::handlers::{create, run, run_with, show};
use crate::http::lists::{ListQuery, SortKeys};
use crate::json::{deleted, organizations::organization};
use crate::model::Organization;
use crate::{http::answer::Answer, model::commands::organizations as commands, server::Clerk};
use axum::{Router, routing::MethodFilter, routing::get};

pub(super) fn routes() -> Router<Clerk> {
    let show =
        show(|state, name| state.organization(name).map(|found| organization(&state.organization_details(found))));
    let change = run_with(MethodFilter::PATCH, commands::update_organization, organization);
    let delete = run(MethodFilter::DELETE, commands::delete_organization, deleted);
    Router::new()
        .route("/v1/organizations", get(list).merge(create(commands::create_organization, organization)))
        .route("/v1/organizations/{organization}", show.merge(change).merge(delete))
}

const SORT_KEYS: &SortKeys = &[("created_at", "/created_at"), ("name", "/name"), ("members_count", "/members_count")];

async fn list(clerk: Clerk, query: ListQuery) -> Answer {
    let (state, text) = (clerk.state(), query.search("query"));
    let is_match = |found: &&Organization| {
        (found.id == text || format!("{} {}", found.name, found.slug).to_lowercase().contains(&text))
            && query.matches("organization_id", |id| id == found.id)
            && query.matches("user_id", |user| state.membership(&found.id, user).is_some())
    };
    let found = state.organizations.iter().filter(is_match);
    query.answer(found.map(|found| organization(&state.organization_details(found))), SORT_KEYS)
}
