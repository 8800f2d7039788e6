//! What the admin decides about routing: one document, published as a whole, in numbered versions.
//!
//! One document and not many tables, so that a version can be checked, rehearsed, published and rolled back as one
//! thing. What screens and the access rule ask of it (who serves which queue) is projected into tables when it is
//! published. Lengths of time are whole seconds.

mod calendar;
mod queue;
mod rule;
mod staff;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ChannelKind, PersonId, QueueId, SkillId};
use serde::{Deserialize, Serialize};

pub use calendar::{Calendar, CalendarId, Holiday, Span, Week};
pub use queue::{
    AgentSilence, CustomerSilence, LapsedOffer, Late, LateAction, Message, Messages, Mode, Overflow, Queue,
    Relaxation, Relaxed, SilentAgent, Sticky, StickyTo, Targets, Thresholds,
};
pub use rule::{Entry, EntryRule, EntryRuleId, Test};
pub use staff::{Agent, Pause, Skill};

/// Skills with a level each, 1 to 5: those asked for, or those somebody has.
pub type Skills = BTreeMap<SkillId, u8>;

/// Everything that decides who takes what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// In which order what waits is taken.
    pub order: Order,
    /// How many slots of an agent a conversation of this kind of channel takes; one, where nothing is said.
    pub weights: BTreeMap<ChannelKind, u32>,
    /// What agents can be good at.
    pub skills: Vec<Skill>,
    /// What agents may pause for.
    pub pauses: Vec<Pause>,
    /// Opening hours, with a name each.
    pub calendars: Vec<Calendar>,
    /// Those who take conversations.
    pub agents: BTreeMap<PersonId, Agent>,
    /// Where conversations wait.
    pub queues: Vec<Queue>,
    /// Where new conversations go: the first rule that holds decides. None holds: the channel's own queue.
    pub rules: Vec<EntryRule>,
}

/// The order of what waits: by *turn*, the moment by which it should have been answered, less a head start.
///
/// The turn of a conversation never changes while it waits. So whatever comes later than the greatest head start plus
/// the longest target after it can't go before it: nobody starves, and the bound is [`Order::longest_overtaking`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    /// Head start for each step of priority, of queue and conversation together.
    pub per_priority: u32,
    /// Head start of a VIP, unless the queue says another.
    pub vip: u32,
    /// The target of queues that have none of their own for the first answer.
    pub target: u32,
}

impl Default for Order {
    fn default() -> Self {
        Self { per_priority: 3_600, vip: 1_800, target: 600 }
    }
}

/// Priorities of queue and conversation are between minus and plus this; sums are held to it.
pub const HIGHEST_PRIORITY: i32 = 10;

impl Order {
    /// The place in the order of what began to wait `at`.
    #[must_use]
    pub fn turn(
        &self,
        at: DateTime<Utc>,
        target: Option<u32>,
        priority: i32,
        vip_head_start: u32,
    ) -> DateTime<Utc> {
        let priority = i64::from(priority.clamp(-HIGHEST_PRIORITY, HIGHEST_PRIORITY));
        let ahead = priority * i64::from(self.per_priority) + i64::from(vip_head_start);
        at + TimeDelta::seconds(i64::from(target.unwrap_or(self.target)) - ahead)
    }
}

impl Policy {
    /// The queue's settings; the usual ones for a queue that the document does not know.
    #[must_use]
    pub fn queue(&self, id: QueueId) -> std::borrow::Cow<'_, Queue> {
        self.queues
            .iter()
            .find(|queue| queue.id == id)
            .map_or_else(|| std::borrow::Cow::Owned(Queue::usual(id)), std::borrow::Cow::Borrowed)
    }

    /// How many slots a conversation of this kind of channel takes.
    #[must_use]
    pub fn weight(&self, kind: ChannelKind) -> u32 {
        self.weights.get(&kind).copied().unwrap_or(1)
    }

    /// The place in the order of a conversation that begins to wait `at` in `queue`.
    #[must_use]
    pub fn turn(&self, at: DateTime<Utc>, queue: QueueId, priority: i16, vip: bool) -> DateTime<Utc> {
        let queue = self.queue(queue);
        let head_start = if vip { queue.vip_head_start.unwrap_or(self.order.vip) } else { 0 };
        let priority = i32::from(queue.priority) + i32::from(priority);
        self.order.turn(at, queue.targets.first_response, priority, head_start)
    }

    /// What comes this much later than something that waits can never go before it, in whichever queue.
    #[must_use]
    pub fn longest_overtaking(&self) -> TimeDelta {
        let targets =
            || self.queues.iter().filter_map(|queue| queue.targets.first_response).chain([self.order.target]);
        let vip = self.queues.iter().filter_map(|queue| queue.vip_head_start).chain([self.order.vip]).max();
        let spread = targets().max().unwrap_or(0) - targets().min().unwrap_or(0);
        let steps = 2 * i64::from(HIGHEST_PRIORITY);
        TimeDelta::seconds(
            i64::from(spread) + steps * i64::from(self.order.per_priority) + i64::from(vip.unwrap_or(0)),
        )
    }
}
