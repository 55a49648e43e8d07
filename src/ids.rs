//! Ids: a user is not a session.
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids { ($($(#[$doc:meta])* $id:ident),*) => { $(
    $(#[$doc])*
    #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(transparent)]
    pub struct $id(String);
    impl $id {
        /// Reads an id.
        /// # Errors
        /// Not an id.
        pub fn parse(text: &str) -> Result<Self, InvalidId> {
            let fits = !text.is_empty() && text.len() <= 128 && text.bytes().all(|b| b.is_ascii_graphic());
            if fits { Ok(Self(text.to_owned())) } else { Err(InvalidId) }
        }
        /// The text.
        #[must_use]
        pub fn as_str(&self) -> &str { &self.0 }
    }
    impl fmt::Display for $id { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) } }
)* } }
ids! {
    /// A user.
    UserId,
    /// An organization.
    OrganizationId,
    /// A session.
    SessionId
}
/// Not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidId;
