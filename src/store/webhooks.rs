//! Reads the inbox of webhooks for the operators of the instance, and applies an event again.

use super::audit;
use super::masked::masked;
use super::page::{Listed, PAGE, Slice, count, decoded_id, encoded_id, read_page};
use super::webhook_inbox::{apply, outcome};
use crate::access::Granted;
use crate::db::StoreError;
use clerk::webhook::Payload;
use domain::operation::{
    ChangeView, JobView, ListJobs, ListWebhooks, ReapplyWebhook, RevealWebhook, ShowWebhook, WebhookDetailsView,
    WebhookView,
};
use domain::page_view::PageView;
use domain::text::shown;
use serde_json::Value;
use sqlx::FromRow;

#[derive(FromRow)]
struct Row {
    svix_id: String,
    kind: String,
    received_at: i64,
    event_at: Option<i64>,
    outcome: String,
    deliveries: i64,
}

impl Listed for Row {
    fn id(&self) -> &str {
        &self.svix_id
    }
}

impl From<Row> for WebhookView {
    fn from(row: Row) -> Self {
        Self {
            id: encoded_id(&row.svix_id),
            kind: shown(&row.kind),
            received_at_ms: row.received_at,
            // 0 is the time of an event that names none.
            lag_ms: row.event_at.filter(|at| *at > 0).map(|at| row.received_at.saturating_sub(at)),
            outcome: row.outcome,
            deliveries: count(row.deliveries),
        }
    }
}

macro_rules! columns {
    () => {
        "svix_id, type as kind, received_at, event_at, outcome, deliveries"
    };
}

/// The webhooks beside one, along the index of the filter. The id of a webhook that is gone leads
/// to the first page.
macro_rules! webhooks_beside {
    ($index:literal, $comparison:literal, $direction:literal) => {
        concat!(
            "select ",
            columns!(),
            " from webhook_inbox where ",
            $index,
            " (received_at, svix_id) ",
            $comparison,
            " (coalesce((select b.received_at from webhook_inbox b where b.svix_id = $1), $2), $1) \
             order by received_at ",
            $direction,
            ", svix_id ",
            $direction,
            " limit $3 offset $4"
        )
    };
}

/// The statements for older and for newer webhooks.
macro_rules! both {
    ($index:literal) => {
        [webhooks_beside!($index, "<", "desc"), webhooks_beside!($index, ">", "asc")]
    };
}

const ALL: [&str; 2] = both!("");
const OF_KIND: [&str; 2] = both!("type = $5 and ");
const OF_OUTCOME: [&str; 2] = both!("outcome = $5 and ");
const OF_BOTH: [&str; 2] = both!("type = $5 and outcome = $6 and ");

/// Reads one page of the webhooks that match the filter, newest first.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn list(grant: &Granted<ListWebhooks>) -> Result<PageView<WebhookView>, StoreError> {
    let page = read_page(&grant.input().page, |slice| read(grant, slice)).await?;
    Ok(page.map(Into::into))
}

async fn read(grant: &Granted<ListWebhooks>, slice: Slice) -> Result<Vec<Row>, StoreError> {
    let ListWebhooks { kind, outcome, .. } = grant.input();
    let (statements, values) = match (kind.as_str(), outcome.as_str()) {
        ("", "") => (ALL, vec![]),
        (kind, "") => (OF_KIND, vec![kind]),
        ("", outcome) => (OF_OUTCOME, vec![outcome]),
        (kind, outcome) => (OF_BOTH, vec![kind, outcome]),
    };
    let [older, newer] = statements;
    let mut query = sqlx::query_as(if slice.is_before { newer } else { older })
        .bind(slice.beside)
        .bind(i64::MAX)
        .bind(PAGE + 1)
        .bind(slice.offset);
    for value in values {
        query = query.bind(value);
    }
    Ok(query.fetch_all(grant.database().reader()).await?)
}

