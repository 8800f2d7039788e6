//! The customer service window: open for a day after the customer's last word.

use std::{collections::HashMap, sync::Mutex};

use chrono::{DateTime, TimeDelta, Utc};

use crate::sim::lock;

/// The last word of every customer at every number.
#[derive(Default)]
pub struct Windows(Mutex<HashMap<(String, String), DateTime<Utc>>>);

impl Windows {
    /// The customer wrote at `age` (see [`crate::clock::Clock::age`]). A back-dated word never shortens the window.
    pub fn open(&self, channel: &str, customer: &str, age: DateTime<Utc>) {
        let mut windows = lock(&self.0);
        let last = windows.entry((channel.to_owned(), customer.to_owned())).or_insert(age);
        *last = age.max(*last);
    }

    /// Seconds left, if it is open.
    pub fn left(&self, channel: &str, customer: &str, age: DateTime<Utc>) -> Option<i64> {
        let windows = lock(&self.0);
        let last = windows.get(&(channel.to_owned(), customer.to_owned()))?;
        let left = (*last + TimeDelta::hours(24) - age).num_seconds();
        (left > 0).then_some(left)
    }

    /// Close them all.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }
}
