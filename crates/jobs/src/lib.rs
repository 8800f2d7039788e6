//! A Postgres job queue that has never heard of an inbox.
//!
//! A job is enqueued in the transaction that makes it necessary, claimed by one worker under a lease, and gone when it
//! is done. A worker that dies leaves a lease that runs out, so a job may run twice and has to be written for that.
//! What fails is tried again, longer apart each time; what fails too often is kept for a person to look at.

mod queue;
mod runner;

use std::time::Duration;

pub use queue::{Job, enqueue, enqueue_all, revive};
pub use runner::{Failure, Runner};

/// The key of jobs that are done again and again.
pub const PERIODIC: &str = "periodic";

/// When a job is due, and what makes it the same as another.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Not before this has passed, by the database's clock.
    pub after: Duration,
    /// At most one job of a kind and key waits. Enqueuing it again brings it forward; enqueuing it while it runs makes
    /// it run once more.
    pub key: Option<String>,
}

impl Terms {
    /// As soon as possible.
    #[must_use]
    pub fn now() -> Self {
        Self::default()
    }

    /// Not before `delay` has passed.
    #[must_use]
    pub fn after(delay: Duration) -> Self {
        Self { after: delay, key: None }
    }

    /// The same as every other of its kind with this key.
    #[must_use]
    pub fn keyed(self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self }
    }
}
