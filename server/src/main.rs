//! The binary: configuration -> application -> router -> sockets. Nothing is decided here.

#[cfg(feature = "local-clerk")]
use gatehouse::config::ClerkSource;
use gatehouse::config::Config;
use server::start::{self, Local, StartError};
use server::{check_operations, listen, metrics, telemetry};
use std::net::SocketAddr;
use std::process::ExitCode;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), StartError> {
    let config = Config::from_env(&dot_env(), cfg!(feature = "local-clerk"))?;
    check_operations()?;
    if std::env::args().nth(1).as_deref() == Some("check") {
        eprintln!("The configuration is complete, and every server function is declared.");
        return Ok(());
    }
    if std::env::args().nth(1).as_deref() == Some("sync") {
        return server::sync::run(config).await;
    }
    telemetry::start(config.public_origin.is_https());
    let leptos = leptos::prelude::get_configuration(None)?.leptos_options;
    let address = leptos.site_addr;
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("LEPTOS_SITE_ADDR {address} cannot be bound: {error}"))?;
    if let Some(metrics_addr) = config.metrics_addr {
        metrics::serve(metrics_addr).await?;
    }
    let (local, _running) = local_clerk(&config, address).await?.unzip();
    let app = start::application(config, local, leptos).await?;
    tracing::info!("Gatehouse is at {}", app.public_origin.as_str());
    if app.local_clerk {
        tracing::info!("the local Clerk is the identity: the demo accounts stand on the sign-in page");
    }
    listen::serve(listener, server::router(&app), listen::asked_to_stop()).await?;
    Ok(())
}

/// Variables of the file `.env`, in development builds only: a production server is configured by whoever runs it.
fn dot_env() -> impl Fn(&str) -> Option<String> {
    #[cfg(feature = "local-clerk")]
    let pairs: Vec<(String, String)> =
        dotenvy::dotenv_iter().map(|pairs| pairs.flatten().collect()).unwrap_or_default();
    #[cfg(not(feature = "local-clerk"))]
    let pairs: Vec<(String, String)> = Vec::new();
    move |name| pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
}

/// The local Clerk, where the configuration names no instance.
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

/// This build has none; a configuration without an instance did not come so far.
#[cfg(not(feature = "local-clerk"))]
async fn local_clerk(_: &Config, _: SocketAddr) -> Result<Option<(Local, ())>, StartError> {
    Ok(None)
}
