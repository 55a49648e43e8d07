//! What people see, one file for each page.

mod diagram;
pub(crate) mod home;
pub(crate) mod dashboard;
pub(crate) mod members;
mod invitations;
mod roles;
pub(crate) mod users;
pub(crate) mod audit;
pub(crate) mod sign_out;
pub(crate) mod errors;
