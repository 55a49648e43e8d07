//! `/admin/users`: the users of the whole instance. A row links to the page of the user, where the
//! forms are.

use crate::api::ListUsers;
use crate::call_error::CallError;
use crate::components::card_table::CardTable;
use crate::components::empty_state::EmptyState;
use crate::components::erased::list;
use crate::components::loaded::loaded;
use crate::components::pager::{Pager, page_from_url, query_from_url};
use crate::components::person_cell::PersonCell;
use crate::components::refusal_page::RefusalPage;
use crate::components::search_form::{SearchForm, follow_url, search_path, valid_search};
use crate::components::timestamp::LastSignIn;
use crate::load::load;
use domain::input::SEARCH;
use domain::local_path::LocalPath;
use domain::operation::UserView;
use domain::pages::Page;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/admin/users`.
#[component]
pub(crate) fn Users() -> impl IntoView {
    let (page, query) = (page_from_url(), query_from_url());
    let source = move || (page.get(), query.get());
    let form = NodeRef::new();
    follow_url(form, move || vec![("query", query.get())]);
    let users = load(source, |(page, query)| ListUsers { page, query: valid_search(SEARCH, &query) });
    view! {
        <Title text=Page::Users.definition().title />
        {loaded(move || async move {
            match users.await {
                Err(CallError(refusal)) => view! { <RefusalPage refusal /> }.into_any(),
                Ok(found) => {
                    let typed = query.get_untracked();
                    let search = valid_search(SEARCH, &typed);
                    let is_search = !search.is_empty();
                    view! {
                        <div class="page-head">
                            <h1>"Users"</h1>
                            <p class="lead">
                                "All users of this instance, in every organization. Open a user to ban or lock them."
                            </p>
                        </div>
                        <SearchForm path=LocalPath::USERS rule=SEARCH typed form />
                        <Table users=found.rows is_search />
                        <Pager path=search_path(LocalPath::USERS, &search) previous=found.previous next=found.next />
                    }
                    .into_any()
                }
            }
        })}
    }
}

#[component]
fn Table(users: Vec<UserView>, is_search: bool) -> impl IntoView {
    if users.is_empty() {
        let (text, hint) = if is_search {
            ("No users match your search.", "Search for a part of the name, the email or the id.")
        } else {
            ("No users on this page.", "The list may have become shorter.")
        };
        return view! { <EmptyState text hint link=(LocalPath::USERS.as_str().to_owned(), "Show all users") /> }
            .into_any();
    }
    let rows = users.into_iter().map(|user| {
        view! {
            <tr role="row">
                <PersonCell
                    page=LocalPath::about_user(Page::User, &user.id)
                    name=user.name
                    email=user.email
                    is_you=user.is_you
                    banned=user.banned
                    locked=user.locked
                />
                <td role="cell" data-label="Id"><code translate="no">{user.id}</code></td>
                <td role="cell" data-label="Last sign-in"><LastSignIn at_ms=user.last_sign_in_ms /></td>
            </tr>
        }
    });
    view! { <CardTable label="Users" columns=&["User", "Id", "Last sign-in"]>{list(rows)}</CardTable> }.into_any()
}
