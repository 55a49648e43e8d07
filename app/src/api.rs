//! One thin server function per operation: authorize, call, answer. Each answers with a view and
//! never with a row of the database, because the source of the page contains the whole answer
//! (ASVS 15.3.1).

#![expect(missing_docs, reason = "the server macro makes a public field of each argument; the operation documents it")]

pub mod audit;
pub mod dashboard;
pub mod invitations;
pub mod members;
pub mod organizations;
pub mod roles;
pub mod sessions;
pub mod users;
