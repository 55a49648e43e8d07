//! The browser's side of the seam.
//!
//! Clerk's session token lives for a minute in a cookie that scripts can read, by Clerk's design.
//! Its Frontend API, reached through our own origin, mints the next one from a cookie that they
//! cannot read.

mod clerk_script;
mod form_encoded;
mod forms;
mod keep_session;
mod navigation;
mod panics;
mod send;
mod session_token;
mod tabs;
mod theme;
mod timeout;
mod unsaved_input;
mod verification;

pub(crate) use clerk_script::verify_with_clerk;
pub(crate) use forms::checked_values; // example:line bulk
pub(crate) use forms::{fill_fields, resubmit_form, submitted_fields};
pub(crate) use keep_session::keep_session_fresh;
pub(crate) use navigation::{InFlightCall, navigate_once};
pub(crate) use panics::report_panics;
pub(crate) use send::{Answer, PreparedCall, send};
pub(crate) use session_token::{active_organization_slug, is_active_organization, needs_renewal, renew_token};
pub(crate) use tabs::{announce_change, on_change_elsewhere, refresh_each_minute};
pub(crate) use theme::document_theme;
pub(crate) use unsaved_input::has_waited_for_writer;
pub(crate) use verification::{attempt_verification, start_verification};
