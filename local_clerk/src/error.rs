//! Reasons not to start, each with a remedy.

use std::path::PathBuf;

/// The reason why the local Clerk does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The application's origin is https and reachable from other machines. This Clerk shows its
    /// passwords on its pages.
    #[error(
        "the local Clerk never serves an https origin that others can reach; set CLERK_PUBLISHABLE_KEY and \
         CLERK_SECRET_KEY of a Clerk instance"
    )]
    Https,
    /// The content of a file in the data folder is unusable.
    #[error("{0} cannot be used: {1}; delete it to begin anew")]
    File(PathBuf, String),
    /// The data folder, or a file in it, cannot be read or written.
    #[error(
        "{0} cannot be read or written: {1}; let the user who starts the local Clerk read and write there, or start it \
         where that is a folder"
    )]
    Folder(PathBuf, String),
    /// No port is free, or no key can be generated.
    #[error("the local Clerk cannot start: {0}")]
    System(String),
}
