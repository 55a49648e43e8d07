//! The factors that the page's own step-up dialog can verify.

/// A factor that Clerk asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser gets Clerk's answer"))]
pub(crate) enum Factor {
    /// The first factor.
    Password,
    /// The second factor: a code of an authenticator app.
    Code,
}
