//! Where a new conversation goes, and why.
//!
//! Rules are looked at in their order; the first that is on and all of whose tests hold decides. Where none does, the
//! conversation goes to the queue of its channel: something always catches it.

mod language;
#[cfg(test)]
mod tests;
mod words;

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ChannelId, ChannelKind, QueueId};
use serde::{Deserialize, Serialize};

pub use language::{detect as detect_language, stated as stated_language};
use words::Folded;

use crate::{
    Policy, Skills, hours,
    policy::{EntryRuleId, Message, Test},
};

/// What is known of a new conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryFacts {
    /// The channel it came by.
    pub channel: ChannelId,
    /// What that speaks.
    pub kind: ChannelKind,
    /// The words of the first message, if it has any.
    pub text: Option<String>,
    /// The language the customer stated, in whatever spelling.
    pub stated_language: Option<String>,
    /// The ad or post it came from.
    pub referral: Option<CameFrom>,
    /// Fields of the contact.
    pub attributes: BTreeMap<String, String>,
    /// Whether the customer is a VIP.
    pub vip: bool,
    /// Whether the contact has an owner.
    pub owned: bool,
    /// When the contact's last conversation was closed.
    pub last_closed: Option<DateTime<Utc>>,
    /// The queue of the channel.
    pub fallback_queue: QueueId,
}

/// An ad or a post.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CameFrom {
    /// The vendor's id of it.
    pub id: Option<String>,
    /// Its title, text and address.
    pub words: String,
}

/// Where a new conversation goes, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// The rule that decided; none: the channel's own queue.
    pub rule: Option<EntryRuleId>,
    /// Where it waits.
    pub queue: QueueId,
    /// Asked for beside what the queue asks for.
    pub skills: Skills,
    /// Added to the queue's priority.
    pub priority: i16,
    /// Put on the conversation.
    pub tags: BTreeSet<String>,
    /// Said instead of the queue's welcome.
    pub greeting: Option<Message>,
    /// The customer's language.
    pub language: Option<Language>,
    /// The rules that were looked at, in order; the last one decided, if any did.
    pub trace: Vec<RuleTrace>,
}

/// The customer's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Language {
    /// In two small letters.
    pub code: String,
    /// Whether the customer stated it; else their message reads so.
    pub stated: bool,
}

/// How a rule fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTrace {
    /// Which.
    pub rule: EntryRuleId,
    /// Whether it is on; nothing is tested of one that is off.
    pub on: bool,
    /// Whether all tests held.
    pub held: bool,
    /// Each of its tests, in order.
    pub tests: Vec<TestTrace>,
}

/// How a test fared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestTrace {
    /// Whether it held.
    pub held: bool,
    /// What was looked at.
    pub saw: Saw,
}

/// What a test looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "saw", rename_all = "snake_case")]
pub enum Saw {
    /// It came by this channel.
    Channel {
        /// Which.
        channel: ChannelId,
    },
    /// It came by a channel of this kind.
    ChannelKind {
        /// Which.
        kind: ChannelKind,
    },
    /// The words of the message.
    Words {
        /// Whether there were any.
        any: bool,
        /// The keyword that stands in them.
        found: Option<String>,
    },
    /// The customer's language.
    Language {
        /// Which; `None`: nobody can tell.
        language: Option<Language>,
    },
    /// It came from nowhere in particular.
    NoReferral,
    /// It came from an ad or a post.
    Referral {
        /// The vendor's id of it.
        id: Option<String>,
        /// The words of the rule that stand in it.
        found: Option<String>,
    },
    /// A field of the contact.
    Attribute {
        /// Its value, if it has one.
        value: Option<String>,
    },
    /// Whether the customer is a VIP.
    Vip {
        /// Is.
        is: bool,
    },
    /// Whether the contact has an owner.
    Owned {
        /// Has.
        is: bool,
    },
    /// Whether the calendar was open.
    Hours {
        /// Was; `None`: there is no such calendar.
        open: Option<bool>,
    },
    /// When the contact's last conversation was closed.
    LastClosed {
        /// How many whole hours before; `None`: they never had one.
        hours_ago: Option<i64>,
    },
}

