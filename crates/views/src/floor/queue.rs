//! One queue on the floor.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::QueueId;

use crate::{Arg, Tx};

/// One queue and its figures now. Goes to `#floor-queues`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloorQueue {
    /// Which.
    pub queue: QueueId,
    /// Its name.
    pub name: String,
    /// Its place on the screen.
    pub position: i32,
    /// The last event the figures include; of two pictures the later one stays.
    pub version: i64,
    /// Conversations that wait for an agent.
    pub waiting: i64,
    /// Since when the first of them waits.
    pub oldest: Option<DateTime<Utc>>,
    /// Conversations that agents hold.
    pub assigned: i64,
    /// Of both, those for which a promise is broken now.
    pub overdue: i64,
    /// Promises broken in the last 24 hours.
    pub breaches: i64,
    /// Agents of the queue who take work now.
    pub available: i64,
    /// Agents of the queue.
    pub agents: i64,
}

impl FloorQueue {
    /// Its place among the queues.
    #[must_use]
    pub fn seq(&self) -> String {
        format!("{:010}-{}", self.position.max(0), self.queue)
    }

    /// The class of the dot and of the state's word. Red only when somebody has to act: customers wait for nobody.
    #[must_use]
    pub const fn dot(&self) -> &'static str {
        match (self.waiting > 0, self.available > 0) {
            (true, false) => "bad",
            (true, true) => "warn",
            (false, true) => "ok",
            (false, false) => "off",
        }
    }

    /// The key of the state's word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match (self.waiting > 0, self.available > 0) {
            (true, false) => "floor-queue-nobody",
            (true, true) => "floor-queue-waiting",
            (false, true) => "floor-queue-calm",
            (false, false) => "floor-queue-unstaffed",
        }
    }

    /// The agents in words.
    #[must_use]
    pub fn agents_words(&self, tx: &Tx) -> String {
        let (available, agents) = (Arg::Number(self.available), Arg::Number(self.agents));
        tx.with("floor-queue-available", [("available", available), ("agents", agents)])
    }

    /// Promises broken in the last 24 hours, in words; nothing where none was.
    #[must_use]
    pub fn breaches_words(&self, tx: &Tx) -> Option<String> {
        (self.breaches > 0).then(|| tx.n("floor-breaches", self.breaches))
    }

    /// How much of the meter of agents is filled, in percent.
    #[must_use]
    pub fn percent(&self) -> i64 {
        if self.agents <= 0 { 0 } else { (self.available * 100 / self.agents).clamp(0, 100) }
    }
}

/// The queue's row as a fragment.
#[derive(Debug, Template)]
#[template(path = "floor_queue.html")]
pub struct FloorQueueFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub queue: &'a FloorQueue,
}
