//! Faults under load. Callers change rows and send commands while something is away, slow, full,
//! wrong or stopping, and the answers are compared with the rows afterwards. An answer of 200 that
//! left no row is lost, two rows for one call are one too many, and a fault may be answered with
//! the declared refusal only. `make drills` runs the same faults for longer.
#![cfg(feature = "local-clerk")]
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a drill that cannot go on has failed")]

mod answers;
mod clerk; // example:line invitations
mod clock;
mod connections;
mod dependencies;
mod disk;
mod stop;
#[path = "../support/mod.rs"]
mod support;
