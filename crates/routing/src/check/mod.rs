//! Whether a policy can be published, and what is wrong with it where.
//!
//! A policy with a flaw is refused as a whole. Each flaw names every place it concerns, in words of code; pages put
//! them into the words of a language.

mod circle;
mod flaw;
mod queue;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::{ChannelId, PersonId, QueueId, SkillId, TeamId};

pub use flaw::{Fault, Field, Flaw, Kind, Place, Thing};

use crate::policy::{
    Agent, Calendar, CalendarId, EntryRule, HIGHEST_PRIORITY, Message, Pause, Policy, Skill, Skills, Span,
    Test,
};

/// The most slots, and the most people on a pause.
pub const MOST_SLOTS: u32 = 1_000;
/// The most characters of a name, a tag, a keyword.
pub const LONGEST_NAME: usize = 80;
/// The most characters of a message.
pub const LONGEST_MESSAGE: usize = 1_000;
/// Levels of a skill.
pub const LEVELS: std::ops::RangeInclusive<u8> = 1..=5;
/// The shortest time an offer can stand, in seconds.
pub const SHORTEST_OFFER: u32 = 5;
/// What agents are paused for by the house itself.
pub const RESERVED_PAUSES: [&str; 4] = ["offers_missed", "silent", "connection_lost", "wrap_up"];

/// What there is beside the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Those who can sign in.
    pub people: BTreeSet<PersonId>,
    /// The teams.
    pub teams: BTreeSet<TeamId>,
    /// The channels, and the queue in which the conversations of each begin.
    pub channels: BTreeMap<ChannelId, QueueId>,
    /// The keys of the fields of contacts.
    pub attributes: BTreeSet<String>,
}

/// Everything that is wrong with a policy; nothing, if it can be published.
#[must_use]
pub fn check(policy: &Policy, known: &Known) -> Vec<Flaw> {
    let mut checker = Checker {
        known,
        queues: policy.queues.iter().map(|queue| queue.id).collect(),
        skills: policy.skills.iter().map(|skill| skill.id).collect(),
        calendars: policy.calendars.iter().map(|calendar| calendar.id).collect(),
        flaws: Vec::new(),
    };
    for (kind, slots) in &policy.weights {
        checker.at(Thing::Weight(*kind)).slots(*slots, Field::Slots);
    }
    checker.skills(&policy.skills);
    checker.pauses(&policy.pauses);
    checker.calendars(&policy.calendars);
    for (person, agent) in &policy.agents {
        checker.agent(*person, agent);
    }
    checker.queues(&policy.queues);
    checker.rules(&policy.rules);
    for (channel, queue) in &known.channels {
        checker.at(Thing::Channel(*channel)).queue(*queue, Field::Begins);
    }
    checker.flaws
}

struct Checker<'a> {
    known: &'a Known,
    queues: BTreeSet<QueueId>,
    skills: BTreeSet<SkillId>,
    calendars: BTreeSet<CalendarId>,
    flaws: Vec<Flaw>,
}

/// A checker that looks at one thing.
struct At<'a, 'k> {
    checker: &'a mut Checker<'k>,
    thing: Thing,
}

impl<'k> Checker<'k> {
    fn at(&mut self, thing: Thing) -> At<'_, 'k> {
        At { checker: self, thing }
    }

    fn add(&mut self, fault: Fault, place: Place) {
        match self.flaws.iter_mut().find(|flaw| flaw.fault == fault) {
            Some(flaw) if flaw.places.contains(&place) => {}
            Some(flaw) => flaw.places.push(place),
            None => self.flaws.push(Flaw { fault, places: vec![place] }),
        }
    }

    /// Refuses what has the same key as another.
    fn once<K: Ord>(
        &mut self,
        keys: impl Iterator<Item = (K, Thing)>,
        field: Field,
        fault: impl Fn(&K) -> Fault,
    ) {
        let mut by_key: BTreeMap<K, Vec<Thing>> = BTreeMap::new();
        for (key, thing) in keys {
            by_key.entry(key).or_default().push(thing);
        }
        for (key, things) in by_key.iter().filter(|(_, things)| things.len() > 1) {
            for thing in things {
                self.add(fault(key), Place { thing: *thing, field });
            }
        }
    }

