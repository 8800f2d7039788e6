//! What the passing of time asks for.
//!
//! [`judge`] is given a conversation as it stands and what was done about it before, and answers what is to be done
//! now and when to ask again. It may be asked as often as one likes: nothing is asked for twice. Asked late, it names
//! what was missed, each thing once, in the order in which it was due.
//!
//! - A wait runs while the queue is open and stands still while it is closed: nobody is there. So does the silence of
//!   an agent. The silence of a customer runs on the clock.
//! - What was put aside comes back at its time. Its promises go on meanwhile: the customer waits no less for it. Nobody
//!   is reminded and nothing is closed for silence while it is put aside, for that is what was agreed.
//! - What takes the conversation elsewhere ends the judgement: it is carried out, and then the conversation is judged
//!   again as it stands then.
//! - The customer is told something only while the reply window is open. What answers their message (welcome, closed,
//!   expected wait) is not said of messages older than 30 minutes; what follows a wait or a silence is not said more
//!   than 30 minutes late. So a backlog after an outage wakes nobody up.

mod asked;
mod judge;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ChannelKind, ConversationState, MustAct, QueueId};
use serde::{Deserialize, Serialize};

pub use asked::{Asked, asked, expected_wait, steps_due};
pub use judge::judge;

use crate::{
    Promise,
    policy::{Message, SilentAgent},
    promise::DueTimes,
};

/// How old a message may be that is answered by itself, and how late something may be said by itself.
pub const STALE: TimeDelta = TimeDelta::minutes(30);
/// After how many seconds of waiting the customer is told how long it may last: who is taken at once needs no word.
pub const WAIT_TOLD_AFTER: u32 = 5;

/// A conversation as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueFacts {
    /// Where it stands.
    pub state: ConversationState,
    /// What its channel speaks.
    pub kind: ChannelKind,
    /// Its queue.
    pub queue: QueueId,
    /// Since when it waits in this queue: another time is another wait.
    pub queued_at: DateTime<Utc>,
    /// When the customer began it, or had it opened again: another time is another episode.
    pub opened_at: DateTime<Utc>,
    /// Since when its agent holds it.
    pub assigned_at: Option<DateTime<Utc>>,
    /// Whose turn it is. What is said by itself changes nothing in that.
    pub must_act: MustAct,
    /// Since when: another time is another silence.
    pub must_act_since: DateTime<Utc>,
    /// While it is put aside: until when; nothing: until the customer answers.
    #[serde(default)]
    pub snoozed_until: Option<DateTime<Utc>>,
    /// When a person first answered in this episode, or began it.
    pub first_answered_at: Option<DateTime<Utc>>,
    /// The customer's latest message, in the vendor's time.
    pub customer_wrote_at: Option<DateTime<Utc>>,
    /// The stored end of the reply window.
    pub window_until: Option<DateTime<Utc>>,
    /// The customer's language.
    pub language: Option<String>,
    /// What the rule that let it in has to say.
    pub greeting: Option<Message>,
    /// How many wait before it in its queue.
    pub waiting_before: u32,
    /// How many people of its queue are at work.
    pub agents_at_work: u32,
    /// How long an agent of its queue has taken for one, lately, in seconds.
    pub seconds_each: u32,
}

/// What was done before. Each part belongs to an episode, a wait or a silence and is forgotten with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The times that were last told.
    pub due: DueTimes,
    /// What was done in this episode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub episode: Option<Episode>,
    /// What was done in this wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// What was done in this silence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
    /// Where the conversation stood when it was sent elsewhere; nothing more is asked for while it stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_from: Option<Standing>,
}

/// What was done in an episode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Episode {
    /// Which: when it began.
    pub opened_at: DateTime<Utc>,
    /// The customer was greeted, or it was too late for that.
    #[serde(default)]
    pub greeted: bool,
    /// They were told how long it may last, or it was too late for that.
    #[serde(default)]
    pub wait_told: bool,
    /// The promise of a first answer was broken.
    #[serde(default)]
    pub first_breached: bool,
    /// The promise to be done was broken.
    #[serde(default)]
    pub resolution_breached: bool,
}

