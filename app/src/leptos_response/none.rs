//! The browser's side: a page that is already there has no status.

use domain::refusal::Refusal;
use server_fn::error::ServerFnErrorErr;

/// Whether this code runs on the server.
pub(crate) const IS_SERVER: bool = false;

/// Does nothing.
pub(crate) const fn set_status(_: u16) {}

/// Does nothing.
pub(crate) const fn set_refusal(_: &Refusal) {}

/// Does nothing.
pub(crate) const fn report_framework_error(_: &ServerFnErrorErr) {}
