//! What is wrong with the routing, what changed, and what a rule saw: in words.

use std::collections::BTreeMap;

use domain::{ChannelId, ChannelKind, PersonId, QueueId, SkillId, TeamId};
use routing::{
    Policy,
    check::{Fault, Field, Flaw, Place, Thing},
    entry::{Entered, Saw, TestTrace},
    policy::{CalendarId, EntryRuleId},
};

use crate::{Arg, Tx, channel};

/// Names of everything the routing speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// People.
    pub people: BTreeMap<PersonId, String>,
    /// Teams.
    pub teams: BTreeMap<TeamId, String>,
    /// Channels.
    pub channels: BTreeMap<ChannelId, String>,
    queues: BTreeMap<QueueId, String>,
    skills: BTreeMap<SkillId, String>,
    calendars: BTreeMap<CalendarId, String>,
    rules: BTreeMap<EntryRuleId, String>,
    pauses: Vec<String>,
}

impl Names {
    /// With the names of a document; those it has lost keep the ones they had.
    #[must_use]
    pub fn of(mut self, policy: &Policy) -> Self {
        self.queues.extend(policy.queues.iter().map(|one| (one.id, one.name.clone())));
        self.skills.extend(policy.skills.iter().map(|one| (one.id, one.name.clone())));
        self.calendars.extend(policy.calendars.iter().map(|one| (one.id, one.name.clone())));
        self.rules.extend(policy.rules.iter().map(|one| (one.id, one.name.clone())));
        self.pauses = policy.pauses.iter().map(|one| one.name.clone()).collect();
        self
    }

    /// A queue's name.
    #[must_use]
    pub fn queue(&self, tx: &Tx, id: QueueId) -> String {
        named(tx, self.queues.get(&id))
    }

    /// A skill's name.
    #[must_use]
    pub fn skill(&self, tx: &Tx, id: SkillId) -> String {
        named(tx, self.skills.get(&id))
    }

    /// A person's name.
    #[must_use]
    pub fn person(&self, tx: &Tx, id: PersonId) -> String {
        named(tx, self.people.get(&id))
    }

    /// A thing, with what it is.
    #[must_use]
    pub fn thing(&self, tx: &Tx, thing: Thing) -> String {
        let (key, name) = match thing {
            Thing::Skill(id) => ("routing-thing-skill", self.skill(tx, id)),
            Thing::Pause(row) => ("routing-thing-pause", named(tx, self.pauses.get(row))),
            Thing::Calendar(id) => ("routing-thing-calendar", named(tx, self.calendars.get(&id))),
            Thing::Agent(id) => ("routing-thing-agent", self.person(tx, id)),
            Thing::Queue(id) => ("routing-thing-queue", self.queue(tx, id)),
            Thing::Rule(id) => ("routing-thing-rule", named(tx, self.rules.get(&id))),
            Thing::Weight(kind) => ("routing-thing-weight", channel::kind_name(kind).to_owned()),
            Thing::Channel(id) => ("routing-thing-channel", named(tx, self.channels.get(&id))),
        };
        tx.a(key, "name", &name)
    }
}

fn named(tx: &Tx, name: Option<&String>) -> String {
    name.filter(|name| !name.trim().is_empty()).cloned().unwrap_or_else(|| tx.t("routing-nameless"))
}

/// The part of a thing.
#[must_use]
pub fn field(tx: &Tx, field: Field) -> String {
    let word = tx.t(&format!("routing-field-{}", field.code().replace('_', "-")));
    let step = |step: usize| format!("{word} {}", step + 1);
    match field {
        Field::Day { day } => tx.t(DAYS.get(day).copied().unwrap_or("routing-field-day")),
        Field::Holiday { date } => format!("{word} {}", crate::time::date(date, tx)),
        Field::Relaxation { step: at } | Field::Late { step: at } | Field::Test { test: at } => step(at),
        Field::Target { promise } => tx.t(&format!("routing-target-{}", promise.code())),
        _ => word,
    }
}

/// The keys of the days' names, from Monday.
pub const DAYS: [&str; 7] = [
    "routing-day-0",
    "routing-day-1",
    "routing-day-2",
    "routing-day-3",
    "routing-day-4",
    "routing-day-5",
    "routing-day-6",
];

