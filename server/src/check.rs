//! `server check`: tries every dependency that the configuration names, and reports all findings at
//! once.
//!
//! The command changes nothing: it creates no database, applies no migration and sets no file mode,
//! and it closes a listener at once. A finding is a problem only if the server would not start or
//! not work; everything else is a note.

use crate::declarations::check_declarations;
use crate::listen::bind_error;
use crate::{leaks, site, start};
use clerk::keys::KeySource;
use gatehouse::config::{ClerkSettings, ClerkSource, Config, LimitStore, Problems};
use gatehouse::db::{Database, Schema, StoreError};
use serde_json::json;
use std::fmt;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::TcpListener;

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It works.
    Fine,
    /// It works, and the operator should know something about it.
    Note,
    /// It does not work.
    Problem,
}

/// The result for one part of the configuration.
#[derive(Debug)]
pub struct Finding {
    subject: &'static str,
    outcome: Outcome,
    text: String,
}

/// The findings of one check.
#[derive(Debug, Default)]
pub struct Report(Vec<Finding>);

impl Report {
    fn add(&mut self, subject: &'static str, outcome: Outcome, text: impl Into<String>) {
        // An error of a library may have several lines; a finding has one.
        let text = text.into().split_whitespace().collect::<Vec<_>>().join(" ");
        self.0.push(Finding { subject, outcome, text });
    }

    fn fine(&mut self, subject: &'static str, text: impl Into<String>) {
        self.add(subject, Outcome::Fine, text);
    }

    fn note(&mut self, subject: &'static str, text: impl Into<String>) {
        self.add(subject, Outcome::Note, text);
    }

    fn problem(&mut self, subject: &'static str, text: impl Into<String>) {
        self.add(subject, Outcome::Problem, text);
    }

    /// Whether there is no problem.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.0.iter().all(|finding| finding.outcome != Outcome::Problem)
    }

    /// The report for programs: `ok`, and the findings with `subject`, `outcome` (`ok`, `note` or
    /// `problem`) and `text`.
    #[must_use]
    pub fn json(&self) -> String {
        let finding =
            |found: &Finding| json!({ "subject": found.subject, "outcome": found.outcome.word(), "text": found.text });
        json!({ "ok": self.is_fine(), "findings": self.0.iter().map(finding).collect::<Vec<_>>() }).to_string()
    }
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Note => "note",
            Self::Problem => "problem",
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { subject, outcome, text } in &self.0 {
            writeln!(f, "{:8} {subject:14} {text}", outcome.word())?;
        }
        let problems = self.0.iter().filter(|finding| finding.outcome == Outcome::Problem).count();
        match problems {
            0 => write!(f, "Nothing is wrong."),
            problems => write!(f, "{problems} problem(s). Every variable is explained in .env.example."),
        }
    }
}

/// Runs every check. `beside` is the folder of the server's binary.
pub async fn run(config: Result<Config, Problems>, beside: &Path) -> Report {
    let mut report = Report::default();
    match check_declarations() {
        Ok(()) => report.fine("declarations", "every server function and every page is declared"),
        Err(text) => report.problem("declarations", text),
    }
    match config {
        Ok(config) => {
            report.fine("configuration", format!("complete; people reach it at {}", config.public_origin.as_str()));
            try_all(&config, beside, &mut report).await;
        }
        Err(problems) => {
            for problem in problems.iter() {
                report.problem("configuration", problem.to_string());
            }
            report.note("everything else", "is tried when the configuration can be read");
        }
    }
    report
}

async fn try_all(config: &Config, beside: &Path, report: &mut Report) {
    match site::check(&config.site, beside) {
        Ok(()) => report.fine("site", format!("{} is the site of this server", config.site.root.display())),
        Err(foreign) => report.problem("site", foreign.to_string()),
    }
    if let Err(leak) = leaks::search(&config.site.root) {
        report.problem("site", leak.to_string());
    }
    listener("LEPTOS_SITE_ADDR", config.site.address, report).await;
    if let Some(address) = config.metrics_addr {
        listener("METRICS_ADDR", address, report).await;
    }
    proxies(config, report);
    database(config, report).await;
    limits(config, report).await;
    match &config.clerk {
        ClerkSource::Instance(clerk) => instance(config, clerk, report).await,
        ClerkSource::Local => local_clerk(config, report),
    }
    if config.security_contacts.is_empty() {
        report.note("security.txt", "SECURITY_CONTACT is not set, so a finder of a vulnerability has no contact");
    }
}

/// An address in use is only a note, because the running server itself may use it.
async fn listener(variable: &str, address: SocketAddr, report: &mut Report) {
    const SUBJECT: &str = "listeners";
    match TcpListener::bind(address).await {
        Ok(_) => report.fine(SUBJECT, format!("{variable} {address} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            report.note(
                SUBJECT,
                format!("{variable} {address} is in use: by the server if it runs, else by a program in its way"),
            );
        }
        Err(error) => report.problem(SUBJECT, bind_error(variable, address, &error)),
    }
}

