//! `server sync`: fills the local copy of an existing Clerk instance and shows a progress bar.

use crate::start_error::StartError;
use clerk::backend_api::BackendApi;
use gatehouse::config::{ClerkSource, Config};
use gatehouse::store;
use gatehouse::sync::{self, Kind, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// Runs the command.
///
/// # Errors
/// No instance is configured, or Clerk or the database does not answer.
pub async fn run(config: Config) -> Result<(), StartError> {
    let ClerkSource::Instance(clerk) = config.clerk else {
        let text = "server sync fills the copy of a Clerk instance: set CLERK_PUBLISHABLE_KEY and CLERK_SECRET_KEY \
                    (the local Clerk sends all of its data by itself)";
        return Err(text.into());
    };
    let store = store::open(&config.database_url).await?;
    let api = BackendApi::new(&clerk.api_url, clerk.secret_key.clone())?.with_long_retries();
    let bar = ProgressBar::no_length();
    let style = "{msg} {wide_bar} {pos} of {len}";
    bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
    let lines = !std::io::stderr().is_terminal();
    let totals = sync::sync(&store, &api, |progress| show(&bar, lines, progress)).await?;
    bar.finish_and_clear();
    eprintln!("{totals}.");
    Ok(())
}

fn show(bar: &ProgressBar, lines: bool, progress: Progress) {
    let words = match progress.kind {
        Kind::Permissions => "permissions",
        Kind::Roles => "roles",
        Kind::Users => "users",
        Kind::Organizations => "organizations",
        Kind::Memberships => "memberships",
        Kind::Invitations => "invitations",
        Kind::Sessions => "sessions",
    };
    // Without a terminal there is no bar, so the log gets one line for each page.
    if lines {
        eprintln!("{words}: {}", progress.done);
    }
    bar.set_length(progress.total.unwrap_or(progress.done).max(progress.done));
    bar.set_position(progress.done);
    bar.set_message(words);
}
