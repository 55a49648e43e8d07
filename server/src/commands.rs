//! The commands of the operator, apart from `serve` and `check`. Each prints its result to standard
//! output.

mod backup;
mod healthy;
mod migrate;
mod personal_data;
mod prune;
mod setup;
mod sync;

pub use backup::backup;
pub use healthy::healthy;
pub use migrate::migrate;
pub use personal_data::{export, forget};
pub use prune::prune;
pub use setup::setup;
pub use sync::sync;
