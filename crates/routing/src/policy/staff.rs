//! Who takes conversations: what they know, how many at once, what they may pause for.

use std::collections::BTreeMap;

use domain::{QueueId, SkillId};
use serde::{Deserialize, Serialize};

use super::Skills;

/// Something agents can be good at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skill {
    /// Which.
    pub id: SkillId,
    /// Its name.
    pub name: String,
    /// The language it stands for, as `es`, `pt`, `en`, `qu`: asked for by rules that look at the customer's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// Somebody who takes conversations. Which queues they serve is written with the queues.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Agent {
    /// How many slots they have; 0 takes nothing.
    pub capacity: u32,
    /// What they can do, and how well.
    #[serde(default)]
    pub skills: Skills,
    /// The most slots they may have taken by conversations of one queue.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub at_most: BTreeMap<QueueId, u32>,
}

/// Something agents may pause for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The word that is stored, as `lunch`.
    pub code: String,
    /// What people read.
    pub name: String,
    /// After how long it has lasted too long: shown to the supervisor, nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest: Option<u32>,
    /// How many of a queue's agents may be on it at once.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub at_once: BTreeMap<QueueId, u32>,
}

impl Pause {
    /// What may be chosen before anything was published, and what the first draft begins with.
    #[must_use]
    pub fn ready_made() -> Vec<Self> {
        [("lunch", "Almuerzo"), ("bath", "Baño"), ("training", "Capacitación"), ("coaching", "Coaching")]
            .into_iter()
            .map(|(code, name)| Self {
                code: code.to_owned(),
                name: name.to_owned(),
                longest: None,
                at_once: BTreeMap::new(),
            })
            .collect()
    }
}
