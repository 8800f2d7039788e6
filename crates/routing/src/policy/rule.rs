//! Where a new conversation goes.

use std::collections::BTreeSet;

use domain::{ChannelId, ChannelKind, QueueId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{CalendarId, Message, Skills};

/// Which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryRuleId(pub Uuid);

/// The first rule all of whose tests hold decides where a conversation goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRule {
    /// Which.
    pub id: EntryRuleId,
    /// Its name.
    pub name: String,
    /// Whether it is looked at.
    #[serde(default = "yes")]
    pub on: bool,
    /// All of them have to hold; without any it always does.
    #[serde(default)]
    pub tests: Vec<Test>,
    /// What follows.
    pub entry: Entry,
}

const fn yes() -> bool {
    true
}

/// One thing a rule looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "test", rename_all = "snake_case")]
pub enum Test {
    /// It came by one of these channels: a number of ours each.
    Channel {
        /// Which.
        any: BTreeSet<ChannelId>,
    },
    /// It came by a channel of one of these kinds.
    ChannelKind {
        /// Which.
        any: BTreeSet<ChannelKind>,
    },
    /// The first message holds one of these words or phrases, whole, whatever their case and accents.
    Keyword {
        /// Which.
        any: Vec<String>,
    },
    /// The customer's language, as they stated it, else as their message reads.
    Language {
        /// Which (`es`, `pt`, `en`).
        any: BTreeSet<String>,
    },
    /// It came from an ad or a post.
    Referral {
        /// Ids of ads or posts; none: any.
        #[serde(default)]
        ids: BTreeSet<String>,
        /// Words in the ad's title, text or address; none: any.
        #[serde(default)]
        holds: Vec<String>,
    },
    /// A field of the contact has one of these values, whatever their case.
    Attribute {
        /// The field's name.
        name: String,
        /// Which values; none: any, as long as there is one.
        #[serde(default)]
        any: BTreeSet<String>,
    },
    /// The customer is a VIP, or is not.
    Vip {
        /// Is.
        is: bool,
    },
    /// The contact has an owner, or has none.
    Owned {
        /// Has.
        is: bool,
    },
    /// A calendar is open at this moment, or closed.
    Hours {
        /// Whose hours.
        calendar: CalendarId,
        /// Open.
        open: bool,
    },
    /// The contact's last conversation was closed not longer ago than this.
    Returning {
        /// Hours.
        within_hours: u32,
    },
}

/// What follows when a rule holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Where it waits.
    pub queue: QueueId,
    /// Asked for beside what the queue asks for; the higher level counts.
    #[serde(default)]
    pub skills: Skills,
    /// Whether the customer's language is asked for too, where a skill stands for it.
    #[serde(default)]
    pub speaks_language: bool,
    /// Added to the queue's priority.
    #[serde(default)]
    pub priority: i16,
    /// Put on the conversation.
    #[serde(default)]
    pub tags: BTreeSet<String>,
    /// Said to the customer instead of the queue's welcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<Message>,
}
