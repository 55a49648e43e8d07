//! The orders of the list of members: the key of each, and the places of pages in it.
//!
//! A list by name, one by time and one by role have statements of their own, because each reads an
//! index in its order. The opposite order reads the same index backwards.

use super::member_facets::role_order;
use super::page::Slice;
use crate::access::Granted;
use crate::db::StoreError;
use domain::operation::{ListMembers, MemberSort};
use domain::page_view::PageView;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::QueryAs;
use sqlx::{Any, FromRow, Row};

/// The role and the sort key of a membership that may have ended.
const FORMER: &str = "select m.role, u.sort_key from memberships m join users u on u.id = m.user_id \
     where m.id = $2 and m.organization_id = $1 and u.sort_key is not null";

/// The key of a member in an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SortKey {
    /// The sort key of the name, or the role before it, which are compared byte by byte.
    Text(Vec<u8>),
    /// When the membership began, Unix milliseconds; 0 until Clerk reports it.
    Joined(i64),
}

impl SortKey {
    /// The key that stands before those of all members.
    pub(super) fn before_all(sort: MemberSort) -> Self {
        match (sort.is_by_time(), sort.is_descending()) {
            (true, true) => Self::Joined(i64::MAX),
            (true, false) => Self::Joined(i64::MIN),
            (false, is_last) => Self::at_end(is_last),
        }
    }

    /// The text before or after all others.
    pub(super) fn at_end(is_last: bool) -> Self {
        // No text in UTF-8 has this byte.
        Self::Text(if is_last { vec![0xff] } else { Vec::new() })
    }

    /// The key where the membership beside a slice has no stored one: a member who has left keeps
    /// their place in a list by role.
    ///
    /// # Errors
    /// The database does not answer or refuses the statement.
    pub(super) async fn fallback_for(grant: &Granted<ListMembers>, slice: &Slice) -> Result<Self, StoreError> {
        let sort = order_of(grant.input());
        if !sort.is_by_role() || slice.beside.is_empty() {
            return Ok(Self::before_all(sort));
        }
        let former: Option<(String, Vec<u8>)> = sqlx::query_as(FORMER)
            .bind(grant.actor().organization.as_str())
            .bind(slice.beside.as_str())
            .fetch_optional(grant.database().reader())
            .await?;
        Ok(former.map_or_else(|| Self::before_all(sort), |(role, key)| Self::Text(role_order(&role, &key))))
    }

    /// The query with the key as its next parameter.
    pub(super) fn bind_to<O>(self, query: QueryAs<'_, Any, O, AnyArguments>) -> QueryAs<'_, Any, O, AnyArguments> {
        match self {
            Self::Text(key) => query.bind(key),
            Self::Joined(at_ms) => query.bind(at_ms),
        }
    }
}

/// A member in an order: the key and the id of the membership.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Member {
    pub(super) key: SortKey,
    pub(super) id: String,
}

impl FromRow<'_, AnyRow> for Member {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let key = row.try_get(0).map(SortKey::Joined).or_else(|_| row.try_get(0).map(SortKey::Text))?;
        Ok(Self { key, id: row.try_get(1)? })
    }
}

/// The order in which a list is read. The members of one role are those of the list by name, and a
/// walk through the list by role would pass every member of the roles before.
pub(super) fn order_of(input: &ListMembers) -> MemberSort {
    let sort = MemberSort::of(&input.sort);
    match (sort.is_by_role() && !input.role.is_empty(), sort.is_descending()) {
        (true, false) => MemberSort::Name,
        (true, true) => MemberSort::NameDescending,
        (false, _) => sort,
    }
}

/// Whether a statement reads a slice from its greatest key on.
pub(super) fn is_backwards(sort: MemberSort, slice: &Slice) -> bool {
    sort.is_descending() != slice.is_before
}

/// The place that a URL names, without the mark of its order. A place in another order is the first
/// page: the rows around it say nothing in this one.
pub(super) fn place_in(sort: MemberSort, page: &str) -> &str {
    if sort == MemberSort::Name {
        return page;
    }
    page.strip_prefix(sort.code()).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default()
}

/// The page with marked places, so that they lead nowhere in another order. A place by name has no
/// mark, and the first letter of a mark begins no place.
pub(super) fn with_marks<T>(sort: MemberSort, page: PageView<T>) -> PageView<T> {
    let mark = |place: String| if sort == MemberSort::Name { place } else { format!("{}-{place}", sort.code()) };
    PageView { previous: page.previous.map(mark), next: page.next.map(mark), rows: page.rows }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::input::CURSOR;

    #[test]
    fn a_place_of_one_order_is_the_first_page_of_another() {
        let page = |sort| {
            with_marks(
                sort,
                PageView { rows: vec![()], previous: Some("bYQ".to_owned()), next: Some("aYQ".to_owned()) },
            )
        };
        for sort in MemberSort::ALL {
            for other in MemberSort::ALL {
                let PageView { previous, next, .. } = page(sort);
                for (marked, place) in [(previous.unwrap(), "bYQ"), (next.unwrap(), "aYQ")] {
                    assert_eq!(CURSOR.problem(&marked), None, "{marked}");
                    let read = place_in(other, &marked);
                    // The reader of places takes text of no known form for the first page.
                    let is_no_place = read.is_empty() || !read.starts_with(['a', 'b']);
                    assert_eq!(read == place, sort == other, "{sort:?} {other:?}");
                    assert!(sort == other || is_no_place, "{sort:?} {other:?}: {read}");
                }
            }
        }
    }
}
