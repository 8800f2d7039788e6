//! Administration: the channels and people of the installation, to read.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{ChannelId, PresenceState};

use crate::{ChannelTag, Frame, PersonTag, Tx, channels::AlarmLine, presence};

/// GET /admin.
#[derive(Debug, Template)]
#[template(path = "admin.html")]
pub struct AdminPage {
    /// What is around it.
    pub frame: Frame,
    /// What somebody has to look at, the worst first.
    pub alarms: Vec<AlarmLine>,
    /// The channels, in the order to show.
    pub channels: Vec<AdminChannel>,
    /// The people, in the order to show.
    pub people: Vec<AdminPerson>,
}

impl AdminPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }
}

/// A connected number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminChannel {
    /// Which.
    pub id: ChannelId,
    /// What it speaks, and its name.
    pub tag: ChannelTag,
    /// Our own number, as people write it.
    pub address: String,
    /// The name of the queue where its conversations begin.
    pub queue: String,
    /// Whether it takes and sends messages.
    pub enabled: bool,
    /// When a customer last wrote through it.
    pub last_inbound: Option<DateTime<Utc>>,
}

impl AdminChannel {
    /// The class of the state's dot.
    #[must_use]
    pub const fn dot(&self) -> &'static str {
        if self.enabled { "ok" } else { "off" }
    }

    /// The key of the state's word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        if self.enabled { "admin-channel-enabled" } else { "admin-channel-disabled" }
    }
}

/// Someone who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminPerson {
    /// Who.
    pub tag: PersonTag,
    /// The address to sign in with.
    pub email: String,
    /// The role's name.
    pub role: String,
    /// The names of the queues served.
    pub queues: Vec<String>,
    /// The names of the teams.
    pub teams: Vec<String>,
    /// Presence; `None` for those who take no conversations.
    pub presence: Option<PresenceState>,
    /// Whether signing in is forbidden.
    pub disabled: bool,
}

impl AdminPerson {
    /// The class of the state's dot.
    #[must_use]
    pub fn dot(&self) -> &'static str {
        if self.disabled { "off" } else { self.presence.map_or("off", presence::dot) }
    }

    /// The key of the state's word; `None` when there is nothing to say.
    #[must_use]
    pub fn word(&self) -> Option<&'static str> {
        if self.disabled { Some("admin-person-disabled") } else { self.presence.map(presence::word) }
    }
}
