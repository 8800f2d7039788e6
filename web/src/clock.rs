//! The one place that asks what time it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};

/// A clock that handlers are given. Tests give one that they move themselves.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System { started: Instant },
    Manual { start: DateTime<Utc>, moved_micros: Arc<AtomicI64> },
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System { started: Instant::now() })
    }

    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self(Source::Manual { start, moved_micros: Arc::default() })
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System { .. } => Utc::now(),
            Source::Manual { start, moved_micros } => {
                *start + TimeDelta::microseconds(moved_micros.load(Ordering::Relaxed))
            }
        }
    }

    /// How long this clock has been running: never goes back, whatever happens to the wall clock.
    #[must_use]
    pub fn uptime(&self) -> Duration {
        match &self.0 {
            Source::System { started } => started.elapsed(),
            Source::Manual { moved_micros, .. } => {
                Duration::from_micros(u64::try_from(moved_micros.load(Ordering::Relaxed)).unwrap_or_default())
            }
        }
    }

    /// Moves a manual clock, and all its clones, forward. The machine's clock takes no orders.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual { moved_micros, .. } = &self.0 {
            let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
            moved_micros.fetch_add(micros, Ordering::Relaxed);
        }
    }
}
