//! The results of commands. They go to standard output, and the log goes to standard error.

use crate::start_error::StartError;
use std::io::Write;

/// Writes a text and a newline.
///
/// # Errors
/// Standard output is closed.
pub fn print(text: &str) -> Result<(), StartError> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}
