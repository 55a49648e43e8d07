//! Rules for single fields, shared by the operations.
//!
//! A rule answers with a code of `refusal::FieldProblem` and nothing else: the code may travel in a URL, the words belong to the page.
//! No regular expressions: they would cost half a megabyte in the browser.

use crate::refusal::FieldProblem;
use crate::text::{has_visible, is_bidi_control, is_control, is_ignorable};

/// Highest page of any list: far beyond use, low enough that `page * size` cannot overflow anything.
pub const LAST_PAGE: u32 = 100_000;

/// Longest display name in characters (Unicode scalar values), the limit that Clerk has for organizations.
pub const DISPLAY_NAME_CHARACTERS: usize = 200;

/// Longest email address in bytes (RFC 5321 section 4.5.3.1.3, without the angle brackets).
pub const EMAIL_ADDRESS_BYTES: usize = 254;

const IDENTIFIER_BYTES: usize = 128;

/// Longest text to search for, in characters.
pub const SEARCH_CHARACTERS: usize = 100;

/// A name for people: something in it can be seen, and nothing changes how the text beside it is read.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde calls")]
pub(crate) fn display_name(name: &str, _: &()) -> garde::Result {
    match name {
        name if name.chars().any(steers) => Err(problem(FieldProblem::ControlCharacter)),
        name if !has_visible(name) => Err(problem(FieldProblem::Required)),
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
        text if text.chars().any(steers) => Err(problem(FieldProblem::ControlCharacter)),
        text if !is_email_address(text) => Err(problem(FieldProblem::Invalid)),
        _ => Ok(()),
    }
}

fn is_email_address(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && has_visible(part)
            // An address with a character that nobody sees looks like another one.
            && !part.contains(|letter: char| letter.is_whitespace() || is_ignorable(letter) || "@,;:<>()[]\"\\".contains(letter))
    };
    text.split_once('@').is_some_and(|(name, place)| plain(name) && plain(place))
}

/// A search as it is asked. Whatever separates words on a keyboard or in a copied text counts as one blank, and none
/// stands at the ends.
#[must_use]
pub fn cleaned_search(text: &str) -> String {
    let is_gap = |letter: char| letter.is_whitespace() || matches!(letter, '\u{1c}'..='\u{1f}');
    text.split(is_gap).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What is wrong with a search, for a page that shows its list all the same.
#[must_use]
pub fn search_problem(text: &str) -> Option<FieldProblem> {
    match cleaned_search(text) {
        text if text.chars().any(is_control) => Some(FieldProblem::ControlCharacter),
        // An address that is not UTF-8 is decoded to this.
        text if text.contains(char::REPLACEMENT_CHARACTER) => Some(FieldProblem::Invalid),
        text if text.chars().count() > SEARCH_CHARACTERS => Some(FieldProblem::TooLong),
        _ => None,
    }
}

/// What people type to find something; blank finds everything.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde calls")]
pub(crate) fn search(text: &str, _: &()) -> garde::Result {
    search_problem(text).map_or(Ok(()), |found| Err(problem(found)))
}

/// Whether a character moves the cursor, ends the line or turns the direction of the text around it.
fn steers(character: char) -> bool {
    is_control(character) || is_bidi_control(character)
}

fn problem(problem: FieldProblem) -> garde::Error {
    garde::Error::new(problem.code())
}
