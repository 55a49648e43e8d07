//! The error of everything that can fail before the server answers requests.

/// The reason why the server does not start or a command fails. `main` prints it.
pub type StartError = Box<dyn std::error::Error + Send + Sync>;
