//! The types that browser and server share: input rules, operations with their policy, permissions,
//! refusals and the table of pages.
//!
//! The crate has no server dependency, so it cannot read a database, a secret or a clock.

pub use clerk_types::{ids, reverification};

mod closed_set;
pub mod calendar;
pub mod text;
pub mod sign_in_mode;
pub mod sign_out_reason;
pub mod refusal;
pub mod input;
pub mod permission;
pub mod appearance;
pub mod brand;
pub mod current_user;
pub mod operation;
pub mod page_view;
pub mod pages;
pub mod local_path;
pub mod form_result;
