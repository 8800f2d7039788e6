//! What a rehearsed day was like.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{PersonId, QueueId};
use serde::{Deserialize, Serialize};

use crate::{Policy, WaitReason};

/// How many of the longest waits are told one by one.
const WORST: usize = 5;

/// What a day was like. A conversation counts for the queue it came to, wherever it was taken.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// All of it.
    pub total: Figures,
    /// By queue.
    pub queues: BTreeMap<QueueId, Figures>,
    /// Agent by agent, in order of their ids: those who were at work.
    pub agents: Vec<AgentDay>,
    /// The share of all slots at work that was taken; while somebody wraps up, all of theirs are.
    pub occupancy: f64,
    /// How far apart the most and the least occupied agent were.
    pub spread: f64,
    /// The longest waits.
    pub worst: Vec<LongWait>,
}

/// What became of what came.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// How many came.
    pub offered: u32,
    /// How many an agent took.
    pub answered: u32,
    /// How many customers gave up.
    pub abandoned: u32,
    /// How many waited at the end of the day.
    pub waiting: u32,
    /// How many another queue took over.
    pub moved: u32,
    /// How long those who were answered had waited.
    pub waits: Waits,
    /// The share that was answered within what the queue promised, of those of whom it is known; `None`: nothing was
    /// promised, or nothing came.
    pub service_level: Option<f64>,
}

/// Waits, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Waits {
    /// On average.
    pub mean: f64,
    /// Half waited no longer.
    pub median: i64,
    /// Nine in ten waited no longer.
    pub p90: i64,
    /// Nineteen in twenty waited no longer.
    #[serde(default)]
    pub p95: i64,
    /// The longest.
    pub max: i64,
}

/// What the day was like for an agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentDay {
    /// Who.
    pub person: PersonId,
    /// How many conversations they took.
    pub taken: u32,
    /// How many seconds they were at work, without pauses.
    pub at_work: i64,
    /// The share of their slots that was taken while they were at work.
    pub occupancy: f64,
    #[serde(skip)]
    pub(super) slot_seconds: i64,
    #[serde(skip)]
    pub(super) busy_slot_seconds: i64,
}

impl AgentDay {
    /// A day of which nothing is known yet.
    #[must_use]
    pub const fn new(person: PersonId) -> Self {
        Self { person, taken: 0, at_work: 0, occupancy: 0.0, slot_seconds: 0, busy_slot_seconds: 0 }
    }
}

/// A long wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongWait {
    /// Which of what came.
    pub arrival: usize,
    /// Where it came to.
    pub queue: QueueId,
    /// When.
    pub at: DateTime<Utc>,
    /// How long it waited, in seconds.
    pub waited: i64,
    /// Who took it at last.
    pub taken_by: Option<PersonId>,
    /// What it waited for most of that time.
    pub why: Option<WaitReason>,
}

/// What became of one conversation.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) arrival: usize,
    /// Where it waited, one after the other.
    pub(super) queues: Vec<QueueId>,
    pub(super) at: DateTime<Utc>,
    /// When its wait ended, whichever way.
    pub(super) ended: DateTime<Utc>,
    pub(super) taken_by: Option<PersonId>,
    pub(super) gave_up: bool,
    /// How much of the wait the queue it came to was open.
    pub(super) open_seconds: i64,
    pub(super) why: Option<WaitReason>,
}

impl Talk {
    pub(super) fn new(arrival: usize, queue: QueueId, at: DateTime<Utc>) -> Self {
        let (queues, taken_by, gave_up, why) = (vec![queue], None, false, None);
        Self { arrival, queues, at, ended: at, taken_by, gave_up, open_seconds: 0, why }
    }

    fn waited(&self) -> i64 {
        (self.ended - self.at).num_seconds()
    }

    /// Whether it was answered in time; `None` while that may still be, or nothing was promised.
    fn kept(&self, policy: &Policy) -> Option<bool> {
        let promised = i64::from(policy.queue(self.queues[0]).targets.first_response?);
        let in_time = self.open_seconds <= promised;
        let open = self.taken_by.is_none() && !self.gave_up && in_time;
        (!open).then_some(self.taken_by.is_some() && in_time)
    }
}

