//! A sign-out of this browser that Clerk has not completed.

/// Provided as a context by the server: the session may still run at Clerk.
#[derive(Clone, Copy, Debug)]
pub struct UnfinishedSignOut;