const ONE: &str = concat!("select ", columns!(), ", payload from webhook_inbox where svix_id = $1");

#[derive(FromRow)]
struct WithPayload {
    #[sqlx(flatten)]
    row: Row,
    payload: String,
}

/// Reads a webhook with its masked payload.
///
/// # Errors
/// [`StoreError::NotFound`], or the database.
pub async fn show(grant: &Granted<ShowWebhook>) -> Result<WebhookDetailsView, StoreError> {
    let id = decoded_id(&grant.input().webhook_id).ok_or(StoreError::NotFound)?;
    let found: Option<WithPayload> = sqlx::query_as(ONE).bind(id).fetch_optional(grant.database().reader()).await?;
    let WithPayload { row, payload } = found.ok_or(StoreError::NotFound)?;
    let message_id = shown(&row.svix_id);
    Ok(WebhookDetailsView { webhook: row.into(), message_id, payload: masked(&payload) })
}

/// Reads the payload of a webhook as Clerk sent it, and records that.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown webhook and for one whose payload is erased, or the
/// database.
pub async fn reveal(grant: &Granted<RevealWebhook>) -> Result<String, StoreError> {
    let id = decoded_id(&grant.input().webhook_id).ok_or(StoreError::NotFound)?;
    let mut transaction = grant.database().writer().begin().await?;
    let found: Option<(String,)> =
        sqlx::query_as("select payload from webhook_inbox where svix_id = $1 and payload <> ''")
            .bind(id.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
    let (payload,) = found.ok_or(StoreError::NotFound)?;
    let change = ChangeView { subject: id, from: String::new(), to: "revealed".to_owned() };
    audit::record(grant, &mut transaction, &change).await?;
    transaction.commit().await?;
    Ok(payload)
}

/// Applies a stored event again. The version of each object decides which one wins, as for every
/// delivery, so a repetition changes nothing.
///
/// # Errors
/// [`StoreError::NotFound`] for an unknown event and for one whose payload is erased, or the
/// database.
pub async fn apply_again(grant: &Granted<ReapplyWebhook>) -> Result<(), StoreError> {
    let id = decoded_id(&grant.input().webhook_id).ok_or(StoreError::NotFound)?;
    let mut transaction = grant.database().writer().begin().await?;
    let stored: Option<(String, String, i64, String)> = sqlx::query_as(
        "select type, payload, coalesce(event_at, received_at), outcome from webhook_inbox \
         where svix_id = $1 and payload <> ''",
    )
    .bind(id.as_str())
    .fetch_optional(&mut *transaction)
    .await?;
    let (kind, data, at_ms, before) = stored.ok_or(StoreError::NotFound)?;
    let data: Value = serde_json::from_str(&data).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let payload = Payload::parse(&kind, &data);
    let now = outcome(&mut transaction, &payload).await?;
    apply(&mut transaction, &payload, at_ms).await?;
    sqlx::query("update webhook_inbox set outcome = $2 where svix_id = $1")
        .bind(id.as_str())
        .bind(now)
        .execute(&mut *transaction)
        .await?;
    let change = ChangeView { subject: id, from: before, to: now.to_owned() };
    audit::record(grant, &mut transaction, &change).await?;
    Ok(transaction.commit().await?)
}

/// Reads the jobs of the scheduler, by name.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub async fn jobs(grant: &Granted<ListJobs>) -> Result<Vec<JobView>, StoreError> {
    let jobs = super::jobs::list(grant.database()).await?;
    let view = |job: super::JobStatus| JobView {
        last_took_ms: job.duration_ms(),
        name: job.name,
        period_ms: job.period_ms,
        next_run_at_ms: job.next_run_at,
        is_running: job.runner.is_some(),
        last_ended_at_ms: job.last_ended_at,
        last_outcome: job.last_outcome,
        last_detail: job.last_detail,
    };
    Ok(jobs.into_iter().map(view).collect())
}
