//! Finds the members that match a search, without a walk through all members.
//!
//! A member matches when each word of the search is the beginning of one of the member's words
//! (`words`). Among the first 2,000 members a text in the middle of a word matches, too. So small
//! organizations are searched completely, and the effort for a large one has a limit.
//!
//! `make growth` measures the searches that cost most: 8 to 15 ms for a first page of 100,000
//! members in SQLite, most of it for the first 2,000 members.

use super::page::{PAGE, PAGE_ROWS, Slice};
use super::search_text::{fold, pattern};
use super::words::{MAX_TOKENS, tokens};
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::ListMembers;
use std::collections::BTreeSet;

/// From this number of words on, a beginning is common: to sort its members would take more than 10
/// ms. A walk through the list in its order then finds a page soon, because about one member in
/// five matches with 100,000 members.
macro_rules! common {
    () => {
        20000
    };
}
const COMMON: i64 = common!();

macro_rules! in_order {
    ($id:literal, $direction:literal) => {
        concat!(" order by sort_key ", $direction, ", ", $id, " ", $direction)
    };
}

/// The condition that a member has a word in a range. PostgreSQL would turn `exists` into a join,
/// and join the words of all members before it sorts the first page out of them.
macro_rules! has_word {
    ($member:literal, $from:literal, $to:literal) => {
        concat!(
            "coalesce((select 1 from membership_words o where o.membership_id = ",
            $member,
            " and o.word >= ",
            $from,
            " and o.word < ",
            $to,
            " limit 1), 0) = 1"
        )
    };
}

/// The conditions for the words of a search after the first one. `$7` is the number of all words.
macro_rules! has_other_words {
    ($member:literal) => {
        concat!(
            "($7 < 2 or ",
            has_word!($member, "$8", "$9"),
            ") and ($7 < 3 or ",
            has_word!($member, "$10", "$11"),
            ") and ($7 < 4 or ",
            has_word!($member, "$12", "$13"),
            ") and ($7 < 5 or ",
            has_word!($member, "$14", "$15"),
            ") and ($7 < 6 or ",
            has_word!($member, "$16", "$17"),
            ")"
        )
    };
}

/// The words of one range beside the slice.
macro_rules! words_beside {
    ($from:literal, $to:literal, $comparison:literal) => {
        concat!(
            "select sort_key, membership_id from membership_words where organization_id = $1 and word >= ",
            $from,
            " and word < ",
            $to,
            " and (sort_key, membership_id) ",
            $comparison,
            " ($2, $3)"
        )
    };
}

/// Parameters: the organization, the sort key and id beside the slice, the number of rows, the
/// range of the first word, the number of words, and the ranges of 5 others. Members with the first
/// word are sorted before the other words are looked up, so that the lookups end with the page. A
/// member may have 12 words in the first range, so 12 times as many rows are read before equal ones
/// are dropped.
macro_rules! by_words {
    ($comparison:literal, $direction:literal) => {
        concat!(
            "select distinct sort_key, membership_id from ( \
               select w.sort_key, w.membership_id from ( ",
            words_beside!("$5", "$6", $comparison),
            in_order!("membership_id", $direction),
            " limit (case when $7 < 2 then 12 * $4 else ",
            common!(),
            " end)) w where ",
            has_other_words!("w.membership_id"),
            " limit 12 * $4) found",
            in_order!("membership_id", $direction),
            " limit $4"
        )
    };
}

/// The same members, if the second word is not common either. A page would take a lookup for each
/// member with the first word if few of them have the second one.
macro_rules! by_two_words {
    ($comparison:literal, $direction:literal) => {
        concat!(
            "select sort_key, membership_id from ( \
               select w.sort_key, w.membership_id from ( ",
            words_beside!("$5", "$6", $comparison),
            " intersect ",
            words_beside!("$8", "$9", $comparison),
            in_order!("membership_id", $direction),
            " limit ",
            common!(),
            ") w where ",
            has_other_words!("w.membership_id"),
            " limit $4) found",
            in_order!("membership_id", $direction),
            " limit $4"
        )
    };
}

/// The same members, found in the order of the list: those among the next 1,000. PostgreSQL would
/// take a walk without a limit for so expensive that it compiles the statement first.
macro_rules! by_walk {
    ($comparison:literal, $direction:literal) => {
        concat!(
            "select m.sort_key, m.id from ( \
               select sort_key, id from memberships \
               where organization_id = $1 and deleted_at is null and (sort_key, id) ",
            $comparison,
            " ($2, $3)",
            in_order!("id", $direction),
            " limit 1000) m where ",
            has_word!("m.id", "$5", "$6"),
            " and ",
            has_other_words!("m.id"),
            " order by m.sort_key ",
            $direction,
            ", m.id ",
            $direction,
            " limit $4"
        )
    };
}

