//! Status and headers of the answer that Leptos is making: the one place that a new version of
//! Leptos can change.
//!
//! `real` sets them on the server. In the browser there is no answer to set, and `none` does
//! nothing.

#[cfg(feature = "ssr")]
mod real;
#[cfg(feature = "ssr")]
pub use real::PageRequestId;
#[cfg(feature = "ssr")]
pub(crate) use real::*;

#[cfg(not(feature = "ssr"))]
mod none;
#[cfg(not(feature = "ssr"))]
pub(crate) use none::*;
