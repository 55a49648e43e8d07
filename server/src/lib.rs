//! Wiring: which doors exist, and in which order a request meets the layers.
//!
//! Nothing is decided here; every decision is one of `gatehouse`. The order of the modules is the order of a request.

pub mod command;
pub mod check;
pub mod start;
pub mod site;
pub mod leaks;
pub mod telemetry;
pub mod metrics;
pub mod listen;
pub mod sync;
mod router;
mod layers;
mod request_id;
mod security_headers;
mod error_responses;
mod cross_site;
mod authenticate;
mod post_redirect_get;
mod form_body;
mod authorize;
mod declarations;
mod pages;
mod documents;
mod assets;
mod client_ip;
mod clerk_components;
mod sign_in;
mod sign_out;
mod webhook;
mod frontend_proxy;
mod reports;
mod well_known;
mod health;
mod answer;

pub use declarations::check_declarations;
pub use router::router;
