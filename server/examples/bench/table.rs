//! Prints the figures.

use crate::arguments::Run;
use crate::figures::Measured;
use std::error::Error;
use std::io::{Write, stderr, stdout};
use std::time::Duration;

/// Tells which case is done: a run takes minutes.
pub(crate) fn progress(table: &[Measured]) -> Result<(), Box<dyn Error>> {
    if let Some(case) = table.last() {
        writeln!(stderr(), "{}: {:.0} requests per second", case.name, case.per_second)?;
    }
    Ok(())
}

/// The table of case, figure, ratio, target, met or not.
#[expect(clippy::cast_precision_loss, reason = "memory in KiB")]
pub(crate) fn print(
    run: &Run,
    table: &[Measured],
    first_answer: Duration,
    idle_kib: u64,
    loaded_kib: u64,
) -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    let (database, limits) = (database(run), if run.redis.is_some() { "Redis" } else { "in process" });
    writeln!(out, "\n{} members, {} audit rows, {database}, limits {limits}", run.members, run.audit)?;
    writeln!(out, "| case | requests/s | p50 ms | p99 ms | CPU us | of the empty handler | target | met |")?;
    writeln!(out, "|---|---|---|---|---|---|---|---|")?;
    for case in table {
        let (target, met) = match case.target {
            Some(target) => (format!("{target:.3}"), if case.ratio >= target { "yes" } else { "no" }),
            None => (String::new(), ""),
        };
        let (p50, p99) = (case.median_us / 1000.0, case.p99_us / 1000.0);
        writeln!(
            out,
            "| {} | {:.0} | {p50:.2} | {p99:.2} | {:.0} | {:.3} | {target} | {met} |",
            case.name, case.per_second, case.cpu_us, case.ratio
        )?;
    }
    let (idle, loaded) = (idle_kib as f64 / 1024.0, loaded_kib as f64 / 1024.0);
    let met = |value: f64, target: f64| if value <= target { "yes" } else { "no" };
    writeln!(out, "| resident memory, idle | {idle:.1} MiB | | | | | 20 | {} |", met(idle, 20.0))?;
    writeln!(out, "| resident memory, after the load | {loaded:.1} MiB | | | | | 48 | {} |", met(loaded, 48.0))?;
    let start = first_answer.as_secs_f64() * 1000.0;
    writeln!(out, "| start to the first connection, new database | {start:.0} ms | | | | | | |")?;
    Ok(())
}

fn database(run: &Run) -> &'static str {
    match run.database.as_deref() {
        None => "SQLite",
        Some(url) if url.contains("host=") => "PostgreSQL over a Unix socket",
        Some(_) => "PostgreSQL over TCP",
    }
}
