//! The users of the whole instance. Clerk is the source, because the local copy holds only members
//! of organizations.

use crate::access::Granted;
use crate::actor::Actor;
use crate::store::{self, display_name};
use clerk::backend_api::BackendApiError;
use clerk::objects::User;
use domain::ids::UserId;
use domain::operation::{ListUsers, ShowUser, UserView};
use domain::page_view::PageView;
use domain::text::{shown, shown_or};

/// Lists one page of users, newest first.
///
/// # Errors
/// Clerk cannot be reached.
pub async fn list_users(grant: &Granted<ListUsers>) -> Result<PageView<UserView>, BackendApiError> {
    let ListUsers { page, query } = grant.input();
    let number = store::numbered_place(page);
    let offset = usize::try_from(number).unwrap_or(usize::MAX).saturating_mul(store::PAGE_ROWS);
    let users = grant.backend_api().search_users(query, offset, store::PAGE_ROWS + 1).await?;
    Ok(store::numbered_page(users, number).map(|user| view(user, grant.actor())))
}

/// Reads one user.
///
/// # Errors
/// Clerk does not have the user, or cannot be reached.
pub async fn show_user(grant: &Granted<ShowUser>) -> Result<UserView, BackendApiError> {
    let id = UserId::parse(&grant.input().user_id).map_err(|_| BackendApiError::NotFound)?;
    Ok(view(grant.backend_api().user(&id).await?, grant.actor()))
}

fn view(user: User, caller: &Actor) -> UserView {
    UserView {
        is_you: user.id == caller.user,
        name: shown_or(display_name(&user).as_deref(), user.id.as_str()),
        id: user.id.into(),
        email: user.email.as_deref().map(shown),
        banned: user.banned,
        locked: user.locked,
        last_sign_in_ms: user.last_sign_in_at,
    }
}
