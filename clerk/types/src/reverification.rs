//! Reverification: how recently a user must have verified their factors.

/// The factors that count (Clerk: reverification levels).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorLevel {
    /// The first factor, a password for example.
    FirstFactor,
    /// The second factor, or the first one for a user without a second.
    SecondFactor,
    /// Both factors, or the first one for a user without a second.
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

/// The requirement of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reverification {
    /// The factors that count.
    pub level: FactorLevel,
    /// The verification must be more recent than this, in minutes.
    pub within_minutes: u32,
}
