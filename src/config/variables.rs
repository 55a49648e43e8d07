//! Variables as text, from the environment or from a `.env` file.

use secrecy::SecretString;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// A source of variables.
pub(super) struct Variables<'a> {
    pub(super) source: &'a dyn Fn(&str) -> Option<String>,
    /// Names of the variables whose bytes are not UTF-8.
    pub(super) unreadable: &'a RefCell<BTreeSet<&'static str>>,
}

impl Variables<'_> {
    /// The trimmed value. A blank value is not absent here.
    pub(super) fn raw(&self, name: &'static str) -> Option<String> {
        let value = (self.source)(name)?;
        if value.contains(char::REPLACEMENT_CHARACTER) {
            self.unreadable.borrow_mut().insert(name);
            return None;
        }
        Some(value.trim().to_owned())
    }

    pub(super) fn get(&self, name: &'static str) -> Option<String> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// Wraps the value at once, so that no other code can print it.
    pub(super) fn secret(&self, name: &'static str) -> Option<SecretString> {
        self.get(name).map(SecretString::from)
    }
}