/// The command sees no request, so it can only compare the settings.
fn proxies(config: &Config, report: &mut Report) {
    const SUBJECT: &str = "proxies";
    let (hops, address) = (config.trusted_proxy_hops, config.site.address);
    match start::hops_missing(config) {
        Some(missing) => report.note(SUBJECT, missing),
        None if hops == 0 => {
            report.fine(SUBJECT, "none is trusted, so a client counts by the address of its connection")
        }
        None if address.ip().is_loopback() => report.fine(SUBJECT, format!("{hops} may set X-Forwarded-*")),
        None => report.note(
            SUBJECT,
            format!(
                "{hops} may set X-Forwarded-*: see that only they reach {address}, because a client that connects \
                 directly chooses the address that rate limits count"
            ),
        ),
    }
}

async fn database(config: &Config, report: &mut Report) {
    const SUBJECT: &str = "database";
    match Database::inspect(&config.database_url).await {
        Ok(Schema::Current) => report.fine(SUBJECT, "opened, and its schema is the one of this build"),
        Ok(Schema::Absent) => report.note(SUBJECT, "is not there yet; the server makes it when it starts"),
        Ok(Schema::Unread) => {
            report.note(SUBJECT, "has a write-ahead log of another process, which the server takes over when it starts")
        }
        Ok(Schema::Behind(missing)) => {
            report.note(SUBJECT, format!("opened; the server applies {missing} migration(s) when it starts"));
        }
        // The texts of these errors name the variable.
        Err(error @ (StoreError::Place(_) | StoreError::Schema(_))) => report.problem(SUBJECT, error.to_string()),
        Err(error) => report.problem(SUBJECT, format!("DATABASE_URL names a database that does not answer: {error}")),
    }
}

async fn limits(config: &Config, report: &mut Report) {
    const SUBJECT: &str = "rate limits";
    let (store, variable) = match &config.limits {
        LimitStore::InProcess => {
            return report.fine(SUBJECT, "counted in the process, which is right for a single server");
        }
        LimitStore::Redis(_) => ("Redis", "REDIS_URL"),
        LimitStore::Upstash { .. } => ("Upstash", "UPSTASH_REDIS_REST_URL"),
    };
    match start::limiter(config) {
        Ok(limiter) => match limiter.check().await {
            Ok(()) => report.fine(SUBJECT, format!("{store} answers")),
            Err(reason) => report.problem(SUBJECT, format!("the {store} of {variable} cannot be used: {reason}")),
        },
        Err(error) => report.problem(SUBJECT, format!("{variable} cannot be used: {error}")),
    }
}

/// Fetches the key set even if `CLERK_JWT_KEY` is set and sessions do not need it. The fetch shows
/// that Clerk accepts the secret key and that both keys belong to one instance.
async fn instance(config: &Config, clerk: &ClerkSettings, report: &mut Report) {
    const SUBJECT: &str = "Clerk";
    let asked = match (KeySource::jwks(&clerk.api_url, clerk.secret_key.clone()), &clerk.jwt_key) {
        (Ok(source), Some(key)) => source.contains(key).await.map_err(|error| error.to_string()),
        (Ok(source), None) => source.fetch().await.map(|()| true).map_err(|error| error.to_string()),
        (Err(error), _) => Err(error.to_string()),
    };
    match asked {
        Ok(true) => {
            report.fine(SUBJECT, format!("the key set of {} was fetched", clerk.publishable_key.frontend_api()))
        }
        Ok(false) => {
            let remedy = "copy the PEM of this instance from the Clerk dashboard, API keys, or leave it out, and new \
                          keys are found by themselves";
            let what = "CLERK_JWT_KEY is the key of another instance than CLERK_SECRET_KEY, or an old one";
            report.problem(SUBJECT, format!("{what}: {remedy}"));
        }
        Err(reason) => {
            let remedy = "401 means that CLERK_SECRET_KEY is not a key of this instance; else see whether \
                          CLERK_API_URL can be reached";
            report
                .problem(SUBJECT, format!("the key set cannot be fetched from {}: {reason}: {remedy}", clerk.api_url));
        }
    }
    if clerk.webhook_secrets.is_empty() {
        report.note("webhooks", "CLERK_WEBHOOK_SIGNING_SECRET is not set, so the lists of the dashboard stay empty");
    }
    if let Some(missing) = start::party_missing(clerk, &config.public_origin) {
        report.note(SUBJECT, missing);
    }
    let of_local = [
        ("LOCAL_CLERK_JS", config.local_clerk_js.is_some()),
        ("LOCAL_CLERK_MEMBERSHIP", config.local_clerk_requires_membership),
    ];
    for (name, _) in of_local.into_iter().filter(|(_, is_set)| *is_set) {
        report.note(SUBJECT, format!("{name} is a setting of the local Clerk, which is not used: it is ignored"));
    }
}

fn local_clerk(config: &Config, report: &mut Report) {
    report.note("Clerk", "no instance is named: the local Clerk is used, which is for development");
    #[cfg(feature = "local-clerk")]
    if let Some(folder) = config.local_clerk_js.as_deref().filter(|folder| !local_clerk::has_packages(folder)) {
        let remedy = "unpack @clerk/clerk-js and @clerk/ui to its folders clerk-js and ui";
        report.problem("Clerk", format!("LOCAL_CLERK_JS has no packages, {}: {remedy}", folder.display()));
    }
    #[cfg(not(feature = "local-clerk"))]
    let _ = config;
}
