//! One's own presence: the switch, and the load it is weighed against.

use askama::Template;
use domain::{PersonId, PresenceState};

use crate::{Arg, Tx};

/// Own presence and load. Goes to `#me-presence` of this person's pages only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MePresence {
    /// Whose.
    pub person: PersonId,
    /// Grows with every change.
    pub version: i64,
    /// The full name.
    pub name: String,
    /// The presence now.
    pub state: PresenceState,
    /// Conversations held now.
    pub load: i64,
    /// Conversations that may be held.
    pub capacity: i64,
}

impl MePresence {
    /// Initials for the avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        crate::person::initials(&self.name)
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        crate::person::hue(self.person.0.as_bytes())
    }

    /// The class of the state's dot.
    #[must_use]
    pub fn dot(&self) -> &'static str {
        dot(self.state)
    }

    /// How full the meter is, in percent.
    #[must_use]
    pub fn percent(&self) -> i64 {
        if self.capacity <= 0 { 100 } else { (self.load * 100 / self.capacity).clamp(0, 100) }
    }

    /// The class of the meter: a full agent is amber, not red.
    #[must_use]
    pub fn meter(&self) -> &'static str {
        if self.load >= self.capacity { "warn" } else { "ok" }
    }

    /// The load in words.
    #[must_use]
    pub fn load_words(&self, tx: &Tx) -> String {
        tx.with("presence-load", [("load", Arg::Number(self.load)), ("capacity", Arg::Number(self.capacity))])
    }

    /// The states that can be chosen: state, class of the dot, key of the word.
    pub fn choices(&self) -> impl Iterator<Item = (PresenceState, &'static str, &'static str)> {
        PresenceState::ALL.iter().map(|state| (*state, dot(*state), word(*state)))
    }

    /// The key of the state's word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        word(self.state)
    }
}

/// The class of a presence's dot.
#[must_use]
pub const fn dot(state: PresenceState) -> &'static str {
    match state {
        PresenceState::Available => "ok",
        PresenceState::PrePause | PresenceState::Paused => "warn",
        PresenceState::Offline => "off",
    }
}

/// The key of a presence's word.
#[must_use]
pub const fn word(state: PresenceState) -> &'static str {
    match state {
        PresenceState::Available => "presence-available",
        PresenceState::PrePause => "presence-pre-pause",
        PresenceState::Paused => "presence-paused",
        PresenceState::Offline => "presence-offline",
    }
}

/// The `#me-presence` fragment.
#[derive(Debug, Template)]
#[template(path = "me_presence.html")]
pub struct MePresenceFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub me: &'a MePresence,
}
