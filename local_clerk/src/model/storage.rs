//! The saved file: one JSON document, `state.json` in the data folder.

use super::{seed, state::State};
use crate::error::StartError;
use std::path::{Path, PathBuf};

pub(crate) fn state_file(folder: &Path) -> PathBuf {
    folder.join("state.json")
}

impl State {
    /// Reads the saved state, or creates the one of a new instance.
    pub(crate) fn load(folder: &Path, declared: &[String], now_ms: i64) -> Result<Self, StartError> {
        let file = state_file(folder);
        match std::fs::read(&file) {
            Ok(content) => {
                let mut state: Self =
                    serde_json::from_slice(&content).map_err(|error| StartError::File(file, error.to_string()))?;
                seed::upgrade(&mut state, declared, now_ms);
                Ok(state)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(seed::new_state(declared, now_ms)),
            Err(error) => Err(StartError::Folder(file, error.to_string())),
        }
    }

    /// The content of the saved file.
    pub(crate) fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
    }
}
