//! The only SQL.
/// The database.
#[derive(Clone)]
pub struct Store;
