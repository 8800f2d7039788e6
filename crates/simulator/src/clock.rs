//! The simulator's clock.
//!
//! `/control/time` makes the past older instead of moving the present: every open window, every
//! media link and every rate allowance ages by the given time, while new messages keep the time of
//! the wall. A clock that ran ahead would stamp messages in the future of the product, whose own
//! clock nobody moved, and its window would then stay open longer than ours. To make the *product*
//! see an old message, back-date one: `at` in `/control/inbound`.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// The wall's clock and how far the past was aged.
#[derive(Debug, Default)]
pub struct Clock {
    aged: AtomicI64,
}

impl Clock {
    /// Now, for everything that is written down for people or sent to the product.
    pub fn wall(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// Now, on the scale in which ages are measured: compare only with other values of this function.
    pub fn age(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.aged())
    }

    /// How many seconds the past was aged by.
    pub fn aged(&self) -> i64 {
        self.aged.load(Ordering::Relaxed)
    }

    /// Age everything that happened so far.
    pub fn advance(&self, seconds: i64) {
        self.aged.fetch_add(seconds, Ordering::Relaxed);
    }
}
