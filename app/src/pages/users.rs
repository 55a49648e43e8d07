//! `/admin/users`: the people of the whole instance, and who of them is kept out.

use super::errors::RefusedPage;
use crate::api::users::{BanUser, ListUsers, LockUser, UnbanUser, UnlockUser, UserView};
use crate::call::{Change, change, load};
use crate::refused::Refused;
use crate::ui::form::{OperationForm, Submit};
use crate::ui::outcome::OutcomeNotice;
use crate::ui::pager::{Pager, page_of_address, query_of_address};
use crate::ui::person::Person;
use crate::ui::search::{Search, asked, searched};
use crate::ui::table::CardTable;
use crate::ui::when::When;
use domain::local_path::LocalPath;
use domain::operation;
use domain::text::isolated;
use leptos::prelude::*;
use leptos_meta::Title;
use server_fn::ServerFn;

/// What may be done to a person.
#[derive(Clone, Copy)]
struct Changes {
    ban: Change<BanUser>,
    unban: Change<UnbanUser>,
    lock: Change<LockUser>,
    unlock: Change<UnlockUser>,
}

impl Changes {
    fn new() -> Self {
        Self {
            ban: change(|BanUser { user_id }| operation::BanUser { user_id }),
            unban: change(|UnbanUser { user_id }| operation::UnbanUser { user_id }),
            lock: change(|LockUser { user_id }| operation::LockUser { user_id }),
            unlock: change(|UnlockUser { user_id }| operation::UnlockUser { user_id }),
        }
    }

    /// Changes with every answer.
    fn versions(self) -> (usize, usize, usize, usize) {
        let Self { ban, unban, lock, unlock } = self;
        (ban.answers(), unban.answers(), lock.answers(), unlock.answers())
    }
}

/// The page at `/admin/users`.
#[component]
pub(crate) fn Users() -> impl IntoView {
    let (page, query, changes) = (page_of_address(), query_of_address(), Changes::new());
    let source = move || (page.get(), query.get(), changes.versions());
    let users = load(source, |(page, query, _)| ListUsers { page, query: asked(&query) });
    view! {
        <Title text="Users – Gatehouse" />
        <Transition fallback=|| view! { <p class="muted">"Loading…"</p> }>
            {move || Suspend::new(async move {
                match users.await {
                    Err(Refused(refusal)) => view! { <RefusedPage refusal /> }.into_any(),
                    Ok(found) => {
                        let typed = query.get_untracked();
                        let wanted = asked(&typed);
                        view! {
                            <div class="page-head">
                                <h1>"Users"</h1>
                                <p class="lead">
                                    "Everybody of the instance, whatever organization they belong to. A ban ends their sessions at once; a lock keeps them from signing in again."
                                </p>
                            </div>
                            <Outcomes changes />
                            <Search path=LocalPath::USERS typed />
                            <Table users=found.rows changes />
                            <Pager path=searched(LocalPath::USERS, &wanted) page=found.page more=found.more />
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Outcomes(changes: Changes) -> impl IntoView {
    let Changes { ban, unban, lock, unlock } = changes;
    view! {
        <div class="outcomes">
            <OutcomeNotice change=ban done="Banned, and signed out everywhere." />
            <OutcomeNotice change=unban done="The ban is lifted." />
            <OutcomeNotice change=lock done="Locked." />
            <OutcomeNotice change=unlock done="Unlocked." />
        </div>
    }
}

#[component]
fn Table(users: Vec<UserView>, changes: Changes) -> impl IntoView {
    if users.is_empty() {
        return view! { <p class="card muted">"Nobody has this in their name, address or id."</p> }.into_any();
    }
    let rows = users.into_iter().map(move |user| {
        let signed_in = match user.last_sign_in_ms {
            Some(at_ms) => view! { <When at_ms /> }.into_any(),
            None => view! { <span class="muted">"never"</span> }.into_any(),
        };
        view! {
            <tr role="row">
                <Person name=user.name.clone() email=user.email.clone() is_you=user.is_you banned=user.banned locked=user.locked />
                <td role="cell" data-label="Id"><code translate="no">{user.id.clone()}</code></td>
                <td role="cell" data-label="Signed in">{signed_in}</td>
                <td role="cell"><Actions user changes /></td>
            </tr>
        }
    });
    view! {
        <CardTable label="Users" columns=["Person", "Id", "Last signed in", "Keep out"]>{rows.collect_view()}</CardTable>
    }
    .into_any()
}

/// What can be done: never to oneself.
#[component]
fn Actions(user: UserView, changes: Changes) -> impl IntoView {
    let Changes { ban, unban, lock, unlock } = changes;
    (!user.is_you).then(|| {
        let (danger, quiet) = ("button button-danger button-small", "button button-quiet button-small");
        let ban_or_not = if user.banned {
            view! { <Act user=user.clone() change=unban class=quiet word="Lift ban" /> }.into_any()
        } else {
            view! { <Act user=user.clone() change=ban class=danger word="Ban" /> }.into_any()
        };
        let lock_or_not = if user.locked {
            view! { <Act user change=unlock class=quiet word="Unlock" /> }.into_any()
        } else {
            view! { <Act user change=lock class=quiet word="Lock" /> }.into_any()
        };
        view! { <div class="row">{ban_or_not}{lock_or_not}</div> }
    })
}

#[component]
fn Act<S>(user: UserView, change: Change<S>, class: &'static str, word: &'static str) -> impl IntoView
where
    S: ServerFn<Output = (), Error = Refused> + leptos::form::FromFormData + Clone + Send + Sync + 'static,
{
    let label = format!("{word}: {}", isolated(&user.name));
    view! {
        <OperationForm change class="form-inline">
            <input type="hidden" name="user_id" value=user.id />
            <Submit change class=class label=label>{word}</Submit>
        </OperationForm>
    }
}
