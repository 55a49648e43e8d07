//! The refusals that a browser may see.
//!
//! They are a closed set of codes without free text, because without JavaScript a refusal becomes
//! part of a URL, which histories and logs keep. The pages hold the messages, and the log holds the
//! cause. The JSON form is part of the outside contract.

mod clerk_error;

pub use clerk_error::ClerkError;

use crate::closed_set::closed_set;
use crate::reverification::Reverification;
use crate::sign_out_reason::SignOutReason;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The invalid fields of an input.
pub type InvalidFields = BTreeMap<String, FieldProblem>;

/// The reason why the server refused a request. [`crate::operation::Declaration`] lists the order
/// of the checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case", try_from = "RefusalJson")]
pub enum Refusal {
    /// 401: nobody is signed in, or the session has ended.
    Unauthenticated {
        /// The session rule that ended the session; `None` if no rule did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<SignOutReason>,
    },
    /// 403: the organization does not grant the permission.
    Forbidden,
    /// 403: the plan of the organization and of the user has no such feature.
    Entitlement {
        /// The missing feature or plan, as [`crate::operation::Entitlement`] prints it.
        needs: String,
    },
    /// 403: the user must verify their identity again. Clerk's own clients understand the hint.
    Reverification {
        /// Clerk's reverification hint.
        clerk_error: ClerkError,
    },
    /// 400: the input is invalid.
    InvalidInput {
        /// The invalid fields with their problems.
        fields: InvalidFields,
    },
    /// 409: the page was rendered for another organization than the active one, and the server
    /// changed nothing.
    OtherOrganization,
    /// 409: the same thing has changed since the page was rendered, and the server left it so.
    Changed,
    /// 429: too many calls.
    RateLimited {
        /// Seconds until the same call can succeed, rounded up.
        retry_after: u64,
    },
    /// 404: the organization has no such row, whether or not another organization has it.
    NotFound,
    /// 503: a service that the answer depends on is down.
    Unavailable,
    /// 500: an error in this server. The log has the cause under the request id.
    Internal,
}

impl Refusal {
    /// The refusal of a request without a session, if no session rule ended one.
    pub const NOBODY: Self = Self::Unauthenticated { reason: None };

    /// The refusal with Clerk's reverification hint.
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
            Self::Forbidden | Self::Entitlement { .. } | Self::Reverification { .. } => 403,
            Self::NotFound => 404,
            Self::OtherOrganization | Self::Changed => 409,
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
            Self::Entitlement { .. } => "entitlement",
            Self::Reverification { .. } => "reverification",
            Self::InvalidInput { .. } => "invalid_input",
            Self::OtherOrganization => "other_organization",
            Self::Changed => "changed",
            Self::RateLimited { .. } => "rate_limited",
            Self::NotFound => "not_found",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// Seconds for the header `Retry-After`; `None` if the same call cannot succeed later.
    #[must_use]
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after } => Some(*retry_after),
            Self::Unavailable => Some(2),
            Self::Unauthenticated { .. }
            | Self::Forbidden
            | Self::Entitlement { .. }
            | Self::Reverification { .. }
            | Self::InvalidInput { .. }
            | Self::OtherOrganization
            | Self::Changed
            | Self::NotFound
            | Self::Internal => None,
        }
    }
}

/// The JSON of any refusal. Serde's code for a tagged enum is three times as large in the wasm.
#[derive(Deserialize)]
struct RefusalJson {
    error: String,
    reason: Option<SignOutReason>,
    clerk_error: Option<ClerkError>,
    fields: Option<InvalidFields>,
    retry_after: Option<u64>,
    needs: Option<String>,
}

impl TryFrom<RefusalJson> for Refusal {
    type Error = &'static str;

