//! The statements that read the audit log. `audit_filter` chooses among them.
//!
//! Each statement walks one index in the order of the log: that of the actor, of the operation, of
//! the refusals, or of all entries. Those of a person merge four such walks. The rest of the filter
//! is compared with at most [`SCANNED`] entries for each read, so no combination costs more than
//! that; the page says how far the search came.

macro_rules! scanned {
    () => {
        5000
    };
}

/// The entries that one read compares with a filter.
pub(super) const SCANNED: i64 = scanned!();

/// Adds the names of the people in the entries of a statement. A change names a user or a session
/// by id.
macro_rules! with_names {
    ($entries:expr, $order:literal) => {
        concat!(
            "select f.id, f.at, f.user_id, coalesce(u.name, u.email, f.user_id) as actor, f.impersonator_id, \
               coalesce(i.name, i.email, f.impersonator_id) as impersonator, f.operation, f.outcome, f.times, \
               f.subject, coalesce(s.name, s.email) as subject_name, s.id as subject_user_id, f.changed_from, \
               f.changed_to, f.reason, f.session_id, f.request_id \
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

macro_rules! order {
    (older) => {
        " order by a.at desc, a.id desc"
    };
    (newer) => {
        " order by a.at, a.id"
    };
}

/// The limit of time on the other side of a walk.
///
/// Without statistics, SQLite 3.51 expects as few rows for an organization between two times as for
/// one person of it. It then walks all entries of the organization, which takes seconds with
/// 1,000,000. It reads no range from a `not`, so it takes the index of the person. PostgreSQL reads
/// the range from it.
macro_rules! far {
    (range, older) => {
        " and a.at >= $4"
    };
    (range, newer) => {
        " and a.at < $4"
    };
    (filter, older) => {
        " and not (a.at < $4)"
    };
    (filter, newer) => {
        " and not (a.at >= $4)"
    };
}

macro_rules! beyond {
    (older) => {
        " and (a.at, a.id) < "
    };
    (newer) => {
        " and (a.at, a.id) > "
    };
}

/// A walk along one index from the entry beside.
macro_rules! walk {
    ($columns:literal, $source:expr, $far:ident, $direction:ident) => {
        concat!(
            "select ",
            $columns,
            " from ",
            $source,
            far!($far, $direction),
            beyond!($direction),
            beside!(),
            order!($direction)
        )
    };
}

/// One part of the entries of a person.
macro_rules! part {
    ($table:expr, $condition:expr, $limit:expr, $direction:ident) => {
        concat!(
            "select * from (",
            walk!("a.*", concat!($table, " where a.organization_id = $1 and ", $condition), filter, $direction),
            " limit ",
            $limit,
            ")"
        )
    };
}

macro_rules! by_others {
    ($person:literal) => {
        concat!(" and a.user_id <> ", $person, " and coalesce(a.impersonator_id, '') <> ", $person)
    };
}

/// The entries in which a person acts, impersonates somebody or is the subject, and those whose
/// subject is a session of the person or an invitation of the address. Each part walks an index of
/// its own, and an entry of two parts is in the first one only. `cross join` keeps the order of the
/// tables in SQLite.
macro_rules! person_walk {
    ($columns:literal, $person:literal, $limit:expr, $direction:ident) => {
        concat!(
            "select ",
            $columns,
            " from (",
            part!("audit a", concat!("a.user_id = ", $person), $limit, $direction),
            " by_them union all ",
            part!(
                "audit a",
                concat!("a.impersonator_id = ", $person, " and a.user_id <> ", $person),
                $limit,
                $direction
            ),
            " by_them_as_another union all ",
            part!("audit a", concat!("a.subject = ", $person, by_others!($person)), $limit, $direction),
            " about_them union all ",
            part!(
                concat!(
                    "(select e.id from sessions e where e.user_id = ",
                    $person,
                    " union all select u.email from users u where u.id = ",
                    $person,
                    ") t cross join audit a"
                ),
                concat!("a.subject = t.id", by_others!($person)),
                $limit,
                $direction
            ),
            " about_theirs) a",
            order!($direction)
        )
    };
}

/// The entries of a walk that match. PostgreSQL would turn `exists` into a join, which loses the
/// order of the walk.
macro_rules! matching {
    ($walk:expr, $order:literal) => {
        with_names!(
            concat!(
                "select w.* from (",
                $walk,
                " limit $11) w where w.at >= $12 and w.at < $13 and ($5 = '' or w.user_id = $5) \
                 and ($6 = '' or coalesce((select 1 from users n where n.id = w.user_id \
                   and n.search_text like $6 escape '!' limit 1), 0) = 1) \
                 and ($7 = '' or w.operation = $7) and ($8 = '' or w.operation like $8 escape '!') \
                 and ($9 = '' or w.outcome = $9) \
                 and ($10 = 0 or w.outcome <> 'done' and w.operation <> 'end_session') \
                 and ($16 = '' or coalesce((select 1 from users p where p.id in (w.user_id, w.impersonator_id, \
                   w.subject, (select e.user_id from sessions e where e.id = w.subject)) \
                   and p.search_text like $16 escape '!' limit 1), 0) = 1 \
                   or w.subject like '%@%' and lower(w.subject) like $16 escape '!') \
                 and ($17 = '' or replace($17, ' ' || w.operation || ' ', '') <> $17) limit $14 offset $15"
            ),
            $order
        )
    };
}

/// The statements along one index, to older and to newer entries: those that match, and the entry
/// at which the walk stops. `$5` of a stop is the number of entries before it.
#[derive(Debug)]
pub(super) struct Statements {
    pub(super) older: &'static str,
    pub(super) newer: &'static str,
    pub(super) older_stop: &'static str,
    pub(super) newer_stop: &'static str,
}

macro_rules! statements {
    ($index:literal, $index_of_stop:literal, $far:ident) => {
        statements!(
            older: walk!("a.*", concat!("audit a where a.organization_id = $1", $index), $far, older),
            newer: walk!("a.*", concat!("audit a where a.organization_id = $1", $index), $far, newer),
            older_stop: walk!(
                "a.id, a.at",
                concat!("audit a where a.organization_id = $1", $index_of_stop),
                $far,
                older
            ),
            newer_stop: walk!(
                "a.id, a.at",
                concat!("audit a where a.organization_id = $1", $index_of_stop),
                $far,
                newer
            )
        )
    };
    (older: $older:expr, newer: $newer:expr, older_stop: $older_stop:expr, newer_stop: $newer_stop:expr) => {
        Statements {
            older: matching!($older, " order by f.at desc, f.id desc"),
            newer: matching!($newer, " order by f.at, f.id"),
            older_stop: concat!($older_stop, " limit 1 offset $5"),
            newer_stop: concat!($newer_stop, " limit 1 offset $5"),
        }
    };
}

pub(super) const ALL: Statements = statements!("", "", range);
pub(super) const BY_ACTOR: Statements = statements!(" and a.user_id = $5", " and a.user_id = $6", filter);
pub(super) const BY_OPERATION: Statements = statements!(" and a.operation = $7", " and a.operation = $6", filter);
pub(super) const REFUSED: Statements = statements!(" and a.outcome <> 'done'", " and a.outcome <> 'done'", range);
pub(super) const BY_PERSON: Statements = statements!(
    older: person_walk!("a.*", "$18", "$11", older),
    newer: person_walk!("a.*", "$18", "$11", newer),
    older_stop: person_walk!("a.id, a.at", "$6", scanned!(), older),
    newer_stop: person_walk!("a.id, a.at", "$6", scanned!(), newer)
);
