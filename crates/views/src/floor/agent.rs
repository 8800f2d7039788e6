//! One agent on the floor.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{PersonId, PresenceState};

use crate::{
    Arg, Tx,
    presence::{self, Finishing, PauseTag},
};

/// Above this, pips are too many to count at a glance and a meter stands instead.
const MOST_PIPS: i64 = 12;

/// One agent: presence, queues, load. Goes to `#floor-agents`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloorAgent {
    /// Who.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// Grows with every change of presence or load.
    pub version: i64,
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
    /// Slots taken now.
    pub load: i64,
    /// Slots there are.
    pub capacity: i64,
    /// The names of the queues served, in the order of the screen.
    pub queues: Vec<String>,
}

impl FloorAgent {
    /// The place in the list: who takes work first, then by name.
    #[must_use]
    pub fn seq(&self) -> String {
        let rank = match self.state {
            PresenceState::Available => 0,
            PresenceState::PrePause => 1,
            PresenceState::Paused => 2,
            PresenceState::Offline => 3,
        };
        let name: String = self.name.chars().flat_map(char::to_lowercase).map(without_accent).collect();
        format!("{rank}-{name}-{}", self.person)
    }

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

    /// The class of the presence dot.
    #[must_use]
    pub const fn dot(&self) -> &'static str {
        presence::dot(self.state)
    }

    /// Whether there is no room for another conversation.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.load >= self.capacity
    }

    /// Whether the agent is away from work.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.state == PresenceState::Offline
    }

    /// Whether the state is one that should end soon, so that its length runs as a clock.
    #[must_use]
    pub const fn is_brief(&self) -> bool {
        matches!(self.state, PresenceState::PrePause | PresenceState::Paused)
    }

    /// The presence in words; an available agent without room is full.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        match &self.pause {
            Some(pause) if self.state == PresenceState::Paused => {
                tx.a("floor-agent-pause", "pause", &pause.words(tx))
            }
            Some(pause) if self.state == PresenceState::PrePause => {
                tx.a("floor-agent-finishing", "pause", &pause.words(tx))
            }
            _ if self.state == PresenceState::Available && self.is_full() => tx.t("floor-agent-full"),
            _ => tx.t(presence::word(self.state)),
        }
    }

    /// The queues in one line.
    #[must_use]
    pub fn queue_names(&self) -> String {
        self.queues.join(", ")
    }

    /// The load in words.
    #[must_use]
    pub fn load_words(&self, tx: &Tx) -> String {
        tx.with("presence-load", [("load", Arg::Number(self.load)), ("capacity", Arg::Number(self.capacity))])
    }

    /// One class for each place the agent has; `None` when there are too many to draw.
    #[must_use]
    pub fn pips(&self) -> Option<Vec<&'static str>> {
        if self.capacity > MOST_PIPS {
            return None;
        }
        let taken = if self.is_full() { "full" } else { "on" };
        Some((0..self.capacity).map(|place| if place < self.load { taken } else { "" }).collect())
    }

    /// How full the meter is, in percent.
    #[must_use]
    pub fn percent(&self) -> i64 {
        if self.capacity <= 0 { 100 } else { (self.load * 100 / self.capacity).clamp(0, 100) }
    }
}

/// The plain letter, so that Ángela stands before Beatriz and not after Zoe.
const fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

/// The agent's line as a fragment.
#[derive(Debug, Template)]
#[template(path = "floor_agent.html")]
pub struct FloorAgentFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub agent: &'a FloorAgent,
}