    /// Names there have to be, not too long, and each once, whatever its case.
    fn names<'t>(&mut self, of: Kind, named: impl Iterator<Item = (&'t str, Thing)> + Clone) {
        for (name, thing) in named.clone() {
            self.at(thing).name(name, Field::Name);
        }
        let keys = named
            .map(|(name, thing)| (name.trim().to_lowercase(), thing))
            .filter(|(name, _)| !name.is_empty());
        self.once(keys, Field::Name, |name| Fault::NameTwice { of, name: name.clone() });
    }

    fn skills(&mut self, skills: &[Skill]) {
        let named = skills.iter().map(|skill| (skill.name.as_str(), Thing::Skill(skill.id)));
        self.names(Kind::Skill, named);
        let ids = skills.iter().map(|skill| (skill.id, Thing::Skill(skill.id)));
        self.once(ids, Field::Id, |_| Fault::IdTwice { of: Kind::Skill });
        let languages =
            || skills.iter().filter_map(|skill| Some((skill.language.as_deref()?, Thing::Skill(skill.id))));
        for (language, thing) in languages() {
            self.at(thing).language(language, Field::Language);
        }
        self.once(languages(), Field::Language, |language| Fault::LanguageTwice {
            language: (*language).to_owned(),
        });
    }

    fn pauses(&mut self, pauses: &[Pause]) {
        let named = pauses.iter().enumerate().map(|(row, pause)| (pause.name.as_str(), Thing::Pause(row)));
        self.names(Kind::Pause, named);
        let codes = pauses.iter().enumerate().map(|(row, pause)| (pause.code.as_str(), Thing::Pause(row)));
        self.once(codes, Field::Code, |code| Fault::CodeTwice { code: (*code).to_owned() });
        for (row, pause) in pauses.iter().enumerate() {
            let mut at = self.at(Thing::Pause(row));
            at.refuse(!is_pause_code(&pause.code), Fault::PauseCode, Field::Code);
            let reserved = RESERVED_PAUSES.contains(&pause.code.as_str());
            at.refuse(reserved, Fault::ReservedCode { code: pause.code.clone() }, Field::Code);
            for (queue, people) in &pause.at_once {
                at.queue(*queue, Field::AtOnce);
                at.slots(*people, Field::AtOnce);
            }
        }
    }

    fn calendars(&mut self, calendars: &[Calendar]) {
        let named = calendars.iter().map(|calendar| (calendar.name.as_str(), Thing::Calendar(calendar.id)));
        self.names(Kind::Calendar, named);
        let ids = calendars.iter().map(|calendar| (calendar.id, Thing::Calendar(calendar.id)));
        self.once(ids, Field::Id, |_| Fault::IdTwice { of: Kind::Calendar });
        for calendar in calendars {
            let mut at = self.at(Thing::Calendar(calendar.id));
            for (day, spans) in calendar.week.0.iter().enumerate() {
                at.hours(spans, Field::Day { day });
            }
            let mut dates = BTreeSet::new();
            for holiday in &calendar.holidays {
                let field = Field::Holiday { date: holiday.date };
                at.name(&holiday.name, field);
                at.hours(&holiday.hours, field);
                at.refuse(!dates.insert(holiday.date), Fault::HolidayTwice, field);
            }
        }
    }

    fn agent(&mut self, person: PersonId, agent: &Agent) {
        let mut at = self.at(Thing::Agent(person));
        at.person(person, Field::Id);
        at.slots(agent.capacity, Field::Slots);
        at.skills(&agent.skills, Field::Skills);
        for (queue, slots) in &agent.at_most {
            at.queue(*queue, Field::AtMost);
            at.slots(*slots, Field::AtMost);
        }
    }

    fn rules(&mut self, rules: &[EntryRule]) {
        let named = rules.iter().map(|rule| (rule.name.as_str(), Thing::Rule(rule.id)));
        self.names(Kind::Rule, named);
        let ids = rules.iter().map(|rule| (rule.id, Thing::Rule(rule.id)));
        self.once(ids, Field::Id, |_| Fault::IdTwice { of: Kind::Rule });
        for rule in rules {
            let mut at = self.at(Thing::Rule(rule.id));
            for (test, looks_at) in rule.tests.iter().enumerate() {
                at.test(looks_at, Field::Test { test });
            }
            let entry = &rule.entry;
            at.queue(entry.queue, Field::EntryQueue);
            at.skills(&entry.skills, Field::EntrySkills);
            at.priority(entry.priority);
            for tag in &entry.tags {
                at.name(tag, Field::Tags);
            }
            if let Some(greeting) = &entry.greeting {
                at.message(greeting, Field::Greeting);
            }
        }
    }
}

impl At<'_, '_> {
    fn refuse(&mut self, wrong: bool, fault: Fault, field: Field) {
        if wrong {
            self.checker.add(fault, Place { thing: self.thing, field });
        }
    }

    fn slots(&mut self, slots: u32, field: Field) {
        self.refuse(slots > MOST_SLOTS, Fault::TooMuch { most: MOST_SLOTS }, field);
    }

