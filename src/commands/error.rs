//! Errors of commands, and the refusal that the caller gets for each.

use crate::store::StoreError;
use clerk::backend_api::{BackendApiError, ErrorDetail};
use domain::refusal::{FieldProblem, InvalidFields, Refusal};

/// The reason why a command failed, completely or in part.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Clerk rejected the change or cannot be reached.
    #[error("at Clerk: {0}")]
    Clerk(#[from] BackendApiError),
    /// The database failed.
    #[error("in the database: {0}")]
    Store(#[from] StoreError),
    /// The role grants a permission that the caller does not hold.
    #[error("the role grants more than the caller holds")]
    BeyondOwnPermissions,
    /// A field is invalid.
    #[error("the input does not fit")]
    Invalid(InvalidFields),
    /// Clerk did not end every session of the member.
    #[error("some sessions of the member may still run at Clerk")]
    SessionsLeft,
    /// Clerk revoked an invitation, and then refused the new one in its place.
    #[error("the invitation is revoked, and Clerk refused a new one")]
    NotSentAgain,
    /// The task panicked; the panic is in the log.
    #[error("the command was aborted")]
    Aborted,
}

impl CommandError {
    /// The refusal that the caller gets.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Clerk(error) => refusal_of(error),
            Self::Store(error) => error.refusal(),
            Self::BeyondOwnPermissions => Refusal::Forbidden,
            Self::Invalid(fields) => Refusal::InvalidInput { fields: fields.clone() },
            Self::SessionsLeft | Self::NotSentAgain => Refusal::Unavailable,
            Self::Aborted => Refusal::Internal,
        }
    }
}

/// The refusal for an error of Clerk's Backend API. Clerk's error text stays in the log.
#[must_use]
pub fn refusal_of(error: &BackendApiError) -> Refusal {
    match error {
        BackendApiError::NotFound => Refusal::NotFound,
        BackendApiError::Rejected(rejection) => Refusal::InvalidInput { fields: fields_of(rejection) },
        BackendApiError::Unavailable(_) => Refusal::Unavailable,
    }
}

/// The form field that Clerk's error names; empty if Clerk names no field of the form.
fn fields_of(rejection: &ErrorDetail) -> InvalidFields {
    let taken = ["already_a_member_in_organization", "duplicate_record"].contains(&rejection.code.as_str());
    let field = match rejection.parameter.as_deref() {
        Some(field @ ("email_address" | "role" | "name")) => field,
        _ if taken => "email_address",
        _ => return InvalidFields::new(),
    };
    let problem = if taken { FieldProblem::Taken } else { FieldProblem::Invalid };
    InvalidFields::from([(field.to_owned(), problem)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(code: &str, parameter: Option<&str>) -> Refusal {
        let rejection =
            ErrorDetail { status: 422, code: code.to_owned(), parameter: parameter.map(str::to_owned), trace_id: None };
        refusal_of(&BackendApiError::Rejected(rejection))
    }

    #[test]
    fn an_error_of_clerk_becomes_a_field_an_absence_or_an_outage() {
        let invalid =
            |field: &str, problem| Refusal::InvalidInput { fields: InvalidFields::from([(field.to_owned(), problem)]) };
        assert_eq!(rejected("duplicate_record", Some("email_address")), invalid("email_address", FieldProblem::Taken));
        assert_eq!(rejected("already_a_member_in_organization", None), invalid("email_address", FieldProblem::Taken));
        assert_eq!(rejected("form_param_format_invalid", Some("role")), invalid("role", FieldProblem::Invalid));
        for (code, parameter) in [("over_quota", None), ("form_param_unknown", Some("public_metadata"))] {
            assert_eq!(rejected(code, parameter), Refusal::InvalidInput { fields: InvalidFields::new() });
        }
        assert_eq!(refusal_of(&BackendApiError::NotFound), Refusal::NotFound);
        assert_eq!(refusal_of(&BackendApiError::Unavailable("key".to_owned())), Refusal::Unavailable);
    }
}
