//! The statements of a search among members. `member_search` chooses among them.

/// From this number of words on, a beginning is common: to sort its members would take more than 10
/// ms. A walk through the list in its order then finds a page soon, because about one member in
/// five matches with 100,000 members.
macro_rules! common {
    () => {
        20000
    };
}
pub(super) const COMMON: i64 = common!();

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

/// Members among the first 2,000 whose text contains the pattern `$5`, and that have as many words
/// of filters as `$6` says.
macro_rules! among_first {
    ($comparison:literal, $direction:literal) => {
        concat!(
            "select sort_key, id from ( \
               select sort_key, id, coalesce(search_text, user_id) as text from memberships \
               where organization_id = $1 and deleted_at is null order by sort_key, id limit 2000) first_members \
             where text like $5 escape '!' and ($6 < 1 or ",
            has_word!("first_members.id", "$7", "$8"),
            ") and ($6 < 2 or ",
            has_word!("first_members.id", "$9", "$10"),
            ") and (sort_key, id) ",
            $comparison,
            " ($2, $3)",
            in_order!("id", $direction),
            " limit $4"
        )
    };
}

/// A statement for the members after a place, and one for those before it.
pub(super) type Both = [&'static str; 2];
pub(super) const BY_WORDS: Both = [by_words!(">", "asc"), by_words!("<", "desc")];
pub(super) const BY_TWO_WORDS: Both = [by_two_words!(">", "asc"), by_two_words!("<", "desc")];
pub(super) const BY_WALK: Both = [by_walk!(">", "asc"), by_walk!("<", "desc")];
pub(super) const END_OF_WALK: Both = [end_of_walk!(">", "asc"), end_of_walk!("<", "desc")];
pub(super) const AMONG_FIRST: Both = [among_first!(">", "asc"), among_first!("<", "desc")];

/// The membership may have ended since, so its place is that of its user.
pub(super) const PLACE: &str = "select coalesce(m.sort_key, u.sort_key) \
     from memberships m left join users u on u.id = m.user_id where m.id = $2 and m.organization_id = $1";

pub(super) const COUNT: &str = "select count(*) from (select 1 from membership_words \
     where organization_id = $1 and word >= $2 and word < $3 limit $4) found";
