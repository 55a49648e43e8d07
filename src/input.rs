//! Rules for single fields, shared by the operations.
//!
//! A rule answers with a code of `refusal::FieldProblem` and nothing else: the code may travel in a URL, the words belong to the page.
//! No regular expressions: they would cost half a megabyte in the browser.

use crate::refusal::FieldProblem;

/// Highest page of any list: far beyond use, low enough that `page * size` cannot overflow anything.
pub(crate) const LAST_PAGE: u32 = 100_000;

/// Longest display name in characters (Unicode scalar values), the limit that Clerk has for organizations.
pub const DISPLAY_NAME_CHARACTERS: usize = 200;

/// Longest email address in bytes (RFC 5321 section 4.5.3.1.3, without the angle brackets).
pub const EMAIL_ADDRESS_BYTES: usize = 254;

const IDENTIFIER_BYTES: usize = 128;

/// Longest text to search for, in characters.
pub const SEARCH_CHARACTERS: usize = 100;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde calls")]
pub(crate) fn display_name(name: &str, _: &()) -> garde::Result {
    match name {
        "" => Err(problem(FieldProblem::Required)),
        name if name.chars().any(char::is_control) => Err(problem(FieldProblem::ControlCharacter)),
        name if name.chars().count() > DISPLAY_NAME_CHARACTERS => Err(problem(FieldProblem::TooLong)),
        _ => Ok(()),
    }
}

/// An id or a role key: letters, digits, `_`, `-` and `:`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde calls")]
pub(crate) fn identifier(text: &str, _: &()) -> garde::Result {
    match text {
        "" => Err(problem(FieldProblem::Required)),
        text if text.len() > IDENTIFIER_BYTES => Err(problem(FieldProblem::TooLong)),
        text if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-:".contains(&byte)) => {
            Err(problem(FieldProblem::Invalid))
        }
        _ => Ok(()),
    }
}

/// An email address, as far as a form can tell: a name, one `@`, a place. Whether anybody reads there only a mail can tell.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde calls")]
pub(crate) fn email_address(text: &str, _: &()) -> garde::Result {
    match text {
        "" => Err(problem(FieldProblem::Required)),
        text if text.len() > EMAIL_ADDRESS_BYTES => Err(problem(FieldProblem::TooLong)),
        text if text.chars().any(char::is_control) => Err(problem(FieldProblem::ControlCharacter)),
        text if !is_email_address(text) => Err(problem(FieldProblem::Invalid)),
        _ => Ok(()),
    }
}

fn is_email_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains(|letter: char| letter.is_whitespace() || "@,;:<>()[]\"\\".contains(letter))
    };
    text.split_once('@').is_some_and(|(name, place)| plain(name) && plain(place))
}

/// What people type to find something; blank finds everything.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde calls")]
pub(crate) fn search(text: &str, _: &()) -> garde::Result {
    match text {
        text if text.chars().any(char::is_control) => Err(problem(FieldProblem::ControlCharacter)),
        text if text.chars().count() > SEARCH_CHARACTERS => Err(problem(FieldProblem::TooLong)),
        _ => Ok(()),
    }
}

fn problem(problem: FieldProblem) -> garde::Error {
    garde::Error::new(problem.code())
}
