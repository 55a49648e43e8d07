//! Every sentence that a code, a status or a rule chooses. Codes travel; the words for people stand
//! here.

pub(crate) mod audit_labels;
pub(crate) mod bulk; // example:line bulk
pub(crate) mod audit;
pub(crate) mod done;
// example:begin webhooks
#[cfg(feature = "ssr")]
pub(crate) mod webhooks;
// example:end webhooks
pub(crate) mod fields;
pub(crate) mod refusals;
pub(crate) mod roles;
pub(crate) mod sessions;
pub(crate) mod sign_out_reasons;
pub(crate) mod statuses;
#[cfg(feature = "hydrate")]
pub(crate) mod step_up;
