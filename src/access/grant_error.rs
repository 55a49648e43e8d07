//! The error of a refused grant.

use crate::limit::Budget;
use domain::refusal::Refusal;

/// The error of a refused grant: the refusal for the caller, and the state of the rate limit if the
/// policy check reached it.
#[derive(Debug)]
pub struct GrantError {
    /// The refusal.
    pub refusal: Refusal,
    /// The state of the rate limit.
    pub budget: Option<Budget>,
}

impl From<Refusal> for GrantError {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, budget: None }
    }
}
