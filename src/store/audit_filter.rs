//! Reads the audit log by a filter, newest first.
//!
//! Each statement walks one index in the order of the log. The filter chooses the index: that of
//! the actor, of the operation, of the refusals, or of all entries. The rest of the filter is
//! compared with at most [`SCANNED`] entries for each read, so no combination costs more than that;
//! the page says how far the search came.

use super::page::{Found, Listed, Slice, Stop};
use super::search_text::pattern;
use crate::db::{Database, StoreError};
use domain::input::IDENTIFIER;
use domain::operation::AuditFilter;
use sqlx::FromRow;

/// The entries that one read compares with a filter.
pub(super) const SCANNED: i64 = 5000;

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

/// Adds the names of the people in the entries of a statement. A change names a user or a session
/// by id.
macro_rules! with_names {
    ($entries:expr, $order:literal) => {
        concat!(
            "select f.id, f.at, f.user_id, coalesce(u.name, u.email, f.user_id) as actor, f.impersonator_id, \
               coalesce(i.name, i.email, f.impersonator_id) as impersonator, f.operation, f.outcome, f.times, \
               f.subject, coalesce(s.name, s.email) as subject_name, f.changed_from, f.changed_to, f.reason, \
               f.session_id, f.request_id \
             from (",
            $entries,
            ") f left join users u on u.id = f.user_id left join users i on i.id = f.impersonator_id \
             left join sessions e on e.id = f.subject left join users s on s.id = coalesce(e.user_id, f.subject)",
            $order
        )
    };
}

pub(super) use with_names;

/// One entry of an organization.
pub(super) const ONE_ENTRY: &str = with_names!("select * from audit where id = $2 and organization_id = $1", "");

/// The time and the id of the entry beside a slice; the time `$3` where there is none.
macro_rules! beside {
    () => {
        "(coalesce((select b.at from audit b where b.id = $2 and b.organization_id = $1), $3), $2)"
    };
}

/// A walk along one index from the entry beside. `$4` is the limit of time on the other side.
macro_rules! walk {
    ($columns:literal, $index:literal, older) => {
        concat!(
            "select ",
            $columns,
            " from audit a where a.organization_id = $1",
            $index,
            " and a.at >= $4 and (a.at, a.id) < ",
            beside!(),
            " order by a.at desc, a.id desc"
        )
    };
    ($columns:literal, $index:literal, newer) => {
        concat!(
            "select ",
            $columns,
            " from audit a where a.organization_id = $1",
            $index,
            " and a.at < $4 and (a.at, a.id) > ",
            beside!(),
            " order by a.at, a.id"
        )
    };
}

/// The entries of a walk that match. PostgreSQL would turn `exists` into a join, which loses the
/// order of the walk.
macro_rules! matching {
    ($index:literal, $direction:ident, $order:literal) => {
        with_names!(
            concat!(
                "select w.* from (",
                walk!("a.*", $index, $direction),
                " limit $11) w where w.at >= $12 and w.at < $13 and ($5 = '' or w.user_id = $5) \
                 and ($6 = '' or coalesce((select 1 from users n where n.id = w.user_id \
                   and n.search_text like $6 escape '!' limit 1), 0) = 1) \
                 and ($7 = '' or w.operation = $7) and ($8 = '' or w.operation like $8 escape '!') \
                 and ($9 = '' or w.outcome = $9) \
                 and ($10 = 0 or w.outcome <> 'done' and w.operation <> 'end_session') limit $14 offset $15"
            ),
            $order
        )
    };
}

/// The entry at which a walk stops. `$5` is the number of entries before it.
macro_rules! stop {
    ($index:literal, $direction:ident) => {
        concat!(walk!("a.id, a.at", $index, $direction), " limit 1 offset $5")
    };
}

/// The statements along one index: the entries and the stop, to older and to newer entries.
struct Statements {
    older: &'static str,
    newer: &'static str,
    older_stop: &'static str,
    newer_stop: &'static str,
}

macro_rules! statements {
    ($index:literal, $index_of_stop:literal) => {
        Statements {
            older: matching!($index, older, " order by f.at desc, f.id desc"),
            newer: matching!($index, newer, " order by f.at, f.id"),
            older_stop: stop!($index_of_stop, older),
            newer_stop: stop!($index_of_stop, newer),
        }
    };
}

