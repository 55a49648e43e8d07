//! The pages, one file each.

mod diagram;
pub(crate) mod home;
pub(crate) mod dashboard;
pub(crate) mod members;
mod invitations;
pub(crate) mod users;
pub(crate) mod audit;
pub(crate) mod sign_out;
pub(crate) mod not_found;
