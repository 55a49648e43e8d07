//! Finds the members that match a search, without a walk through all members.
//!
//! A member matches when each word of the search is the beginning of one of the member's words
//! (`words`). Among the first 2,000 members a text in the middle of a word matches, too. So small
//! organizations are searched completely, and the effort for a large one has a limit. A role and a
//! state are words, too (`member_facets`).
//!
//! In a list by role the members of one role stand in the order of their names, so it is searched
//! role after role. The names with one beginning are often at the end of every role, and a walk
//! would pass all members before them.
//!
//! `make growth` measures the searches that cost most. `docs/performance.md` has the figures for a
//! first page of 100,000 members.

use super::member_facets::{role_and_name, role_order, role_word, state_word};
use super::member_order::{Member, SortKey, is_backwards, order_of};
use super::member_statements::{Both, COMMON, COUNT, ROLE_BESIDE, Statements};
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
/// The most ranges of a statement. A list by role adds that of its role.
const RANGES: usize = MAX_TOKENS + 1;

struct Search<'a> {
    grant: &'a Granted<ListMembers>,
    statements: &'static Statements,
    is_by_role: bool,
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
            is_by_role: sort.is_by_role(),
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

    async fn by_words(&self, place: Member) -> Result<Vec<Member>, StoreError> {
        let mut counted: Vec<(i64, Range)> = Vec::new();
        let words: Vec<Range> = tokens(&fold(&self.grant.input().query)).into_iter().map(range).collect();
        let filters = filters(self.grant.input());
        // A search with too many words has none, and the filters alone would find everybody.
        let is_searched = words.is_empty() == self.grant.input().query.is_empty();
        let ranges = words.len() + filters.len();
        if !is_searched || ranges == 0 || ranges > MAX_TOKENS {
            return Ok(Vec::new());
        }
        for (from, to) in words.into_iter().chain(filters) {
            counted.push((self.count(&from, &to).await?, (from, to)));
        }
        match place {
            Member { key: SortKey::Text(key), id } if self.is_by_role => self.by_role(key, id, counted).await,
            place => self.with_all(place, counted).await,
        }
    }

    /// The members of one role after the other, from a place on.
    async fn by_role(&self, key: Vec<u8>, id: String, counted: Vec<(i64, Range)>) -> Result<Vec<Member>, StoreError> {
        let mut found = Vec::new();
        let mut next = role_and_name(&key).map(|(role, name)| (role, Member { key: SortKey::Text(name), id }));
        let mut passed = key;
        while i64::try_from(found.len()).is_ok_and(|found| found < self.rows) {
            let (role, place) = match next.take() {
                Some(at_place) => at_place,
                None => match self.role_beside(&passed).await? {
                    Some(role) => (role, Member { key: SortKey::at_end(self.is_backwards), id: String::new() }),
                    None => break,
                },
            };
            let (from, to) = range(role_word(&role));
            let of_role = (self.count(&from, &to).await?, (from, to));
            let members = self.with_all(place, counted.iter().cloned().chain([of_role]).collect()).await?;
            let in_role = |member: Member| match member.key {
                SortKey::Text(name) => Member { key: SortKey::Text(role_order(&role, &name)), ..member },
                SortKey::Joined(_) => member,
            };
            found.extend(members.into_iter().map(in_role));
            // A key of the role is the role, a NUL byte and a name, so this one is beyond them all.
            passed = role.into_bytes().into_iter().chain([u8::from(!self.is_backwards)]).collect();
        }
        Ok(found)
    }

    /// The next role of the organization beyond a key, in the direction of the list.
    async fn role_beside(&self, key: &[u8]) -> Result<Option<String>, StoreError> {
        let [after, before] = ROLE_BESIDE;
        let query = sqlx::query_as(if self.is_backwards { before } else { after });
        let query = query.bind(self.grant.actor().organization.as_str()).bind(key.to_vec());
        let key: Option<(Vec<u8>,)> = query.fetch_optional(self.grant.database().reader()).await?;
        Ok(key.and_then(|(key,)| role_and_name(&key)).map(|(role, _)| role))
    }

    /// The members that have a word in each range, with the number of the words.
    async fn with_all(&self, mut place: Member, mut counted: Vec<(i64, Range)>) -> Result<Vec<Member>, StoreError> {
        counted.sort_unstable();
        let rare = counted.iter().filter(|(words, _)| *words < self.statements.common).count();
        let ranges: Vec<Range> = counted.into_iter().map(|(_, range)| range).collect();
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
        for _ in 1..RANGES {
            let (from, to) = ranges.next().unwrap_or_default();
            query = query.bind(from).bind(to);
        }
        query
    }
}
