//! The HTTP server: its routes, and the order of the layers around them.
//!
//! `gatehouse` decides about sessions, permissions and data. This crate decides what belongs to
//! HTTP: limits of size, time and number, redirects after form posts, cookies of a sign-out, the
//! form of an error. The modules stand in the order in which a request passes them.

pub mod command;
pub mod commands;
pub mod check;
mod representations;
mod public_documents;
pub mod app_state;
pub mod start;
pub mod start_error;
pub mod standard_output;
pub mod site;
pub mod leaks;
pub mod log_writer;
pub mod telemetry;
mod metrics;
pub mod metrics_listener;
pub mod listen;
mod connection;
pub mod activity;
pub mod shutdown;
pub mod background_jobs;
mod router;
pub mod layers;
mod overload;
mod request_id;
mod security_headers;
mod error_responses;
mod cross_site;
mod authenticate;
mod downloads;
mod post_redirect_get;
mod form_body;
mod body;
mod authorize;
mod declarations;
mod preloads;
mod pages;
mod documents;
mod assets;
mod site_files;
mod embedded_site;
mod client_ip;
mod chosen_appearance;
mod clerk_components;
mod sign_in;
mod sign_out;
#[cfg(debug_assertions)]
mod styleguide;
mod appearance;
mod switch_organization;
mod webhook;
mod frontend_proxy;
mod reports;
mod well_known;
mod health;
mod answer;

pub use declarations::check_declarations;
pub use router::{router, router_with_limits};
