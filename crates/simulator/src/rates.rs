//! The two rates Meta holds a number to: per second, and per customer.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use chrono::{DateTime, Utc};

use crate::sim::lock;

/// A bucket that fills by itself; time is given from outside.
#[derive(Debug, Clone)]
struct Bucket {
    level: f64,
    seen: DateTime<Utc>,
}

/// Buckets of one kind, by name.
pub struct Buckets {
    capacity: f64,
    refill: Duration,
    buckets: Mutex<HashMap<String, Bucket>>,
}

impl Buckets {
    /// Buckets that hold `capacity` and earn one more in every `refill`.
    pub fn new(capacity: u32, refill: Duration) -> Self {
        Self { capacity: f64::from(capacity), refill, buckets: Mutex::default() }
    }

    /// Take one out, or say that there is none.
    pub fn take(&self, name: &str, now: DateTime<Utc>) -> bool {
        self.take_of(name, now, self.capacity, self.refill)
    }

    /// Take one out of a bucket that holds another amount in a second.
    pub fn take_per_second(&self, name: &str, now: DateTime<Utc>, most: u32) -> bool {
        self.take_of(name, now, f64::from(most), Duration::from_secs(1) / most.max(1))
    }

    /// The same for what can't be refused: it takes what there is.
    pub fn drain_per_second(&self, name: &str, now: DateTime<Utc>, most: u32) {
        // Whether there was one makes no difference to what comes in.
        let _ = self.take_per_second(name, now, most);
    }

    fn take_of(&self, name: &str, now: DateTime<Utc>, capacity: f64, refill: Duration) -> bool {
        let mut buckets = lock(&self.buckets);
        let bucket = buckets.entry(name.to_owned()).or_insert_with(|| Bucket { level: capacity, seen: now });
        let passed = (now - bucket.seen).to_std().unwrap_or_default();
        let earned = passed.as_secs_f64() / refill.as_secs_f64().max(f64::EPSILON);
        bucket.level = (bucket.level + earned).min(capacity);
        bucket.seen = now;
        if bucket.level < 1.0 {
            return false;
        }
        bucket.level -= 1.0;
        true
    }

    /// Fill them all.
    pub fn clear(&self) {
        lock(&self.buckets).clear();
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_pair_gets_its_burst_and_then_one_every_six_seconds() {
        let pairs = Buckets::new(45, Duration::from_secs(6));
        let start = DateTime::<Utc>::UNIX_EPOCH;
        assert!((0..45).all(|_| pairs.take("lucía", start)));
        assert!(!pairs.take("lucía", start + TimeDelta::seconds(5)));
        assert!(pairs.take("lucía", start + TimeDelta::seconds(6)));
        assert!(!pairs.take("lucía", start + TimeDelta::seconds(6)));
        assert!(pairs.take("jorge", start), "another customer has a bucket of their own");
    }
}
