//! Compares pages with 30 rows of each kind with the same pages with many rows. A page shows 25, so
//! both render the same number.
//!
//! Two servers run with a database each, and take turns. Requests come one at a time: the figure is
//! the time that a person waits for, without a queue.

use crate::arguments::Run;
use crate::cases::{self, Case};
use crate::process::{self, Process};
use crate::{growth, table};
use std::error::Error;
use tempfile::TempDir;

const FEW: usize = 30;

/// A server with its database.
struct Filled {
    run: Run,
    server: Process,
    _scratch: TempDir,
}

/// The medians of a page, in milliseconds.
pub(crate) struct Compared {
    pub(crate) name: &'static str,
    pub(crate) few_ms: f64,
    pub(crate) many_ms: f64,
}

pub(crate) async fn compare(run: &Run) -> Result<(), Box<dyn Error>> {
    let single = Run { connections: 1, ..run.clone() };
    let few = filled(&Run { members: FEW, audit: FEW, sessions: FEW, ..single.clone() }, growth::FEW).await?;
    let many = filled(&single, growth::MANY).await?;
    let mut compared = Vec::new();
    for case in cases::lists().into_iter().filter(|case| run.is_chosen(case.name)) {
        let (mut few_ms, mut many_ms) = (Vec::new(), Vec::new());
        for round in 0..run.rounds {
            few_ms.push(median_ms(&few, &case, round).await?);
            many_ms.push(median_ms(&many, &case, round).await?);
        }
        compared.push(Compared { name: case.name, few_ms: middle(few_ms), many_ms: middle(many_ms) });
    }
    few.server.stop().await?;
    many.server.stop().await?;
    table::print_growth(run, &compared)
}

async fn filled(run: &Run, database: growth::Created) -> Result<Filled, Box<dyn Error>> {
    let scratch = tempfile::tempdir()?;
    let run = growth::beside(run, database, scratch.path()).await?;
    let server = Process::server(&run, scratch.path()).await?;
    growth::fill(&run, &server, scratch.path()).await?;
    Ok(Filled { run, server, _scratch: scratch })
}

async fn median_ms(filled: &Filled, case: &Case, round: usize) -> Result<f64, Box<dyn Error>> {
    let requests = (case.requests)(&filled.run, round)?;
    let figures = process::round(&filled.run, &filled.server, requests, case).await?;
    Ok(figures.median.as_secs_f64() * 1000.0)
}

fn middle(mut all: Vec<f64>) -> f64 {
    all.sort_unstable_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}