/// What was done in a wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Which: where.
    pub queue: QueueId,
    /// Which: since when.
    pub queued_at: DateTime<Utc>,
    /// How many steps of asking for less were taken.
    #[serde(default)]
    pub relaxed: u32,
    /// Which steps of being late were taken.
    #[serde(default)]
    pub late: BTreeSet<usize>,
}

/// What was done in a silence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// Which: since when it is their turn.
    pub since: DateTime<Utc>,
    /// Which: since when this agent holds it.
    pub assigned_at: Option<DateTime<Utc>>,
    /// The promise of a next answer was broken; whoever holds it.
    #[serde(default)]
    pub next_breached: bool,
    /// The agent was warned.
    #[serde(default)]
    pub warned: bool,
    /// Supervisors were told that the agent stays silent.
    #[serde(default)]
    pub left: bool,
    /// The customer was reminded, or it was too late for that.
    #[serde(default)]
    pub reminded: bool,
}

/// Everything of a conversation that changes when it goes elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    state: ConversationState,
    queue: QueueId,
    queued_at: DateTime<Utc>,
    opened_at: DateTime<Utc>,
    assigned_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    snoozed_until: Option<DateTime<Utc>>,
    must_act: MustAct,
    must_act_since: DateTime<Utc>,
}

impl DueFacts {
    fn standing(&self) -> Standing {
        Standing {
            state: self.state,
            queue: self.queue,
            queued_at: self.queued_at,
            opened_at: self.opened_at,
            assigned_at: self.assigned_at,
            snoozed_until: self.snoozed_until,
            must_act: self.must_act,
            must_act_since: self.must_act_since,
        }
    }
}

/// Something to be done now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// The promises have to be kept by other times than before.
    Due(DueTimes),
    /// A promise was broken.
    Breached {
        /// Which.
        promise: Promise,
    },
    /// The customer is told something.
    Say {
        /// On which occasion.
        what: Said,
        /// The words, in their language; places (`{opens}`, `{wait}`) are still to be filled.
        words: String,
    },
    /// Less is asked of who takes it ([`asked`]).
    Relax {
        /// After so many steps.
        steps: u32,
    },
    /// It gets a tag.
    Tag {
        /// Which.
        tag: String,
    },
    /// Supervisors are alerted that it waits too long.
    Alert {
        /// How long it has waited, in seconds of opening hours.
        waited: u32,
    },
    /// It moves to another queue, because it waits too long. Ends the judgement.
    Move {
        /// Where.
        to: QueueId,
    },
    /// Another queue takes over. Ends the judgement.
    Overflow {
        /// Which.
        to: QueueId,
    },
    /// Its time has come: it is not put aside any more. Ends the judgement.
    Wake,
    /// The agent owes an answer: they and their supervisors are warned.
    WarnSilentAgent,
    /// The agent has owed an answer for too long. Ends the judgement, if it goes back to the queue.
    LeaveSilentAgent {
        /// Where it goes.
        then: SilentAgent,
        /// Whether the agent is paused.
        pause: bool,
    },
    /// The customer has owed an answer for too long: it is closed. Ends the judgement.
    CloseSilent {
        /// With this outcome.
        outcome: String,
    },
}

impl Action {
    /// Whether it takes the conversation elsewhere, so that it has to be judged anew.
    #[must_use]
    pub const fn goes_elsewhere(&self) -> bool {
        matches!(
            self,
            Self::Move { .. }
                | Self::Overflow { .. }
                | Self::CloseSilent { .. }
                | Self::Wake
                | Self::LeaveSilentAgent { then: SilentAgent::BackToQueue, .. }
        )
    }
}

/// On which occasion the customer is told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// They wrote first, and somebody is there.
    Welcome,
    /// They wrote first, and nobody is there.
    Closed {
        /// When the queue opens; `None`: not within a year.
        opens: Option<DateTime<Utc>>,
    },
    /// They have to wait.
    ExpectedWait {
        /// About how long, in seconds, rounded up to minutes.
        seconds: u32,
    },
    /// They have waited for long.
    Late,
    /// It is their turn.
    Reminder,
}

/// What is to be done, and when to ask again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// What is to be done now, in order.
    pub actions: Vec<Action>,
    /// What was done, to be given the next time.
    pub memory: Memory,
    /// The earliest moment at which anything more is to be done if nothing else changes; always after `now`.
    pub next: Option<DateTime<Utc>>,
}
