//! Dev browsers: a development instance knows a browser by `__clerk_db_jwt` in the query, because
//! without a proxy the cookies of the Frontend API are third-party cookies.

use crate::random::new_id;
use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

/// How many are stored.
const CAPACITY: usize = 1000;

/// A value of `__clerk_db_jwt`, and the client that it stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct DevBrowser {
    id: String,
    client: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct DevBrowsers(Vec<DevBrowser>);

impl DevBrowsers {
    pub(crate) fn client(&self, id: &str) -> Option<&str> {
        self.0.iter().find(|browser| browser.id == id).map(|browser| browser.client.as_str())
    }

    /// Binds a dev browser to a client, and drops the oldest ones.
    pub(crate) fn bind(&mut self, id: &str, client: &str) {
        self.0.retain(|browser| browser.id != id);
        let surplus = (self.0.len() + 1).saturating_sub(CAPACITY);
        self.0.drain(..surplus);
        self.0.push(DevBrowser { id: id.to_owned(), client: client.to_owned() });
    }
}

pub(crate) fn new_dev_browser() -> String {
    new_id("dvb")
}

/// The dev browser of a client. It follows from the client, and not the other way round.
pub(crate) fn dev_browser_of_client(client: &str) -> String {
    if client.is_empty() {
        return new_dev_browser();
    }
    let hash = digest::digest(&digest::SHA256, format!("dev browser of {client}").as_bytes());
    format!("dvb_{:.40}", HEXLOWER.encode(hash.as_ref()))
}
