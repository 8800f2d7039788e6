//! Receive, reply, assign, close, presence: each one transaction.

pub mod wakes;

pub use wakes::Wakes;
