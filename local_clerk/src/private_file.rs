//! Files that only their owner can read.

use std::{io::Write, os::unix::fs::OpenOptionsExt, path::Path};

/// Writes a file as a whole or not at all, readable by its owner only.
pub(crate) fn write(file: &Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let scratch = file.with_extension("new");
    let _ = std::fs::remove_file(&scratch);
    let mut out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&scratch)?;
    out.write_all(content)?;
    out.sync_all()?;
    std::fs::rename(scratch, file)
}
