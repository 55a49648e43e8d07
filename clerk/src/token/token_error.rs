//! Why a token is refused, by the names of Clerk's library.

/// Why a token is refused. The names are those of Clerk's `TokenVerificationErrorReason`, and
/// [`TokenError::as_str`] is its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.as_str())]
#[expect(missing_docs, reason = "the names are Clerk's and say it")]
pub enum TokenError {
    Expired,
    Invalid,
    InvalidAlgorithm,
    InvalidAuthorizedParties,
    InvalidIssuer,
    InvalidSignature,
    NotActiveYet,
    IatInTheFuture,
    VerificationFailed,
    TypeMismatch,
    KidMismatch,
}

impl TokenError {
    /// Clerk's text of the reason.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "token-expired",
            Self::Invalid => "token-invalid",
            Self::InvalidAlgorithm => "token-invalid-algorithm",
            Self::InvalidAuthorizedParties => "token-invalid-authorized-parties",
            Self::InvalidIssuer => "token-invalid-issuer",
            Self::InvalidSignature => "token-invalid-signature",
            Self::NotActiveYet => "token-not-active-yet",
            Self::IatInTheFuture => "token-iat-in-the-future",
            Self::VerificationFailed => "token-verification-failed",
            Self::TypeMismatch => "token-type-mismatch",
            Self::KidMismatch => "jwk-kid-mismatch",
        }
    }
}
