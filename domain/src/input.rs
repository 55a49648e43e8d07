//! Rules for text fields. An operation names the rule of each of its fields; the check, the message
//! beside the field and the tests read that one declaration.
//!
//! A rule answers with a code of [`FieldProblem`] and nothing else, because a code may travel in a
//! URL. The messages belong to the pages. No regular expressions: they would add half a megabyte to
//! the wasm.

use crate::refusal::{FieldProblem, InvalidFields};
use crate::text::{has_visible, is_bidi_control, is_control, is_ignorable, visible};

/// The kind of text in a field. It decides which characters are valid and which messages the page
/// shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// A name for people: at least one character is visible, and no character changes the direction
    /// of the text beside it.
    DisplayName,
    /// An optional explanation in one line, with the characters of a display name. A text without a
    /// visible character counts as empty.
    Reason,
    /// An email address, as far as a form can check it.
    EmailAddress,
    /// An id: letters, digits, `_`, `-` and `:`.
    Identifier,
    // example:begin bulk
    /// Ids of a selection, with one blank between them.
    Identifiers,
    // example:end bulk
    /// The key of a role, with the characters of an id.
    Role,
    /// Search words; blank matches everything.
    Search,
    /// The place of a page in a list: letters, digits, `_` and `-`; empty for the first page.
    Cursor,
}

/// The rule of one text field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextRule {
    /// The kind of text.
    pub kind: TextKind,
    /// Longest valid value: in characters (Unicode scalar values), and in bytes for ids, roles and
    /// email addresses.
    pub max_length: usize,
}

/// The text fields of an operation: each name with its rule.
pub type TextFields = &'static [(&'static str, TextRule)];

/// A display name. The limit is Clerk's limit for names of organizations.
pub const DISPLAY_NAME: TextRule = TextRule { kind: TextKind::DisplayName, max_length: 200 };

/// The reason of a change, for the audit log.
pub const REASON: TextRule = TextRule { kind: TextKind::Reason, max_length: 200 };

/// An email address (RFC 5321 section 4.5.3.1.3, without the angle brackets).
pub const EMAIL_ADDRESS: TextRule = TextRule { kind: TextKind::EmailAddress, max_length: 254 };

/// An id from Clerk or from this database.
pub const IDENTIFIER: TextRule = TextRule { kind: TextKind::Identifier, max_length: 128 };

// example:begin bulk
/// The most ids of a selection: the rows of a page.
pub const MAX_SELECTED: usize = 25;

/// The ids of a selection: [`MAX_SELECTED`] ids of 40 bytes. An id of Clerk has 32.
pub const SELECTION: TextRule = TextRule { kind: TextKind::Identifiers, max_length: 41 * MAX_SELECTED - 1 };
// example:end bulk

/// The key of a role, with or without the leading `org:`.
pub const ROLE: TextRule = TextRule { kind: TextKind::Role, max_length: 128 };

/// A search in a list.
pub const SEARCH: TextRule = TextRule { kind: TextKind::Search, max_length: 100 };

/// The place of a page in a list, as an earlier page named it. Readers do not look into it. The
/// longest one contains the id of an audit entry in base64.
pub const CURSOR: TextRule = TextRule { kind: TextKind::Cursor, max_length: 800 };

impl TextRule {
    /// The same rule with another limit.
    #[must_use]
    pub const fn at_most(self, max_length: usize) -> Self {
        Self { max_length, ..self }
    }

    /// A value in the form that the database stores; `Operation::normalized` gives every field the
    /// same.
    #[must_use]
    pub fn cleaned(self, text: &str) -> String {
        match self.kind {
            TextKind::DisplayName | TextKind::EmailAddress => text.trim().to_owned(),
            TextKind::Search => cleaned_search(text),
            TextKind::Identifiers => text.to_owned(), // example:line bulk
            TextKind::Reason | TextKind::Identifier | TextKind::Role | TextKind::Cursor => text.to_owned(),
        }
    }

    /// The first problem of a value; `None` for a valid one.
    #[must_use]
    pub fn problem(self, text: &str) -> Option<FieldProblem> {
        match self.kind {
            TextKind::DisplayName => self.problem_of_name(text),
            TextKind::Reason => self.problem_of_reason(text),
            TextKind::EmailAddress => self.problem_of_email_address(text),
            TextKind::Identifier | TextKind::Role => self.problem_of_identifier(text),
            TextKind::Identifiers => self.problem_of_selection(text), // example:line bulk
            TextKind::Search => self.problem_of_search(text),
            TextKind::Cursor => self.problem_of_cursor(text),
        }
    }

    fn problem_of_name(self, name: &str) -> Option<FieldProblem> {
        match name {
            name if name.chars().any(is_unsafe) => Some(FieldProblem::ControlCharacter),
            name if !has_visible(name) => Some(FieldProblem::Required),
            name if name.chars().count() > self.max_length => Some(FieldProblem::TooLong),
            _ => None,
        }
    }

    fn problem_of_reason(self, reason: &str) -> Option<FieldProblem> {
        match visible(reason).unwrap_or_default() {
            "" => None,
            reason => self.problem_of_name(reason),
        }
    }

