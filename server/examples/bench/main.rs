//! The driver of `make bench`: starts a server, sends it each case from 32 connections, and prints
//! the figures beside those of an axum server with an empty handler. docs/performance.md says how
//! to read them. Everything stays on this machine, and every case ends after a number of seconds or
//! of requests.

mod arguments;
#[expect(clippy::unwrap_used, dead_code, unreachable_pub, reason = "the tests of the server use the rest of it")]
#[path = "../../tests/support/caller.rs"]
mod caller;
mod cases;
mod comparison;
mod empty;
mod figures;
mod growth;
mod load;
mod process;
mod requests;
mod table;

use arguments::{Arguments, Command, Run};
use cases::Case;
use clap::Parser;
use figures::{Measured, Round};
use process::Process;
use std::error::Error;
use table::Whole;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    match Arguments::parse().command {
        Command::Empty { address } => empty::serve(address).await,
        Command::Run(run) => bench(&run).await,
        Command::Growth(run) => comparison::compare(&run).await,
    }
}

async fn bench(run: &Run) -> Result<(), Box<dyn Error>> {
    let scratch = tempfile::tempdir()?;
    let empty = Process::empty(run).await?;
    let server = Process::server(run, scratch.path()).await?;
    let (new, idle_kib) = (server.first_answer, server.resident_kib()?);
    growth::fill(run, &server, scratch.path()).await?;
    let mut table = Vec::new();
    for case in cases::all().into_iter().filter(|case| run.is_chosen(case.name)) {
        table.push(measure(run, &case, &server, &empty).await?);
        table::progress(&table)?;
    }
    let cases_kib = server.resident_kib()?;
    server.stop().await?;
    let server = Process::server(run, scratch.path()).await?;
    let whole =
        Whole { new, existing: server.first_answer, idle_kib, cases_kib, minute_kib: minute(run, &server).await? };
    server.stop().await?;
    table::print(run, &table, &whole)
}

/// Measures a case in several rounds, each next to one of the empty handler: the speed of a machine
/// changes within minutes, and the ratio of neighbours does not.
async fn measure(run: &Run, case: &Case, server: &Process, empty: &Process) -> Result<Measured, Box<dyn Error>> {
    let mut rounds = Vec::new();
    for number in 0..run.rounds {
        let nothing = cases::empty_handler();
        let beside = process::round(run, empty, (nothing.requests)(run, number)?, &nothing).await?;
        let figures = process::round(run, server, (case.requests)(run, number)?, case).await?;
        rounds.push(Round { figures, beside });
    }
    Ok(Measured::of(case.name, case.target, rounds))
}

/// The memory after a minute of [`cases::visits`], or `None` if the run does not ask for it.
async fn minute(run: &Run, server: &Process) -> Result<Option<u64>, Box<dyn Error>> {
    if !run.is_chosen("memory") {
        return Ok(None);
    }
    let tenth = Run { seconds: 10, ..run.clone() };
    for number in 0..6 {
        process::round(&tenth, server, cases::visits(number), &cases::empty_handler()).await?;
    }
    Ok(Some(server.resident_kib()?))
}
