//! Parts of the configuration, for commands that need only some of the variables. A backup of the
//! database must not fail because a key of Clerk is missing.

use super::problems::Problems;
use super::variables::Variables;
use super::{clerk, log, retention, site};
use crate::db::{self, AddressError};
use crate::retention::Retention;
use domain::brand::DATABASE_URL;
use secrecy::SecretString;
use std::net::SocketAddr;
use tracing_subscriber::EnvFilter;

/// The settings of a synchronization with Clerk.
#[derive(Debug)]
pub struct SyncSettings {
    /// `sqlite://…` or `postgres://…`.
    pub database_url: SecretString,
    /// Backend API, without trailing slash.
    pub api_url: String,
    /// Authenticates calls to the Backend API.
    pub secret_key: SecretString,
}

/// The settings of the deletion of old rows.
#[derive(Debug)]
pub struct PruneSettings {
    /// `sqlite://…` or `postgres://…`.
    pub database_url: SecretString,
    /// How long rows are kept.
    pub retention: Retention,
}

/// Reads `DATABASE_URL`.
///
/// # Errors
/// Every problem of the variable.
pub fn database(source: &dyn Fn(&str) -> Option<String>) -> Result<SecretString, Problems> {
    part(source, database_url)
}

/// Reads `DATABASE_URL`, `CLERK_SECRET_KEY` and `CLERK_API_URL`.
///
/// # Errors
/// Every problem of these variables.
pub fn synchronization(source: &dyn Fn(&str) -> Option<String>) -> Result<SyncSettings, Problems> {
    part(source, |variables, problems| {
        let (api_url, secret_key) = clerk::backend_api(variables, problems);
        SyncSettings { database_url: database_url(variables, problems), api_url, secret_key }
    })
}

/// Reads `CLERK_API_URL` and `CLERK_SECRET_KEY`, and returns both.
///
/// # Errors
/// Every problem of these variables.
pub fn backend_api(source: &dyn Fn(&str) -> Option<String>) -> Result<(String, SecretString), Problems> {
    part(source, clerk::backend_api)
}

/// Reads `DATABASE_URL` and the variables that begin with `RETAIN_`.
///
/// # Errors
/// Every problem of these variables.
pub fn pruning(source: &dyn Fn(&str) -> Option<String>) -> Result<PruneSettings, Problems> {
    part(source, |variables, problems| PruneSettings {
        database_url: database_url(variables, problems),
        retention: retention::read(variables, problems),
    })
}

/// Reads `LEPTOS_SITE_ADDR`, the address of the public listener.
///
/// # Errors
/// The variable is not an address.
pub fn address(source: &dyn Fn(&str) -> Option<String>) -> Result<SocketAddr, Problems> {
    part(source, site::address)
}

/// Reads `RUST_LOG`, the filter of log lines.
///
/// # Errors
/// The variable is not a filter.
pub fn log_filter(source: &dyn Fn(&str) -> Option<String>) -> Result<EnvFilter, Problems> {
    part(source, log::read)
}

pub(super) fn database_url(variables: &Variables<'_>, problems: &mut Problems) -> SecretString {
    let url = variables.get("DATABASE_URL").unwrap_or_else(|| DATABASE_URL.to_owned());
    if let Err(AddressError { problem, remedy }) = db::check(&url) {
        problems.add("DATABASE_URL", problem, remedy);
    }
    SecretString::from(url)
}

fn part<T>(
    source: &dyn Fn(&str) -> Option<String>,
    read: impl FnOnce(&Variables<'_>, &mut Problems) -> T,
) -> Result<T, Problems> {
    let (variables, mut problems) = (Variables::new(source), Problems::default());
    let value = read(&variables, &mut problems);
    variables.finish(&mut problems);
    problems.none_or(value)
}
