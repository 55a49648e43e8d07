//! The orders of the list of members.

use crate::closed_set::closed_set;

closed_set! {
    /// An order of the list of members.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum MemberSort;

    /// The code in the input and in the URL.
    fn code;

    /// By name.
    #[default]
    Name = "name",
    /// By name, from the end of the alphabet.
    NameDescending = "name_desc",
    /// Those who joined last first.
    Newest = "newest",
    /// Those who joined first first.
    Oldest = "oldest",
    /// By the key of the role, alphabetically, and by name within a role. Clerk's roles have no
    /// rank, so a list that began with "admin" would be a guess about all other roles.
    Role = "role",
    /// By role, from the end of the alphabet.
    RoleDescending = "role_desc",
}

impl MemberSort {
    /// The order with a code; the order by name for any other text.
    #[must_use]
    pub fn of(code: &str) -> Self {
        Self::ALL.into_iter().find(|sort| sort.code() == code).unwrap_or_default()
    }

    /// Whether the order follows the time at which members joined.
    #[must_use]
    pub const fn is_by_time(self) -> bool {
        matches!(self, Self::Newest | Self::Oldest)
    }

    /// Whether the order follows the roles.
    #[must_use]
    pub const fn is_by_role(self) -> bool {
        matches!(self, Self::Role | Self::RoleDescending)
    }

    /// Whether the greatest key is the first one.
    #[must_use]
    pub const fn is_descending(self) -> bool {
        matches!(self, Self::NameDescending | Self::Newest | Self::RoleDescending)
    }
}