    fn problem_of_email_address(self, text: &str) -> Option<FieldProblem> {
        match text {
            "" => Some(FieldProblem::Required),
            text if text.len() > self.max_length => Some(FieldProblem::TooLong),
            text if text.chars().any(is_unsafe) => Some(FieldProblem::ControlCharacter),
            text if !is_email_address(text) => Some(FieldProblem::Invalid),
            _ => None,
        }
    }

    fn problem_of_identifier(self, text: &str) -> Option<FieldProblem> {
        match text {
            "" => Some(FieldProblem::Required),
            text if text.len() > self.max_length => Some(FieldProblem::TooLong),
            text if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-:".contains(&byte)) => {
                Some(FieldProblem::Invalid)
            }
            _ => None,
        }
    }

    // example:begin bulk
    fn problem_of_selection(self, text: &str) -> Option<FieldProblem> {
        match text {
            "" => Some(FieldProblem::Required),
            text if text.len() > self.max_length || text.split(' ').count() > MAX_SELECTED => {
                Some(FieldProblem::TooLong)
            }
            text => text.split(' ').find_map(|id| IDENTIFIER.problem(id)).map(|_| FieldProblem::Invalid),
        }
    }
    // example:end bulk

    fn problem_of_cursor(self, text: &str) -> Option<FieldProblem> {
        match text {
            text if text.len() > self.max_length => Some(FieldProblem::TooLong),
            text if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) => {
                Some(FieldProblem::Invalid)
            }
            _ => None,
        }
    }

    fn problem_of_search(self, text: &str) -> Option<FieldProblem> {
        match cleaned_search(text) {
            text if text.chars().any(is_control) => Some(FieldProblem::ControlCharacter),
            // The decoder of URLs puts this character where bytes are not UTF-8.
            text if text.contains(char::REPLACEMENT_CHARACTER) => Some(FieldProblem::Invalid),
            text if text.chars().count() > self.max_length => Some(FieldProblem::TooLong),
            _ => None,
        }
    }
}

/// A rule as a garde validator.
pub(crate) fn follows(rule: TextRule) -> impl Fn(&str, &()) -> garde::Result {
    move |text, ()| rule.problem(text).map_or(Ok(()), |problem| Err(garde::Error::new(problem.code())))
}

/// The text fields among the fields of a form, each in the form that the database stores.
#[must_use]
pub fn cleaned_fields(rules: TextFields, fields: Vec<(String, String)>) -> Vec<(String, String)> {
    let rule = |field: &str| rules.iter().find(|(name, _)| *name == field).map(|(_, rule)| *rule);
    let cleaned = fields.into_iter().filter_map(|(name, text)| rule(&name).map(|rule| (name, rule.cleaned(&text))));
    cleaned.collect()
}

/// The problems of the text fields among the fields of an input. The browser checks only these: the
/// validation library would be a twentieth of the wasm, and the server checks every field.
#[must_use]
pub fn text_problems(rules: TextFields, fields: &[(String, String)]) -> InvalidFields {
    let rule = |field: &str| rules.iter().find(|(name, _)| *name == field).map(|(_, rule)| *rule);
    let mut problems = InvalidFields::new();
    // `collect` would sort the fields first, and the wasm would contain a sort for this type.
    for (field, text) in fields {
        if let Some(problem) = rule(field).and_then(|rule| rule.problem(text)) {
            problems.insert(field.clone(), problem);
        }
    }
    problems
}

/// Whether a text has a name, one `@` and a domain. Only a delivered message proves that the
/// address exists.
fn is_email_address(text: &str) -> bool {
    // An invisible character makes two different addresses look the same.
    let is_forbidden =
        |letter: char| letter.is_whitespace() || is_ignorable(letter) || "@,;:<>()[]\"\\".contains(letter);
    let is_plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && has_visible(part)
            && !part.contains(is_forbidden)
    };
    text.split_once('@').is_some_and(|(name, host)| is_plain(name) && is_plain(host) && is_domain(host))
}

/// Whether a host has a dot and ends in a top-level domain: at least two letters of any script, or
/// its form in ASCII (RFC 5890). Clerk refuses every other one, `ada@localhost` for example.
fn is_domain(host: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    let is_letter = |letter: char| letter.is_ascii_alphabetic() || !letter.is_ascii();
    let is_top = |top: &str| {
        let is_word = top.chars().count() >= 2 && top.chars().all(is_letter);
        is_word || top.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"))
    };
    host.split('.').all(is_label) && host.rsplit_once('.').is_some_and(|(_, top)| is_top(top))
}

/// A search text with one blank between words and none at the ends. Any run of separating
/// characters counts as one blank, so every spelling of a search gives the same result.
#[must_use]
pub fn cleaned_search(text: &str) -> String {
    let is_gap = |letter: char| letter.is_whitespace() || matches!(letter, '\u{1c}'..='\u{1f}');
    text.split(is_gap).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether a character moves the cursor, ends the line or changes the direction of the text around
/// it.
fn is_unsafe(character: char) -> bool {
    is_control(character) || is_bidi_control(character)
}
