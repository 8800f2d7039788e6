//! A day played through other settings, before they are published.
//!
//! [`rehearse`] goes from event to event: somebody writes, gives up, is asked less of, moves to another queue; somebody
//! comes to work, pauses, is done. After each, what waits is decided as [`crate::assign`] does in life. Nothing is left to chance:
//! the same day under the same policy is the same report.
//!
//! What it takes to be simpler than life: who is given or offered a conversation, or could take it from a pull queue,
//! has it at once, and answers at once; how long it lasts is the same whoever has it; who goes home or on a pause
//! finishes what they hold; nothing is reopened by itself; nobody holds anything when the day begins.

mod floor;
mod generate;
mod report;
#[cfg(test)]
mod tests;
mod what_if;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::{ChannelKind, ContactId, PersonId, QueueId, TeamId};
use serde::{Deserialize, Serialize};

pub use generate::Recipe;
pub use report::{AgentDay, Comparison, Figures, LongWait, Report, Side, Waits, compare};
pub use what_if::{More, NobodyToBeLike, WhatIf};

use crate::{
    Policy, Skills,
    entry::EntryFacts,
    policy::{Agent, Queue},
};

/// A day: what came, and who was there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Day {
    /// What came.
    pub arrivals: Vec<Arrival>,
    /// Who was there.
    pub shifts: Vec<Shift>,
    /// Who belongs to which team.
    #[serde(default)]
    pub teams: BTreeMap<TeamId, BTreeSet<PersonId>>,
}

/// A conversation that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose it is. Who had their last one that day is their last agent from then on.
    pub contact: ContactId,
    /// What its channel speaks: decides the weight.
    pub kind: ChannelKind,
    /// Where it goes.
    pub to: Destination,
    /// Whether the customer is a VIP.
    pub vip: bool,
    /// The contact's owner.
    #[serde(default)]
    pub owner: Option<PersonId>,
    /// Who had their last conversation, before this day.
    #[serde(default)]
    pub last_agent: Option<PersonId>,
    /// How long it keeps an agent's slots, in seconds.
    pub handle_seconds: u32,
    /// After how many seconds of waiting the customer gives up; `None`: they never do.
    #[serde(default)]
    pub patience: Option<u32>,
}

/// Where a conversation goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Destination {
    /// As it went that day.
    Queue {
        /// Where it waits.
        queue: QueueId,
        /// Asked for beside what the queue asks for.
        #[serde(default)]
        skills: Skills,
        /// Added to the queue's priority.
        #[serde(default)]
        priority: i16,
    },
    /// As the policy's rules decide.
    Rules {
        /// What they look at.
        facts: Box<EntryFacts>,
    },
}

/// When somebody is at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Who.
    pub person: PersonId,
    /// From when.
    pub from: DateTime<Utc>,
    /// To when.
    pub to: DateTime<Utc>,
    /// Pauses: from when to when.
    #[serde(default)]
    pub pauses: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

/// What the day would have been like under `policy`. It ends with the last shift, or with what came
/// last; people without a place in the policy
/// take nothing.
#[must_use]
pub fn rehearse(policy: &Policy, day: &Day) -> Report {
    rehearse_while(policy, day, || true).unwrap_or_default()
}

/// [`rehearse`], given up as soon as it may not go on; asked before each thing that happens.
#[must_use]
pub fn rehearse_while(policy: &Policy, day: &Day, may_go_on: impl FnMut() -> bool) -> Option<Report> {
    floor::Floor::new(policy, day).run(may_go_on)
}

/// The same day if everybody could take everything, in order of arrival, with no time to wrap up.
///
/// Its mean wait is a mark for what skills, queues, limits and favourites cost. It is no lower bound: who knew
/// beforehand how long each will last, and took the short ones first, would have a lower mean; and where customers give
/// up, the more do, the shorter the others wait. So compare days on which nobody does.
#[must_use]
pub fn pooled(policy: &Policy, day: &Day) -> Report {
    let (pool, mut day) = (QueueId(uuid::Uuid::nil()), day.clone());
    for arrival in &mut day.arrivals {
        arrival.to = Destination::Queue { queue: pool, skills: Skills::new(), priority: 0 };
        arrival.vip = false;
    }
    let agents = policy.agents.iter().map(|(person, agent)| {
        let capacity = agent.capacity;
        (*person, Agent { capacity, ..Agent::default() })
    });
    let policy = Policy {
        weights: policy.weights.clone(),
        agents: agents.collect(),
        queues: vec![Queue { members: policy.agents.keys().copied().collect(), ..Queue::usual(pool) }],
        ..Policy::default()
    };
    rehearse(&policy, &day)
}
