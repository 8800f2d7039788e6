//! The server over real HTTP, with a database per test.
//!
//! Told as stories: people with browsers ask pages; nobody looks inside.

mod access;
mod headers;
mod helpers;
mod password_guessing;
mod sessions;
mod sign_in;
mod welcome;