impl Report {
    pub(super) fn of(policy: &Policy, talks: &[Talk], agents: Vec<AgentDay>) -> Self {
        let mut by_queue: BTreeMap<QueueId, Vec<&Talk>> = BTreeMap::new();
        for talk in talks {
            by_queue.entry(talk.queues[0]).or_default().push(talk);
        }
        let mut agents: Vec<_> = agents.into_iter().filter(|agent| agent.at_work > 0).collect();
        for agent in &mut agents {
            agent.occupancy = share(agent.busy_slot_seconds, agent.slot_seconds).unwrap_or(0.0);
        }
        agents.sort_by_key(|agent| agent.person);
        let busy = agents.iter().map(|agent| agent.busy_slot_seconds).sum();
        let slots = agents.iter().map(|agent| agent.slot_seconds).sum();
        let shares = || agents.iter().map(|agent| agent.occupancy);
        let spread = shares().fold(0.0, f64::max) - shares().fold(1.0, f64::min);
        let mut worst: Vec<&Talk> = talks.iter().filter(|talk| talk.waited() > 0).collect();
        worst.sort_by_key(|talk| (std::cmp::Reverse(talk.waited()), talk.arrival));
        Self {
            total: Figures::of(policy, &talks.iter().collect::<Vec<_>>()),
            queues: by_queue.into_iter().map(|(queue, talks)| (queue, Figures::of(policy, &talks))).collect(),
            occupancy: share(busy, slots).unwrap_or(0.0),
            spread: spread.max(0.0),
            worst: worst
                .into_iter()
                .take(WORST)
                .map(|talk| LongWait {
                    arrival: talk.arrival,
                    queue: talk.queues[0],
                    at: talk.at,
                    waited: talk.waited(),
                    taken_by: talk.taken_by,
                    why: talk.why,
                })
                .collect(),
            agents,
        }
    }
}

impl Figures {
    fn of(policy: &Policy, talks: &[&Talk]) -> Self {
        let count = |holds: fn(&Talk) -> bool| number(talks.iter().filter(|talk| holds(talk)).count());
        let kept: Vec<bool> = talks.iter().filter_map(|talk| talk.kept(policy)).collect();
        let in_time = kept.iter().filter(|kept| **kept).count();
        Self {
            offered: number(talks.len()),
            answered: count(|talk| talk.taken_by.is_some()),
            abandoned: count(|talk| talk.gave_up),
            waiting: count(|talk| talk.taken_by.is_none() && !talk.gave_up),
            moved: count(|talk| talk.queues.len() > 1),
            waits: Waits::of(
                talks.iter().filter(|talk| talk.taken_by.is_some()).map(|talk| talk.waited()).collect(),
            ),
            service_level: share(number(in_time).into(), number(kept.len()).into()),
        }
    }
}

impl Waits {
    fn of(mut waits: Vec<i64>) -> Self {
        waits.sort_unstable();
        // The nearest rank: the least of which so many per hundred are no longer.
        let rank = |percent: usize| {
            let place = (waits.len() * percent).div_ceil(100).max(1) - 1;
            waits.get(place).copied().unwrap_or(0)
        };
        let mean = share(waits.iter().sum(), number(waits.len()).into()).unwrap_or(0.0);
        Self { mean, median: rank(50), p90: rank(90), p95: rank(95), max: waits.last().copied().unwrap_or(0) }
    }
}

/// Something under two policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Side<T> {
    /// Under the first.
    pub before: T,
    /// Under the second.
    pub after: T,
}

/// Two reports of a day, side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// All of it.
    pub total: Side<Figures>,
    /// By queue; nothing came to a queue that one of them does not know.
    pub queues: BTreeMap<QueueId, Side<Figures>>,
    /// The share of all slots that was taken.
    pub occupancy: Side<f64>,
    /// How far apart the most and the least occupied agent were.
    pub spread: Side<f64>,
    /// Agent by agent: how occupied they were; nothing for who was not at work.
    pub agents: BTreeMap<PersonId, Side<f64>>,
}

/// Puts two reports side by side.
#[must_use]
pub fn compare(before: &Report, after: &Report) -> Comparison {
    let mut comparison = Comparison {
        total: Side { before: before.total.clone(), after: after.total.clone() },
        queues: BTreeMap::new(),
        occupancy: Side { before: before.occupancy, after: after.occupancy },
        spread: Side { before: before.spread, after: after.spread },
        agents: BTreeMap::new(),
    };
    for (queue, figures) in &before.queues {
        comparison.queues.entry(*queue).or_default().before = figures.clone();
    }
    for (queue, figures) in &after.queues {
        comparison.queues.entry(*queue).or_default().after = figures.clone();
    }
    for agent in &before.agents {
        comparison.agents.entry(agent.person).or_default().before = agent.occupancy;
    }
    for agent in &after.agents {
        comparison.agents.entry(agent.person).or_default().after = agent.occupancy;
    }
    comparison
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a day are far below 2^52")]
fn share(part: i64, whole: i64) -> Option<f64> {
    (whole != 0).then(|| part as f64 / whole as f64)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
