//! Runs cargo-leptos.

use cargo_leptos::config::Cli;
use clap::Parser;

#[tokio::main]
async fn main() -> color_eyre::Result<()> {
    color_eyre::install()?;
    // cargo names its subcommand in the first argument.
    let arguments = std::env::args().enumerate().filter(|(place, text)| *place != 1 || text != "leptos");
    let cli = Cli::parse_from(arguments.map(|(_, text)| text));
    cargo_leptos::logger::setup(cli.opts().map_or(0, |options| options.verbose), &cli.log);
    cargo_leptos::run(cli).await
}
