//! What the router knows, and what it can answer.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::{
    ConversationId, PersonId, PresenceState, QueueId, SkillId, TeamId,
    event::{AssignmentReason, PreferredAs},
};
use serde::{Deserialize, Serialize};

use crate::Skills;

/// A conversation that waits for an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Which.
    pub conversation: ConversationId,
    /// Where it waits.
    pub queue: QueueId,
    /// Its place in the order: the smaller goes first ([`crate::policy::Order::turn`]).
    pub turn: DateTime<Utc>,
    /// Since when it waits.
    pub queued_at: DateTime<Utc>,
    /// What the agent must be able to do now, and how well at least.
    pub skills: Skills,
    /// After how many steps of asking for less `skills` and `widened` are what they are.
    pub relaxed: u32,
    /// How many slots it takes.
    pub weight: u32,
    /// People of these teams may take it beside those who serve the queue.
    pub widened: BTreeSet<TeamId>,
    /// Only people of this team may take it, whatever queues they serve: a colleague handed it to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Who goes before all others.
    pub preferred: Option<Preferred>,
    /// Whom it shall not come back to: they put it back, declined it, or let the offer lapse.
    pub barred: BTreeSet<PersonId>,
}

impl Work {
    /// Work that asks for nothing but somebody of the queue, and takes one slot.
    #[must_use]
    pub fn new(
        conversation: ConversationId,
        queue: QueueId,
        turn: DateTime<Utc>,
        queued_at: DateTime<Utc>,
    ) -> Self {
        Self {
            conversation,
            queue,
            turn,
            queued_at,
            skills: Skills::new(),
            relaxed: 0,
            weight: 1,
            widened: BTreeSet::new(),
            team: None,
            preferred: None,
            barred: BTreeSet::new(),
        }
    }

    /// Sorts waiting work: by turn, then the longest wait, then id.
    #[must_use]
    pub fn place(&self) -> (DateTime<Utc>, DateTime<Utc>, ConversationId) {
        (self.turn, self.queued_at, self.conversation)
    }

    /// How long it has waited, in whole seconds.
    #[must_use]
    pub fn waited_seconds(&self, now: DateTime<Utc>) -> i64 {
        (now - self.queued_at).num_seconds().max(0)
    }
}

/// Who goes before all others. While they are at work and merely full, the conversation waits for them; if they are
/// away, or could not take it anyhow, they are passed over at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferred {
    /// Who.
    pub person: PersonId,
    /// How long it waits for them.
    pub until: DateTime<Utc>,
    /// Why they.
    pub why: PreferredAs,
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
    /// The teams they belong to.
    pub teams: BTreeSet<TeamId>,
    /// What they can do.
    pub skills: Skills,
    /// How many slots they have.
    pub capacity: u32,
    /// How many of them are taken, by offers too.
    pub load: u32,
    /// The most slots that conversations of one queue may take, where there is such a limit.
    pub at_most: BTreeMap<QueueId, u32>,
    /// How many slots are taken by conversations of a queue; needed only where there is a limit.
    pub load_by_queue: BTreeMap<QueueId, u32>,
    /// When they were last given one.
    pub idle_since: DateTime<Utc>,
    /// They finish up what they closed, and take nothing until then.
    pub busy_until: Option<DateTime<Utc>>,
    /// Their free slots are kept for this conversation, which needs more of them and comes earlier. Set by a pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_for: Option<ConversationId>,
}

impl Candidate {
    /// Somebody who serves no queue and holds nothing yet.
    #[must_use]
    pub fn new(person: PersonId, presence: PresenceState, capacity: u32, idle_since: DateTime<Utc>) -> Self {
        Self {
            person,
            presence,
            queues: BTreeSet::new(),
            teams: BTreeSet::new(),
            skills: Skills::new(),
            capacity,
            load: 0,
            at_most: BTreeMap::new(),
            load_by_queue: BTreeMap::new(),
            idle_since,
            busy_until: None,
            kept_for: None,
        }
    }

    /// Whether they serve the work's queue, or are of a team it was widened to; of the team it was handed to, if any.
    #[must_use]
    pub fn serves(&self, work: &Work) -> bool {
        match work.team {
            Some(team) => self.teams.contains(&team),
            None => {
                self.queues.contains(&work.queue) || work.widened.iter().any(|team| self.teams.contains(team))
            }
        }
    }

    /// The first skill that is asked for and missing or too low, with the level they have (0: none).
    #[must_use]
    pub fn lacks(&self, asked: &Skills) -> Option<(SkillId, u8, u8)> {
        asked.iter().find_map(|(skill, needed)| {
            let has = self.skills.get(skill).copied().unwrap_or(0);
            (has < *needed).then_some((*skill, *needed, has))
        })
    }

    /// How many slots are free.
    #[must_use]
    pub fn room(&self) -> u32 {
        self.capacity.saturating_sub(self.load)
    }

    /// How many more slots conversations of `queue` may take of theirs, by the queue's limit alone.
    #[must_use]
    pub fn room_in(&self, queue: QueueId) -> Option<u32> {
        let taken = self.load_by_queue.get(&queue).copied().unwrap_or(0);
        self.at_most.get(&queue).map(|most| most.saturating_sub(taken))
    }

    /// Sorts those who are able: least loaded, then longest idle.
    #[must_use]
    pub fn preference(&self) -> (u32, DateTime<Utc>, PersonId) {
        (self.load, self.idle_since, self.person)
    }

    /// They hold `work` from `now` on.
    pub fn take(&mut self, work: &Work, now: DateTime<Utc>) {
        self.load = self.load.saturating_add(work.weight);
        let in_queue = self.load_by_queue.entry(work.queue).or_default();
        *in_queue = in_queue.saturating_add(work.weight);
        self.idle_since = self.idle_since.max(now);
        self.kept_for = self.kept_for.filter(|kept_for| *kept_for != work.conversation);
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// No agent belongs to its queue.
    NobodyServesTheQueue,
    /// It was handed to a team that nobody belongs to.
    NobodyOfTheTeam,
    /// Those who do can't do what it asks for.
    NobodyHasTheSkills,
    /// It takes more slots than any of them has, even with nothing else to do.
    TooHeavyForAnybody,
    /// Those who could are on a pause or not at work.
    EverybodyIsAway,
    /// Those who could have too few slots free, in all or for this queue.
    EverybodyIsFull,
    /// Those with room finish up what they closed.
    WrappingUp,
    /// Those with room keep it for an earlier conversation that needs more slots.
    KeptForAnother,
    /// Those with room put it back, declined it or let the offer lapse.
    OnlyBarred,
    /// Others could, but it waits a while for the one who goes first.
    ForThePreferred,
}
