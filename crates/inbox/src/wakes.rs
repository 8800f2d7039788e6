//! Hints that there is work. Rows are the truth: a lost hint costs one poll, never a message.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use tokio::sync::Notify;

/// Which loop has work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bell {
    /// Receipts wait to be applied.
    Apply,
    /// Conversations wait, or somebody has become free for them.
    Dispatch,
    /// Committed events wait for their numbers.
    Relay,
    /// Messages of ours wait to be sent.
    Send,
    /// Jobs were enqueued.
    Work,
}

impl Bell {
    /// Every bell.
    pub const ALL: [Self; 5] = [Self::Apply, Self::Dispatch, Self::Relay, Self::Send, Self::Work];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// One bell for each loop of this node, and a note of what other nodes should hear. Cloning shares the bells.
#[derive(Debug, Clone, Default)]
pub struct Wakes {
    /// Receipts wait to be applied.
    pub applier: Arc<Notify>,
    /// Conversations wait, or somebody has become free for them.
    pub dispatcher: Arc<Notify>,
    /// Conversations have to be looked at, for what time asks of them.
    pub watch: Arc<Notify>,
    /// Committed events wait for their numbers.
    pub relay: Arc<Notify>,
    /// Messages of ours wait to be sent.
    pub sender: Arc<Notify>,
    /// Jobs were enqueued.
    pub jobs: Arc<Notify>,
    abroad: Arc<Abroad>,
}

#[derive(Debug, Default)]
struct Abroad {
    rung: AtomicU8,
    bell: Notify,
}

impl Wakes {
    /// Receipts were committed.
    pub fn apply(&self) {
        self.ring(Bell::Apply);
    }

    /// Work or capacity was committed.
    pub fn dispatch(&self) {
        self.ring(Bell::Dispatch);
    }

    /// Events were committed.
    pub fn relay(&self) {
        self.ring(Bell::Relay);
    }

    /// Deliveries were committed.
    pub fn send(&self) {
        self.ring(Bell::Send);
    }

    /// Jobs were committed.
    pub fn work(&self) {
        self.ring(Bell::Work);
    }

    /// Ring on this node alone: the hint came from another one.
    pub fn ring_here(&self, bell: Bell) {
        match bell {
            Bell::Apply => self.applier.notify_one(),
            Bell::Dispatch => {
                self.dispatcher.notify_one();
                self.watch.notify_one();
            }
            Bell::Relay => self.relay.notify_one(),
            Bell::Send => self.sender.notify_one(),
            Bell::Work => self.jobs.notify_one(),
        }
    }

    /// Waits until something was rung here that other nodes should hear, and takes note of it: many rings of one bell
    /// are one hint.
    pub async fn for_others(&self) -> Vec<Bell> {
        loop {
            let rung = self.abroad.rung.swap(0, Ordering::AcqRel);
            if rung != 0 {
                return Bell::ALL.into_iter().filter(|bell| rung & bell.bit() != 0).collect();
            }
            self.abroad.bell.notified().await;
        }
    }

    fn ring(&self, bell: Bell) {
        self.ring_here(bell);
        if self.abroad.rung.fetch_or(bell.bit(), Ordering::AcqRel) & bell.bit() == 0 {
            self.abroad.bell.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn many_rings_are_one_hint_for_others_and_what_they_sent_is_not_sent_back() {
        let wakes = Wakes::default();
        wakes.apply();
        wakes.apply();
        wakes.relay();
        assert_eq!(wakes.for_others().await, [Bell::Apply, Bell::Relay]);
        wakes.ring_here(Bell::Send);
        wakes.dispatch();
        assert_eq!(wakes.for_others().await, [Bell::Dispatch]);
    }
}
