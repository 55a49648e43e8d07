//! All SQL of the application, apart from migrations.
//!
//! Every function that serves a user takes a grant and reads the organization from it inside the
//! statement. None of them takes a user id or an organization id, so a caller cannot ask for
//! another tenant's rows. One SQL text serves SQLite and PostgreSQL. Work without a user, such as
//! webhooks and denied calls, has functions of its own.

mod page;
mod search_text;
mod words;
mod member_facets;
mod member_order;
mod member_words;
mod member_statements;
mod member_search;
mod locks;
mod counts;
pub(crate) mod recount;
pub(crate) mod session_expiry;
mod erasure;
pub(crate) mod live;
pub(crate) mod tombstones;
pub(crate) mod mirror;
pub(crate) mod activity;
pub mod activity_charts; // example:line activity
mod activity_statements;
mod audit_entry;
mod audit_filter;
mod audit_operations;
mod audit_statements;
pub mod audit;
pub mod audit_export;
pub mod audit_views; // example:line views
pub mod webhook_inbox;
mod masked; // example:line webhooks
pub(crate) mod command_intents;
pub(crate) mod command_outcomes;
pub(crate) mod lifetimes;
pub(crate) mod retention;
pub(crate) mod jobs;
pub mod webhooks; // example:line webhooks
pub(crate) mod personal_data;
pub mod organizations;
mod member_activity;
pub mod members;
pub mod invitations; // example:line invitations
pub mod roles;
pub mod session_list; // example:line sessions
pub mod sessions;
pub mod users; // example:line users
pub(crate) mod own_organizations;
pub mod settings;
pub mod dashboard;
#[cfg(test)]
mod contract;

pub use crate::db::StoreError;
pub use command_intents::Intent;
pub use erasure::ErasedRows;
pub use jobs::JobStatus;
pub use mirror::display_name;
// example:begin users
pub(crate) use page::{PAGE_ROWS, numbered_page, numbered_place};
// example:end users

use crate::db::Database;
use secrecy::SecretString;

/// Opens the database, applies the missing migrations, and fills the search columns that rows of
/// earlier versions lack.
///
/// # Errors
/// The address cannot be used, or the schema cannot be brought up to date.
pub async fn open(url: &SecretString) -> Result<Database, StoreError> {
    let database = Database::open(url).await?;
    search_text::backfill(&database).await?;
    Ok(database)
}

/// As [`open`], for a command that only migrates. Returns the file names of the migrations that
/// were applied.
///
/// # Errors
/// As [`open`].
pub async fn migrate(url: &SecretString) -> Result<Vec<String>, StoreError> {
    let (database, applied) = Database::migrate(url).await?;
    search_text::backfill(&database).await?;
    Ok(applied)
}
