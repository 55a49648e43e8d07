//! The command line of the binary. An unknown word is refused, because a mistyped `check` must not
//! start a server.

use clap::{Parser, Subcommand};
use domain::ids::UserId;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Exit codes: 0 the command is done, 1 it failed, 2 the command line is wrong.

The configuration comes from environment variables; every one is explained in .env.example.
Results go to standard output, the log goes to standard error.";

/// The words after the name of the binary.
#[derive(Debug, PartialEq, Eq, Parser)]
#[command(name = "server", version, propagate_version = true, after_help = AFTER_HELP)]
#[command(about = "A full-stack application behind Clerk.")]
pub struct CommandLine {
    /// The subcommand; `None` serves the application.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// A subcommand with its options. The docstrings are the help texts.
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Serve the application; the default
    Serve,
    /// Check the configuration, the services that it names and what production needs
    Check {
        /// Print the findings as JSON
        #[arg(long)]
        json: bool,
    },
    /// Fill the local copy of users and organizations from Clerk
    Sync,
    /// Bring the schema of the database up to date
    Migrate,
    /// Copy the SQLite database to a new file while the server runs
    Backup {
        /// The copy; it must not exist yet
        file: PathBuf,
    },
    /// Delete rows that are older than the configuration keeps them
    Prune,
    /// Erase the personal data of a user whom Clerk has deleted
    Forget {
        /// The id of the user at Clerk, user_…
        #[arg(value_parser = UserId::parse)]
        user: UserId,
    },
    /// Print everything that is stored about a user as JSON
    Export {
        /// The id of the user at Clerk, user_…
        #[arg(value_parser = UserId::parse)]
        user: UserId,
    },
    /// Say which permissions and roles the Clerk instance lacks, and create them
    Setup {
        /// Create them; without this flag the command only says what it would do
        #[arg(long)]
        apply: bool,
    },
    /// Ask the running server whether it is alive
    Healthy,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Option<Command>, clap::Error> {
        CommandLine::try_parse_from(std::iter::once("server").chain(line.split_whitespace())).map(|line| line.command)
    }

    #[test]
    fn the_definition_is_valid() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn a_line_is_a_command_with_its_options() {
        assert_eq!(parse("").unwrap(), None);
        for (line, expected) in [
            ("serve", Command::Serve),
            ("check", Command::Check { json: false }),
            ("check --json", Command::Check { json: true }),
            ("setup", Command::Setup { apply: false }),
            ("setup --apply", Command::Setup { apply: true }),
            ("backup copy.db", Command::Backup { file: "copy.db".into() }),
        ] {
            assert_eq!(parse(line).unwrap(), Some(expected), "{line}");
        }
    }

    #[test]
    fn other_words_are_a_usage_error() {
        for line in [
            "chekc",
            "Check",
            "check --jsn",
            "check now",
            "serve --port 80",
            "--serve",
            "sync all",
            "backup",
            "che",
            "forget",
            "export two words",
        ] {
            assert_eq!(parse(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn every_command_has_help_and_a_version() {
        for command in CommandLine::command().get_subcommands() {
            for flag in ["--help", "--version"] {
                let line = format!("{} {flag}", command.get_name());
                assert_eq!(parse(&line).unwrap_err().exit_code(), 0, "{line}");
            }
        }
    }

    #[test]
    fn the_readme_lists_every_command() {
        let readme = include_str!("../../README.md");
        for command in CommandLine::command().get_subcommands() {
            let rows = readme.matches(&format!("`server {}", command.get_name())).count();
            assert!(rows > 0, "{}", command.get_name());
        }
    }
}
