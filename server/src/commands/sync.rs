//! `server sync`: fills the local copy of an existing Clerk instance and shows a progress bar.

use crate::standard_output::print;
use crate::start_error::StartError;
use clerk::backend_api::BackendApi;
use gatehouse::config::SyncSettings;
use gatehouse::store;
use gatehouse::sync::{Kind, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// Copies everything, and removes what Clerk no longer has.
///
/// # Errors
/// Clerk or the database does not answer.
pub async fn sync(settings: SyncSettings) -> Result<(), StartError> {
    let store = store::open(&settings.database_url).await?;
    let api = BackendApi::new(&settings.api_url, settings.secret_key)?.with_long_retries();
    let bar = ProgressBar::no_length();
    let style = "{msg} {wide_bar} {pos} of {len}";
    bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
    let lines = !std::io::stderr().is_terminal();
    let totals = gatehouse::sync::sync(&store, &api, |progress| show(&bar, lines, progress)).await?;
    bar.finish_and_clear();
    print(&format!("{totals}."))
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