    fn priority(&mut self, priority: i16) {
        let beyond = i32::from(priority).abs() > HIGHEST_PRIORITY;
        self.refuse(beyond, Fault::Priority { highest: HIGHEST_PRIORITY }, Field::Priority);
    }

    fn queue(&mut self, queue: QueueId, field: Field) {
        self.refuse(!self.checker.queues.contains(&queue), Fault::UnknownQueue { queue }, field);
    }

    fn skill(&mut self, skill: SkillId, field: Field) {
        self.refuse(!self.checker.skills.contains(&skill), Fault::UnknownSkill { skill }, field);
    }

    fn calendar(&mut self, calendar: CalendarId, field: Field) {
        self.refuse(!self.checker.calendars.contains(&calendar), Fault::UnknownCalendar { calendar }, field);
    }

    fn person(&mut self, person: PersonId, field: Field) {
        self.refuse(!self.checker.known.people.contains(&person), Fault::UnknownPerson { person }, field);
    }

    fn teams(&mut self, teams: &BTreeSet<TeamId>, field: Field) {
        for team in teams.difference(&self.checker.known.teams) {
            self.refuse(true, Fault::UnknownTeam { team: *team }, field);
        }
    }

    fn skills(&mut self, skills: &Skills, field: Field) {
        for (skill, level) in skills {
            self.skill(*skill, field);
            self.level(*level, field);
        }
    }

    fn level(&mut self, level: u8, field: Field) {
        self.refuse(!LEVELS.contains(&level), Fault::Level { level }, field);
    }

    fn name(&mut self, name: &str, field: Field) {
        self.refuse(name.trim().is_empty(), Fault::Blank, field);
        let too_long = name.chars().count() > LONGEST_NAME;
        self.refuse(too_long, Fault::TooLong { most: LONGEST_NAME }, field);
    }

    fn language(&mut self, language: &str, field: Field) {
        let two = language.len() == 2 && language.bytes().all(|letter| letter.is_ascii_lowercase());
        self.refuse(!two, Fault::LanguageCode { language: language.to_owned() }, field);
    }

    fn message(&mut self, message: &Message, field: Field) {
        let empty = message.0.is_empty() || message.0.values().any(|words| words.trim().is_empty());
        self.refuse(empty, Fault::EmptyMessage, field);
        self.texts(message, field);
    }

    /// The texts of a message that need not be there.
    fn texts(&mut self, message: &Message, field: Field) {
        for (language, words) in &message.0 {
            self.language(language, field);
            let too_long = words.chars().count() > LONGEST_MESSAGE;
            self.refuse(too_long, Fault::TooLong { most: LONGEST_MESSAGE }, field);
        }
    }

    fn hours(&mut self, spans: &[Span], field: Field) {
        let (mut good, wrong): (Vec<Span>, Vec<Span>) = spans.iter().partition(|span| span.is_long());
        self.refuse(!wrong.is_empty(), Fault::HoursInverted, field);
        good.sort_unstable_by_key(|span| span.from);
        let overlap = good.windows(2).any(|pair| pair[0].lasts_beyond(pair[1].from));
        self.refuse(overlap, Fault::HoursOverlap, field);
    }

    fn test(&mut self, test: &Test, field: Field) {
        let nothing = match test {
            Test::Channel { any } => any.is_empty(),
            Test::ChannelKind { any } => any.is_empty(),
            Test::Keyword { any } => any.is_empty(),
            Test::Language { any } => any.is_empty(),
            _ => false,
        };
        self.refuse(nothing, Fault::NothingChosen, field);
        match test {
            Test::Channel { any } => {
                for channel in any {
                    let known = self.checker.known.channels.contains_key(channel);
                    self.refuse(!known, Fault::UnknownChannel { channel: *channel }, field);
                }
            }
            Test::Keyword { any } => any.iter().for_each(|word| self.name(word, field)),
            Test::Language { any } => any.iter().for_each(|language| self.language(language, field)),
            Test::Referral { ids, holds } => ids.iter().chain(holds).for_each(|text| self.name(text, field)),
            Test::Attribute { name, any } => {
                std::iter::once(name).chain(any).for_each(|text| self.name(text, field));
                let known = name.trim().is_empty() || self.checker.known.attributes.contains(name);
                self.refuse(!known, Fault::UnknownAttribute { key: name.clone() }, field);
            }
            Test::Hours { calendar, .. } => self.calendar(*calendar, field),
            Test::ChannelKind { .. } | Test::Vip { .. } | Test::Owned { .. } | Test::Returning { .. } => {}
        }
    }
}

fn is_pause_code(code: &str) -> bool {
    (1..=40).contains(&code.len())
        && code.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}
