//! The facts of the page about the security of the instance.

use crate::access::Granted;
use crate::headers::score::{Headers, score};
use crate::headers::security_headers;
use crate::instance_status::{InstanceStatus, Sources};
use crate::random::Token;
use crate::store::{StoreError, command_intents};
use clerk::keys::KeySource;
use domain::operation::{FactView, HeaderView, ReportCountView, SecurityView, ShowSecurity};

/// A token of the future shows that the clocks differ. Clerk's own tolerance is five seconds.
const CLOCK_TOLERANCE_S: i64 = 5;

/// Collects the facts.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn show(grant: &Granted<ShowSecurity>) -> Result<SecurityView, StoreError> {
    let status = grant.instance_status();
    let headers = headers(status.sources());
    let by_name: Headers = headers.iter().map(|header| (header.name.clone(), header.value.clone())).collect();
    let mut facts = vec![
        keys(status.sources(), grant.now_ms()),
        limits(status.sources()).await,
        clock(grant),
        intents(command_intents::open(grant).await?),
        fact("Backups", "The server does not know of backups that others make.")
            .with("Run the command server backup regularly with SQLite, and back up PostgreSQL with its own tools."),
    ];
    for (subject, remedy) in &status.sources().advice {
        add_advice(&mut facts, subject, remedy);
    }
    Ok(SecurityView { facts, score: score(&by_name), headers, reports: reports(status) })
}

fn fact(label: &str, text: &str) -> FactView {
    FactView { label: label.to_owned(), text: text.to_owned(), remedy: None }
}

trait WithRemedy {
    fn with(self, remedy: &str) -> FactView;
}

impl WithRemedy for FactView {
    fn with(self, remedy: &str) -> FactView {
        FactView { remedy: Some(remedy.to_owned()), ..self }
    }
}

/// Adds what to change before production, to the fact about the same subject if there is one.
fn add_advice(facts: &mut Vec<FactView>, subject: &str, remedy: &str) {
    match facts.iter_mut().find(|fact| fact.label == subject) {
        Some(known) => {
            let first = known.remedy.take().map(|first| first + " ").unwrap_or_default();
            known.remedy = Some(first + remedy);
        }
        None => facts.push(fact(subject, "Not as in production.").with(remedy)),
    }
}

fn keys(sources: &Sources, now_ms: i64) -> FactView {
    match &sources.keys {
        Some(KeySource::Pem(_)) => fact("Session keys", "One key from CLERK_JWT_KEY. It needs no network."),
        Some(KeySource::Jwks(set)) => match set.fetched_at_ms() {
            Some(at_ms) => {
                let minutes = now_ms.saturating_sub(at_ms).max(0) / 60_000;
                fact("Session keys", &format!("The key set of the Backend API, fetched {minutes} minutes ago."))
            }
            None => fact("Session keys", "The key set of the Backend API has not been fetched.")
                .with("Check CLERK_SECRET_KEY, and that this server reaches api.clerk.com."),
        },
        None => fact("Session keys", "Unknown."),
    }
}

async fn limits(sources: &Sources) -> FactView {
    let Some(limiter) = &sources.limiter else { return fact("Rate limits", "Unknown.") };
    let store = limiter.store_name();
    match limiter.check().await {
        Ok(()) => fact("Rate limits", &format!("Counted in {store}, which answers.")),
        Err(remedy) => fact("Rate limits", &format!("Counted in {store}, which does not answer.")).with(&remedy),
    }
}

/// Compares this clock to Clerk's by the token of the caller, which is less than a minute old.
fn clock(grant: &Granted<ShowSecurity>) -> FactView {
    #[expect(clippy::cast_possible_truncation, reason = "Unix seconds; the cast saturates")]
    let age_s = grant.now_ms() / 1000 - grant.session().issued_at_s as i64;
    if age_s < -CLOCK_TOLERANCE_S {
        return fact("Clock", &format!("This clock is {} seconds behind Clerk's.", -age_s))
            .with("Let the machine take its time from a time server (NTP).");
    }
    fact("Clock", &format!("Clerk issued the session token of this request {age_s} seconds ago."))
}

fn intents(open: u32) -> FactView {
    match open {
        0 => fact("Open commands", "Every change at Clerk has ended."),
        open => fact("Open commands", &format!("{open} changes at Clerk have not ended yet."))
            .with("The server asks Clerk about them by itself. If the number stays, look into the log."),
    }
}

/// The headers of a page with Clerk's components. The nonce is different in each response.
fn headers(sources: &Sources) -> Vec<HeaderView> {
    let nonce = Token::random();
    let text = |value: &http::HeaderValue| value.to_str().unwrap_or_default().replace(nonce.as_str(), "…");
    let headers = security_headers(&sources.headers, true, &nonce);
    headers.iter().map(|(name, value)| HeaderView { name: name.to_string(), value: text(value) }).collect()
}

fn reports(status: &InstanceStatus) -> Vec<ReportCountView> {
    let label = |kind: &str, directive: &str| match directive {
        "none" => kind.to_owned(),
        directive => format!("{kind}: {directive}"),
    };
    let reports = status.reports().into_iter();
    reports.map(|((kind, directive), times)| ReportCountView { label: label(kind, directive), times }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_subject_stands_once() {
        let mut facts = vec![fact("Rate limits", "Counted here."), fact("Backups", "Unknown.").with("Make one.")];
        for (subject, remedy) in [("Rate limits", "Use Redis."), ("Backups", "Test it."), ("Proxy", "Name it.")] {
            add_advice(&mut facts, subject, remedy);
        }
        let shown: Vec<_> = facts.iter().map(|fact| (fact.label.as_str(), fact.remedy.as_deref().unwrap())).collect();
        assert_eq!(shown, [("Rate limits", "Use Redis."), ("Backups", "Make one. Test it."), ("Proxy", "Name it.")]);
    }

    #[test]
    fn a_report_is_counted_by_kind_and_directive() {
        let status = InstanceStatus::default();
        let body = br#"{"csp-report":{"effective-directive":"img-src","blocked-uri":"inline"}}"#;
        for report in crate::reports::Format::Violation.read(body).unwrap() {
            status.count_report(&report);
            status.count_report(&report);
        }
        let expected = ReportCountView { label: "csp-violation: img-src".to_owned(), times: 2 };
        assert_eq!(reports(&status), [expected]);
    }

    #[test]
    fn the_headers_show_no_nonce_and_score_as_those_that_are_sent() {
        let sources = Sources {
            headers: crate::headers::HeaderPolicy { https: true, ..Default::default() },
            ..Sources::default()
        };
        let headers = headers(&sources);
        let by_name: Headers = headers.iter().map(|header| (header.name.clone(), header.value.clone())).collect();
        assert_eq!(score(&by_name), 150);
        assert!(by_name["content-security-policy"].contains("'nonce-…'"));
    }
}
