//! Clerk's ids, each kind as a type of its own, so that a user id cannot stand for a session id.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids { ($($(#[$doc:meta])* $id:ident),*) => { $(
    $(#[$doc])*
    #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(try_from = "String", into = "String")]
    pub struct $id(String);
    impl $id {
        /// Reads an id.
        ///
        /// # Errors
        /// The text is not 1 to 128 visible ASCII characters.
        pub fn parse(text: &str) -> Result<Self, InvalidIdError> {
            let fits = !text.is_empty() && text.len() <= 128 && text.bytes().all(|b| b.is_ascii_graphic());
            if fits { Ok(Self(text.to_owned())) } else { Err(InvalidIdError) }
        }
        /// The text.
        #[must_use]
        pub fn as_str(&self) -> &str { &self.0 }
    }
    impl TryFrom<String> for $id {
        type Error = InvalidIdError;
        fn try_from(text: String) -> Result<Self, InvalidIdError> { Self::parse(&text) }
    }
    impl From<$id> for String { fn from(id: $id) -> Self { id.0 } }
    impl fmt::Display for $id { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) } }
)* } }
ids! {
    /// The id of a user, `user_…`.
    UserId,
    /// The id of an organization, `org_…`.
    OrganizationId,
    /// The id of a session, `sess_…`.
    SessionId
}
/// The text is not an id: an id has 1 to 128 visible ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidIdError;

impl fmt::Display for InvalidIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: 1 to 128 visible ASCII characters")
    }
}

impl std::error::Error for InvalidIdError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_from_json_is_validated() {
        assert_eq!(serde_json::from_str::<UserId>("\"user_1\"").unwrap(), UserId::parse("user_1").unwrap());
        assert_eq!(serde_json::to_string(&UserId::parse("user_1").unwrap()).unwrap(), "\"user_1\"");
        for wrong in
            [String::new(), "a b".to_owned(), "user_\0".to_owned(), "user_\u{202e}".to_owned(), "a".repeat(129)]
        {
            assert!(serde_json::from_value::<UserId>(wrong.clone().into()).is_err(), "{wrong:?}");
        }
    }
}
