//! The settings of a local Clerk.

use crate::{instance::Instance, model::role::DEFAULT_PERMISSIONS};
use std::{path::PathBuf, sync::Arc, sync::atomic::AtomicI64};

/// Where a local Clerk keeps its data, and which application it serves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folder for keys and state. It holds secrets of a development machine.
    pub data_dir: PathBuf,
    /// Development or production.
    pub instance: Instance,
    /// Whether every user must belong to an organization. A user without one then gets a pending
    /// session until they choose one.
    pub membership_required: bool,
    /// Keys of the permissions that the application declares, `org:<feature>:<permission>`. The
    /// demo roles grant them, also in a data folder that was created with fewer.
    pub permissions: Vec<String>,
    /// Name of the application, in mails, authenticator apps and Clerk's components.
    pub application: String,
    /// Styles that the hosted pages add to their own, such as the colors of the application.
    pub style: String,
    /// Origin of the application, as people reach it; https only on the loopback.
    pub public_origin: String,
    /// Where webhooks are sent.
    pub webhook_url: String,
    /// Folder with Clerk's browser packages as npm unpacks them (`clerk-js/` and `ui/`). Without it
    /// only the hosted pages are available.
    pub clerk_js: Option<PathBuf>,
    /// Factor for the pauses between delivery attempts of a webhook: 1 is Svix's schedule, more
    /// than a day. The default takes two minutes for all attempts.
    pub webhook_time_scale: f64,
    /// How far the clock is ahead of the system's, in milliseconds. `POST /_local/clock` adds to
    /// it. An application that shares the value sees the same time.
    pub clock_turned_by_ms: Arc<AtomicI64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data_dir: "data/local_clerk".into(),
            instance: Instance::Development,
            membership_required: false,
            permissions: DEFAULT_PERMISSIONS.map(str::to_owned).into(),
            application: "My application".to_owned(),
            style: String::new(),
            public_origin: "http://localhost:3000".to_owned(),
            webhook_url: "http://localhost:3000/api/webhooks/clerk".to_owned(),
            clerk_js: None,
            webhook_time_scale: 0.0012,
            clock_turned_by_ms: Arc::default(),
        }
    }
}
