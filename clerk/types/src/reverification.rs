//! Fresh sign-in: how recently a person must have proven who they are.

/// Which factors count (Clerk: reverification levels).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorLevel {
    /// The first factor, a password for example.
    FirstFactor,
    /// The second factor; falls back to the first for whoever has none.
    SecondFactor,
    /// Both; falls back to the first for whoever has no second.
    MultiFactor,
}

impl FactorLevel {
    /// Clerk's name of the level.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstFactor => "first_factor",
            Self::SecondFactor => "second_factor",
            Self::MultiFactor => "multi_factor",
        }
    }
}

/// What an operation asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reverification {
    /// Which factors count.
    pub level: FactorLevel,
    /// The proof must be younger than this, in minutes.
    pub within_minutes: u32,
}
