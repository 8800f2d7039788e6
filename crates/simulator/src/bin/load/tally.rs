//! Which messages were sent, acknowledged and seen, and when.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

/// What has to show up before a message counts as seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// A bubble in the open conversation.
    Bubble,
    /// A row in somebody's list.
    Row,
}

/// Starts every marker; no page holds it by itself.
const MARK: &str = "zqx";
const DIGITS: usize = 8;

struct Entry {
    expects: Sight,
    sent: AtomicU64,
    acked: AtomicU64,
    seen: AtomicU64,
    times: AtomicU32,
}

/// The messages of one run, by number.
pub struct Tally {
    began: Instant,
    first: usize,
    entries: Vec<Entry>,
    unseen: AtomicUsize,
    all_seen: Notify,
}

/// The text that tells message `number` from all others.
#[must_use]
pub fn marker(number: usize) -> String {
    format!("{MARK}{number:0width$}", width = DIGITS)
}

/// The numbers of all markers in a text.
pub fn markers(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices(MARK)
        .filter_map(|(at, _)| text.get(at + MARK.len()..at + MARK.len() + DIGITS)?.parse().ok())
}

impl Tally {
    /// For messages numbered from `first` on.
    #[must_use]
    pub fn new(first: usize, expects: impl Iterator<Item = Sight>) -> Self {
        let entries: Vec<Entry> = expects
            .map(|expects| Entry {
                expects,
                sent: AtomicU64::new(0),
                acked: AtomicU64::new(0),
                seen: AtomicU64::new(0),
                times: AtomicU32::new(0),
            })
            .collect();
        Self {
            began: Instant::now(),
            first,
            unseen: AtomicUsize::new(entries.len()),
            entries,
            all_seen: Notify::new(),
        }
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    fn at(&self, moment: Instant) -> u64 {
        // Never 0: that means not yet.
        u64::try_from(moment.duration_since(self.began).as_micros()).unwrap_or(u64::MAX).max(1)
    }

    /// The message at `index` goes, or should have gone, at `moment`.
    pub fn sent(&self, index: usize, moment: Instant) {
        self.entries[index].sent.store(self.at(moment), Relaxed);
    }

    /// It was answered with 200.
    pub fn acked(&self, index: usize) {
        self.entries[index].acked.store(self.at(Instant::now()), Relaxed);
    }

    /// A socket showed message `number`.
    pub fn saw(&self, number: usize, sight: Sight, moment: Instant) {
        let Some(entry) = number.checked_sub(self.first).and_then(|index| self.entries.get(index)) else {
            return;
        };
        if entry.expects != sight {
            return;
        }
        if entry.times.fetch_add(1, Relaxed) == 0 {
            entry.seen.store(self.at(moment), Relaxed);
            if self.unseen.fetch_sub(1, Relaxed) == 1 {
                self.all_seen.notify_one();
            }
        }
    }

    /// Wait until all were seen, or nothing new was for `patience`.
    pub async fn settle(&self, patience: Duration) {
        let mut unseen = self.unseen.load(Relaxed);
        while unseen > 0 {
            // A timeout is an answer too: the loop looks whether anything moved.
            let _ = tokio::time::timeout(patience, self.all_seen.notified()).await;
            let now = self.unseen.load(Relaxed);
            if now == unseen {
                return;
            }
            unseen = now;
        }
    }

    /// Microseconds from sending to the answer, of those that were answered.
    #[must_use]
    pub fn ack_latencies(&self) -> Vec<u64> {
        self.between(|entry| &entry.acked)
    }

    /// Microseconds from sending to the first frame that shows it, of those that were seen.
    #[must_use]
    pub fn push_latencies(&self) -> Vec<u64> {
        self.between(|entry| &entry.seen)
    }

    fn between(&self, end: impl Fn(&Entry) -> &AtomicU64) -> Vec<u64> {
        self.entries
            .iter()
            .filter_map(|entry| {
                let end = end(entry).load(Relaxed);
                (end > 0).then(|| end.saturating_sub(entry.sent.load(Relaxed)))
            })
            .collect()
    }

    /// Answered, seen, and bubbles that came more than once.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |is: &dyn Fn(&Entry) -> bool| self.entries.iter().filter(|entry| is(entry)).count();
        (
            count(&|entry| entry.acked.load(Relaxed) > 0),
            count(&|entry| entry.seen.load(Relaxed) > 0),
            // A row comes again with every change of its conversation.
            count(&|entry| entry.expects == Sight::Bubble && entry.times.load(Relaxed) > 1),
        )
    }

    /// From the first message sent to the last one seen.
    #[must_use]
    pub fn span(&self) -> Duration {
        let first = self.entries.iter().map(|entry| entry.sent.load(Relaxed)).filter(|at| *at > 0).min();
        let last = self.entries.iter().map(|entry| entry.seen.load(Relaxed)).max();
        Duration::from_micros(last.unwrap_or(0).saturating_sub(first.unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_found_wherever_it_stands() {
        let html = format!("<b>{} hola</b><i>{}</i> zqx12", marker(7), marker(12_345_678));
        assert_eq!(markers(&html).collect::<Vec<_>>(), [7, 12_345_678]);
    }

    #[tokio::test]
    async fn a_lost_message_and_one_shown_twice_are_counted() {
        let tally = Tally::new(100, [Sight::Bubble, Sight::Bubble, Sight::Row].into_iter());
        let now = Instant::now();
        for index in 0..3 {
            tally.sent(index, now);
            tally.acked(index);
        }
        tally.saw(100, Sight::Bubble, now);
        tally.saw(100, Sight::Bubble, now);
        tally.saw(101, Sight::Row, now);
        tally.saw(102, Sight::Row, now);
        tally.settle(Duration::from_millis(1)).await;
        assert_eq!(tally.counts(), (3, 2, 1), "101 was never a bubble");
    }
}
