//! `/admin/users`: the users of the whole instance, with bans and locks.

use crate::api::{BanUser, ListUsers, LockUser, UnbanUser, UnlockUser};
use crate::call_error::CallError;
use crate::components::card_table::CardTable;
use crate::components::erased::{list, optional};
use crate::components::loaded::loaded;
use crate::components::operation_form::{OperationForm, Submit};
use crate::components::outcome_notice::OutcomeNotice;
use crate::components::pager::{Pager, page_from_url, query_from_url};
use crate::components::person_cell::PersonCell;
use crate::components::refusal_page::RefusalPage;
use crate::components::search_form::{SearchForm, search_path, valid_search};
use crate::components::timestamp::Timestamp;
use crate::load::load;
use crate::operation_action::{OperationAction, operation_action};
use domain::input::SEARCH;
use domain::local_path::LocalPath;
use domain::operation;
use domain::operation::UserView;
use domain::pages::Page;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_meta::Title;

/// The actions on a user.
#[derive(Clone, Copy)]
struct UserActions {
    ban: OperationAction,
    unban: OperationAction,
    lock: OperationAction,
    unlock: OperationAction,
}

impl UserActions {
    fn new() -> Self {
        Self {
            ban: operation_action(|BanUser { user_id }| operation::BanUser { user_id }),
            unban: operation_action(|UnbanUser { user_id }| operation::UnbanUser { user_id }),
            lock: operation_action(|LockUser { user_id }| operation::LockUser { user_id }),
            unlock: operation_action(|UnlockUser { user_id }| operation::UnlockUser { user_id }),
        }
    }

    /// Increases when an answer may have changed the list.
    fn revisions(self) -> (usize, usize, usize, usize) {
        let Self { ban, unban, lock, unlock } = self;
        (ban.revision(), unban.revision(), lock.revision(), unlock.revision())
    }
}

/// The page at `/admin/users`.
#[component]
pub(crate) fn Users() -> impl IntoView {
    let (page, query, actions) = (page_from_url(), query_from_url(), UserActions::new());
    let source = move || (page.get(), query.get(), actions.revisions());
    let users = load(source, |(page, query, _)| ListUsers { page, query: valid_search(SEARCH, &query) });
    view! {
        <Title text=Page::Users.definition().title />
        {loaded(move || async move {
            match users.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                Ok(found) => {
                    let typed = query.get_untracked();
                    let search = valid_search(SEARCH, &typed);
                    view! {
                        <div class="page-head">
                            <h1>"Users"</h1>
                            <p class="lead">
                                "All users of this instance, in every organization. A ban ends all sessions of a user. A lock prevents new sign-ins."
                            </p>
                        </div>
                        <Outcomes actions />
                        <SearchForm path=LocalPath::USERS rule=SEARCH typed />
                        <Table users=found.rows actions />
                        <Pager
                            path=search_path(LocalPath::USERS, &search)
                            previous=found.previous
                            next=found.next
                        />
                    }
                        .into_any()
                }
            }
        })}
    }
}

#[component]
fn Outcomes(actions: UserActions) -> impl IntoView {
    let UserActions { ban, unban, lock, unlock } = actions;
    view! {
        <div class="outcomes">
            <OutcomeNotice action=ban done="User banned and signed out everywhere." />
            <OutcomeNotice action=unban done="User unbanned." />
            <OutcomeNotice action=lock done="User locked." />
            <OutcomeNotice action=unlock done="User unlocked." />
        </div>
    }
}

#[component]
fn Table(users: Vec<UserView>, actions: UserActions) -> impl IntoView {
    if users.is_empty() {
        return view! { <p class="card muted">"No users match your search."</p> }.into_any();
    }
    let rows = users.into_iter().map(move |user| {
        let signed_in = match user.last_sign_in_ms {
            Some(at_ms) => view! { <Timestamp at_ms /> }.into_any(),
            None => view! { <span class="muted">"Never"</span> }.into_any(),
        };
        view! {
            <tr role="row">
                <PersonCell
                    name=user.name.clone()
                    email=user.email.clone()
                    is_you=user.is_you
                    banned=user.banned
                    locked=user.locked
                />
                <td role="cell" data-label="Id"><code translate="no">{user.id.clone()}</code></td>
                <td role="cell" data-label="Last sign-in">{signed_in}</td>
                <td role="cell"><UserForms user actions /></td>
            </tr>
        }
    });
    view! {
        <CardTable label="Users" columns=&["User", "Id", "Last sign-in", "Actions"]>{list(rows)}</CardTable>
    }
    .into_any()
}

/// The forms of a row: none for the current user, who could lock themselves out.
#[component]
fn UserForms(user: UserView, actions: UserActions) -> impl IntoView {
    let UserActions { ban, unban, lock, unlock } = actions;
    let forms = (!user.is_you).then(|| {
        let (danger, quiet) = ("button button-danger button-small", "button button-quiet button-small");
        let ban_or_not = if user.banned {
            view! { <ActionButton user=user.clone() action=unban class=quiet text="Unban" /> }.into_any()
        } else {
            view! { <ActionButton user=user.clone() action=ban class=danger text="Ban" /> }.into_any()
        };
        let lock_or_not = if user.locked {
            view! { <ActionButton user action=unlock class=quiet text="Unlock" /> }.into_any()
        } else {
            view! { <ActionButton user action=lock class=quiet text="Lock" /> }.into_any()
        };
        view! { <div class="row">{ban_or_not}{lock_or_not}</div> }
    });
    optional(forms)
}

#[component]
fn ActionButton(user: UserView, action: OperationAction, class: &'static str, text: &'static str) -> impl IntoView {
    let label = format!("{text}: {}", isolated(&user.name));
    view! {
        <OperationForm action class="form-inline">
            <input type="hidden" name="user_id" value=user.id />
            <Submit action class=class label=label>{text}</Submit>
        </OperationForm>
    }
}
