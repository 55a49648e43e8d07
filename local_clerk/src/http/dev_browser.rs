//! Identifies a browser without cookies by `__clerk_db_jwt` in the query. Scripts can read this
//! value, so only a development instance accepts it.

use super::extract::{client_id, client_id_of_answer};
use crate::{model::dev_browser::dev_browser_of_client, server::Clerk};
use axum::{extract::Request, http::HeaderValue, http::header, middleware::Next, response::Response};

pub(super) async fn identify_dev_browser(clerk: Clerk, mut request: Request, next: Next) -> Response {
    let Some(id) = in_query(&request).filter(|_| clerk.is_development()) else { return next.run(request).await };
    let is_unknown = client_id(request.headers()).is_empty();
    let found = if is_unknown { client_of(&clerk, &id) } else { None };
    if let Some(pair) = found.and_then(|client| HeaderValue::from_str(&format!("__client={client}")).ok()) {
        request.headers_mut().append(header::COOKIE, pair);
    }
    let response = next.run(request).await;
    let client = client_id_of_answer(response.headers());
    if let Some(client) = client.filter(|client| client_of(&clerk, &id).as_ref() != Some(client)) {
        let bind = clerk.commit(|state| {
            state.dev_browsers.bind(&id, &client);
            Ok(())
        });
        let _ = bind.await;
    }
    response
}

/// The client that was bound to a dev browser, or from which the dev browser was derived.
fn client_of(clerk: &Clerk, id: &str) -> Option<String> {
    let state = clerk.state();
    let derived = || state.sessions.iter().find(|session| dev_browser_of_client(&session.client) == id);
    let bound = state.dev_browsers.client(id).map(str::to_owned);
    bound.or_else(|| derived().map(|session| session.client.clone()))
}

fn in_query(request: &Request) -> Option<String> {
    let query = url::form_urlencoded::parse(request.uri().query()?.as_bytes());
    let mut values = query.filter(|(name, _)| name == "__clerk_db_jwt").map(|(_, value)| value);
    values.next().filter(|value| value.starts_with("dvb_") && value.len() <= 64).map(Into::into)
}