    fn try_from(json: RefusalJson) -> Result<Self, Self::Error> {
        const INCOMPLETE: &str = "a refusal without its details";
        Ok(match json.error.as_str() {
            "unauthenticated" => Self::Unauthenticated { reason: json.reason },
            "forbidden" => Self::Forbidden,
            "entitlement" => Self::Entitlement { needs: json.needs.filter(|needs| is_slug(needs)).ok_or(INCOMPLETE)? },
            "reverification" => Self::Reverification { clerk_error: json.clerk_error.ok_or(INCOMPLETE)? },
            "invalid_input" => Self::InvalidInput { fields: json.fields.ok_or(INCOMPLETE)? },
            "other_organization" => Self::OtherOrganization,
            "changed" => Self::Changed,
            "rate_limited" => Self::RateLimited { retry_after: json.retry_after.ok_or(INCOMPLETE)? },
            "not_found" => Self::NotFound,
            "unavailable" => Self::Unavailable,
            "internal" => Self::Internal,
            _ => return Err("not a code of a refusal"),
        })
    }
}

/// Whether a text is a kind and a slug, and so no sentence that a crafted URL could show.
fn is_slug(text: &str) -> bool {
    text.len() <= 100 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":_-".contains(&byte))
}

closed_set! {
    /// A problem of a field.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum FieldProblem;
    /// The code, as in the JSON.
    fn code;
    /// The field is empty or has no visible character.
    Required = "required",
    /// The text is longer than the limit.
    TooLong = "too_long",
    /// The text has a control character, such as a line break, or a character that changes the
    /// direction of text.
    ControlCharacter = "control_character",
    /// The text does not have the expected form.
    Invalid = "invalid",
    /// The user may not apply the operation to themselves.
    Yourself = "yourself",
    /// Nothing is left to do: the person is a member or invited already, or the value is the one
    /// that is stored.
    Taken = "taken",
}

impl FieldProblem {
    /// The problem for a code. A rule of the validation library has no code here and counts as
    /// `Invalid`.
    pub(crate) fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|problem| problem.code() == code).unwrap_or(Self::Invalid)
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
        let ended = Refusal::Unauthenticated { reason: Some(SignOutReason::SessionTooOld) };
        assert_eq!(text(&ended), r#"{"error":"unauthenticated","reason":"session_too_old"}"#);
        assert_eq!(serde_json::from_str::<Refusal>(&text(&ended)).unwrap(), ended);
        assert_eq!(text(&Refusal::Forbidden), r#"{"error":"forbidden"}"#);
        assert_eq!(
            text(&Refusal::Entitlement { needs: "plan:pro".to_owned() }),
            r#"{"error":"entitlement","needs":"plan:pro"}"#
        );
        let crafted = r#"{"error":"entitlement","needs":"Call us at 555"}"#;
        assert!(serde_json::from_str::<Refusal>(crafted).is_err());
        let fields = InvalidFields::from([("name".to_owned(), FieldProblem::TooLong)]);
        assert_eq!(
            text(&Refusal::InvalidInput { fields }),
            r#"{"error":"invalid_input","fields":{"name":"too_long"}}"#
        );
        assert_eq!(text(&Refusal::OtherOrganization), r#"{"error":"other_organization"}"#);
        assert_eq!(text(&Refusal::Changed), r#"{"error":"changed"}"#);
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
            Refusal::Entitlement { needs: "feature:reports".to_owned() },
            Refusal::reverification(needed),
            Refusal::InvalidInput { fields },
            Refusal::OtherOrganization,
            Refusal::Changed,
            Refusal::RateLimited { retry_after: 1 },
            Refusal::NotFound,
            Refusal::Unavailable,
            Refusal::Internal,
        ] {
            let json = serde_json::to_value(&refusal).unwrap();
            assert_eq!(json["error"], refusal.code());
            assert_eq!(serde_json::from_value::<Refusal>(json).unwrap(), refusal);
        }
    }

    #[test]
    fn an_unknown_or_incomplete_refusal_is_not_read() {
        for json in [
            r#"{"error":"other"}"#,
            r#"{"error":"rate_limited"}"#,
            r#"{"error":"reverification"}"#,
            r#"{"error":"invalid_input"}"#,
            r#"{"error":"unauthenticated","reason":"other"}"#,
            "{}",
            r#""forbidden""#,
        ] {
            assert!(serde_json::from_str::<Refusal>(json).is_err(), "{json}");
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
