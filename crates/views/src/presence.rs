//! One's own presence: the switch, and the load it is weighed against.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{PersonId, PresenceState};

use crate::{Arg, Lang, Tx};

/// Something to pause for, by its code and the name that admins gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PauseTag {
    /// The word that is stored.
    pub code: String,
    /// What people read; `None` for one that can't be chosen (any more).
    pub name: Option<String>,
}

impl PauseTag {
    /// What people read: the admin's name, our own words for what came with the house and nobody renamed.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        let key = match self.code.as_str() {
            "lunch" => "pause-lunch",
            "bath" => "pause-bath",
            "training" => "pause-training",
            "coaching" => "pause-coaching",
            "offers_missed" => "pause-offers-missed",
            "silent" => "pause-silent",
            "connection_lost" => "pause-connection-lost",
            "wrap_up" => "pause-wrap-up",
            code => return self.name.clone().unwrap_or_else(|| code.to_owned()),
        };
        match &self.name {
            Some(name) if *name != Tx::new(Lang::Es, tx.zone).t(key) => name.clone(),
            _ => tx.t(key),
        }
    }
}

/// What is left of who finishes and takes no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finishing {
    /// Conversations.
    pub left: i64,
    /// When they will be gone at the present pace.
    pub free_at: Option<DateTime<Utc>>,
}

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
    /// Which pause, or the next one.
    pub pause: Option<PauseTag>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When the pause has lasted too long.
    pub over_at: Option<DateTime<Utc>>,
    /// What is left of who finishes.
    pub finishing: Option<Finishing>,
    /// Writing up until then.
    pub wrap_up_until: Option<DateTime<Utc>>,
    /// Offers let run out since one was taken.
    pub offers_missed: i64,
    /// What one may pause for.
    pub pauses: Vec<PauseTag>,
    /// Slots taken now.
    pub load: i64,
    /// Slots there are.
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

    /// The slots in words.
    #[must_use]
    pub fn slots_words(&self, tx: &Tx) -> String {
        tx.with(
            "presence-slots",
            [("load", Arg::Number(self.load)), ("capacity", Arg::Number(self.capacity))],
        )
    }

    /// Whether this state is the one that is.
    #[must_use]
    pub fn is(&self, state: &str) -> bool {
        self.state.as_str() == state
    }

    /// Whether one is on this pause or going to it.
    #[must_use]
    pub fn is_on(&self, pause: &PauseTag) -> bool {
        matches!(self.state, PresenceState::Paused | PresenceState::PrePause)
            && self.pause.as_ref().is_some_and(|on| on.code == pause.code)
    }

    /// The state in a word or two: on a pause its name.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        match &self.pause {
            Some(pause) if self.state == PresenceState::Paused => pause.words(tx),
            _ => tx.t(word(self.state)),
        }
    }

    /// Why one is offline without having said so, and what one finishes for.
    #[must_use]
    pub fn why(&self, tx: &Tx) -> Option<String> {
        self.pause.as_ref().filter(|_| self.state != PresenceState::Paused).map(|pause| pause.words(tx))
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
