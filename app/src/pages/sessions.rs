//! `/admin/sessions`: the running sessions of the members, the newest first. A row has text and
//! links; the form that ends a session opens for one row at a time, by the URL.

use super::other_sessions::{ending_of_others, question_of_others};
use crate::api::{ListSessions, RevokeSession};
use crate::call_error::CallError;
use crate::components::card_table::CardTable;
use crate::components::confirm_dialog::{ConfirmDialog, ConfirmLink, Question};
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::outcome_notice::SuccessNotice;
use crate::components::pager::{Pager, page_from_url};
use crate::components::refusal_page::RefusalPage;
use crate::components::timestamp::Timestamp;
use crate::load::load;
use crate::operation_action::{OperationAction, operation_action};
use crate::texts::sessions::{UNKNOWN_DEVICE, active_sessions, revoke_label};
use domain::local_path::LocalPath;
use domain::operation;
use domain::operation::{MemberSessionView, SessionsView};
use domain::pages::Page;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_meta::Title;

/// The actions on sessions.
#[derive(Clone, Copy)]
struct SessionActions {
    one: OperationAction,
    others: OperationAction,
}

impl SessionActions {
    fn new() -> Self {
        Self { one: operation_action::<RevokeSession, operation::RevokeSession>(), others: ending_of_others() }
    }

    fn revisions(self) -> (usize, usize) {
        (self.one.revision(), self.others.revision())
    }
}

/// The page at `/admin/sessions`.
#[component]
pub(crate) fn Sessions() -> impl IntoView {
    let (page, actions) = (page_from_url(), SessionActions::new());
    let sessions = load(move || (page.get(), actions.revisions()), |(page, _)| ListSessions { page });
    view! {
        <Title text=Page::Sessions.definition().title />
        {loaded(move || async move {
            match sessions.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                Ok(found) => view! { <Content found actions /> }.into_any(),
            }
        })}
    }
}

#[component]
fn Content(found: SessionsView, actions: SessionActions) -> impl IntoView {
    let SessionsView { active, page } = found;
    let rows = page.rows.clone();
    let question = move |ids: Vec<String>| question_of_one(rows.iter().find(|row| ids.contains(&row.id))?);
    view! {
        <div class="page-head">
            <h1>"Sessions"</h1>
            <p class="lead">{active_sessions(active)}</p>
        </div>
        <div class="outcomes">
            <SuccessNotice action=actions.one done="Session revoked." />
            <SuccessNotice action=actions.others done="Your other sessions are signed out." />
        </div>
        <p class="row">
            <ConfirmLink
                action=actions.others
                class="button button-quiet button-small"
                text="Sign out my other sessions"
            />
        </p>
        <ConfirmDialog action=actions.one question />
        <ConfirmDialog action=actions.others question=|_| Some(question_of_others()) />
        <Table sessions=page.rows revoke=actions.one />
        <Pager path=LocalPath::SESSIONS previous=page.previous next=page.next />
    }
}

#[component]
fn Table(sessions: Vec<MemberSessionView>, revoke: OperationAction) -> impl IntoView {
    if sessions.is_empty() {
        return view! { <p class="card muted">"No active sessions. Sessions appear here when members sign in."</p> }
            .into_any();
    }
    view! {
        <CardTable label="Sessions" columns=&["Member", "Device and place", "Last active", "Started", "Actions"]>
            {list(sessions.into_iter().map(|session| row(session, revoke)))}
        </CardTable>
    }
    .into_any()
}

/// The question before a session ends.
fn question_of_one(session: &MemberSessionView) -> Option<Question> {
    let device = isolated(session.client.as_deref().unwrap_or(UNKNOWN_DEVICE));
    let (title, text) = if session.is_this_one {
        (format!("Revoke this session in {device}?"), "You are signed out at once.")
    } else {
        let name = isolated(&session.name);
        (
            format!("Revoke the session of {name} in {device}?"),
            "The device is signed out at once. The member can sign in again.",
        )
    };
    Some(Question { title, text, verb: "Revoke session", fields: vec![("session_id", session.id.clone())] })
}

fn row(session: MemberSessionView, revoke: OperationAction) -> impl IntoView {
    let member = LocalPath::about_user(Page::Member, &session.user_id);
    let badge = match (session.is_this_one, session.pending) {
        (true, _) => Some("This session"),
        (false, true) => Some("Sign-in not finished"),
        (false, false) => None,
    };
    let client = session.client.unwrap_or_else(|| UNKNOWN_DEVICE.to_owned());
    let label = revoke_label(&session.name, &client);
    let last_active = match session.last_active_ms {
        Some(at_ms) => view! { <Timestamp at_ms relative=true /> }.into_any(),
        None => view! { <span class="muted">"Not yet"</span> }.into_any(),
    };
    view! {
        <tr role="row">
            <th role="rowheader" scope="row"><a href=member.as_str().to_owned()><bdi>{session.name}</bdi></a></th>
            <td role="cell" data-label="Device">
                <bdi>{client}</bdi>
                {optional(badge.map(|badge| view! { " "<span class="badge">{badge}</span> }))}
            </td>
            <td role="cell" data-label="Last active">{last_active}</td>
            <td role="cell" data-label="Started"><Timestamp at_ms=session.since_ms relative=true /></td>
            <td role="cell"><ConfirmLink action=revoke id=session.id class="" text="Revoke" label /></td>
        </tr>
    }
}
