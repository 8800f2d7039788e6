//! The customer service window: open for a day after the customer's last word.

use std::{collections::HashMap, sync::Mutex};

use chrono::{DateTime, TimeDelta, Utc};

use crate::sim::lock;

/// A customer's last word.
#[derive(Debug, Clone, Copy)]
struct Word {
    /// When, on the scale of ages.
    age: DateTime<Utc>,
    /// How far the past had been moved by then.
    aged: i64,
}

/// The last word of every customer at every number.
#[derive(Default)]
pub struct Windows(Mutex<HashMap<(String, String), Word>>);

impl Windows {
    /// The customer wrote at this time of the wall. A back-dated word never shortens the window.
    pub fn open(&self, channel: &str, customer: &str, wall: DateTime<Utc>, aged: i64) {
        let word = Word { age: wall + TimeDelta::seconds(aged), aged };
        let mut windows = lock(&self.0);
        let last = windows.entry((channel.to_owned(), customer.to_owned())).or_insert(word);
        if word.age > last.age {
            *last = word;
        }
    }

    /// Seconds left, if it is open.
    pub fn left(&self, channel: &str, customer: &str, age: DateTime<Utc>) -> Option<i64> {
        let left = (self.last(channel, customer)?.age + TimeDelta::hours(24) - age).num_seconds();
        (left > 0).then_some(left)
    }

    /// How far the past had been moved when the customer last wrote.
    pub fn aged(&self, channel: &str, customer: &str) -> i64 {
        self.last(channel, customer).map_or(0, |word| word.aged)
    }

    fn last(&self, channel: &str, customer: &str) -> Option<Word> {
        lock(&self.0).get(&(channel.to_owned(), customer.to_owned())).copied()
    }

    /// Close them all.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_closes_to_the_second_and_an_old_word_does_not_shorten_it() {
        let windows = Windows::default();
        let noon = DateTime::<Utc>::UNIX_EPOCH;
        windows.open("clinic", "lucía", noon, 0);
        windows.open("clinic", "lucía", noon - TimeDelta::hours(5), 0);
        assert_eq!(windows.left("clinic", "lucía", noon + TimeDelta::seconds(86_399)), Some(1));
        assert_eq!(windows.left("clinic", "lucía", noon + TimeDelta::seconds(86_400)), None);
        assert_eq!(windows.left("clinic", "jorge", noon), None);
    }
}
