//! The part of `server check` about Clerk: the keys, the clock, the webhook and the accepted
//! origins.

use super::report::Report;
use crate::start;
use clerk::backend_api::{BackendApi, BackendApiError};
use clerk::keys::KeySource;
use clerk::publishable_key::InstanceKind;
use gatehouse::clock::Clock;
use gatehouse::config::{ClerkSettings, ClerkSource, Config};
use std::time::{Duration, UNIX_EPOCH};

const SUBJECT: &str = "Clerk";

pub(super) async fn check(config: &Config, report: &mut Report) {
    match &config.clerk {
        ClerkSource::Instance(clerk) => instance(config, clerk, report).await,
        ClerkSource::Local => local_clerk(config, report),
    }
}

async fn instance(config: &Config, clerk: &ClerkSettings, report: &mut Report) {
    if key_set(clerk, report).await
        && let Ok(api) = BackendApi::new(&clerk.api_url, clerk.secret_key.clone())
    {
        belong_together(clerk, api.frontend_api_hosts().await, report);
        clock(&api, report).await;
    }
    live_keys(config, clerk, report);
    if clerk.webhook_secrets.is_empty() {
        let what = "CLERK_WEBHOOK_SIGNING_SECRET is not set, so the lists of the dashboard stay empty";
        report.warning(
            "webhooks",
            what,
            "add the endpoint /api/webhooks/clerk in Clerk's dashboard and copy its secret",
        );
    } else {
        report.fine("webhooks", format!("{} signing secret(s)", clerk.webhook_secrets.len()));
    }
    parties(config, clerk, report);
    let of_local = [
        ("LOCAL_CLERK_JS", config.local_clerk_js.is_some()),
        ("LOCAL_CLERK_MEMBERSHIP", config.local_clerk_requires_membership),
    ];
    for (name, _) in of_local.into_iter().filter(|(_, is_set)| *is_set) {
        report.warning(SUBJECT, format!("{name} is a setting of the local Clerk, which is not used"), "remove it");
    }
    if cfg!(feature = "local-clerk") && config.public_origin.is_https() {
        let what = "this build contains the local Clerk, which signs anybody in when no keys are set";
        report.warning("build", what, "use the release of `make build` in production");
    }
}

/// Fetches the key set even if `CLERK_JWT_KEY` is set and sessions do not need it. The fetch shows
/// that Clerk accepts the secret key and that both keys belong to one instance.
async fn key_set(clerk: &ClerkSettings, report: &mut Report) -> bool {
    let asked = match (KeySource::jwks(&clerk.api_url, clerk.secret_key.clone()), &clerk.jwt_key) {
        (Ok(source), Some(key)) => source.contains(key).await.map_err(|error| error.to_string()),
        (Ok(source), None) => source.fetch().await.map(|()| true).map_err(|error| error.to_string()),
        (Err(error), _) => Err(error.to_string()),
    };
    match asked {
        Ok(true) => {
            report.fine(SUBJECT, format!("the key set of {} was fetched", clerk.publishable_key.frontend_api()));
            true
        }
        Ok(false) => {
            let remedy = "copy the PEM of this instance from the Clerk dashboard, API keys, or leave it out, and new \
                          keys are found by themselves";
            report.failure(
                SUBJECT,
                "CLERK_JWT_KEY is the key of another instance than CLERK_SECRET_KEY, or an old one",
                remedy,
            );
            true
        }
        Err(reason) => {
            let remedy = "401 means that CLERK_SECRET_KEY is not a key of this instance; else see whether \
                          CLERK_API_URL can be reached";
            report.failure(SUBJECT, format!("the key set cannot be fetched from {}: {reason}", clerk.api_url), remedy);
            false
        }
    }
}

