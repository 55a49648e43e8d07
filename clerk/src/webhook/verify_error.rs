//! Why a delivery was refused, with the remedy: for the log, never for the sender.

use std::fmt;

/// Why a delivery was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyError {
    /// A header that belongs to a signature cannot be used.
    Header(&'static str, HeaderFault),
    /// The timestamp is no number.
    Timestamp,
    /// The delivery was signed so many seconds before the clock of this server; negative: after it.
    Clock(i64),
    /// No secret makes this signature.
    Signature,
    /// A secret makes the signature for the same text with other blanks: the body was changed on the way.
    BodyChanged,
    /// What was signed is not JSON.
    Body,
}

/// What is wrong with a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderFault {
    /// It is not there.
    Missing,
    /// It is there more than once.
    Doubled,
    /// It is blank, too long, or no text.
    Unusable,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name, HeaderFault::Missing) => write!(
                f,
                "the header {name} is missing: whoever sends is not Clerk, or a proxy in front drops the headers of the signature"
            ),
            Self::Header(name, HeaderFault::Doubled) => {
                write!(f, "the header {name} came more than once: a proxy in front adds a second one")
            }
            Self::Header(name, HeaderFault::Unusable) => {
                write!(f, "the header {name} is blank, too long or no text: a proxy in front changes it")
            }
            Self::Timestamp => f.write_str("the timestamp of the delivery is no number: whoever sends is not Clerk"),
            Self::Clock(off_s) => {
                let (seconds, side) = (off_s.unsigned_abs(), if *off_s < 0 { "behind" } else { "ahead of" });
                write!(
                    f,
                    "the clock of this server is {seconds} seconds {side} the time of the delivery, and 300 are allowed: set the clock \
                     (a delivery that somebody recorded and sends again looks the same)"
                )
            }
            Self::Signature => f.write_str(
                "no secret of CLERK_WEBHOOK_SIGNING_SECRET makes this signature: copy the signing secret of this very endpoint from the Clerk \
                 dashboard, Webhooks; if it is the same, a proxy in front changes the body",
            ),
            Self::BodyChanged => f.write_str(
                "the body was changed on the way, by a proxy in front that writes JSON anew: let it pass the bytes of \
                 /api/webhooks/clerk on as they came",
            ),
            Self::Body => f.write_str("the body is signed, but is not JSON: the endpoint belongs to another sender"),
        }
    }
}

impl std::error::Error for VerifyError {}

/// The body as it may have been before somebody wrote its JSON with other blanks. Nothing is believed because of it: it only tells a changed body
/// from a wrong secret.
pub(super) fn as_it_may_have_been(body: &[u8]) -> [Vec<u8>; 3] {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    [text.to_vec(), [text, b"\n"].concat(), without_blanks(text)]
}

/// JSON without blanks between its parts (RFC 8259, section 2).
fn without_blanks(json: &[u8]) -> Vec<u8> {
    let (mut in_text, mut escaped) = (false, false);
    let is_kept = |byte: &u8| {
        let kept = in_text || !byte.is_ascii_whitespace();
        in_text ^= *byte == b'"' && !escaped;
        escaped = in_text && *byte == b'\\' && !escaped;
        kept
    };
    json.iter().copied().filter(is_kept).collect()
}
