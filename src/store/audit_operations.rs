//! The operations that a person means by the text in the filter of the audit log.

use domain::operation::OPERATIONS;

/// The entry of a session that a rule ended. It has no operation of that name.
const END_SESSION: &str = "end_session";

/// The operations to find. An empty text matches every operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Operations {
    /// The name of the only one.
    pub(super) exact: String,
    /// A `like` pattern for the name.
    pub(super) pattern: String,
    /// The names of several, each between spaces.
    pub(super) any_of: String,
}

impl Operations {
    /// A name, as the log has it or in words, means that operation alone. A star stands for any
    /// text. Other text means each operation that has all of its words.
    pub(super) fn of(typed: &str) -> Self {
        let name = typed.to_lowercase().replace(' ', "_");
        if name.contains('*') {
            return Self { pattern: wildcard(&name), ..Self::default() };
        }
        let mut meant: Vec<_> = known().filter(|known| *known == name).collect();
        if meant.is_empty() && !name.is_empty() {
            meant = known().filter(|known| has_words(known, &name)).collect();
        }
        match meant.as_slice() {
            // An operation of another version, perhaps.
            [] => Self { exact: name, ..Self::default() },
            [one] => Self { exact: (*one).to_owned(), ..Self::default() },
            several => Self { any_of: format!(" {} ", several.join(" ")), ..Self::default() },
        }
    }
}

fn known() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().map(|declaration| declaration.name).chain([END_SESSION])
}

/// Whether each typed word is a part of a word of the name, or a form of one: people type
/// "Removed member", as the log says it.
fn has_words(name: &str, typed: &str) -> bool {
    let mut words = typed.split('_').filter(|word| !word.is_empty()).peekable();
    words.peek().is_some()
        && words.all(|typed| name.split('_').any(|word| word.contains(typed) || is_form(typed, word)))
}

/// Whether a typed word is a word with an ending, such as "ed" or "s".
fn is_form(typed: &str, word: &str) -> bool {
    let ending = typed.strip_prefix(word);
    ending.is_some_and(|ending| ending.len() <= 3 && ending.chars().all(char::is_alphabetic))
}

/// The `like` pattern for a text in which `*` stands for any text.
fn wildcard(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_").replace('*', "%")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names that a text means.
    fn meant(typed: &str) -> Vec<String> {
        let Operations { exact, pattern, any_of } = Operations::of(typed);
        assert_eq!(pattern, "", "{typed}");
        any_of.split(' ').chain([exact.as_str()]).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn a_name_means_one_operation_also_in_words() {
        for typed in ["remove_member", "Remove member", "REMOVE MEMBER"] {
            assert_eq!(meant(typed), ["remove_member"], "{typed}");
        }
        assert_eq!(meant("end session"), ["end_session"]);
        assert_eq!(meant("made_by_a_later_version"), ["made_by_a_later_version"]);
        assert_eq!(Operations::of(""), Operations::default());
    }

    #[test]
    fn a_part_or_a_form_of_a_word_means_each_operation_with_it() {
        for (typed, among) in [
            ("remove", "remove_member"),
            ("Removed member", "remove_member"),
            ("member removed", "remove_member"),
            ("organi", "rename_organization"),
            ("signed out", "sign_out_everywhere"),
            ("Changed role", "change_role"),
            ("revoked", "revoke_session"),
            ("session", "end_session"),
        ] {
            assert!(meant(typed).iter().any(|name| name == among), "{typed}: {:?}", meant(typed));
        }
        assert_eq!(meant("renam"), ["rename_organization"]);
        assert!(!meant("remove").iter().any(|name| !name.starts_with("remove_")), "{:?}", meant("remove"));
        for nothing in ["remove%", "list%", "removal of", "remove rocket", "outside", "_"] {
            assert_eq!(meant(nothing), [nothing.replace(' ', "_")], "{nothing}");
        }
    }

    #[test]
    fn a_star_stands_for_any_text_and_nothing_else_does() {
        let star = Operations::of("rename_*%");
        assert_eq!((star.exact.as_str(), star.pattern.as_str(), star.any_of.as_str()), ("", "rename!_%!%", ""));
    }
}
