//! What was promised to a customer, by name.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::policy::Targets;

/// One of the things a queue can promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// A first answer.
    First,
    /// An answer to a later message.
    Next,
    /// To be done.
    Resolution,
}

impl Promise {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::First, Self::Next, Self::Resolution];

    /// The word for it in logs, tables and keys of texts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Next => "next",
            Self::Resolution => "resolution",
        }
    }
}

impl Targets {
    /// How many seconds of opening hours were promised; `None` for no promise.
    #[must_use]
    pub const fn of(&self, promise: Promise) -> Option<u32> {
        match promise {
            Promise::First => self.first_response,
            Promise::Next => self.next_response,
            Promise::Resolution => self.resolution,
        }
    }
}

/// By when each promise of a conversation has to be kept; nothing where nothing is owed at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DueTimes {
    /// The first answer; gone once it was given.
    pub first: Option<DateTime<Utc>>,
    /// The next answer; gone while the customer has the last word to say.
    pub next: Option<DateTime<Utc>>,
    /// Being done; gone once closed.
    pub resolution: Option<DateTime<Utc>>,
}

impl DueTimes {
    /// By when this one has to be kept.
    #[must_use]
    pub const fn of(&self, promise: Promise) -> Option<DateTime<Utc>> {
        match promise {
            Promise::First => self.first,
            Promise::Next => self.next,
            Promise::Resolution => self.resolution,
        }
    }

    /// The earliest of them.
    #[must_use]
    pub fn earliest(&self) -> Option<DateTime<Utc>> {
        [self.first, self.next, self.resolution].into_iter().flatten().min()
    }
}
