//! Why a delivery was refused, with the remedy. The text is for the log, never for the sender.

use std::fmt;

/// Why a delivery was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// This header of the signature cannot be used.
    Header(&'static str, HeaderFault),
    /// The timestamp is not a number.
    Timestamp,
    /// The delivery was signed this many seconds before the clock of this server, or after it if
    /// the number is negative.
    Clock(i64),
    /// No secret makes this signature.
    Signature,
    /// A secret makes the signature for the same JSON with other whitespace: a proxy changed the
    /// body.
    BodyChanged,
    /// The signed body is not JSON.
    Body,
}

/// The fault of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderFault {
    /// The header is missing.
    Missing,
    /// The header is there more than once.
    Doubled,
    /// The value is blank, too long, or not text.
    Unusable,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name, HeaderFault::Missing) => write!(
                f,
                "the header {name} is missing: the sender is not Clerk, or a proxy in front drops the headers of the \
                 signature"
            ),
            Self::Header(name, HeaderFault::Doubled) => {
                write!(f, "the header {name} came more than once: a proxy in front adds a second one")
            }
            Self::Header(name, HeaderFault::Unusable) => {
                write!(f, "the header {name} is blank, too long or not text: a proxy in front changes it")
            }
            Self::Timestamp => f.write_str("the timestamp of the delivery is not a number: the sender is not Clerk"),
            Self::Clock(off_s) => {
                let (seconds, side) = (off_s.unsigned_abs(), if *off_s < 0 { "behind" } else { "ahead of" });
                write!(
                    f,
                    "the clock of this server is {seconds} seconds {side} the time of the delivery, and 300 are \
                     allowed: set the clock (a recorded delivery that is sent again looks the same)"
                )
            }
            Self::Signature => f.write_str(
                "no secret of CLERK_WEBHOOK_SIGNING_SECRET makes this signature: copy the signing secret of this \
                 endpoint from the Clerk dashboard, Webhooks; if it is the same, a proxy in front changes the body",
            ),
            Self::BodyChanged => f.write_str(
                "the body was changed on the way, by a proxy in front that rewrites JSON: let it forward the bytes of \
                 the webhook unchanged",
            ),
            Self::Body => f.write_str("the body is signed, but it is not JSON: the endpoint belongs to another sender"),
        }
    }
}

impl std::error::Error for VerifyError {}