/// The last one of these 1,000 members.
macro_rules! end_of_walk {
    ($comparison:literal, $direction:literal) => {
        concat!(
            "select sort_key, id from memberships \
             where organization_id = $1 and deleted_at is null and (sort_key, id) ",
            $comparison,
            " ($2, $3)",
            in_order!("id", $direction),
            " limit 1 offset 999"
        )
    };
}

/// Members among the first 2,000 whose text contains the pattern `$5`.
macro_rules! among_first {
    ($comparison:literal, $direction:literal) => {
        concat!(
            "select sort_key, id from ( \
               select sort_key, id, coalesce(search_text, user_id) as text from memberships \
               where organization_id = $1 and deleted_at is null order by sort_key, id limit 2000) first_members \
             where text like $5 escape '!' and (sort_key, id) ",
            $comparison,
            " ($2, $3)",
            in_order!("id", $direction),
            " limit $4"
        )
    };
}

/// A statement for the members after a place, and one for those before it.
type Both = [&'static str; 2];
const BY_WORDS: Both = [by_words!(">", "asc"), by_words!("<", "desc")];
const BY_TWO_WORDS: Both = [by_two_words!(">", "asc"), by_two_words!("<", "desc")];
const BY_WALK: Both = [by_walk!(">", "asc"), by_walk!("<", "desc")];
const END_OF_WALK: Both = [end_of_walk!(">", "asc"), end_of_walk!("<", "desc")];
const AMONG_FIRST: Both = [among_first!(">", "asc"), among_first!("<", "desc")];

/// The membership may have ended since, so its place is that of its user.
const PLACE: &str = "select coalesce(m.sort_key, u.sort_key) from memberships m left join users u on u.id = m.user_id \
     where m.id = $2 and m.organization_id = $1";

const COUNT: &str = "select count(*) from (select 1 from membership_words \
     where organization_id = $1 and word >= $2 and word < $3 limit $4) found";

/// The sort key and id of a membership.
type Member = (Vec<u8>, String);
type Query<'q> = sqlx::query::QueryAs<'q, sqlx::Any, Member, sqlx::any::AnyArguments>;
/// The first and the last possible word with a beginning.
type Range = (Vec<u8>, Vec<u8>);

struct Search<'a> {
    grant: &'a Granted<ListMembers>,
    slice: &'a Slice,
    rows: i64,
}

/// Returns the memberships of a slice that match the search, nearest first, one more than fit on a
/// page.
///
/// # Errors
/// The database does not answer or refuses a statement.
pub(super) async fn matching(grant: &Granted<ListMembers>, slice: &Slice) -> Result<Vec<String>, StoreError> {
    let place: Option<(Option<Vec<u8>>,)> = sqlx::query_as(PLACE)
        .bind(grant.actor().organization.as_str())
        .bind(slice.beside.as_str())
        .fetch_optional(grant.database().reader())
        .await?;
    let place = (place.and_then(|(key,)| key).unwrap_or_default(), slice.beside.clone());
    let search = Search { grant, slice, rows: PAGE + 1 + slice.offset };
    let among_first = search.query(AMONG_FIRST, &place).bind(search.rows).bind(pattern(&grant.input().query));
    let mut found: BTreeSet<Member> = search.read(among_first).await?.into_iter().collect();
    found.extend(search.by_words(place).await?);
    let ids = found.into_iter().map(|(_, id)| id);
    let nearest_first: Vec<_> = if slice.is_before { ids.rev().collect() } else { ids.collect() };
    let offset = usize::try_from(slice.offset).unwrap_or_default();
    Ok(nearest_first.into_iter().skip(offset).take(PAGE_ROWS + 1).collect())
}

impl Search<'_> {
    async fn by_words(&self, mut place: Member) -> Result<Vec<Member>, StoreError> {
        let mut counted: Vec<(i64, Range)> = Vec::new();
        for token in tokens(&fold(&self.grant.input().query)) {
            let end = [token.as_slice(), b"\xff"].concat();
            counted.push((self.count(&token, &end).await?, (token, end)));
        }
        counted.sort_unstable();
        let rare = counted.iter().filter(|(words, _)| *words < COMMON).count();
        let ranges: Vec<Range> = counted.into_iter().map(|(_, range)| range).collect();
        if ranges.is_empty() {
            return Ok(Vec::new());
        }
        if rare > 0 {
            let statements = if rare > 1 { BY_TWO_WORDS } else { BY_WORDS };
            return self.read(self.with_words(statements, &place, &ranges)).await;
        }
        let mut found = Vec::new();
        loop {
            found.extend(self.read(self.with_words(BY_WALK, &place, &ranges)).await?);
            let end = self.read(self.query(END_OF_WALK, &place)).await?.pop();
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
    fn query<'q>(&self, [after, before]: Both, (sort_key, id): &Member) -> Query<'q> {
        sqlx::query_as(if self.slice.is_before { before } else { after })
            .bind(self.grant.actor().organization.to_string())
            .bind(sort_key.clone())
            .bind(id.clone())
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
