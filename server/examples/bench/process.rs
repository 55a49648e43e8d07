//! The processes that are measured, on a processor of their own.

use crate::arguments::Run;
use crate::caller::{ORIGIN, test_keys};
use crate::cases::Case;
use crate::figures::Figures;
use crate::load;
use crate::requests::{self, Many, WEBHOOK_SECRET};
use rustix::process::{Pid, Signal, kill_process};
use std::error::Error;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

/// Ticks of a second in `/proc` (Linux, `USER_HZ`).
const TICKS: f64 = 100.0;
const START_TIMEOUT: Duration = Duration::from_secs(20);

/// A running server. It ends with the value.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    /// The time from the start of the process to its first answer.
    pub(crate) first_answer: Duration,
}

impl Process {
    /// Starts axum with an empty handler.
    pub(crate) async fn empty(run: &Run) -> Result<Self, Box<dyn Error>> {
        let address = free_address()?;
        let mut command = pinned(run, &std::env::current_exe()?);
        command.args(["empty", &address.to_string()]);
        Self::start(command, address).await
    }

    /// Starts the server in a scratch folder. The instance of Clerk is that of the tests, and
    /// nothing answers behind its URLs.
    pub(crate) async fn server(run: &Run, scratch: &Path) -> Result<Self, Box<dyn Error>> {
        let address = free_address()?;
        let mut command = pinned(run, &run.server.canonicalize()?);
        let pem = test_keys()["public_key_spki_pem"].as_str().unwrap_or_default().to_owned();
        let database = format!("sqlite://{}", scratch.join("bench.db").display());
        command.current_dir(scratch).env_clear().envs([
            ("CLERK_PUBLISHABLE_KEY", "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k"),
            ("CLERK_SECRET_KEY", "sk_test_benchmarksSecretKey"),
            ("CLERK_JWT_KEY", &pem),
            ("CLERK_API_URL", "http://127.0.0.1:9"),
            ("CLERK_FAPI_URL", "http://127.0.0.1:9"),
            ("CLERK_WEBHOOK_SIGNING_SECRET", WEBHOOK_SECRET),
            ("DATABASE_URL", run.database.as_deref().unwrap_or(&database)),
            ("LEPTOS_SITE_ADDR", &address.to_string()),
            ("LEPTOS_SITE_ROOT", &site(scratch)?),
            ("METRICS_ADDR", &free_address()?.to_string()),
            ("PUBLIC_ORIGIN", ORIGIN),
        ]);
        command.envs(run.redis.as_deref().map(|url| ("REDIS_URL", url)));
        Self::start(command, address).await
    }

    async fn start(mut command: Command, address: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true).spawn()?;
        let question = || Many::once(vec![requests::get("/healthz", None)]);
        while load::run(address, question(), 1, START_TIMEOUT).await.is_err() {
            if started.elapsed() > START_TIMEOUT {
                return Err("the server does not answer after 20 seconds".into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(Self { child, address, first_answer: started.elapsed() })
    }

    /// Ends the process in an orderly way, so that its database can be opened again.
    pub(crate) async fn stop(mut self) -> Result<(), Box<dyn Error>> {
        let id = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())).ok_or("the server has ended")?;
        kill_process(id, Signal::TERM)?;
        tokio::time::timeout(START_TIMEOUT, self.child.wait()).await??;
        Ok(())
    }

    fn proc(&self, file: &str) -> Result<String, Box<dyn Error>> {
        let id = self.child.id().ok_or("the server has ended")?;
        Ok(fs::read_to_string(format!("/proc/{id}/{file}"))?)
    }

    /// The memory of the process, in KiB.
    pub(crate) fn resident_kib(&self) -> Result<u64, Box<dyn Error>> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    /// The processor time so far, in seconds.
    fn cpu(&self) -> Result<f64, Box<dyn Error>> {
        let stat = self.proc("stat")?;
        let (_, after_name) = stat.rsplit_once(") ").ok_or("no name")?;
        let field = |number: usize| after_name.split(' ').nth(number).and_then(|text| text.parse::<f64>().ok());
        Ok((field(11).ok_or("no utime")? + field(12).ok_or("no stime")?) / TICKS)
    }
}

/// One round of a case at a server.
///
/// # Errors
/// A connection fails, or more than one answer in twenty has another status: the first calls of a
/// limited user are admitted.
#[expect(clippy::cast_precision_loss, reason = "the number of answers of a few seconds")]
pub(crate) async fn round(run: &Run, to: &Process, many: Many, case: &Case) -> Result<Figures, Box<dyn Error>> {
    let before = to.cpu()?;
    let mut figures = load::run(to.address, many, run.connections, run.longest_round()).await?;
    figures.cpu_us = (to.cpu()? - before) * 1e6 / figures.answers.max(1) as f64;
    let right = figures.statuses.get(&case.status).copied().unwrap_or_default();
    if right * 20 < figures.answers * 19 || right == 0 {
        return Err(format!("{}: status {} was expected, not {:?}", case.name, case.status, figures.statuses).into());
    }
    Ok(figures)
}

fn pinned(run: &Run, program: &Path) -> Command {
    let mut command = Command::new("/usr/bin/taskset");
    command.args(["-c", &run.processor.to_string()]).arg(program);
    command
}

fn free_address() -> Result<SocketAddr, Box<dyn Error>> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// Writes the files that a page loads, and returns their folder.
fn site(scratch: &Path) -> Result<String, Box<dyn Error>> {
    let folder = scratch.join("site");
    fs::create_dir_all(folder.join("pkg"))?;
    let built = ["pkg/app.js", "pkg/app.wasm", "pkg/app.css"];
    for name in built.into_iter().chain(["boot.js", "clerk.js", "commands.js", "favicon.svg", "page.js"]) {
        fs::write(folder.join(name), "x".repeat(1000))?;
    }
    Ok(folder.display().to_string())
}
