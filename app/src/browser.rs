//! The one seam between the browser's half and the server's: both sides have the same functions,
//! and the build chooses one here.
//!
//! `real` works in a browser. `none` stands in for it while the server renders: there is no cookie
//! to renew, nobody to ask and no page to leave, so its functions do nothing. Components call
//! either without knowing which, and need no `cfg` of their own.

#[cfg(feature = "hydrate")]
mod real;
#[cfg(feature = "hydrate")]
pub(crate) use real::*;

#[cfg(not(feature = "hydrate"))]
mod none;
#[cfg(not(feature = "hydrate"))]
pub(crate) use none::*;