const ALL: Statements = statements!("", "");
const BY_ACTOR: Statements = statements!(" and a.user_id = $5", " and a.user_id = $6");
const BY_OPERATION: Statements = statements!(" and a.operation = $7", " and a.operation = $6");
const REFUSED: Statements = statements!(" and a.outcome <> 'done'", " and a.outcome <> 'done'");

/// A filter as the statements need it. An empty text matches everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    actor_id: String,
    actor_pattern: String,
    operation: String,
    operation_pattern: String,
    outcome: String,
    is_refused: bool,
    from_ms: i64,
    to_ms: i64,
}

impl Filter {
    pub(super) fn of(filter: &AuditFilter) -> Self {
        let AuditFilter { actor, operation, outcome, from_ms, to_ms } = filter;
        let is_id = actor.starts_with("user_") && IDENTIFIER.problem(actor).is_none();
        let (actor_id, actor_pattern) = match actor.as_str() {
            "" => Default::default(),
            id if is_id => (id.to_owned(), String::new()),
            text => (String::new(), pattern(text)),
        };
        // People type "Rename organization", too.
        let operation = operation.to_lowercase().replace(' ', "_");
        let (operation, operation_pattern) =
            if operation.contains('*') { (String::new(), wildcard(&operation)) } else { (operation, String::new()) };
        let is_refused = outcome == "refused";
        let outcome = if is_refused { String::new() } else { outcome.clone() };
        let to_ms = if *to_ms == 0 { i64::MAX } else { *to_ms };
        Self { actor_id, actor_pattern, operation, operation_pattern, outcome, is_refused, from_ms: *from_ms, to_ms }
    }

    /// The statements along the index that fits best, and the value of its column.
    fn statements(&self) -> (&'static Statements, Option<&str>) {
        if !self.actor_id.is_empty() {
            (&BY_ACTOR, Some(&self.actor_id))
        } else if !self.operation.is_empty() {
            (&BY_OPERATION, Some(&self.operation))
        } else if self.is_refused || !matches!(self.outcome.as_str(), "" | "done") {
            (&REFUSED, None)
        } else {
            (&ALL, None)
        }
    }

    /// Whether entries of the walk may not match.
    fn is_compared(&self) -> bool {
        let texts = [&self.actor_pattern, &self.operation_pattern, &self.outcome];
        let is_second = !self.actor_id.is_empty() && !self.operation.is_empty();
        self.is_refused || is_second || texts.iter().any(|text| !text.is_empty())
    }
}

/// The `like` pattern for a text in which `*` stands for any text.
fn wildcard(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_").replace('*', "%")
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
        let (near_ms, far_ms) = (filter.to_ms, filter.from_ms);
        Walk { matching: statements.older, stop: statements.older_stop, near_ms, far_ms }
    };
    let rows = filter.bound(&walk, organization, &slice, limit).fetch_all(database.reader()).await?;
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
            .bind(self.actor_id.as_str())
            .bind(self.actor_pattern.as_str())
            .bind(self.operation.as_str())
            .bind(self.operation_pattern.as_str())
            .bind(self.outcome.as_str())
            .bind(i64::from(self.is_refused))
            .bind(SCANNED)
            .bind(self.from_ms)
            .bind(self.to_ms)
            .bind(limit)
            .bind(slice.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(actor: &str, operation: &str) -> Filter {
        let (actor, operation) = (actor.to_owned(), operation.to_owned());
        Filter::of(&AuditFilter { actor, operation, ..AuditFilter::default() })
    }

    #[test]
    fn an_id_is_exact_and_other_text_is_searched() {
        let by_id = filter("user_2abc", "");
        assert_eq!((by_id.actor_id.as_str(), by_id.actor_pattern.as_str()), ("user_2abc", ""));
        let by_name = filter("Ada L", "");
        assert_eq!((by_name.actor_id.as_str(), by_name.actor_pattern.as_str()), ("", "%ada l%"));
    }

    #[test]
    fn a_star_stands_for_any_text_and_nothing_else_does() {
        let (exact, star) = (filter("", "Rename organization"), filter("", "rename_*%"));
        assert_eq!((exact.operation.as_str(), exact.operation_pattern.as_str()), ("rename_organization", ""));
        assert_eq!((star.operation.as_str(), star.operation_pattern.as_str()), ("", "rename!_%!%"));
    }
}
