//! Finds the members that match a search, without a walk through all members.
//!
//! A member matches when each word of the search is the beginning of one of the member's words
//! (`words`). Among the first 2,000 members a text in the middle of a word matches, too. So small
//! organizations are searched completely, and the effort for a large one has a limit. A role and a
//! state are words, too (`member_facets`).
//!
//! `make growth` measures the searches that cost most: 8 to 15 ms for a first page of 100,000
//! members in SQLite, most of it for the first 2,000 members.

use super::member_facets::{role_word, state_word};
use super::member_order::{Member, SortKey, is_backwards, order_of};
use super::member_statements::{Both, COMMON, COUNT, Statements};
use super::page::{PAGE, PAGE_ROWS, Slice};
use super::search_text::{fold, pattern};
use super::words::{MAX_TOKENS, tokens};
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::ListMembers;
use std::collections::BTreeSet;

type Query<'q> = sqlx::query::QueryAs<'q, sqlx::Any, Member, sqlx::any::AnyArguments>;
/// The first and the last possible word with a beginning.
type Range = (Vec<u8>, Vec<u8>);

/// The most filters of a list, as many as the statements have parameters for.
const FILTERS: usize = 2;

struct Search<'a> {
    grant: &'a Granted<ListMembers>,
    statements: &'static Statements,
    is_backwards: bool,
    rows: i64,
}

/// Returns the memberships of a slice that match the search, nearest first, one more than fit on a
/// page.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(super) async fn matching(grant: &Granted<ListMembers>, slice: &Slice) -> Result<Vec<String>, StoreError> {
    let search = Search::of(grant, slice);
    let place: Option<Member> = sqlx::query_as(search.statements.place)
        .bind(grant.actor().organization.as_str())
        .bind(slice.beside.as_str())
        .fetch_optional(grant.database().reader())
        .await?;
    let place = match place {
        Some(place) => place,
        None => Member { key: SortKey::fallback_for(grant, slice).await?, id: slice.beside.clone() },
    };
    let mut found = BTreeSet::new();
    if !grant.input().query.is_empty() {
        found.extend(search.read(search.among_first(&place)).await?);
    }
    found.extend(search.by_words(place).await?);
    let ids = found.into_iter().map(|member| member.id);
    let nearest_first: Vec<_> = if search.is_backwards { ids.rev().collect() } else { ids.collect() };
    let offset = usize::try_from(slice.offset).unwrap_or_default();
    Ok(nearest_first.into_iter().skip(offset).take(PAGE_ROWS + 1).collect())
}

/// The number of members that match, at most [`COMMON`]; `None` unless one filter alone is set.
///
/// # Errors
/// The database does not answer or refuses the statement.
pub(super) async fn total(grant: &Granted<ListMembers>) -> Result<Option<i64>, StoreError> {
    let search = Search::of(grant, &Slice::first());
    match filters(grant.input()).as_slice() {
        [(from, to)] if grant.input().query.is_empty() => Ok(Some(search.count(from, to).await?)),
        _ => Ok(None),
    }
}

/// The ranges of the words of the filters, at most [`FILTERS`].
fn filters(input: &ListMembers) -> Vec<Range> {
    let role = (!input.role.is_empty()).then(|| role_word(&input.role));
    let state = (!input.state.is_empty()).then(|| state_word(&input.state));
    role.into_iter().chain(state).map(range).collect()
}

fn range(beginning: Vec<u8>) -> Range {
    let end = [beginning.as_slice(), b"\xff"].concat();
    (beginning, end)
}

impl<'a> Search<'a> {
    fn of(grant: &'a Granted<ListMembers>, slice: &Slice) -> Self {
        let sort = order_of(grant.input());
        Self {
            grant,
            statements: Statements::of(sort),
            is_backwards: is_backwards(sort, slice),
            rows: PAGE + 1 + slice.offset,
        }
    }

    /// The statement for members whose text contains the search.
    fn among_first<'q>(&self, place: &Member) -> Query<'q> {
        let input = self.grant.input();
        let mut ranges = filters(input).into_iter();
        let number = i64::try_from(ranges.len()).unwrap_or(i64::MAX);
        let mut query =
            self.query(self.statements.among_first, place).bind(self.rows).bind(pattern(&input.query)).bind(number);
        for _ in 0..FILTERS {
            let (from, to) = ranges.next().unwrap_or_default();
            query = query.bind(from).bind(to);
        }
        query
    }

    async fn by_words(&self, mut place: Member) -> Result<Vec<Member>, StoreError> {
        let mut counted: Vec<(i64, Range)> = Vec::new();
        let words: Vec<Range> = tokens(&fold(&self.grant.input().query)).into_iter().map(range).collect();
        let filters = filters(self.grant.input());
        // A search with too many words has none, and the filters alone would find everybody.
        let is_searched = words.is_empty() == self.grant.input().query.is_empty();
        if !is_searched || words.len() + filters.len() > MAX_TOKENS {
            return Ok(Vec::new());
        }
        for (from, to) in words.into_iter().chain(filters) {
            counted.push((self.count(&from, &to).await?, (from, to)));
        }
        counted.sort_unstable();
        let rare = counted.iter().filter(|(words, _)| *words < self.statements.common).count();
        let ranges: Vec<Range> = counted.into_iter().map(|(_, range)| range).collect();
        if ranges.is_empty() {
            return Ok(Vec::new());
        }
        if rare > 0 {
            let Statements { by_words, by_two_words, .. } = self.statements;
            let statements = if rare > 1 { *by_two_words } else { *by_words };
            return self.read(self.with_words(statements, &place, &ranges)).await;
        }
        let mut found = Vec::new();
        loop {
            found.extend(self.read(self.with_words(self.statements.by_walk, &place, &ranges)).await?);
            let end = self.read(self.query(self.statements.end_of_walk, &place)).await?.pop();
            match end {
                Some(end) if i64::try_from(found.len()).is_ok_and(|found| found < self.rows) => place = end,
                _ => return Ok(found),
            }
        }
    }

    /// The number of words in a range, at most [`COMMON`].
    async fn count(&self, from: &[u8], to: &[u8]) -> Result<i64, StoreError> {
        let organization = self.grant.actor().organization.as_str();
        let query = sqlx::query_as(COUNT).bind(organization).bind(from.to_vec()).bind(to.to_vec()).bind(COMMON);
        let (words,): (i64,) = query.fetch_one(self.grant.database().reader()).await?;
        Ok(words)
    }

    async fn read(&self, query: Query<'_>) -> Result<Vec<Member>, StoreError> {
        Ok(query.fetch_all(self.grant.database().reader()).await?)
    }

    /// The statement for the wanted side of a place, with its first three parameters.
    fn query<'q>(&self, [after, before]: Both, place: &Member) -> Query<'q> {
        let statement = if self.is_backwards { before } else { after };
        let query = sqlx::query_as(statement).bind(self.grant.actor().organization.to_string());
        place.key.clone().bind_to(query).bind(place.id.clone())
    }

    /// The same with the parameters of the words.
    fn with_words<'q>(&self, statements: Both, place: &Member, ranges: &[Range]) -> Query<'q> {
        let words = i64::try_from(ranges.len()).unwrap_or(i64::MAX);
        let mut ranges = ranges.iter().cloned();
        let (from, to) = ranges.next().unwrap_or_default();
        let mut query = self.query(statements, place).bind(self.rows).bind(from).bind(to).bind(words);
        for _ in 1..MAX_TOKENS {
            let (from, to) = ranges.next().unwrap_or_default();
            query = query.bind(from).bind(to);
        }
        query
    }
}
