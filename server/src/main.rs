//! The binary: reads the command line and the environment, and runs the command.

use clap::Parser;
#[cfg(feature = "local-clerk")]
use gatehouse::config::ClerkSource;
use gatehouse::config::{self, Config, Problems, Site};
use server::command::{Command, CommandLine};
use server::standard_output::print;
use server::start::{self, Local};
use server::start_error::StartError;
use server::{
    background_jobs, check, check_declarations, commands, leaks, listen, log_writer, metrics_listener, shutdown, site,
    telemetry,
};
use std::net::SocketAddr;
use std::process::ExitCode;

/// A rendered page is thousands of small allocations, and a third of the time of a long table was
/// spent in the allocator of the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whether this build contains the local Clerk.
const LOCAL_CLERK: bool = cfg!(feature = "local-clerk");

#[tokio::main]
async fn main() -> ExitCode {
    let ended = run().await;
    log_writer::flush();
    match ended {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<ExitCode, StartError> {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        // Help and version are "errors" too, with exit code 0. A mistake has exit code 2.
        Err(told) => {
            told.print()?;
            return Ok(ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2)));
        }
    };
    let variables = config::environment(dot_env()?);
    match line.command.unwrap_or(Command::Serve) {
        Command::Serve => start_and_serve(&variables).await?,
        Command::Check { json } => return checked(&variables, json).await,
        Command::Sync => commands::sync(settings(&variables, config::synchronization)?).await?,
        Command::Migrate => commands::migrate(&settings(&variables, config::database)?).await?,
        Command::Backup { file } => commands::backup(&settings(&variables, config::database)?, &file).await?,
        Command::Prune => commands::prune(settings(&variables, config::pruning)?).await?,
        Command::Forget { user } => commands::forget(&settings(&variables, config::database)?, &user).await?,
        Command::Export { user } => commands::export(&settings(&variables, config::database)?, &user).await?,
        Command::Setup { apply } => commands::setup(settings(&variables, config::backend_api)?, apply).await?,
        Command::Healthy => commands::healthy(settings(&variables, config::address)?).await?,
    }
    Ok(ExitCode::SUCCESS)
}

type Source<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Starts the log and reads the part of the configuration that a command needs. A person reads that
/// log, so it is never JSON.
fn settings<T>(variables: Source<'_>, read: fn(Source<'_>) -> Result<T, Problems>) -> Result<T, Problems> {
    telemetry::start(false, config::log_filter(variables)?);
    read(variables)
}

async fn start_and_serve(variables: Source<'_>) -> Result<(), StartError> {
    let mut config = Config::read(variables, LOCAL_CLERK)?;
    check_declarations()?;
    telemetry::start(config.public_origin.is_https(), std::mem::take(&mut config.log));
    serve(config).await
}

async fn checked(variables: Source<'_>, json: bool) -> Result<ExitCode, StartError> {
    // The report names a filter that cannot be read.
    telemetry::start(false, config::log_filter(variables).unwrap_or_default());
    let report = check::run(Config::read(variables, LOCAL_CLERK), &site::beside_this_server()).await;
    print(&if json { report.json() } else { report.to_string() })?;
    Ok(if report.is_fine() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn serve(config: Config) -> Result<(), StartError> {
    let address = config.site.address;
    find_site(&config.site)?;
    let listener = listen::bind("LEPTOS_SITE_ADDR", address).await?;
    if let Some(metrics_addr) = config.metrics_addr {
        metrics_listener::serve(metrics_addr).await?;
    }
    let (local, _running) = local_clerk(&config, address).await?.unzip();
    let retention = config.retention;
    let app = start::application(config, local).await?;
    background_jobs::start(&app, retention);
    tracing::info!("{} is at {}", domain::brand::NAME, app.public_origin.as_str());
    if app.local_clerk {
        tracing::info!("the local Clerk is the identity provider; the sign-in page lists the demo accounts");
    } else {
        // Keys that Clerk refuses show in the log of the start, and not at the first request alone.
        let app = app.clone();
        tokio::spawn(async move { app.gate.services().keys.is_ready(app.clock.now_ms()).await });
    }
    let stop = shutdown::requested(shutdown::StopSignals::install(), app.stopping.clone(), &app.public_origin);
    let limits = listen::SocketLimits::within(listen::raise_open_files());
    listen::serve(listener, server::router(&app), limits, stop).await;
    app.gate.services().finish().await;
    Ok(())
}

/// Refuses the site of another build. Under `cargo leptos watch` a file may be missing because it
/// does not compile yet. The server starts then, because nothing restarts it when the file appears.
fn find_site(site: &Site) -> Result<(), StartError> {
    match site::check(site, &site::beside_this_server()) {
        Err(foreign) if site.reload.is_some() => tracing::warn!("{foreign}"),
        found => found?,
    }
    // The site of a development build is large, and only the developer loads it.
    if site.hashed && !site::IS_EMBEDDED {
        leaks::search(&site.root)?;
    }
    Ok(())
}

/// The variables of the file `.env`. Only development builds read it; the environment configures a
/// production server.
///
/// # Errors
/// The file or one of its lines cannot be read.
fn dot_env() -> Result<impl Fn(&str) -> Option<String>, StartError> {
    #[cfg(feature = "local-clerk")]
    let pairs = match dotenvy::dotenv_iter() {
        Ok(lines) => readable(lines)?,
        Err(error) if error.not_found() => Vec::new(),
        Err(error) => return Err(format!("the file .env cannot be read: {error}").into()),
    };
    #[cfg(not(feature = "local-clerk"))]
    let pairs: Vec<(String, String)> = Vec::new();
    Ok(move |name: &str| pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone()))
}

/// The pairs of the file. The error names the variable before an unreadable line, because the line
/// itself may contain a secret.
#[cfg(feature = "local-clerk")]
fn readable(
    lines: impl Iterator<Item = dotenvy::Result<(String, String)>>,
) -> Result<Vec<(String, String)>, StartError> {
    let mut pairs = Vec::new();
    for line in lines {
        let Ok(pair) = line else {
            let place =
                pairs.last().map_or("at its beginning".to_owned(), |(name, _)| format!("after the one of {name}"));
            return Err(format!(
                "the file .env has a line that cannot be read, {place}: put its value into double quotes"
            )
            .into());
        };
        pairs.push(pair);
    }
    Ok(pairs)
}

/// Starts the local Clerk if the configuration names no instance.
#[cfg(feature = "local-clerk")]
async fn local_clerk(config: &Config, address: SocketAddr) -> Result<Option<(Local, impl Sized + use<>)>, StartError> {
    match config.clerk {
        ClerkSource::Instance(_) => Ok(None),
        ClerkSource::Local => {
            start::local_clerk(config, "data/local_clerk".into(), format!("http://{address}/api/webhooks/clerk"))
                .await
                .map(Some)
        }
    }
}

/// This build has no local Clerk. `Config` has refused a configuration without an instance.
#[cfg(not(feature = "local-clerk"))]
async fn local_clerk(_: &Config, _: SocketAddr) -> Result<Option<(Local, ())>, StartError> {
    Ok(None)
}