/// Compares the publishable key to the domains of the secret key's instance.
fn belong_together(clerk: &ClerkSettings, hosts: Result<Vec<String>, BackendApiError>, report: &mut Report) {
    const SUBJECT: &str = "Clerk keys";
    let own = clerk.publishable_key.frontend_api();
    match hosts {
        Ok(hosts) if hosts.iter().any(|host| host == own) => {
            report.fine(SUBJECT, format!("both belong to the instance of {own}"));
        }
        Ok(hosts) if !hosts.is_empty() => {
            let what = format!(
                "CLERK_PUBLISHABLE_KEY is of {own}, and CLERK_SECRET_KEY is of the instance of {}, so nobody can sign in",
                hosts.join(", ")
            );
            report.failure(SUBJECT, what, "take both keys from one instance");
        }
        Ok(_) | Err(BackendApiError::NotFound | BackendApiError::Rejected(_)) => {
            report
                .fine(SUBJECT, "Clerk lists no domains, so only the first sign-in shows whether both belong together");
        }
        Err(error) => {
            let what = format!("the domains of the instance cannot be read, so the keys were not compared: {error}");
            report.warning(SUBJECT, what, "run the check again");
        }
    }
}

fn live_keys(config: &Config, clerk: &ClerkSettings, report: &mut Report) {
    const SUBJECT: &str = "instance";
    match clerk.publishable_key.kind() {
        InstanceKind::Production => report.fine(SUBJECT, "the keys are live"),
        InstanceKind::Development if config.public_origin.is_https() => {
            let what = "the keys are of a development instance, which has limits and no own domain";
            report.warning(SUBJECT, what, "use the live keys of a production instance in production");
        }
        InstanceKind::Development => report.fine(SUBJECT, "the keys are of a development instance"),
    }
}

fn parties(config: &Config, clerk: &ClerkSettings, report: &mut Report) {
    const SUBJECT: &str = "parties";
    let plain = |party: &&String| party.starts_with("http://");
    if let Some(missing) = start::party_missing(clerk, &config.public_origin) {
        return report.advice(SUBJECT, missing);
    }
    match clerk.authorized_parties.iter().find(plain).filter(|_| config.public_origin.is_https()) {
        Some(party) => {
            let what = format!(
                "CLERK_AUTHORIZED_PARTIES accepts tokens of {party}, whose pages anybody on its network can change"
            );
            report.warning(SUBJECT, what, "list https origins only");
        }
        None => report.fine(SUBJECT, format!("tokens of {} are accepted", clerk.authorized_parties.join(", "))),
    }
}

/// Clerk's tokens are valid within five seconds of its clock.
async fn clock(api: &BackendApi, report: &mut Report) {
    const SUBJECT: &str = "clock";
    const TOLERANCE_MS: i64 = 5_000;
    let clock = Clock::default();
    let before = clock.now_ms();
    let date = api.date().await.ok().flatten().and_then(|date| httpdate::parse_http_date(&date).ok());
    let after = clock.now_ms();
    let Some(date) = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok()) else {
        return report.fine(SUBJECT, "Clerk's answer has no date to compare with");
    };
    // The date is cut to whole seconds.
    let theirs = i64::try_from((date + Duration::from_millis(500)).as_millis()).unwrap_or(i64::MAX);
    let difference_ms = before.midpoint(after).saturating_sub(theirs);
    let direction = if difference_ms > 0 { "ahead of" } else { "behind" };
    let seconds = difference_ms.abs() / 1_000;
    let what = format!("the clock of this machine is {seconds} s {direction} Clerk's");
    match difference_ms.abs() {
        TOLERANCE_MS.. => {
            report.failure(SUBJECT, format!("{what}, so sessions do not count"), "set the clock of this machine (NTP)")
        }
        2_000.. => report.warning(SUBJECT, format!("{what}; more than 5 s end sessions"), "let NTP set the clock"),
        _ => report.fine(SUBJECT, "the clock of this machine agrees with Clerk's within 2 seconds"),
    }
}

fn local_clerk(config: &Config, report: &mut Report) {
    let what = "no instance is named, so the local Clerk is used, which signs anybody in";
    report.warning(SUBJECT, what, "set CLERK_PUBLISHABLE_KEY and CLERK_SECRET_KEY in production");
    #[cfg(feature = "local-clerk")]
    if let Some(folder) = config.local_clerk_js.as_deref().filter(|folder| !local_clerk::has_packages(folder)) {
        let remedy = "unpack @clerk/clerk-js and @clerk/ui to its folders clerk-js and ui";
        report.failure(SUBJECT, format!("LOCAL_CLERK_JS has no packages, {}", folder.display()), remedy);
    }
    #[cfg(not(feature = "local-clerk"))]
    let _ = config;
}
