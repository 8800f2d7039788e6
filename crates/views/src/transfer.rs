//! Handing a conversation on: the dialog that asks to whom.

use askama::Template;
use domain::{ConversationId, PersonId, PresenceState, QueueId, SkillId, TeamId};

use crate::{Arg, Tx, presence};

/// A colleague who may be handed a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferPerson {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// What they are.
    pub state: PresenceState,
    /// How many slots are taken.
    pub load: i64,
    /// How many they have.
    pub capacity: i64,
    /// The queues they serve.
    pub queues: Vec<String>,
}

impl TransferPerson {
    /// Initials for the avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        crate::person::initials(&self.name)
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        crate::person::hue(self.id.0.as_bytes())
    }

    /// Whether it can be offered to them now.
    #[must_use]
    pub fn takes(&self) -> bool {
        self.state == PresenceState::Available && self.load < self.capacity
    }

    /// The class of their dot.
    #[must_use]
    pub const fn dot(&self) -> &'static str {
        presence::dot(self.state)
    }

    /// What they are and how much they hold.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        let load = tx.with(
            "presence-load",
            [("load", Arg::Number(self.load)), ("capacity", Arg::Number(self.capacity))],
        );
        format!("{} · {load}", tx.t(presence::word(self.state)))
    }
}

/// A team or a queue that may be handed a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferGroup<T> {
    /// Which.
    pub id: T,
    /// Its name.
    pub name: String,
    /// How many of its people take work now.
    pub available: i64,
    /// Whether it can be handed over now.
    pub takes: bool,
}

/// `GET /conversations/{id}/transfer`.
#[derive(Debug, Template)]
#[template(path = "transfer.html")]
pub struct TransferDialog {
    /// The words.
    pub tx: Tx,
    /// Which conversation.
    pub conversation: ConversationId,
    /// With whom.
    pub contact_name: String,
    /// People, whoever takes work first.
    pub people: Vec<TransferPerson>,
    /// Teams.
    pub teams: Vec<TransferGroup<TeamId>>,
    /// Other queues.
    pub queues: Vec<TransferGroup<QueueId>>,
    /// What can be asked for.
    pub skills: Vec<(SkillId, String)>,
    /// The longest note.
    pub longest: usize,
}
