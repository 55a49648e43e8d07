//! The length of a drill, and its line of figures.

use std::time::Duration;

/// Whether `make drills` runs: longer faults, more connections and more kills than in a test.
#[expect(clippy::disallowed_methods, reason = "a drill is longer than a test")]
pub fn is_drill() -> bool {
    std::env::var_os("GATEHOUSE_DRILLS").is_some()
}

/// How long a fault lasts.
pub fn fault_time() -> Duration {
    if is_drill() { Duration::from_secs(20) } else { Duration::from_millis(1500) }
}

/// Prints the line that `make drills` collects.
#[expect(clippy::print_stdout, reason = "the figures are the result of a drill")]
pub fn print_figures(drill: &str, figures: &str) {
    println!("drill {drill}: {figures}");
}
