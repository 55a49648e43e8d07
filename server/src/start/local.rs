//! Starts the local Clerk, the identity provider of development.
//!
//! A build without the feature `local-clerk` has only the type, so `application` needs no variant.

#[cfg(feature = "local-clerk")]
use crate::start_error::StartError;
use domain::ids::OrganizationId;
use gatehouse::clock::Clock;
use gatehouse::config::ClerkSettings;
#[cfg(feature = "local-clerk")]
use gatehouse::config::Config;
#[cfg(feature = "local-clerk")]
use std::path::PathBuf;

/// The running local Clerk, as the application sees it.
pub struct Local {
    /// Its keys and addresses.
    pub settings: ClerkSettings,
    /// Whether it serves Clerk's browser packages.
    pub components: bool,
    /// The organization whose administrators manage all users of the instance.
    pub operators: Option<OrganizationId>,
    /// The clock that it shares with the application.
    pub clock: Clock,
}

/// Starts the local Clerk and returns its settings. It runs until its handle is dropped.
///
/// # Errors
/// Its state cannot be read or written, no port is free, or `LOCAL_CLERK_JS` has no packages.
#[cfg(feature = "local-clerk")]
pub async fn local_clerk(
    config: &Config,
    data_dir: PathBuf,
    webhook_url: String,
) -> Result<(Local, local_clerk::LocalClerk), StartError> {
    let clock = Clock::default();
    let clerk = local_clerk::start(options(config, &clock, data_dir, webhook_url)).await?;
    if config.local_clerk_js.is_some() && !clerk.serves_clerk_js() {
        return Err(
            "LOCAL_CLERK_JS has no packages; unpack @clerk/clerk-js and @clerk/ui to its folders clerk-js and ui"
                .into(),
        );
    }
    let local = Local {
        settings: settings(config, &clerk)?,
        components: clerk.serves_clerk_js(),
        operators: OrganizationId::parse(local_clerk::OPERATORS).ok(),
        clock,
    };
    Ok((local, clerk))
}

#[cfg(feature = "local-clerk")]
fn options(config: &Config, clock: &Clock, data_dir: PathBuf, webhook_url: String) -> local_clerk::Options {
    local_clerk::Options {
        data_dir,
        application: domain::brand::NAME.to_owned(),
        style: include_str!("../../../style/brand.css").to_owned(),
        public_origin: config.public_origin.as_str().to_owned(),
        webhook_url,
        clerk_js: config.local_clerk_js.clone(),
        membership_required: config.local_clerk_requires_membership,
        permissions: domain::permission::Permission::ALL
            .into_iter()
            .map(|permission| permission.key().to_owned())
            .collect(),
        clock_turned_by_ms: clock.turned_by_ms(),
        ..local_clerk::Options::default()
    }
}

#[cfg(feature = "local-clerk")]
fn settings(config: &Config, clerk: &local_clerk::LocalClerk) -> Result<ClerkSettings, StartError> {
    Ok(ClerkSettings {
        publishable_key: clerk::publishable_key::PublishableKey::parse(&clerk.publishable_key())?,
        secret_key: clerk.secret_key().into(),
        jwt_key: None,
        api_url: clerk.api_url(),
        fapi_url: clerk.api_url(),
        proxy_url: Some("/__clerk".to_owned()),
        authorized_parties: vec![config.public_origin.as_str().to_owned()],
        webhook_secrets: vec![clerk.webhook_secret().into()],
        sign_in_url: domain::pages::Page::SignIn.path().to_owned(),
    })
}
