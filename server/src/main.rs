//! The binary: configuration -> application -> router -> sockets. Nothing is decided here.

use gatehouse::config::{ClerkSettings, ClerkSource, Config};
use server::start::{self, StartError};
use server::{check_operations, listen, telemetry};
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
    telemetry::start(config.public_origin.is_https());
    let leptos = leptos::prelude::get_configuration(None)?.leptos_options;
    let address = leptos.site_addr;
    let listener = TcpListener::bind(address).await.map_err(|error| format!("LEPTOS_SITE_ADDR {address} cannot be bound: {error}"))?;
    let local = match config.clerk {
        ClerkSource::Local => Some(local_clerk(&config, address).await?),
        ClerkSource::Instance(_) => None,
    };
    let app = start::application(config, local, leptos).await?;
    tracing::info!("Gatehouse is at {}", app.public_origin.as_str());
    listen::serve(listener, server::router(&app), listen::asked_to_stop()).await?;
    Ok(())
}

/// Variables of the file `.env`, in development builds only: a production server is configured by whoever runs it.
fn dot_env() -> impl Fn(&str) -> Option<String> {
    #[cfg(feature = "local-clerk")]
    let pairs: Vec<(String, String)> = dotenvy::dotenv_iter().map(|pairs| pairs.flatten().collect()).unwrap_or_default();
    #[cfg(not(feature = "local-clerk"))]
    let pairs: Vec<(String, String)> = Vec::new();
    move |name| pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
}

#[cfg(feature = "local-clerk")]
async fn local_clerk(config: &Config, address: std::net::SocketAddr) -> Result<ClerkSettings, StartError> {
    start::local_clerk(config, "data/local_clerk".into(), format!("http://{address}/api/webhooks/clerk")).await
}

#[cfg(not(feature = "local-clerk"))]
async fn local_clerk(_: &Config, _: std::net::SocketAddr) -> Result<ClerkSettings, StartError> {
    Err("this build has no local Clerk".into())
}
