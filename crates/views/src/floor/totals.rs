//! The floor in four figures.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::PresenceState;

use super::{FloorAgent, FloorQueue};
use crate::Tx;

/// The figures over all queues and agents of one viewer's reach. Goes to `#floor-totals`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloorTotals {
    /// The last event the figures include; of two pictures the later one stays.
    pub version: i64,
    /// Conversations that wait for an agent.
    pub waiting: i64,
    /// In how many queues.
    pub queues_waiting: usize,
    /// The longest wait: since when, and in which queue.
    pub oldest: Option<(DateTime<Utc>, String)>,
    /// Conversations that agents hold.
    pub assigned: i64,
    /// Of those that wait or are held, those for which a promise is broken now.
    pub overdue: i64,
    /// Promises broken in the last 24 hours.
    pub breaches: i64,
    /// Conversations that the agents at work may hold together.
    pub capacity: i64,
    /// Agents who take work now.
    pub available: usize,
    /// All agents.
    pub agents: usize,
}

impl FloorTotals {
    /// Add up what the floor shows. An agent of two queues counts once.
    #[must_use]
    pub fn of(version: i64, queues: &[FloorQueue], agents: &[FloorAgent]) -> Self {
        Self {
            version,
            waiting: queues.iter().map(|queue| queue.waiting).sum(),
            queues_waiting: queues.iter().filter(|queue| queue.waiting > 0).count(),
            oldest: queues
                .iter()
                .filter_map(|queue| queue.oldest.map(|since| (since, queue.name.clone())))
                .min(),
            assigned: queues.iter().map(|queue| queue.assigned).sum(),
            overdue: queues.iter().map(|queue| queue.overdue).sum(),
            breaches: queues.iter().map(|queue| queue.breaches).sum(),
            capacity: agents.iter().filter(|agent| !agent.is_off()).map(|agent| agent.capacity).sum(),
            available: agents.iter().filter(|agent| agent.state == PresenceState::Available).count(),
            agents: agents.len(),
        }
    }
}

/// The strip of figures as a fragment.
#[derive(Debug, Template)]
#[template(path = "floor_totals.html")]
pub struct FloorTotalsFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub totals: &'a FloorTotals,
}
