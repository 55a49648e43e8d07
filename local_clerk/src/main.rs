//! The command line: a local Clerk for any project in any language.

use local_clerk::{Instance, LocalClerk, Options};
use std::{collections::BTreeMap, io::IsTerminal, net::SocketAddr, process::ExitCode};

const HELP: &str = include_str!("help.txt");

/// Whether the help lists an option that takes a value.
fn takes_value(option: &str) -> bool {
    HELP.lines().any(|line| {
        line.strip_prefix("  ").and_then(|line| line.split_once(" <")).is_some_and(|(name, _)| name == option)
    })
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        eprint!("{HELP}");
        return ExitCode::SUCCESS;
    }
    // The log shares its stream with the variables, which begin with CLERK_.
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(colours);
    log.with_max_level(tracing::Level::WARN).init();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}\n\n{HELP}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<(), String> {
    let (options, listen) = options(arguments)?;
    let origin = options.public_origin.clone();
    let clerk = local_clerk::start_at(options, listen).await.map_err(|error| error.to_string())?;
    eprint!("{}", variables(&clerk, &origin));
    tokio::signal::ctrl_c().await.map_err(|error| error.to_string())
}

fn variables(clerk: &LocalClerk, origin: &str) -> String {
    format!(
        "CLERK_PUBLISHABLE_KEY={}\nCLERK_SECRET_KEY={}\nCLERK_API_URL={url}\nCLERK_FAPI_URL={url}\n\
         CLERK_PROXY_URL=/__clerk\nCLERK_WEBHOOK_SIGNING_SECRET={}\n\
         # sign-in page, through your proxy: {origin}/__clerk/hosted/sign-in\n",
        clerk.publishable_key(),
        clerk.secret_key(),
        clerk.webhook_secret(),
        url = clerk.api_url(),
    )
}

fn options(arguments: &[String]) -> Result<(Options, SocketAddr), String> {
    let mut given: BTreeMap<&str, &str> = BTreeMap::new();
    for pair in arguments.chunks(2) {
        match pair {
            [name, _] if !takes_value(name) => return Err(format!("{name} is unknown")),
            [name, value] => given.insert(name, value),
            [name] => return Err(format!("{name} needs a value")),
            _ => break,
        };
    }
    let value = |name: &str| given.get(name).map(|value| (*value).to_owned());
    let defaults = Options::default();
    let public_origin = value("--origin").ok_or("--origin is missing; give the origin of your application")?;
    let public_origin = public_origin.trim_end_matches('/').to_owned();
    let kind = value("--instance").unwrap_or_else(|| defaults.instance.as_str().to_owned());
    let scale = value("--webhook-time-scale").map_or(Some(defaults.webhook_time_scale), |text| text.parse().ok());
    let options = Options {
        data_dir: value("--data").map_or(defaults.data_dir, Into::into),
        instance: Instance::parse(&kind).ok_or("--instance is development or production")?,
        membership_required: match given.get("--membership") {
            None | Some(&"optional") => false,
            Some(&"required") => true,
            Some(_) => return Err("--membership is optional or required".to_owned()),
        },
        webhook_url: value("--webhooks").unwrap_or_else(|| format!("{public_origin}/api/webhooks/clerk")),
        clerk_js: value("--clerk-js").map(Into::into),
        webhook_time_scale: scale
            .filter(|scale| scale.is_finite() && (0.0..=1.0).contains(scale))
            .ok_or("--webhook-time-scale is a number from 0 to 1")?,
        public_origin,
        ..defaults
    };
    let listen = value("--listen").unwrap_or_else(|| "127.0.0.1:4400".to_owned());
    let listen: SocketAddr = listen.parse().map_err(|_| "--listen is not an address; an example is 127.0.0.1:4400")?;
    if !listen.ip().is_loopback() {
        return Err("--listen must be a loopback address: the local Clerk shows its passwords".to_owned());
    }
    Ok((options, listen))
}
