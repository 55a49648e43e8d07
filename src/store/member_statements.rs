//! The statements of a search among members. `member_search` chooses among them.

use domain::operation::MemberSort;

/// From this number of words on, a beginning is common: to sort its members would take more than 10
/// ms. A walk through the list in its order then finds a page soon, because about one member in
/// five matches with 100,000 members.
macro_rules! common {
    () => {
        20000
    };
}
pub(super) const COMMON: i64 = common!();

/// The number for a list by time. It looks up the key of each member with a word, so 2,000 of them
/// take 7 ms.
macro_rules! common_by_lookup {
    () => {
        2000
    };
}
pub(super) const COMMON_BY_LOOKUP: i64 = common_by_lookup!();

macro_rules! in_order {
    ($key:literal, $id:literal, $direction:literal) => {
        concat!(" order by ", $key, " ", $direction, ", ", $id, " ", $direction)
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
            ") and ($7 < 7 or ",
            has_word!($member, "$18", "$19"),
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
/// range of the first word, the number of words, and the ranges of 6 others. Members with the first
/// word are sorted before the other words are looked up, so that the lookups end with the page. A
/// member may have 12 words in the first range, so 12 times as many rows are read before equal ones
/// are dropped.
macro_rules! by_words {
    ($comparison:literal, $direction:literal) => {
        concat!(
            "select distinct sort_key, membership_id from ( \
               select w.sort_key, w.membership_id from ( ",
            words_beside!("$5", "$6", $comparison),
            in_order!("sort_key", "membership_id", $direction),
            " limit (case when $7 < 2 then 12 * $4 else ",
            common!(),
            " end)) w where ",
            has_other_words!("w.membership_id"),
            " limit 12 * $4) found",
            in_order!("sort_key", "membership_id", $direction),
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
            in_order!("sort_key", "membership_id", $direction),
            " limit ",
            common!(),
            ") w where ",
            has_other_words!("w.membership_id"),
            " limit $4) found",
            in_order!("sort_key", "membership_id", $direction),
            " limit $4"
        )
    };
}

/// The same members of a list by time, from a word that is not common. PostgreSQL might join all
/// memberships for the keys.
macro_rules! by_words_by_lookup {
    ($key:literal, $comparison:literal, $direction:literal) => {
        concat!(
            "select distinct key, membership_id from ( \
               select (select m.",
            $key,
            " from memberships m where m.id = w.membership_id) as key, \
                 w.membership_id from ( \
                 select membership_id from membership_words where organization_id = $1 and word >= $5 and word < $6 \
                 limit ",
            common_by_lookup!(),
            ") w where ",
            has_other_words!("w.membership_id"),
            ") found where (key, membership_id) ",
            $comparison,
            " ($2, $3)",
            in_order!("key", "membership_id", $direction),
            " limit $4"
        )
    };
}

/// The same members, found in the order of the list: those among the next 1,000. PostgreSQL would
/// take a walk without a limit for so expensive that it compiles the statement first.
macro_rules! by_walk {
    ($key:literal, $comparison:literal, $direction:literal) => {
        concat!(
            "select m.key, m.id from ( \
               select ",
            $key,
            " as key, id from memberships where organization_id = $1 and deleted_at is null and (",
            $key,
            ", id) ",
            $comparison,
            " ($2, $3)",
            in_order!($key, "id", $direction),
            " limit 1000) m where ",
            has_word!("m.id", "$5", "$6"),
            " and ",
            has_other_words!("m.id"),
            in_order!("m.key", "m.id", $direction),
            " limit $4"
        )
    };
}

/// The last one of these 1,000 members.
macro_rules! end_of_walk {
    ($key:literal, $comparison:literal, $direction:literal) => {
        concat!(
            "select ",
            $key,
            ", id from memberships where organization_id = $1 and deleted_at is null and (",
            $key,
            ", id) ",
            $comparison,
            " ($2, $3)",
            in_order!($key, "id", $direction),
            " limit 1 offset 999"
        )
    };
}

/// Members among the first 2,000 by name whose text contains the pattern `$5` in its first 256
/// letters, and that have as many words of filters as `$6` says. An index has all its columns.
macro_rules! among_first {
    ($key:literal, $comparison:literal, $direction:literal) => {
        concat!(
            "select key, id from ( \
               select ",
            $key,
            " as key, id, coalesce(substr(search_text, 1, 256), user_id) as text from memberships \
               where organization_id = $1 and deleted_at is null order by sort_key, id limit 2000) first_members \
             where text like $5 escape '!' and ($6 < 1 or ",
            has_word!("first_members.id", "$7", "$8"),
            ") and ($6 < 2 or ",
            has_word!("first_members.id", "$9", "$10"),
            ") and (key, id) ",
            $comparison,
            " ($2, $3)",
            in_order!("key", "id", $direction),
            " limit $4"
        )
    };
}

/// The statements of one order.
pub(super) struct Statements {
    /// The key of the membership `$2`. The membership may have ended since, so its place is that of
    /// its user.
    pub(super) place: &'static str,
    pub(super) among_first: Both,
    pub(super) by_words: Both,
    pub(super) by_two_words: Both,
    pub(super) by_walk: Both,
    pub(super) end_of_walk: Both,
    /// From this number of words on a walk is cheaper.
    pub(super) common: i64,
}

/// A statement for the members after a place, and one for those before it.
pub(super) type Both = [&'static str; 2];

const BY_NAME: Statements = Statements {
    place: "select coalesce(m.sort_key, u.sort_key), m.id \
         from memberships m left join users u on u.id = m.user_id where m.id = $2 and m.organization_id = $1 \
         and coalesce(m.sort_key, u.sort_key) is not null",
    among_first: [among_first!("sort_key", ">", "asc"), among_first!("sort_key", "<", "desc")],
    by_words: [by_words!(">", "asc"), by_words!("<", "desc")],
    by_two_words: [by_two_words!(">", "asc"), by_two_words!("<", "desc")],
    by_walk: [by_walk!("sort_key", ">", "asc"), by_walk!("sort_key", "<", "desc")],
    end_of_walk: [end_of_walk!("sort_key", ">", "asc"), end_of_walk!("sort_key", "<", "desc")],
    common: COMMON,
};

const BY_TIME: Statements = Statements {
    place: "select joined_order, id from memberships where id = $2 and organization_id = $1",
    among_first: [among_first!("joined_order", ">", "asc"), among_first!("joined_order", "<", "desc")],
    by_words: BY_TIME_BY_LOOKUP,
    by_two_words: BY_TIME_BY_LOOKUP,
    by_walk: [by_walk!("joined_order", ">", "asc"), by_walk!("joined_order", "<", "desc")],
    end_of_walk: [end_of_walk!("joined_order", ">", "asc"), end_of_walk!("joined_order", "<", "desc")],
    common: COMMON_BY_LOOKUP,
};
const BY_TIME_BY_LOOKUP: Both =
    [by_words_by_lookup!("joined_order", ">", "asc"), by_words_by_lookup!("joined_order", "<", "desc")];

/// The words of one role are read in the order of the names.
const BY_ROLE: Statements = Statements {
    place: "select role_order, id from memberships where id = $2 and organization_id = $1 and role_order is not null",
    among_first: [among_first!("role_order", ">", "asc"), among_first!("role_order", "<", "desc")],
    ..BY_NAME
};

/// The first key of the role after the key `$2`, and the last one of the role before it.
pub(super) const ROLE_BESIDE: Both = [
    "select role_order from memberships where organization_id = $1 and deleted_at is null and role_order > $2 \
     order by role_order limit 1",
    "select role_order from memberships where organization_id = $1 and deleted_at is null and role_order < $2 \
     order by role_order desc limit 1",
];

impl Statements {
    /// The statements of an order.
    pub(super) const fn of(sort: MemberSort) -> &'static Self {
        match sort {
            MemberSort::Name | MemberSort::NameDescending => &BY_NAME,
            MemberSort::Newest | MemberSort::Oldest => &BY_TIME,
            MemberSort::Role | MemberSort::RoleDescending => &BY_ROLE,
        }
    }
}

pub(super) const COUNT: &str = "select count(*) from (select 1 from membership_words \
     where organization_id = $1 and word >= $2 and word < $3 limit $4) found";
