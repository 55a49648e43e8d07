//! The purposes of the sign-in page. The core chooses one, and the page renders it.

/// The purpose of Clerk's form on the sign-in page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInMode {
    /// A new sign-in.
    SignIn,
    /// The tasks that Clerk demands after a sign-in.
    Task,
    /// A second account of somebody who is signed in.
    AnotherAccount,
    /// Reverification.
    Verification,
}
