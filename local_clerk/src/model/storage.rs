//! The saved file: one JSON document, `state.json` in the data folder.

use super::{seed, state::State};
use crate::error::StartError;
use std::path::{Path, PathBuf};

pub(crate) fn state_file(folder: &Path) -> PathBuf {
    folder.join("state.json")
}

/// Files of the first version have a single organization.
fn is_first_version(content: &[u8]) -> bool {
    let state: Option<serde_json::Value> = serde_json::from_slice(content).ok();
    state.is_some_and(|state| state.get("organization").is_some())
}

impl State {
    /// Reads the saved state, or creates the one of a new instance.
    pub(crate) fn load(folder: &Path, declared: &[String], now_ms: i64) -> Result<Self, StartError> {
        let file = state_file(folder);
        match std::fs::read(&file) {
            Ok(content) if !is_first_version(&content) => {
                let mut state: Self =
                    serde_json::from_slice(&content).map_err(|error| StartError::File(file, error.to_string()))?;
                seed::upgrade(&mut state, declared, now_ms);
                Ok(state)
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(StartError::Folder(file, error.to_string()))
            }
            absent_or_old => {
                if absent_or_old.is_ok() {
                    tracing::warn!("the saved state is of an old version: the local Clerk starts with a new one");
                }
                Ok(seed::new_state(declared, now_ms))
            }
        }
    }

    /// The content of the saved file.
    pub(crate) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
    }
}
