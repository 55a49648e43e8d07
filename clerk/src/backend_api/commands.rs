//! The handle of the calls that change something at Clerk.
//!
//! A process can stop between Clerk's change and its own record of it. The change must therefore be
//! on record before Clerk is asked, and the type of that record opens this handle: a command
//! without a record does not compile.

use super::client::BackendApi;

/// A record that a command is about to be sent, which outlives the process. Implement it for the
/// type that your application gets when it has stored such a record. After a restart the
/// application looks for its open records and asks Clerk what became of the commands.
pub trait CommandRecord {}

/// The calls of the Backend API that change something.
///
/// ```compile_fail,E0277
/// # async fn ban(api: clerk::backend_api::BackendApi, user: clerk::ids::UserId) {
/// api.commands(&()).ban_user(&user).await;
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Commands<'a> {
    pub(super) api: &'a BackendApi,
}

impl BackendApi {
    /// The calls that change something. `_record` shows that the caller has a record of the
    /// command.
    pub fn commands<R: CommandRecord>(&self, _record: &R) -> Commands<'_> {
        Commands { api: self }
    }
}
