//! Migrations go up, down and up again, on a real database.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod runner;
mod schema;
