//! What the router knows, and what it can answer.

use std::{cmp::Reverse, collections::BTreeSet};

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId, PresenceState, QueueId, SkillId, event::AssignmentReason};
use serde::{Deserialize, Serialize};

use crate::Skills;

/// A conversation that waits for an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Which.
    pub conversation: ConversationId,
    /// Where it waits.
    pub queue: QueueId,
    /// What the agent must be able to do, and how well at least.
    pub skills: Skills,
    /// Higher goes first.
    pub priority: i32,
    /// The customer goes before others of the same priority.
    pub vip: bool,
    /// Since when it waits.
    pub queued_at: DateTime<Utc>,
    /// Who has just put it back into the queue: it shall not return to them at once.
    pub returned_by: Option<PersonId>,
}

impl Work {
    /// Sorts waiting work: priority, then VIP, then the longest wait.
    #[must_use]
    pub fn turn(&self) -> impl Ord + use<> {
        (Reverse(self.priority), Reverse(self.vip), self.queued_at, self.conversation)
    }

    /// How long it has waited, in whole seconds.
    #[must_use]
    pub fn waited_seconds(&self, now: DateTime<Utc>) -> i64 {
        (now - self.queued_at).num_seconds().max(0)
    }
}

/// Somebody who might take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// What they are at this moment. A lease that has run out counts as offline.
    pub presence: PresenceState,
    /// The queues they serve.
    pub queues: BTreeSet<QueueId>,
    /// What they can do.
    pub skills: Skills,
    /// How many conversations they may hold.
    pub capacity: u32,
    /// How many they hold.
    pub load: u32,
    /// When they were last given one.
    pub idle_since: DateTime<Utc>,
}

impl Candidate {
    /// The first skill that is asked for and missing or too low, with the level they have (0: none).
    #[must_use]
    pub fn lacks(&self, asked: &Skills) -> Option<(SkillId, u8, u8)> {
        asked.iter().find_map(|(skill, needed)| {
            let has = self.skills.get(skill).copied().unwrap_or(0);
            (has < *needed).then_some((*skill, *needed, has))
        })
    }

    /// Whether one more fits.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.load < self.capacity
    }

    /// Sorts those who are able: least loaded, then longest idle.
    #[must_use]
    pub fn preference(&self) -> (u32, DateTime<Utc>, PersonId) {
        (self.load, self.idle_since, self.person)
    }
}

/// What becomes of a waiting conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// Somebody takes it.
    Assign {
        /// Who.
        person: PersonId,
        /// The facts that spoke for them.
        reason: AssignmentReason,
    },
    /// It goes on waiting.
    Wait {
        /// What would have to change.
        reason: WaitReason,
    },
}

/// Why nobody takes it. The one that is nearest to being solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// No agent belongs to its queue.
    NobodyServesTheQueue,
    /// Those who do can't do what it asks for.
    NobodyHasTheSkills,
    /// Those who could are on a pause or not at work.
    EverybodyIsAway,
    /// Those who could hold as many as they may.
    EverybodyIsFull,
    /// The only one with room has just put it back.
    OnlyWhoPutItBack,
}
