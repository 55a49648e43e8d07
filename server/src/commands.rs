//! The commands of the operator, apart from `serve` and `check`. Each prints its result to standard
//! output.

mod backup;
mod healthy;
mod migrate;
mod sync;

pub use backup::backup;
pub use healthy::healthy;
pub use migrate::migrate;
pub use sync::sync;
