//! `/styleguide`: every component in its states. Only development builds contain it.

use crate::app_state::AppState;
use crate::documents;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Html;
use axum::routing::get;
use leptos::prelude::*;

/// The route. The page shows no data, so it stands outside of the gate.
pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/styleguide", get(page))
}

async fn page(State(app): State<AppState>, request: Request) -> Html<String> {
    let url = request.uri().to_string();
    documents::render(request.headers(), || app::shell::styleguide_page(&url, app.leptos.clone()).to_html())
}