/// Decides where a new conversation goes.
#[must_use]
pub fn enter(policy: &Policy, facts: &EntryFacts, now: DateTime<Utc>) -> Entered {
    let looker = Looker { policy, facts, now, language: language_of(facts), text: OnceCell::new() };
    let mut trace = Vec::new();
    for rule in &policy.rules {
        let tests: Vec<TestTrace> =
            if rule.on { rule.tests.iter().map(|test| looker.look(test)).collect() } else { Vec::new() };
        let held = rule.on && tests.iter().all(|test| test.held);
        trace.push(RuleTrace { rule: rule.id, on: rule.on, held, tests });
        if held {
            let entry = &rule.entry;
            let mut skills = entry.skills.clone();
            if let Some(skill) = looker.language_skill().filter(|_| entry.speaks_language) {
                skills.entry(skill).or_insert(1);
            }
            return Entered {
                rule: Some(rule.id),
                queue: entry.queue,
                skills,
                priority: entry.priority,
                tags: entry.tags.clone(),
                greeting: entry.greeting.clone(),
                language: looker.language,
                trace,
            };
        }
    }
    Entered {
        rule: None,
        queue: facts.fallback_queue,
        skills: Skills::new(),
        priority: 0,
        tags: BTreeSet::new(),
        greeting: None,
        language: looker.language,
        trace,
    }
}

/// The language the customer stated, else the one their message reads in.
fn language_of(facts: &EntryFacts) -> Option<Language> {
    let stated = facts.stated_language.as_deref().and_then(language::stated);
    let detected = || language::detect(facts.text.as_deref()?).map(str::to_owned);
    match stated {
        Some(code) => Some(Language { code, stated: true }),
        None => detected().map(|code| Language { code, stated: false }),
    }
}

/// Looks at one conversation for one rule after the other.
struct Looker<'a> {
    policy: &'a Policy,
    facts: &'a EntryFacts,
    now: DateTime<Utc>,
    language: Option<Language>,
    /// Folded when the first rule asks.
    text: OnceCell<Option<Folded>>,
}

impl Looker<'_> {
    fn language_skill(&self) -> Option<domain::SkillId> {
        let code = self.language.as_ref()?.code.as_str();
        self.policy.skills.iter().find(|skill| skill.language.as_deref() == Some(code)).map(|skill| skill.id)
    }

    fn text(&self) -> Option<&Folded> {
        self.text.get_or_init(|| self.facts.text.as_deref().map(Folded::new)).as_ref()
    }

    fn look(&self, test: &Test) -> TestTrace {
        let facts = self.facts;
        let (held, saw) = match test {
            Test::Channel { any } => (any.contains(&facts.channel), Saw::Channel { channel: facts.channel }),
            Test::ChannelKind { any } => (any.contains(&facts.kind), Saw::ChannelKind { kind: facts.kind }),
            Test::Keyword { any } => {
                let found = self.text().and_then(|text| text.first_of(any)).cloned();
                (found.is_some(), Saw::Words { any: facts.text.is_some(), found })
            }
            Test::Language { any } => {
                let language = self.language.clone();
                (
                    language.as_ref().is_some_and(|spoken| any.contains(&spoken.code)),
                    Saw::Language { language },
                )
            }
            Test::Referral { ids, holds } => self.referral(ids, holds),
            Test::Attribute { name, any } => {
                let value = facts.attributes.get(name).filter(|value| !value.trim().is_empty()).cloned();
                let same = |value: &String| {
                    let value = value.trim().to_lowercase();
                    any.is_empty() || any.iter().any(|wanted| wanted.trim().to_lowercase() == value)
                };
                (value.as_ref().is_some_and(same), Saw::Attribute { value })
            }
            Test::Vip { is } => (*is == facts.vip, Saw::Vip { is: facts.vip }),
            Test::Owned { is } => (*is == facts.owned, Saw::Owned { is: facts.owned }),
            Test::Hours { calendar, open } => {
                let calendar = self.policy.calendars.iter().find(|one| one.id == *calendar);
                let is_open = calendar.map(|calendar| hours::is_open(Some(calendar), self.now));
                (is_open == Some(*open), Saw::Hours { open: is_open })
            }
            Test::Returning { within_hours } => {
                let ago = facts.last_closed.map(|closed| (self.now - closed).max(TimeDelta::zero()));
                let held = ago.is_some_and(|ago| ago <= TimeDelta::hours(i64::from(*within_hours)));
                (held, Saw::LastClosed { hours_ago: ago.map(|ago| ago.num_hours()) })
            }
        };
        TestTrace { held, saw }
    }

    fn referral(&self, ids: &BTreeSet<String>, holds: &[String]) -> (bool, Saw) {
        let Some(referral) = &self.facts.referral else { return (false, Saw::NoReferral) };
        let found = Folded::new(&referral.words).first_of(holds).cloned();
        let of_these = ids.is_empty() || referral.id.as_ref().is_some_and(|id| ids.contains(id));
        let held = of_these && (holds.is_empty() || found.is_some());
        (held, Saw::Referral { id: referral.id.clone(), found })
    }
}
