//! One thin server function per operation: guard, call, map. Each answers with a view, never with a row of the database:
//! whatever a resource returns stands in the source of the page (ASVS 15.3.1).

#![expect(missing_docs, reason = "the server macro makes a public field of each argument; the operation documents it")]

pub mod audit;
pub mod dashboard;
pub mod invitations;
pub mod members;
pub mod organizations;
pub mod roles;
pub mod sessions;
pub mod users;
