//! Quick changes on top of a policy, for one rehearsal alone.

use std::collections::BTreeSet;

use domain::{PersonId, QueueId, SkillId, TeamId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Day, Destination, Shift};
use crate::{
    Policy,
    policy::{Agent, Queue},
};

/// What would be different.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WhatIf {
    /// More people.
    pub more: Vec<More>,
    /// So many slots more for everybody, or fewer; nobody has less than one.
    pub capacity: i32,
    /// Nothing asks for these skills.
    pub without: BTreeSet<SkillId>,
}

/// More people for a queue. Each is like one of those who serve it and were there, one after the other: same hours and
/// pauses, slots and skills; but they serve this queue alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct More {
    /// Which.
    pub queue: QueueId,
    /// How many.
    pub people: u32,
}

/// Ids of people who come in addition begin here, where nobody's is.
const EXTRA: u128 = u128::MAX << 32;

/// Nobody who serves the queue was there, so nobody can be like them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NobodyToBeLike {
    /// Which.
    pub queue: QueueId,
}

impl WhatIf {
    /// Whether nothing would be different.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Changes the policy, and the day by those who are there too. Answers who came in addition, in order.
    ///
    /// # Errors
    /// When people are to come who can be like nobody.
    pub fn apply(&self, policy: &mut Policy, day: &mut Day) -> Result<Vec<PersonId>, NobodyToBeLike> {
        let mut extra = Vec::new();
        for more in &self.more {
            let models = models(policy, day, more.queue);
            for model in models.iter().cycle().take(usize::try_from(more.people).unwrap_or(usize::MAX)) {
                let person = PersonId(Uuid::from_u128(EXTRA + extra.len() as u128));
                extra.push(person);
                join(policy, day, more.queue, person, model);
            }
            if models.is_empty() && more.people > 0 {
                return Err(NobodyToBeLike { queue: more.queue });
            }
        }
        for agent in policy.agents.values_mut().filter(|agent| agent.capacity > 0) {
            agent.capacity = agent.capacity.saturating_add_signed(self.capacity).max(1);
        }
        for skill in &self.without {
            forget(policy, day, *skill);
        }
        Ok(extra)
    }
}

/// Those who serve the queue, have slots and were there: with their settings and hours.
fn models(policy: &Policy, day: &Day, queue: QueueId) -> Vec<(Agent, Vec<Shift>)> {
    let Some(queue) = policy.queues.iter().find(|one| one.id == queue) else { return Vec::new() };
    let of_team =
        |team: &TeamId, person: &PersonId| day.teams.get(team).is_some_and(|people| people.contains(person));
    let serves = |queue: &Queue, person: &PersonId| {
        queue.members.contains(person) || queue.served_by.iter().any(|team| of_team(team, person))
    };
    policy
        .agents
        .iter()
        .filter(|(person, agent)| agent.capacity > 0 && serves(queue, person))
        .map(|(person, agent)| {
            let shifts = day.shifts.iter().filter(|shift| shift.person == *person);
            (agent.clone(), shifts.cloned().collect::<Vec<_>>())
        })
        .filter(|(_, shifts)| !shifts.is_empty())
        .collect()
}

fn join(
    policy: &mut Policy,
    day: &mut Day,
    queue: QueueId,
    person: PersonId,
    (agent, shifts): &(Agent, Vec<Shift>),
) {
    policy.agents.insert(person, agent.clone());
    if let Some(queue) = policy.queues.iter_mut().find(|one| one.id == queue) {
        queue.members.insert(person);
    }
    day.shifts.extend(shifts.iter().map(|shift| Shift { person, ..shift.clone() }));
}

/// Nothing asks for the skill any more, whatever the customer's language.
fn forget(policy: &mut Policy, day: &mut Day, skill: SkillId) {
    for queue in &mut policy.queues {
        queue.skills.remove(&skill);
    }
    for rule in &mut policy.rules {
        rule.entry.skills.remove(&skill);
    }
    for one in policy.skills.iter_mut().filter(|one| one.id == skill) {
        one.language = None;
    }
    for arrival in &mut day.arrivals {
        if let Destination::Queue { skills, .. } = &mut arrival.to {
            skills.remove(&skill);
        }
    }
}
