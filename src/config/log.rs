//! `RUST_LOG`: the filter of log lines.

use super::problems::Problems;
use super::variables::Variables;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

pub(super) fn read(variables: &Variables<'_>, problems: &mut Problems) -> EnvFilter {
    let text = variables.get("RUST_LOG").unwrap_or_else(|| "info".to_owned());
    // A blank after a comma is not part of a name.
    let text = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(",");
    let is_clear = text.contains('[') || text.split(',').all(names_a_level);
    let filter = if is_clear { EnvFilter::try_new(text).ok() } else { None };
    filter.unwrap_or_else(|| {
        problems.add("RUST_LOG", "is not a log filter", "use a level such as info, or warn,gatehouse=debug");
        EnvFilter::default()
    })
}

/// Whether a directive is a level, or a module with a level. `EnvFilter` takes any other word for
/// the name of a module, and then logs only that module.
fn names_a_level(part: &str) -> bool {
    let is_of_a_name = |c: char| c.is_ascii_alphanumeric() || "_-:.".contains(c);
    let (module, level) = part.split_once('=').unwrap_or(("", part));
    module.chars().all(is_of_a_name) && level.parse::<LevelFilter>().is_ok()
}
