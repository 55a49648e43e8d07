//! `server check`: tries every dependency that the configuration names, compares the configuration
//! to what production needs, and reports all findings at once.
//!
//! The command changes nothing: it creates no database, applies no migration and sets no file mode,
//! and it closes a listener at once. A finding is a failure only if the server would not start or
//! not work; everything else is a warning.

mod clerk;
mod exposure;
mod files;
mod report;
mod services;

pub use report::Report;

use crate::declarations::check_declarations;
use crate::{leaks, site};
use gatehouse::config::{Config, Problems};
use std::path::Path;

/// Runs every check. `beside` is the folder of the server's binary.
pub async fn run(config: Result<Config, Problems>, beside: &Path) -> Report {
    let mut report = Report::default();
    match check_declarations() {
        Ok(()) => report.fine("declarations", "every server function and every page is declared"),
        Err(text) => text.lines().for_each(|line| report.error("declarations", line)),
    }
    match config {
        Ok(config) => {
            report.fine("configuration", format!("complete; people reach it at {}", config.public_origin.as_str()));
            try_all(&config, beside, &mut report).await;
        }
        Err(problems) => {
            report.problems(&problems);
            let remedy = "correct the variables, and run the check again";
            report.warning("everything else", "is not tried without a complete configuration", remedy);
        }
    }
    report
}

async fn try_all(config: &Config, beside: &Path, report: &mut Report) {
    match site::check(&config.site, beside) {
        Ok(()) => report.fine("site", format!("{} is the site of this server", config.site.root.display())),
        Err(foreign) => report.error("site", foreign),
    }
    if let Err(leak) = leaks::search(&config.site.root) {
        report.error("site", leak);
    }
    exposure::check(config, report).await;
    files::check(config, report);
    services::database(config, report).await;
    retention(config, report);
    services::limits(config, report).await;
    clerk::check(config, report).await;
    if config.security_contacts.is_empty() {
        let what = "SECURITY_CONTACT is not set, so a finder of a vulnerability has no contact";
        report.warning("security.txt", what, "set it to an email address that somebody reads");
    }
}

fn retention(config: &Config, report: &mut Report) {
    let kept = &config.retention;
    let audit = kept.audit_days.map_or("for ever".to_owned(), |days| format!("{days} days"));
    let (payloads, sessions) = (kept.webhook_payloads_days, kept.ended_sessions_days);
    let text =
        format!("payloads of webhooks are kept {payloads} days, ended sessions {sessions} days, the audit log {audit}");
    report.fine("retention", text);
}
