//! gatehouse
pub mod places;
#[cfg(feature = "server")]
pub mod headers;
#[cfg(feature = "server")]
pub mod limit;
