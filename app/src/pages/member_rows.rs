//! A part of `/admin/members`: the table with the members of a page.

use super::bulk_members::Bulk; // example:line bulk
use super::member_filter::MemberFilter;
use crate::components::card_table::CardTable;
use crate::components::erased::{list, optional};
use crate::components::person_cell::PersonCell;
use crate::components::timestamp::Timestamp;
use crate::texts::roles::role_name;
use domain::local_path::LocalPath;
use domain::operation::{MAX_COUNTED_SESSIONS, MemberSort, MemberView, RoleView};
use domain::pages::Page;
use leptos::prelude::*;

/// The table, or what stands in its place.
#[component]
pub(super) fn Table(
    members: Vec<MemberView>,
    filter: MemberFilter,
    roles: StoredValue<Vec<RoleView>>,
    bulk: Bulk, // example:line bulk
) -> impl IntoView {
    if members.is_empty() {
        let text = if filter.is_set() {
            "No members match your search."
        } else {
            "No members yet. Clerk reports members by webhook."
        };
        return view! { <p class="card muted">{text}</p> }.into_any();
    }
    let sort = MemberSort::of(&filter.sort);
    let is_by_time = sort.is_by_time();
    let columns = if is_by_time { COLUMNS_BY_TIME } else { COLUMNS };
    let by = match (is_by_time, sort.is_by_role()) {
        (true, _) => "Joined",
        (false, true) => "Role",
        (false, false) => "Member",
    };
    let sorted = (by, filter.sorted_column());
    let rows = members.into_iter().map(|member| {
        view! {
            <Row
                member
                is_by_time
                roles
                bulk // example:line bulk
            />
        }
    });
    let rows = list(rows);
    let table =
        view! { <CardTable label="Members" class="table table-cards members" columns sorted>{rows}</CardTable> };
    let table = bulk.form(table.into_any()); // example:line bulk
    table.into_any()
}

const COLUMNS: &[&str] = &[
    "Select", // example:line bulk
    "Member", "Role", "Sessions",
];

const COLUMNS_BY_TIME: &[&str] = &[
    "Select", // example:line bulk
    "Member", "Role", "Sessions", "Joined",
];

/// A row. Its texts say what they are, so that a card needs no labels: each byte is there 25 times.
#[component]
fn Row(
    member: MemberView,
    is_by_time: bool,
    roles: StoredValue<Vec<RoleView>>,
    bulk: Bulk, // example:line bulk
) -> impl IntoView {
    let sessions = match member.sessions {
        1 => "1 session".to_owned(),
        MAX_COUNTED_SESSIONS.. => format!("{}+ sessions", MAX_COUNTED_SESSIONS - 1),
        sessions => format!("{sessions} sessions"),
    };
    let pick = bulk.box_for(&member); // example:line bulk
    let joined = is_by_time.then(|| {
        let at_ms = member.joined_at_ms.map(|at_ms| view! { <Timestamp at_ms /> });
        view! { <td role="cell" data-label="Joined">{optional(at_ms)}</td> }
    });
    view! {
        <tr role="row">
            <td role="cell">{pick}</td> // example:line bulk
            <PersonCell
                page=LocalPath::about_user(Page::Member, &member.user_id)
                name=member.name
                email=member.email
                is_you=member.is_you
                banned=member.banned
                locked=member.locked
            />
            <td role="cell">{roles.with_value(|roles| role_name(roles, &member.role))}</td>
            <td role="cell">{sessions}</td>
            {optional(joined)}
        </tr>
    }
}
