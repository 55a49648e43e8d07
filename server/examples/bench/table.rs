//! Prints the figures.

use crate::arguments::Run;
use crate::comparison::Compared;
use crate::figures::Measured;
use std::error::Error;
use std::io::{Write, stderr, stdout};
use std::time::Duration;

/// The memory of the process at most: when nothing was asked, and after a load.
const IDLE_MIB: f64 = 20.0;
const LOADED_MIB: f64 = 48.0;
/// The time for a page at most, and the times that it may take of the one with 30 rows.
const PAGE_MS: f64 = 20.0;
const PAGE_RATIO: f64 = 1.5;

/// Figures of the process.
pub(crate) struct Whole {
    /// Start to the first answer with a new database, and with that of the cases.
    pub(crate) new: Duration,
    pub(crate) existing: Duration,
    pub(crate) idle_kib: u64,
    pub(crate) cases_kib: u64,
    pub(crate) minute_kib: Option<u64>,
}

/// Tells which case is done: a run takes minutes.
pub(crate) fn progress(table: &[Measured]) -> Result<(), Box<dyn Error>> {
    if let Some(case) = table.last() {
        writeln!(stderr(), "{}: {:.0} requests per second", case.name, case.per_second)?;
    }
    Ok(())
}

/// The table of case, figure, ratio, target, met or not.
pub(crate) fn print(run: &Run, table: &[Measured], whole: &Whole) -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    writeln!(out, "\n{}", rows(run))?;
    writeln!(out, "| case | requests/s | p50 ms | p99 ms | CPU us | of the empty handler | target | met |")?;
    writeln!(out, "|---|---|---|---|---|---|---|---|")?;
    // The fastest of the cases: it met the fewest other programs.
    if let Some(case) = table.iter().max_by(|one, other| one.empty.0.total_cmp(&other.empty.0)) {
        let (per_second, cpu_us) = case.empty;
        writeln!(out, "| empty handler | {per_second:.0} | | | {cpu_us:.0} | 1 | | |")?;
    }
    for case in table {
        let (target, met) = match case.target {
            Some(target) => (format!("{target:.3}"), yes(case.ratio >= target)),
            None => (String::new(), ""),
        };
        let (p50, p99) = (case.median_us / 1000.0, case.p99_us / 1000.0);
        writeln!(
            out,
            "| {} | {:.0} | {p50:.2} | {p99:.2} | {:.0} | {:.3} | {target} | {met} |",
            case.name, case.per_second, case.cpu_us, case.ratio
        )?;
    }
    let mut memory = |name: &str, kib: u64, target: f64| {
        let mib = mib(kib);
        writeln!(out, "| resident memory, {name} | {mib:.1} MiB | | | | | {target} | {} |", yes(mib <= target))
    };
    memory("idle", whole.idle_kib, IDLE_MIB)?;
    memory("after the cases", whole.cases_kib, LOADED_MIB)?;
    if let Some(kib) = whole.minute_kib {
        memory("after a minute of pages", kib, LOADED_MIB)?;
    }
    for (name, time) in [("new", whole.new), ("existing", whole.existing)] {
        writeln!(out, "| start to the first answer, {name} database | {} ms | | | | | | |", time.as_millis())?;
    }
    Ok(())
}

/// The table of single requests with few and with many rows.
pub(crate) fn print_growth(run: &Run, compared: &[Compared]) -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    writeln!(out, "\n{}, one request at a time", rows(run))?;
    writeln!(out, "| page | with 30 rows, p50 ms | with all rows, p50 ms | ratio | under 20 ms and 1.5 times |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    for Compared { name, few_ms, many_ms } in compared {
        let ratio = many_ms / few_ms;
        let met = yes(*many_ms < PAGE_MS && ratio <= PAGE_RATIO);
        writeln!(out, "| {name} | {few_ms:.2} | {many_ms:.2} | {ratio:.2} | {met} |")?;
    }
    Ok(())
}

fn yes(is_met: bool) -> &'static str {
    if is_met { "yes" } else { "no" }
}

#[expect(clippy::cast_precision_loss, reason = "the memory of a process")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

fn rows(run: &Run) -> String {
    let database = match run.database.as_deref() {
        None => "SQLite",
        Some(url) if url.contains("host=") => "PostgreSQL over a Unix socket",
        Some(_) => "PostgreSQL over TCP",
    };
    let limits = if run.redis.is_some() { "Redis" } else { "in process" };
    let (members, sessions, audit) = (run.members, run.sessions, run.audit);
    format!("{members} members, {sessions} sessions, {audit} audit rows, {database}, limits {limits}")
}
