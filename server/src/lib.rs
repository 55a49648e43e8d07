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
mod nonce;
mod dress;
mod cross_site;
mod admit;
mod forms;
mod form_body;
mod door;
mod pages;
mod assets;
mod client;
mod clerk_page;
mod sign_in;
mod sign_out;
mod webhook;
mod proxy;
mod reports;
mod well_known;
mod health;
mod answer;

pub use door::check_operations;
pub use router::router;
