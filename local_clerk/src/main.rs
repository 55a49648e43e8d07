//! The local Clerk by itself, for any project in any language.

use local_clerk::{LocalClerk, Options};
use std::net::SocketAddr;
use std::process::ExitCode;

const HELP: &str = "\
A Clerk that runs offline, for development and tests.

usage: local_clerk --origin <url> [options]

  --origin <url>        origin of your application, http only; for example http://localhost:3000
  --listen <address>    where to listen, loopback only; default 127.0.0.1:4400
  --data <folder>       where keys and state are kept; default data/local_clerk
  --webhooks <url>      where events are sent; default <origin>/api/webhooks/clerk
  --clerk-js <folder>   folder with Clerk's browser packages, subfolders clerk-js and ui as npm unpacks them
  --help                this text

It prints the variables that point a Clerk SDK at it, and the accounts to sign in with stand on its sign-in page.
";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        eprint!("{HELP}");
        return ExitCode::SUCCESS;
    }
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
        "CLERK_PUBLISHABLE_KEY={}\nCLERK_SECRET_KEY={}\nCLERK_API_URL={url}\nCLERK_FAPI_URL={url}\nCLERK_PROXY_URL=/__clerk\n\
         CLERK_WEBHOOK_SIGNING_SECRET={}\n# sign-in page, through your proxy: {origin}/__clerk/hosted/sign-in\n",
        clerk.publishable_key(),
        clerk.secret_key(),
        clerk.webhook_secret(),
        url = clerk.api_url(),
    )
}

fn options(arguments: &[String]) -> Result<(Options, SocketAddr), String> {
    let (mut origin, mut listen, mut data, mut webhooks, mut clerk_js) = (None, None, None, None, None);
    for pair in arguments.chunks(2) {
        let (name, value) = match pair {
            [name, value] => (name.as_str(), value.clone()),
            [name] => return Err(format!("{name} needs a value")),
            _ => break,
        };
        let place = match name {
            "--origin" => &mut origin,
            "--listen" => &mut listen,
            "--data" => &mut data,
            "--webhooks" => &mut webhooks,
            "--clerk-js" => &mut clerk_js,
            other => return Err(format!("{other} is unknown")),
        };
        *place = Some(value);
    }
    let public_origin = origin.ok_or("--origin is missing: where does your application run?")?;
    let public_origin = public_origin.trim_end_matches('/').to_owned();
    let listen = listen.unwrap_or_else(|| "127.0.0.1:4400".to_owned());
    let listen: SocketAddr = listen.parse().map_err(|_| "--listen is no address; use 127.0.0.1:4400 for example")?;
    if !listen.ip().is_loopback() {
        return Err("--listen must be a loopback address: this Clerk shows its passwords".to_owned());
    }
    let options = Options {
        data_dir: data.unwrap_or_else(|| "data/local_clerk".to_owned()).into(),
        webhook_url: webhooks.unwrap_or_else(|| format!("{public_origin}/api/webhooks/clerk")),
        clerk_js: clerk_js.map(Into::into),
        public_origin,
    };
    Ok((options, listen))
}
