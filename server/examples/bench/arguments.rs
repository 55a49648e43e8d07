//! The command line of the driver.

use crate::cases;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve an empty answer, as the yardstick.
    Empty { address: SocketAddr },
    /// Measure a server, and memory and starts of its process.
    Run(Run),
    /// Compare pages with 30 rows of each kind with the same pages with the rows of the run.
    Growth(Run),
}

#[derive(Args, Clone)]
pub(crate) struct Run {
    /// The release build of the server.
    #[arg(long)]
    pub(crate) server: PathBuf,
    /// The processor of the server; the driver should have another one.
    #[arg(long, default_value_t = 0)]
    pub(crate) processor: usize,
    /// Seconds of a round, at most.
    #[arg(long, default_value_t = 3)]
    pub(crate) seconds: u64,
    /// Rounds of each case. The table has their medians.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
    #[arg(long, default_value_t = 32)]
    pub(crate) connections: usize,
    /// Members of the organization.
    #[arg(long, default_value_t = 60)]
    pub(crate) members: usize,
    /// Rows of its audit log.
    #[arg(long, default_value_t = 60)]
    pub(crate) audit: usize,
    /// Running sessions of the members.
    #[arg(long, default_value_t = 60)]
    pub(crate) sessions: usize,
    /// Only the case with this name, or those whose names contain the text.
    #[arg(long)]
    pub(crate) case: Vec<String>,
    /// An empty PostgreSQL database instead of an SQLite file. The growth uses two databases beside
    /// it.
    #[arg(long)]
    pub(crate) database: Option<String>,
    /// A Redis for the rate limits.
    #[arg(long)]
    pub(crate) redis: Option<String>,
}

impl Run {
    pub(crate) fn is_chosen(&self, name: &str) -> bool {
        let is_name = |text: &str| cases::all().iter().any(|case| case.name == text);
        let fits = |text: &String| if is_name(text) { name == text } else { name.contains(text.as_str()) };
        self.case.is_empty() || self.case.iter().any(fits)
    }

    pub(crate) fn longest_round(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}
