//! Everything that a browser may be told about a "no".
//!
//! A closed set of codes without free text: without JavaScript a refusal travels in a URL, and so into history and logs. The words for
//! people belong to the page; the cause belongs to the log. The JSON form is part of the outside contract.

use crate::closed_set::closed_set;
use crate::reverification::Reverification;
use crate::signed_out::SignedOut;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The fields of an input that are wrong.
pub type InvalidFields = BTreeMap<String, FieldProblem>;

/// Why a request was refused, in the order in which the reasons are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum Refusal {
    /// 401: nobody is signed in, or the session has ended.
    Unauthenticated {
        /// The rule of ours that ended the session, where one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<SignedOut>,
    },
    /// 403: the organization does not grant the permission.
    Forbidden,
    /// 403: the person must prove again who they are. The hint is the one that Clerk's own clients understand.
    Reverification {
        /// Clerk's step-up hint.
        clerk_error: ClerkError,
    },
    /// 400: the input is wrong.
    InvalidInput {
        /// Which field, and what is wrong with it.
        fields: InvalidFields,
    },
    /// 409: the page was made for another organization than the one that is active now; nothing was done.
    OtherOrganization,
    /// 429: too many calls.
    RateLimited {
        /// Seconds until the same call can pass, rounded up.
        retry_after: u64,
    },
    /// 404: no such row for this organization. "Not yours" and "not there" are the same answer.
    NotFound,
    /// 503: something that the answer depends on is down.
    Unavailable,
    /// 500: our fault. The cause is in the log under the request id.
    Internal,
}

impl Refusal {
    /// The refusal of somebody who is not signed in, where no rule of ours is the reason.
    pub const NOBODY: Self = Self::Unauthenticated { reason: None };

    /// The step-up refusal of an operation.
    #[must_use]
    pub fn reverification(needed: Reverification) -> Self {
        Self::Reverification { clerk_error: ClerkError::reverification(needed) }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::InvalidInput { .. } => 400,
            Self::Unauthenticated { .. } => 401,
            Self::Forbidden | Self::Reverification { .. } => 403,
            Self::NotFound => 404,
            Self::OtherOrganization => 409,
            Self::RateLimited { .. } => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// The code in the JSON member `error`, also used in the audit log.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated { .. } => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::Reverification { .. } => "reverification",
            Self::InvalidInput { .. } => "invalid_input",
            Self::OtherOrganization => "other_organization",
            Self::RateLimited { .. } => "rate_limited",
            Self::NotFound => "not_found",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// Seconds for the header `Retry-After`, where the refusal passes by itself.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after } => Some(*retry_after),
            Self::Unavailable => Some(2),
            Self::Unauthenticated { .. }
            | Self::Forbidden
            | Self::Reverification { .. }
            | Self::InvalidInput { .. }
            | Self::OtherOrganization
            | Self::NotFound
            | Self::Internal => None,
        }
    }
}

closed_set! {
    /// What can be wrong with a field.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum FieldProblem;
    /// The code, as in the JSON.
    fn code;
    /// Nothing was given, or nothing that can be seen.
    Required = "required",
    /// Longer than allowed.
    TooLong = "too_long",
    /// A control character, a line break for example, or one that changes the direction of text.
    ControlCharacter = "control_character",
    /// Not of the expected form.
    Invalid = "invalid",
    /// Something that people may not do to themselves.
    Yourself = "yourself",
    /// Somebody who is a member already, or invited.
    Taken = "taken",
}

impl FieldProblem {
    /// The problem for a rule's code; a rule of the validation library itself is `Invalid`.
    pub(crate) fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|problem| problem.code() == code).unwrap_or(Self::Invalid)
    }
}

/// Clerk's hint that a request needs reverification (Clerk: `authorization-errors`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClerkError {
    #[serde(rename = "type")]
    kind: String,
    reason: String,
    metadata: ClerkErrorMetadata,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ClerkErrorMetadata {
    reverification: ClerkReverification,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClerkReverification {
    level: String,
    after_minutes: u32,
}

impl ClerkError {
    /// Clerk's name of the level that is needed.
    #[must_use]
    pub fn level(&self) -> &str {
        &self.metadata.reverification.level
    }

    /// Minutes for which a confirmation of the identity stays fresh enough for the operation.
    #[must_use]
    pub fn within_minutes(&self) -> u32 {
        self.metadata.reverification.after_minutes
    }

    fn reverification(needed: Reverification) -> Self {
        Self {
            kind: "forbidden".to_owned(),
            reason: "reverification-error".to_owned(),
            metadata: ClerkErrorMetadata {
                reverification: ClerkReverification {
                    level: needed.level.as_str().to_owned(),
                    after_minutes: needed.within_minutes,
                },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reverification::FactorLevel;

    #[test]
    fn the_json_is_the_outside_contract() {
        let text = |refusal: &Refusal| serde_json::to_string(refusal).unwrap();
        assert_eq!(text(&Refusal::NOBODY), r#"{"error":"unauthenticated"}"#);
        let ended = Refusal::Unauthenticated { reason: Some(SignedOut::SessionTooOld) };
        assert_eq!(text(&ended), r#"{"error":"unauthenticated","reason":"session_too_old"}"#);
        for refusal in [Refusal::NOBODY, ended] {
            assert_eq!(serde_json::from_str::<Refusal>(&text(&refusal)).unwrap(), refusal);
        }
        assert_eq!(text(&Refusal::Forbidden), r#"{"error":"forbidden"}"#);
        let fields = InvalidFields::from([("name".to_owned(), FieldProblem::TooLong)]);
        assert_eq!(
            text(&Refusal::InvalidInput { fields }),
            r#"{"error":"invalid_input","fields":{"name":"too_long"}}"#
        );
        assert_eq!(text(&Refusal::OtherOrganization), r#"{"error":"other_organization"}"#);
        assert_eq!(text(&Refusal::RateLimited { retry_after: 7 }), r#"{"error":"rate_limited","retry_after":7}"#);
        let needed = Reverification { level: FactorLevel::SecondFactor, within_minutes: 5 };
        assert_eq!(
            text(&Refusal::reverification(needed)),
            r#"{"error":"reverification","clerk_error":{"type":"forbidden","reason":"reverification-error","metadata":{"reverification":{"level":"second_factor","afterMinutes":5}}}}"#
        );
    }

    #[test]
    fn the_code_is_the_one_in_the_json() {
        let fields = InvalidFields::new();
        let needed = Reverification { level: FactorLevel::SecondFactor, within_minutes: 5 };
        for refusal in [
            Refusal::NOBODY,
            Refusal::Forbidden,
            Refusal::reverification(needed),
            Refusal::InvalidInput { fields },
            Refusal::OtherOrganization,
            Refusal::RateLimited { retry_after: 1 },
            Refusal::NotFound,
            Refusal::Unavailable,
            Refusal::Internal,
        ] {
            let json = serde_json::to_value(&refusal).unwrap();
            assert_eq!(json["error"], refusal.code());
        }
    }

    #[test]
    fn the_code_of_a_field_is_the_one_in_the_json_and_is_read_back() {
        for problem in FieldProblem::ALL {
            assert_eq!(serde_json::to_value(problem).unwrap(), problem.code());
            assert_eq!(FieldProblem::from_code(problem.code()), problem);
        }
        assert_eq!(FieldProblem::from_code("length is greater than 3"), FieldProblem::Invalid);
    }
}