/// What is wrong, in a sentence.
#[must_use]
pub fn fault(tx: &Tx, names: &Names, fault: &Fault) -> String {
    let number = |number: i64| Arg::Number(number);
    let name = match fault {
        Fault::UnknownSkill { skill } => names.skill(tx, *skill),
        Fault::UnknownQueue { queue } => names.queue(tx, *queue),
        Fault::UnknownPerson { person } => names.person(tx, *person),
        Fault::UnknownCalendar { calendar } => named(tx, names.calendars.get(calendar)),
        Fault::UnknownTeam { team } => named(tx, names.teams.get(team)),
        Fault::UnknownChannel { channel } => named(tx, names.channels.get(channel)),
        Fault::UnknownAttribute { key } => key.clone(),
        Fault::Circle { queues } => {
            queues.iter().map(|queue| names.queue(tx, *queue)).collect::<Vec<_>>().join(" → ")
        }
        Fault::NameTwice { name, .. } => name.clone(),
        Fault::CodeTwice { code } | Fault::ReservedCode { code } => code.clone(),
        Fault::LanguageTwice { language } | Fault::LanguageCode { language } => language.clone(),
        _ => String::new(),
    };
    let most = match fault {
        Fault::TooMuch { most } | Fault::TooShort { least: most } => i64::from(*most),
        Fault::Level { level } => i64::from(*level),
        Fault::Priority { highest } => i64::from(*highest),
        Fault::TooLong { most } => i64::try_from(*most).unwrap_or(i64::MAX),
        _ => 0,
    };
    let key = format!("routing-fault-{}", fault.code().replace('_', "-"));
    tx.with(&key, [("name", Arg::Text(&name)), ("n", number(most))])
}

/// What is wrong and everywhere it is, in a sentence.
#[must_use]
pub fn flaw(tx: &Tx, names: &Names, flaw: &Flaw) -> String {
    let places: Vec<String> = flaw.places.iter().map(|one| place(tx, names, *one)).collect();
    format!("{}: {}", places.join(", "), fault(tx, names, &flaw.fault))
}

/// A spot of the document.
#[must_use]
pub fn place(tx: &Tx, names: &Names, place: Place) -> String {
    let (thing, part) = (names.thing(tx, place.thing), field(tx, place.field));
    tx.with("routing-place", [("thing", Arg::Text(&thing)), ("part", Arg::Text(&part))])
}

/// What differs between what is published and the draft, thing by thing.
#[must_use]
pub fn changes(tx: &Tx, names: &Names, before: &Policy, after: &Policy) -> Vec<String> {
    let mut told = Vec::new();
    let mut say = |key: &str, thing: Thing| told.push(tx.a(key, "thing", &names.thing(tx, thing)));
    let mut things = |before: Vec<(Thing, serde_json::Value)>, after: Vec<(Thing, serde_json::Value)>| {
        for (thing, value) in &after {
            match before.iter().find(|(other, _)| other == thing) {
                None => say("routing-change-new", *thing),
                Some((_, other)) if other != value => say("routing-change-changed", *thing),
                Some(_) => {}
            }
        }
        for (thing, _) in before.iter().filter(|(thing, _)| !after.iter().any(|(other, _)| other == thing)) {
            say("routing-change-gone", *thing);
        }
    };
    things(listed(before), listed(after));
    if before.pauses != after.pauses {
        told.push(tx.t("routing-change-pauses"));
    }
    let order = |policy: &Policy| policy.rules.iter().map(|rule| rule.id).collect::<Vec<_>>();
    let same_rules = {
        let (mut one, mut other) = (order(before), order(after));
        one.sort_unstable();
        other.sort_unstable();
        one == other
    };
    if same_rules && order(before) != order(after) {
        told.push(tx.t("routing-change-order-of-rules"));
    }
    if before.order != after.order || before.weights != after.weights {
        told.push(tx.t("routing-change-general"));
    }
    told
}

/// Everything of a document that has a name, with what it says.
fn listed(policy: &Policy) -> Vec<(Thing, serde_json::Value)> {
    fn json(value: &impl serde::Serialize) -> serde_json::Value {
        serde_json::to_value(value).unwrap_or_default()
    }
    let queues = policy.queues.iter().map(|one| (Thing::Queue(one.id), json(one)));
    let rules = policy.rules.iter().map(|one| (Thing::Rule(one.id), json(one)));
    let skills = policy.skills.iter().map(|one| (Thing::Skill(one.id), json(one)));
    let agents = policy.agents.iter().map(|(id, one)| (Thing::Agent(*id), json(one)));
    let calendars = policy.calendars.iter().map(|one| (Thing::Calendar(one.id), json(one)));
    queues.chain(rules).chain(skills).chain(agents).chain(calendars).collect()
}

/// What became of a rule that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedRule {
    /// Its name.
    pub name: String,
    /// Whether it decided.
    pub held: bool,
    /// Whether it is looked at at all.
    pub on: bool,
    /// Each of its tests, and whether it held.
    pub tests: Vec<(bool, String)>,
}

/// Where a message would go, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The decision in a sentence.
    pub sentence: String,
    /// What follows besides.
    pub more: Vec<String>,
    /// The rules that were looked at, in order.
    pub rules: Vec<TriedRule>,
}

