//! The command line of the binary. An unknown word is refused, because a mistyped `check` must not
//! start a server.

use std::fmt;

/// A subcommand with its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Serves the application; the default.
    Serve,
    /// Checks the configuration and its dependencies.
    Check {
        /// Whether the findings are printed as JSON.
        json: bool,
    },
    /// Fills the local copy of a Clerk instance.
    Sync,
    /// Prints the list of subcommands.
    Help,
}

/// The words are not a subcommand.
#[derive(Debug, PartialEq, Eq)]
pub struct Unknown(String);

/// The list of subcommands, as `server help` prints it.
pub const USAGE: &str = "\
usage: server [command]

  serve           serves the application; the default
  check [--json]  checks the database, rate limits, Clerk's keys and the site; exits with 1 if something is wrong
  sync            fills the local copy from an existing Clerk instance
  help            prints this text

The configuration comes from environment variables; every one is explained in .env.example.";

impl Command {
    /// Reads the words after the name of the binary.
    ///
    /// # Errors
    /// The words are unknown, or there are too many.
    pub fn parse(words: &[String]) -> Result<Self, Unknown> {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] | ["serve"] => Ok(Self::Serve),
            ["check"] => Ok(Self::Check { json: false }),
            ["check", "--json"] => Ok(Self::Check { json: true }),
            ["sync"] => Ok(Self::Sync),
            ["help" | "--help" | "-h"] => Ok(Self::Help),
            _ => Err(Unknown(words.join(" "))),
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`server {}` is no command.\n\n{USAGE}", self.0.escape_debug())
    }
}

impl std::error::Error for Unknown {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, Unknown> {
        Command::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn every_command_of_the_usage_is_known() {
        for line in ["", "serve", "check", "check --json", "sync", "help", "--help"] {
            assert!(parse(line).is_ok(), "{line}");
        }
        assert_eq!(parse("check --json"), Ok(Command::Check { json: true }));
    }

    #[test]
    fn other_words_are_refused() {
        for line in ["chekc", "Check", "check --jsn", "check now", "serve --port 80", "--serve", "sync all"] {
            let refused = parse(line).unwrap_err().to_string();
            assert!(refused.contains(line) && refused.contains("serve"), "{refused}");
        }
    }
}
