//! The hint of Clerk's own form in a refusal, which Clerk's clients understand.

use crate::reverification::Reverification;
use serde::{Deserialize, Serialize};

/// Clerk's hint that a request needs reverification (Clerk: `authorization-errors`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClerkError {
    #[serde(rename = "type")]
    kind: String,
    reason: String,
    metadata: ClerkErrorMetadata,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ClerkErrorMetadata {
    reverification: ClerkReverification,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClerkReverification {
    level: String,
    after_minutes: u32,
}

impl ClerkError {
    /// Clerk's name of the required level.
    #[must_use]
    pub fn level(&self) -> &str {
        &self.metadata.reverification.level
    }

    /// The maximum age of the last verification, in minutes.
    #[must_use]
    pub fn within_minutes(&self) -> u32 {
        self.metadata.reverification.after_minutes
    }

    pub(super) fn reverification(needed: Reverification) -> Self {
        Self {
            kind: "forbidden".to_owned(),
            reason: "reverification-error".to_owned(),
            metadata: ClerkErrorMetadata {
                reverification: ClerkReverification {
                    level: needed.level.as_str().to_owned(),
                    after_minutes: needed.within_minutes,
                },
            },
        }
    }
}
