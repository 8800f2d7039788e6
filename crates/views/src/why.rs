//! Why somebody has a conversation, or nobody does: a sentence, and a table of everybody who was looked at.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::ConversationId;
use routing::{Verdict, WaitReason};

use crate::{Arg, Tx, presence, system::Happened, time};

/// Which rule brought it into its queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryWhy {
    /// The rule's name; `None`: no rule held, and the channel's own queue took it.
    pub rule: Option<String>,
    /// The queue.
    pub queue: String,
    /// The version of the routing.
    pub policy: u32,
    /// When.
    pub at: DateTime<Utc>,
}

fn policy_words(version: u32, tx: &Tx) -> String {
    if version == 0 { tx.t("why-policy-none") } else { tx.a("why-policy", "version", &version.to_string()) }
}

impl EntryWhy {
    /// By which version of the routing.
    #[must_use]
    pub fn policy_words(&self, tx: &Tx) -> String {
        policy_words(self.policy, tx)
    }
}

/// Somebody who was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateWhy {
    /// Their name.
    pub name: String,
    /// How they fared.
    pub verdict: Verdict,
    /// The name of the skill they lack.
    pub skill: String,
    /// The name of who goes first; empty when this viewer may not see it.
    pub first: String,
    /// How many slots were taken.
    pub load: u32,
    /// How many they have.
    pub capacity: u32,
}

impl CandidateWhy {
    /// Whether they took it.
    #[must_use]
    pub fn is_chosen(&self) -> bool {
        self.verdict == Verdict::Chosen
    }

    /// How much of theirs was taken.
    #[must_use]
    pub fn load_words(&self, tx: &Tx) -> String {
        let (load, capacity) = (i64::from(self.load), i64::from(self.capacity));
        tx.with("presence-load", [("load", Arg::Number(load)), ("capacity", Arg::Number(capacity))])
    }

    /// How they fared, in words.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        let number = |n: u32| Arg::Number(i64::from(n));
        let of = |key: &str, load: u32, most: u32, weight: u32| {
            tx.with(key, [("load", number(load)), ("capacity", number(most)), ("weight", number(weight))])
        };
        match self.verdict {
            Verdict::Chosen => tx.t("verdict-chosen"),
            Verdict::OtherQueue => tx.t("verdict-other-queue"),
            Verdict::OtherTeam => tx.t("verdict-other-team"),
            Verdict::LacksSkill { needed, has, .. } => tx.with(
                if has == 0 { "verdict-no-skill" } else { "verdict-low-skill" },
                [
                    ("skill", Arg::Text(&self.skill)),
                    ("needed", Arg::Number(i64::from(needed))),
                    ("has", Arg::Number(i64::from(has))),
                ],
            ),
            Verdict::TooHeavy { capacity, weight } => of("verdict-too-heavy", 0, capacity, weight),
            Verdict::Away { presence: state } => tx.a("verdict-away", "state", &tx.t(presence::word(state))),
            Verdict::Full { load, capacity, weight } => of("verdict-full", load, capacity, weight),
            Verdict::QueueFull { load, at_most, weight } => of("verdict-queue-full", load, at_most, weight),
            Verdict::WrappingUp { until } => tx.a("verdict-wrapping-up", "when", &time::clock(&until, tx)),
            Verdict::KeepsRoom { .. } => tx.t("verdict-keeps-room"),
            Verdict::Barred => tx.t("verdict-barred"),
            Verdict::ReservedFor { until, .. } if self.first.is_empty() => {
                tx.a("verdict-reserved", "when", &time::clock(&until, tx))
            }
            Verdict::ReservedFor { until, .. } => tx.with(
                "verdict-reserved-for",
                [("name", Arg::Text(&self.first)), ("when", Arg::Text(&time::clock(&until, tx)))],
            ),
            Verdict::NotPreferred => tx.t("verdict-not-preferred"),
            Verdict::Busier { load } => tx.n("verdict-busier", i64::from(load)),
            Verdict::IdleForLess => tx.t("verdict-idle-for-less"),
        }
    }
}

/// The key of the sentence on why nobody takes it.
#[must_use]
pub const fn wait_word(reason: WaitReason) -> &'static str {
    match reason {
        WaitReason::NobodyServesTheQueue => "wait-nobody-serves",
        WaitReason::NobodyOfTheTeam => "wait-nobody-of-team",
        WaitReason::NobodyHasTheSkills => "wait-nobody-skilled",
        WaitReason::TooHeavyForAnybody => "wait-too-heavy",
        WaitReason::EverybodyIsAway => "wait-away",
        WaitReason::EverybodyIsFull => "wait-full",
        WaitReason::WrappingUp => "wait-wrapping-up",
        WaitReason::KeptForAnother => "wait-kept",
        WaitReason::OnlyBarred => "wait-barred",
        WaitReason::ForThePreferred => "wait-preferred",
    }
}

/// A decision of the router: one of the past, or the one it would make now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionWhy {
    /// When it was made; `None`: it is what would be decided now.
    pub at: Option<DateTime<Utc>>,
    /// The version of the routing; 0: before the first.
    pub policy: u32,
    /// Who got it, and whether it was given or only offered; `None`: it waits.
    pub to: Option<(String, bool)>,
    /// Why it waits.
    pub waits: Option<WaitReason>,
    /// How long it had waited.
    pub waited_seconds: i64,
    /// Everybody who was looked at and whom this viewer may see.
    pub people: Vec<CandidateWhy>,
    /// How many more there were.
    pub unseen: i64,
}

impl DecisionWhy {
    /// By which version of the routing.
    #[must_use]
    pub fn policy_words(&self, tx: &Tx) -> String {
        policy_words(self.policy, tx)
    }

    /// What was decided, in one sentence.
    #[must_use]
    pub fn sentence(&self, tx: &Tx) -> String {
        let waited = time::length(self.waited_seconds);
        match (&self.to, self.waits) {
            (Some((name, offered)), _) => tx.with(
                if *offered { "why-offered" } else { "why-given" },
                [("name", Arg::Text(name)), ("waited", Arg::Text(&waited))],
            ),
            (None, Some(reason)) => {
                format!("{} {}", tx.a("why-waits", "waited", &waited), tx.t(wait_word(reason)))
            }
            (None, None) => tx.a("why-waits", "waited", &waited),
        }
    }
}

/// `GET /conversations/{id}/why`.
#[derive(Debug, Template)]
#[template(path = "why.html")]
pub struct WhyPanel {
    /// The words.
    pub tx: Tx,
    /// Which conversation.
    pub conversation: ConversationId,
    /// Why its holder has it, if somebody does.
    pub holder: Option<Happened>,
    /// Which rule brought it here.
    pub entry: Option<EntryWhy>,
    /// Decisions, the newest first; what would be decided now before all.
    pub decisions: Vec<DecisionWhy>,
}

impl WhyPanel {
    /// One sentence on where it is now.
    #[must_use]
    pub fn now(&self) -> String {
        let tx = &self.tx;
        match (&self.holder, self.decisions.first()) {
            (Some(holder), _) => holder.sentence(tx),
            (None, Some(decision)) if decision.at.is_none() => decision.sentence(tx),
            (None, _) => tx.t("why-nobody"),
        }
    }

    /// One sentence on how it came into its queue.
    #[must_use]
    pub fn came(&self, entry: &EntryWhy) -> String {
        match &entry.rule {
            Some(rule) => self
                .tx
                .with("why-entry-rule", [("rule", Arg::Text(rule)), ("queue", Arg::Text(&entry.queue))]),
            None => self.tx.a("why-entry-none", "queue", &entry.queue),
        }
    }
}
