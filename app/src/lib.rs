//! What people see: pages, components, and in `api` one thin server function per operation.

pub mod api;
pub mod refused;
#[cfg(feature = "ssr")]
mod compat;
#[cfg(feature = "ssr")]
mod guard;
