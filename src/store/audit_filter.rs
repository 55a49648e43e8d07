//! Reads the audit log by a filter, newest first. The filter chooses the statements.

use super::audit_operations::Operations;
use super::audit_statements::{ALL, BY_ACTOR, BY_OPERATION, BY_PERSON, REFUSED, SCANNED, Statements};
use super::page::{Found, Listed, Slice, Stop};
use super::search_text::pattern;
use crate::db::{Database, StoreError};
use domain::input::IDENTIFIER;
use domain::operation::AuditFilter;
use sqlx::FromRow;

/// An entry of the log with the names of the people in it.
#[derive(Debug, FromRow)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) at: i64,
    pub(super) user_id: String,
    pub(super) actor: String,
    pub(super) impersonator_id: Option<String>,
    pub(super) impersonator: Option<String>,
    pub(super) operation: String,
    pub(super) outcome: String,
    pub(super) times: i64,
    pub(super) subject: Option<String>,
    pub(super) subject_name: Option<String>,
    /// Id of the user whom the subject names, or whose session it is.
    pub(super) subject_user_id: Option<String>,
    pub(super) changed_from: Option<String>,
    pub(super) changed_to: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) session_id: String,
    pub(super) request_id: String,
}

impl Listed for Row {
    fn id(&self) -> &str {
        &self.id
    }
}

/// A filter as the statements need it. An empty text matches everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    person: Person,
    actor: Person,
    operations: Operations,
    outcome: String,
    is_refused: bool,
    from_ms: i64,
    to_ms: i64,
}

/// A person by id, or by the pattern of a part of the name or the address.
#[derive(Clone, Debug, Default)]
struct Person {
    id: String,
    pattern: String,
}

impl Person {
    fn of(text: &str) -> Self {
        let is_id = text.starts_with("user_") && IDENTIFIER.problem(text).is_none();
        match text {
            "" => Self::default(),
            id if is_id => Self { id: id.to_owned(), pattern: String::new() },
            text => Self { id: String::new(), pattern: pattern(text) },
        }
    }
}

impl Filter {
    pub(super) fn of(filter: &AuditFilter) -> Self {
        let AuditFilter { person, actor, operation, outcome, from_ms, to_ms } = filter;
        let is_refused = outcome == "refused";
        let outcome = if is_refused { String::new() } else { outcome.clone() };
        Self {
            person: Person::of(person),
            actor: Person::of(actor),
            operations: Operations::of(operation),
            outcome,
            is_refused,
            from_ms: *from_ms,
            to_ms: if *to_ms == 0 { i64::MAX } else { *to_ms },
        }
    }

    /// The statements along the index that fits best, and the value of its column.
    fn statements(&self) -> (&'static Statements, Option<&str>) {
        if !self.person.id.is_empty() {
            (&BY_PERSON, Some(&self.person.id))
        } else if !self.actor.id.is_empty() {
            (&BY_ACTOR, Some(&self.actor.id))
        } else if !self.operations.exact.is_empty() {
            (&BY_OPERATION, Some(&self.operations.exact))
        } else if self.is_refused || !matches!(self.outcome.as_str(), "" | "done") {
            (&REFUSED, None)
        } else {
            (&ALL, None)
        }
    }

    /// Whether entries of the walk may not match.
    fn is_compared(&self) -> bool {
        let Self { person, actor, operations, .. } = self;
        let indexed = [&person.id, &actor.id, &operations.exact];
        let compared = [&person.pattern, &actor.pattern, &operations.pattern, &operations.any_of, &self.outcome];
        let is_second = indexed.iter().filter(|text| !text.is_empty()).count() > 1;
        self.is_refused || is_second || compared.iter().any(|text| !text.is_empty())
    }
}

/// Reads at most `limit` entries of an organization that match.
pub(super) async fn read(
    database: &Database,
    organization: &str,
    filter: &Filter,
    slice: Slice,
    limit: i64,
) -> Result<Found<Row>, StoreError> {
    let (statements, column) = filter.statements();
    let walk = if slice.is_before {
        Walk { matching: statements.newer, stop: statements.newer_stop, near_ms: i64::MAX, far_ms: filter.to_ms }
    } else {
        let (near_ms, far_ms) = (slice.beside_ms.unwrap_or(filter.to_ms), filter.from_ms);
        Walk { matching: statements.older, stop: statements.older_stop, near_ms, far_ms }
    };
    let mut query = filter.bound(&walk, organization, &slice, limit);
    if !filter.person.id.is_empty() {
        query = query.bind(filter.person.id.as_str());
    }
    let rows = query.fetch_all(database.reader()).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|found| found >= limit);
    if is_full || !filter.is_compared() {
        return Ok(Found { rows, stop: None });
    }
    let stop = sqlx::query_as(walk.stop).bind(organization).bind(slice.beside).bind(walk.near_ms);
    let stop = stop.bind(walk.far_ms).bind(SCANNED - 1);
    let stop = match column {
        Some(value) => stop.bind(value),
        None => stop,
    };
    let stop: Option<(String, i64)> = stop.fetch_optional(database.reader()).await?;
    Ok(Found { rows, stop: stop.map(|(id, at_ms)| Stop { id, at_ms }) })
}

/// The statements of one direction, with the limits of time on both sides.
struct Walk {
    matching: &'static str,
    stop: &'static str,
    near_ms: i64,
    far_ms: i64,
}

type RowQuery<'q> = sqlx::query::QueryAs<'q, sqlx::Any, Row, sqlx::any::AnyArguments>;

impl Filter {
    /// The statement of a walk with its parameters.
    fn bound<'q>(&'q self, walk: &Walk, organization: &'q str, slice: &'q Slice, limit: i64) -> RowQuery<'q> {
        sqlx::query_as(walk.matching)
            .bind(organization)
            .bind(slice.beside.as_str())
            .bind(walk.near_ms)
            .bind(walk.far_ms)
            .bind(self.actor.id.as_str())
            .bind(self.actor.pattern.as_str())
            .bind(self.operations.exact.as_str())
            .bind(self.operations.pattern.as_str())
            .bind(self.outcome.as_str())
            .bind(i64::from(self.is_refused))
            .bind(if self.is_compared() { SCANNED } else { limit + slice.offset })
            .bind(self.from_ms)
            .bind(self.to_ms)
            .bind(limit)
            .bind(slice.offset)
            .bind(self.person.pattern.as_str())
            .bind(self.operations.any_of.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_exact_and_other_text_is_searched() {
        let by_id = Person::of("user_2abc");
        assert_eq!((by_id.id.as_str(), by_id.pattern.as_str()), ("user_2abc", ""));
        let by_name = Person::of("Ada L");
        assert_eq!((by_name.id.as_str(), by_name.pattern.as_str()), ("", "%ada l%"));
    }
}