/// An attempt in words.
#[must_use]
pub fn tried(tx: &Tx, names: &Names, entered: &Entered) -> Tried {
    let queue = names.queue(tx, entered.queue);
    let sentence = match entered.rule {
        Some(rule) => {
            let rule = named(tx, names.rules.get(&rule));
            tx.with("routing-tried-rule", [("rule", Arg::Text(&rule)), ("queue", Arg::Text(&queue))])
        }
        None => tx.a("routing-tried-none", "queue", &queue),
    };
    let mut more = Vec::new();
    if let Some(language) = &entered.language {
        let key = if language.stated { "routing-tried-stated" } else { "routing-tried-detected" };
        more.push(tx.a(key, "language", &self::language(tx, &language.code)));
    }
    if !entered.skills.is_empty() {
        let skills =
            entered.skills.iter().map(|(skill, level)| format!("{} {level}", names.skill(tx, *skill)));
        more.push(tx.a("routing-tried-skills", "skills", &skills.collect::<Vec<_>>().join(", ")));
    }
    if entered.priority != 0 {
        more.push(tx.a("routing-tried-priority", "n", &entered.priority.to_string()));
    }
    if !entered.tags.is_empty() {
        let tags: Vec<&str> = entered.tags.iter().map(String::as_str).collect();
        more.push(tx.a("routing-tried-tags", "tags", &tags.join(", ")));
    }
    if let Some(greeting) = &entered.greeting {
        let words = entered.language.as_ref().map_or("es", |language| language.code.as_str());
        more.push(tx.a("routing-tried-greeting", "words", greeting.words(words).unwrap_or_default()));
    }
    let rules = entered.trace.iter().map(|one| TriedRule {
        name: named(tx, names.rules.get(&one.rule)),
        held: one.held,
        on: one.on,
        tests: one.tests.iter().map(|test| (test.held, saw(tx, names, test))).collect(),
    });
    Tried { sentence, more, rules: rules.collect() }
}

/// A language by its own or our name.
#[must_use]
pub fn language(tx: &Tx, code: &str) -> String {
    match code {
        "es" => tx.t("routing-language-es"),
        "pt" => tx.t("routing-language-pt"),
        "en" => tx.t("routing-language-en"),
        code => code.to_owned(),
    }
}

fn saw(tx: &Tx, names: &Names, test: &TestTrace) -> String {
    let said = |key: &str, value: &str| tx.a(key, "value", value);
    match &test.saw {
        Saw::Channel { channel } => said("routing-saw-channel", &named(tx, names.channels.get(channel))),
        Saw::ChannelKind { kind } => said("routing-saw-kind", kind_word(*kind)),
        Saw::Words { any: false, .. } => tx.t("routing-saw-no-words"),
        Saw::Words { found: Some(word), .. } => said("routing-saw-word", word),
        Saw::Words { .. } => tx.t("routing-saw-no-word"),
        Saw::Language { language: Some(found) } => said("routing-saw-language", &language(tx, &found.code)),
        Saw::Language { language: None } => tx.t("routing-saw-no-language"),
        Saw::NoReferral => tx.t("routing-saw-no-referral"),
        Saw::Referral { found: Some(word), .. } => said("routing-saw-referral-word", word),
        Saw::Referral { id: Some(id), .. } => said("routing-saw-referral", id),
        Saw::Referral { .. } => tx.t("routing-saw-referral-any"),
        Saw::Attribute { value: Some(value) } => said("routing-saw-attribute", value),
        Saw::Attribute { value: None } => tx.t("routing-saw-no-attribute"),
        Saw::Vip { is } => tx.t(if *is { "routing-saw-vip" } else { "routing-saw-not-vip" }),
        Saw::Owned { is } => tx.t(if *is { "routing-saw-owned" } else { "routing-saw-not-owned" }),
        Saw::Hours { open: Some(true) } => tx.t("routing-saw-open"),
        Saw::Hours { open: Some(false) } => tx.t("routing-saw-closed"),
        Saw::Hours { open: None } => tx.t("routing-saw-no-calendar"),
        Saw::LastClosed { hours_ago: Some(hours) } => tx.n("routing-saw-last", *hours),
        Saw::LastClosed { hours_ago: None } => tx.t("routing-saw-first-time"),
    }
}

/// A kind of channel with the vendor, where one name has two.
#[must_use]
pub const fn kind_word(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::WhatsappCloud => "WhatsApp (Cloud API)",
        ChannelKind::TwilioWhatsapp => "WhatsApp (Twilio)",
        ChannelKind::TwilioSms => "SMS (Twilio)",
    }
}
