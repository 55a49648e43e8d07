//! The users of the whole instance. Clerk is the source, because the local copy holds only members
//! of organizations.

pub use crate::store::display_name;

use crate::access::Granted;
use crate::store::{self, Page};
use clerk::backend_api::BackendApiError;
use clerk::objects::User;
use domain::operation::ListUsers;

/// Lists one page of users, newest first.
///
/// # Errors
/// Clerk cannot be reached.
pub async fn list_users(grant: &Granted<ListUsers>) -> Result<Page<User>, BackendApiError> {
    let ListUsers { page, query } = grant.input();
    let offset = usize::try_from(*page).unwrap_or(usize::MAX).saturating_mul(store::PAGE_ROWS);
    Ok(store::page(grant.backend_api().search_users(query, offset, store::PAGE_ROWS + 1).await?))
}
