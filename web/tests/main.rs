//! The server over real HTTP, with a database per test.
//!
//! Told as stories: people with browsers ask pages; nobody looks inside.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails at once")]

mod access;
mod bus;
mod headers;
mod helpers;
mod password_guessing;
mod sessions;
mod sign_in;
mod welcome;
