//! Variables as text, from the environment or from a `.env` file. A secret may also come from a
//! file of its own.

use super::problems::{Problem, Problems};
use super::secret_files::{self, SecretFile};
use secrecy::SecretString;
use std::cell::RefCell;
use std::path::PathBuf;

/// A source of variables, and what is wrong with the places of their values.
pub(super) struct Variables<'a> {
    source: &'a dyn Fn(&str) -> Option<String>,
    /// The problems with the name of the variable that has no value because of them.
    unreadable: RefCell<Vec<(&'static str, Problem)>>,
    files: RefCell<Vec<SecretFile>>,
}

impl<'a> Variables<'a> {
    pub(super) fn new(source: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { source, unreadable: RefCell::default(), files: RefCell::default() }
    }

    /// The trimmed value. A blank value is not absent here.
    pub(super) fn raw(&self, name: &'static str) -> Option<String> {
        let value = (self.source)(name)?;
        if value.contains(char::REPLACEMENT_CHARACTER) {
            let (what, remedy) = ("is not text in UTF-8", "write it again in UTF-8, or remove it");
            self.cannot_read(name, Problem { variable: name, what, remedy });
            return None;
        }
        Some(value.trim().to_owned())
    }

    /// The value of the variable or, for a secret, of its file.
    pub(super) fn get(&self, name: &'static str) -> Option<String> {
        let value = self.raw(name).filter(|value| !value.is_empty());
        match secret_files::variable_of(name) {
            Some(file_variable) => self.secret_value(name, file_variable, value),
            None => value,
        }
    }

    /// Wraps the value at once, so that no other code can print it.
    pub(super) fn secret(&self, name: &'static str) -> Option<SecretString> {
        self.get(name).map(SecretString::from)
    }

    /// Two values for one secret are refused: after a rotation, the old one could win.
    fn secret_value(&self, name: &'static str, file_variable: &'static str, value: Option<String>) -> Option<String> {
        let path = |variable| self.raw(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
        let named = path(file_variable).map(|path| (file_variable, path));
        let credentials = path("CREDENTIALS_DIRECTORY").map(|folder| secret_files::credentials(&folder, name));
        let credentials = credentials.into_iter().flatten().map(|path| (name, path));
        let mut files: Vec<_> = named.into_iter().chain(credentials).collect();
        if files.len() + usize::from(value.is_some()) > 1 {
            let what = "is set in more than one place";
            let remedy =
                "keep one: the variable, the one with _FILE after its name, or a file in CREDENTIALS_DIRECTORY";
            self.cannot_read(name, Problem { variable: name, what, remedy });
            return None;
        }
        let Some((variable, path)) = files.pop() else { return value };
        match secret_files::read(&path) {
            Ok(value) => {
                let file = SecretFile { variable, path };
                let mut files = self.files.borrow_mut();
                if !files.contains(&file) {
                    files.push(file);
                }
                Some(value)
            }
            Err((what, remedy)) => {
                self.cannot_read(name, Problem { variable, what, remedy });
                None
            }
        }
    }

    /// A variable is read several times, and its problem is reported once.
    fn cannot_read(&self, name: &'static str, problem: Problem) {
        let mut unreadable = self.unreadable.borrow_mut();
        if unreadable.iter().all(|(_, known)| *known != problem) {
            unreadable.push((name, problem));
        }
    }

    /// Ends the reading: the files of secrets, with the problems of the places of values added.
    /// They replace the other problems of their variables, which only lack a value because of them.
    pub(super) fn finish(self, problems: &mut Problems) -> Vec<SecretFile> {
        let unreadable = self.unreadable.into_inner();
        problems.retain(|problem| unreadable.iter().all(|(name, _)| *name != problem.variable));
        unreadable.into_iter().for_each(|(_, Problem { variable, what, remedy })| problems.add(variable, what, remedy));
        self.files.into_inner()
    }
}
