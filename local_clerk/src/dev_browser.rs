//! Development without a proxy: cookies of the Frontend API are a third party's there, so the browser is known by `__clerk_db_jwt` in the query.
//!
//! Scripts can read this value; at Clerk, too, only development instances take it for a name.

use crate::instance::Instance;
use crate::session::client;
use crate::state::State as Everything;
use crate::{Clerk, identity};
use aws_lc_rs::digest;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use serde::{Deserialize, Serialize};

/// So many are remembered.
const KEPT: usize = 1000;

/// A value that a browser goes by, and the client that it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DevBrowser {
    id: String,
    client: String,
}

/// The value that goes with a client's cookies. It follows from the client, and the client does not follow from it.
pub(crate) fn of_client(client: &str) -> String {
    if client.is_empty() {
        return new();
    }
    let hash = digest::digest(&digest::SHA256, format!("dev browser of {client}").as_bytes());
    format!("dvb_{}", hash.as_ref().iter().take(20).map(|byte| format!("{byte:02x}")).collect::<String>())
}

pub(crate) fn new() -> String {
    format!("dvb_{}", identity::random_id())
}

impl Everything {
    fn client_of_dev_browser(&self, id: &str) -> Option<String> {
        let bound = self.dev_browsers.iter().find(|browser| browser.id == id).map(|browser| browser.client.clone());
        let derived = || self.sessions.iter().find(|session| of_client(&session.client) == id);
        bound.or_else(|| derived().map(|session| session.client.clone()))
    }

    /// Whether that is news.
    fn bind_dev_browser(&mut self, id: String, client: String) -> bool {
        if self.client_of_dev_browser(&id).is_some_and(|known| known == client) {
            return false;
        }
        self.dev_browsers.retain(|browser| browser.id != id);
        let surplus = (self.dev_browsers.len() + 1).saturating_sub(KEPT);
        self.dev_browsers.drain(..surplus);
        self.dev_browsers.push(DevBrowser { id, client });
        true
    }
}

/// Finds the client of a request that brings no cookie, and remembers whom an answer makes of the browser.
pub(crate) async fn known(State(clerk): State<Clerk>, mut request: Request, next: Next) -> Response {
    let asked = match clerk.options.instance {
        Instance::Development => in_query(&request),
        Instance::Production => None,
    };
    let Some(id) = asked else { return next.run(request).await };
    let found = if client(request.headers()).is_empty() { clerk.state().client_of_dev_browser(&id) } else { None };
    if let Some(client) = found {
        add_client(request.headers_mut(), &client);
    }
    let response = next.run(request).await;
    let news = named(response.headers()).is_some_and(|client| clerk.state().bind_dev_browser(id, client));
    if news {
        clerk.save();
    }
    response
}

fn in_query(request: &Request) -> Option<String> {
    let query = url::form_urlencoded::parse(request.uri().query()?.as_bytes());
    let mut values = query.filter(|(name, _)| name == "__clerk_db_jwt").map(|(_, value)| value);
    values.next().filter(|value| value.starts_with("dvb_") && value.len() <= 64).map(Into::into)
}

fn add_client(headers: &mut HeaderMap, client: &str) {
    if let Ok(pair) = HeaderValue::from_str(&format!("__client={client}")) {
        headers.append(header::COOKIE, pair);
    }
}

/// The client that an answer names.
pub(crate) fn named(headers: &HeaderMap) -> Option<String> {
    let directives = headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut clients = directives.filter_map(|text| text.strip_prefix("__client=")?.split(';').next());
    clients.next_back().filter(|client| client.starts_with("client_")).map(str::to_owned)
}
