//! The options of a local Clerk for tests.

use super::ORIGIN;
use local_clerk::Options;
use std::path::Path;

/// A local Clerk with its data in this folder. Nothing listens where it sends its webhooks, so the
/// local copy knows only what Clerk's API answers.
pub fn without_webhooks(data_dir: &Path) -> Options {
    Options {
        data_dir: data_dir.to_owned(),
        public_origin: ORIGIN.to_owned(),
        webhook_url: "http://127.0.0.1:9/".to_owned(),
        ..Options::default()
    }
}
