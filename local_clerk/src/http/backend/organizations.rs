//! Organizations.

use crate::http::lists::{ListQuery, Page, SortKeys};
use crate::json::organizations::{deleted_organization, organization};
use crate::model::{Organization, OrganizationParams, Refused};
use crate::{http::answer::Answer, model::commands::organizations as commands, server::Clerk};
use axum::{Json, extract::Path, extract::Query};

const SORT_KEYS: &SortKeys = &[("created_at", "/created_at"), ("name", "/name"), ("members_count", "/members_count")];

pub(super) async fn list(clerk: Clerk, Query(query): Query<ListQuery>, Query(page): Query<Page>) -> Answer {
    let (state, text) = (clerk.state(), query.search("query"));
    let is_match = |found: &&Organization| {
        (found.id == text || format!("{} {}", found.name, found.slug).to_lowercase().contains(&text))
            && query.matches("organization_id", |id| id == found.id)
            && query.matches("user_id", |user| state.membership(&found.id, user).is_some())
    };
    let found = state.organizations.iter().filter(is_match);
    let list = found.map(|found| organization(&state.organization_details(found))).collect();
    Ok(page.counted(query.sorted(list, SORT_KEYS)?))
}

/// `name`: id or slug.
pub(super) async fn show(clerk: Clerk, Path(name): Path<String>) -> Answer {
    let state = clerk.state();
    let found = state.organization(&name).ok_or_else(Refused::not_found)?;
    Ok(Json(organization(&state.organization_details(found))))
}

pub(super) async fn create(clerk: Clerk, Json(params): Json<OrganizationParams>) -> Answer {
    let created = clerk.commit(|state| commands::create_organization(state, params)).await?;
    Ok(Json(organization(&created)))
}

pub(super) async fn update(clerk: Clerk, Path(name): Path<String>, Json(params): Json<OrganizationParams>) -> Answer {
    let updated = clerk.commit(|state| commands::update_organization(state, &name, params)).await?;
    Ok(Json(organization(&updated)))
}

pub(super) async fn delete(clerk: Clerk, Path(name): Path<String>) -> Answer {
    let deleted = clerk.commit(|state| commands::delete_organization(state, &name)).await?;
    Ok(Json(deleted_organization(&deleted.id, &deleted.slug)))
}
