//! The server as a program of its own, for tests in other languages.

use std::net::SocketAddr;
use std::process::ExitCode;

const HELP: &str = "\
Upstash's HTTP interface in front of a Redis of your own, for tests.

usage: local_upstash <redis-url> <token> [listen]

It listens on the loopback interface, on a free port if none is given,
and prints the variables that a client of Upstash needs.
";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}\n\n{HELP}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let (redis_url, token, listen) = match arguments {
        [redis_url, token] => (redis_url, token, "127.0.0.1:0"),
        [redis_url, token, listen] => (redis_url, token, listen.as_str()),
        _ => return Err("the URL of a Redis and a token are needed".into()),
    };
    let listen: SocketAddr = listen.parse().map_err(|_| "the listen address is not of the form address:port")?;
    if !listen.ip().is_loopback() {
        return Err("it listens on the loopback only, because the token permits every command of Redis".into());
    }
    let upstash = local_upstash::start(redis_url, token, listen).await?;
    eprintln!("UPSTASH_REDIS_REST_URL={}\nUPSTASH_REDIS_REST_TOKEN={token}", upstash.url());
    tokio::signal::ctrl_c().await?;
    Ok(())
}
