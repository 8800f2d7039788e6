//! Hints that there is work. Rows are the truth: a lost hint costs one poll, never a message.

use std::sync::Arc;

use tokio::sync::Notify;

/// One bell for each loop of this node. Cloning shares the bells.
#[derive(Debug, Clone, Default)]
pub struct Wakes {
    /// Receipts wait to be applied.
    pub applier: Arc<Notify>,
    /// Conversations wait, or somebody has become free for them.
    pub dispatcher: Arc<Notify>,
    /// Committed events wait for their numbers.
    pub relay: Arc<Notify>,
    /// Messages of ours wait to be sent.
    pub sender: Arc<Notify>,
}

impl Wakes {
    /// Receipts were committed.
    pub fn apply(&self) {
        self.applier.notify_one();
    }

    /// Work or capacity was committed.
    pub fn dispatch(&self) {
        self.dispatcher.notify_one();
    }

    /// Events were committed.
    pub fn relay(&self) {
        self.relay.notify_one();
    }

    /// Deliveries were committed.
    pub fn send(&self) {
        self.sender.notify_one();
    }
}
