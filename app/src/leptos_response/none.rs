//! The browser's side.

use domain::refusal::Refusal;
use server_fn::error::ServerFnErrorErr;

/// Whether this code runs on the server.
pub(crate) const IS_SERVER: bool = false;

/// Does nothing.
pub(crate) const fn set_refusal(_: &Refusal) {}

/// Does nothing.
pub(crate) const fn report_framework_error(_: &ServerFnErrorErr) {}

/// Blank: the browser keeps the text that the server has rendered.
pub(crate) const fn page_request_id() -> String {
    String::new()
}
