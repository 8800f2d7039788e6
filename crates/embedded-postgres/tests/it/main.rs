//! The private server as its users meet it: first start, second start, and every way to be killed.
//! Where the tests run as root they also play an ordinary user.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod helper;
mod sharing;
mod sql;
mod stories;
