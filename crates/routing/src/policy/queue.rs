//! What a queue asks for, and what it does as time goes by.

use std::collections::{BTreeMap, BTreeSet};

use domain::{PersonId, QueueId, SkillId, TeamId};
use serde::{Deserialize, Serialize};

use super::{CalendarId, Skills};

/// Where conversations wait for an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Which.
    pub id: QueueId,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Order on screen.
    #[serde(default)]
    pub position: i32,
    /// Higher goes first.
    #[serde(default)]
    pub priority: i16,
    /// Those who serve it.
    #[serde(default)]
    pub members: BTreeSet<PersonId>,
    /// Teams whose people serve it too, beside the members.
    #[serde(default)]
    pub served_by: BTreeSet<TeamId>,
    /// Teams it belongs to: whoever supervises them sees it.
    #[serde(default)]
    pub teams: BTreeSet<TeamId>,
    /// What an agent must be able to do.
    #[serde(default)]
    pub skills: Skills,
    /// Head start of a VIP here, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vip_head_start: Option<u32>,
    /// How agents come by its conversations.
    #[serde(default)]
    pub mode: Mode,
    /// Whether somebody goes before all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticky: Option<Sticky>,
    /// Steps in which it asks for less the longer it waits, in order of time.
    #[serde(default)]
    pub relaxation: Vec<Relaxation>,
    /// Another queue that takes over what waits too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overflow: Option<Overflow>,
    /// What happens to what waits too long, in order of time.
    #[serde(default)]
    pub late: Vec<Late>,
    /// What was promised.
    #[serde(default)]
    pub targets: Targets,
    /// When it is open; always, where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
    /// What customers are told by itself.
    #[serde(default)]
    pub messages: Messages,
    /// What happens when the agent does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_silence: Option<AgentSilence>,
    /// What happens when the customer does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_silence: Option<CustomerSilence>,
    /// How long an agent has to themselves after closing one of its conversations, before the next comes.
    #[serde(default)]
    pub wrap_up: u32,
    /// From when on a wait is shown as worrying, and as bad.
    #[serde(default)]
    pub thresholds: Thresholds,
    /// Whether those who serve it answer for each other, without a conversation changing hands.
    #[serde(default)]
    pub shared: bool,
}

impl Queue {
    /// A queue nothing was decided about.
    #[must_use]
    pub fn usual(id: QueueId) -> Self {
        Self {
            id,
            name: String::new(),
            position: 0,
            priority: 0,
            members: BTreeSet::new(),
            served_by: BTreeSet::new(),
            teams: BTreeSet::new(),
            skills: Skills::new(),
            vip_head_start: None,
            mode: Mode::Push,
            sticky: None,
            relaxation: Vec::new(),
            overflow: None,
            late: Vec::new(),
            targets: Targets::default(),
            calendar: None,
            messages: Messages::default(),
            agent_silence: None,
            customer_silence: None,
            wrap_up: 0,
            thresholds: Thresholds::default(),
            shared: false,
        }
    }
}

/// How agents come by conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Mode {
    /// The router gives them.
    #[default]
    Push,
    /// The router offers them; the agent accepts or declines in time.
    Offer {
        /// How long an offer stands.
        seconds: u32,
        /// What happens to who lets offers run out.
        lapsed: LapsedOffer,
    },
    /// The agent asks for the next.
    Pull,
}

/// What happens to who lets offers run out, beside the offer going to somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LapsedOffer {
    /// After so many in a row they are paused, with the code `offers_missed`; 0 never.
    pub pause_after: u32,
}

/// Somebody goes before all others, while they can take it within a set time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sticky {
    /// Who.
    pub to: StickyTo,
    /// How long a conversation waits for them while they are at work and full. They are never waited for while
    /// offline or paused.
    pub wait: u32,
}

/// Who goes before all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StickyTo {
    /// The contact's owner.
    Owner,
    /// Who held the contact's last conversation.
    LastAgent,
    /// The owner, or for want of one the last agent.
    OwnerOrLastAgent,
}

/// A step in which a queue asks for less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relaxation {
    /// Once it has waited so long.
    pub after: u32,
    /// What changes then.
    pub relaxed: Relaxed,
}

/// How a queue asks for less, or more people. Never more is asked than the step before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "relaxed", rename_all = "snake_case")]
pub enum Relaxed {
    /// All levels fall by so many; those that fall to nothing are no longer asked for.
    Lower {
        /// How many levels.
        levels: u8,
    },
    /// This skill is no longer asked for.
    Drop {
        /// Which.
        skill: SkillId,
    },
    /// People of these teams may take it too.
    Widen {
        /// Which teams.
        teams: BTreeSet<TeamId>,
    },
}

/// Another queue takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overflow {
    /// Once it has waited so long.
    pub after: u32,
    /// Where it goes. It keeps its place in the order.
    pub to: QueueId,
}

/// Something that happens once a conversation has waited too long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// Once it has waited so long.
    pub after: u32,
    /// What.
    pub action: LateAction,
}

/// What happens to what waits too long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum LateAction {
    /// The customer is told something.
    Tell {
        /// What.
        message: Message,
    },
    /// The conversation gets a tag.
    Tag {
        /// Which.
        tag: String,
    },
    /// Supervisors are alerted.
    Alert,
    /// It moves to another queue.
    Move {
        /// Where.
        to: QueueId,
    },
}

/// What was promised, in seconds of opening hours; nothing was promised where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Targets {
    /// From the customer's first message to the first answer of a person.
    pub first_response: Option<u32>,
    /// From any later message of the customer to the next answer.
    pub next_response: Option<u32>,
    /// From the beginning to closing.
    pub resolution: Option<u32>,
}

/// What customers are told by itself. Nothing is sent in answer to what is older than 30 minutes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Messages {
    /// On the first message, while the queue is open.
    pub welcome: Option<Message>,
    /// On the first message, while the queue is closed. May hold `{opens}`: when it opens.
    pub closed: Option<Message>,
    /// After the welcome, while the queue is open and somebody has to wait. May hold `{wait}`: about how long.
    pub expected_wait: Option<Message>,
}

/// Words for a customer, by language (`es`, `pt`, `en`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Message(pub BTreeMap<String, String>);

impl Message {
    /// The words in this language, for want of them in Spanish, else in whichever there is.
    #[must_use]
    pub fn words(&self, language: &str) -> Option<&str> {
        let short = language.get(..2).unwrap_or(language);
        [short, "es"]
            .into_iter()
            .find_map(|language| self.0.get(language))
            .or_else(|| self.0.values().next())
            .map(String::as_str)
    }
}

/// What happens when the agent owes an answer and gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSilence {
    /// The agent and the supervisors are warned.
    pub warn_after: u32,
    /// The conversation leaves the agent; 0: it never does.
    pub leave_after: u32,
    /// Where it goes then.
    pub then: SilentAgent,
    /// Whether the agent is paused then, with the code `silent`.
    pub pause: bool,
}

/// Where the conversation of a silent agent goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SilentAgent {
    /// Back into the queue, keeping its place in the order.
    BackToQueue,
    /// It stays, and supervisors are alerted.
    Supervisor,
}

/// What happens when the customer owes an answer and gives none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerSilence {
    /// A reminder is sent, if the reply window is still open.
    pub remind_after: Option<u32>,
    /// The reminder.
    pub reminder: Message,
    /// The conversation is closed.
    pub close_after: Option<u32>,
    /// The outcome it is closed with.
    pub outcome: String,
}

/// From when on a wait is shown as worrying, and as bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Yellow.
    pub amber: u32,
    /// Red.
    pub red: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { amber: 120, red: 300 }
    }
}
