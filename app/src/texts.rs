//! Every sentence that a code, a status or a rule chooses. Codes travel; the words for people stand
//! here.

#[cfg(feature = "hydrate")]
pub(crate) mod step_up;
pub(crate) mod fields;
pub(crate) mod refusals;
pub(crate) mod signed_out;
pub(crate) mod statuses;
