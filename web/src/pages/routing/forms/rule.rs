//! One rule of entry. At most one test of each kind is edited here, and any number of the contact's fields; others that
//! a document may hold stay as they are.

use std::collections::BTreeSet;

use domain::{ChannelId, ChannelKind};
use routing::{
    Policy,
    check::Field as Spot,
    policy::{CalendarId, Entry, EntryRule, EntryRuleId, Test},
};
use views::routing::{
    LANGUAGES, Typed,
    form::{Choices, Control, Maker, Part, queues, skills},
    words::{kind_word, language},
};

use super::{Reader, calendars};
use crate::pages::routing::Company;

/// The field that stands for a test, by its place among those of its kind.
fn place(test: &Test) -> &'static str {
    match test {
        Test::Channel { .. } => "channels",
        Test::ChannelKind { .. } => "kinds",
        Test::Keyword { .. } => "keywords",
        Test::Language { .. } => "languages",
        Test::Referral { .. } => "referral",
        Test::Attribute { .. } => "attribute",
        Test::Vip { .. } => "vip",
        Test::Owned { .. } => "owned",
        Test::Hours { .. } => "hours",
        Test::Returning { .. } => "returning",
    }
}

/// The tests that the form knows, and those beyond it.
fn edited(tests: &[Test]) -> (Vec<&Test>, Vec<&Test>) {
    let mut seen = BTreeSet::new();
    tests.iter().partition(|test| matches!(test, Test::Attribute { .. }) || seen.insert(place(test)))
}

pub fn fill(policy: &Policy, id: EntryRuleId) -> Typed {
    let mut typed = Typed::default();
    let Some(rule) = policy.rules.iter().find(|rule| rule.id == id) else {
        typed.set("on", 1);
        return typed;
    };
    typed.set("name", &rule.name);
    if rule.on {
        typed.set("on", 1);
    }
    let mut attributes = 0;
    for test in edited(&rule.tests).0 {
        match test {
            Test::Channel { any } => any.iter().for_each(|one| typed.add("channels", one)),
            Test::ChannelKind { any } => any.iter().for_each(|one| typed.add("kinds", one)),
            Test::Keyword { any } => any.iter().for_each(|one| typed.add("keywords", one)),
            Test::Language { any } => any.iter().for_each(|one| typed.add("languages", one)),
            Test::Referral { ids, holds } => {
                let any = ids.is_empty() && holds.is_empty();
                typed.set("referral", if any { "any" } else { "these" });
                ids.iter().for_each(|one| typed.add("referral_ids", one));
                holds.iter().for_each(|one| typed.add("referral_words", one));
            }
            Test::Attribute { name, any } => {
                typed.set(&format!("attribute.{attributes}.name"), name);
                any.iter().for_each(|one| typed.add(&format!("attribute.{attributes}.values"), one));
                attributes += 1;
            }
            Test::Vip { is } => typed.set("vip", yes_no(*is)),
            Test::Owned { is } => typed.set("owned", yes_no(*is)),
            Test::Hours { calendar, open } => {
                typed.set("hours", calendar.0);
                typed.set("open", yes_no(*open));
            }
            Test::Returning { within_hours } => typed.set("returning", within_hours),
        }
    }
    let entry = &rule.entry;
    typed.set("queue", entry.queue);
    typed.set_levels("skills", &entry.skills);
    if entry.speaks_language {
        typed.set("speaks_language", 1);
    }
    typed.set("priority", entry.priority);
    entry.tags.iter().for_each(|tag| typed.add("tags", tag));
    typed.set_words("greeting", entry.greeting.as_ref());
    typed
}

const fn yes_no(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

pub fn tidy(typed: &mut Typed) {
    typed.rows("attribute", "name", None);
}

pub fn parts(make: Maker<'_>, policy: &Policy, company: &Company) -> Vec<Part> {
    let tx = make.tx;
    let attributes =
        (0..).take_while(|at| !make.typed.get(&format!("attribute.{at}.name")).is_empty()).count();
    let chosen = (0..attributes).map(|at| make.typed.get(&format!("attribute.{at}.name")).to_owned());
    let fields = company.fields(&tx, chosen);
    let channels: Choices =
        company.channels.iter().map(|one| (one.id.to_string(), one.name.clone())).collect();
    let kinds: Choices =
        ChannelKind::ALL.iter().map(|kind| (kind.to_string(), kind_word(*kind).to_owned())).collect();
    let others = policy.skills.iter().filter_map(|skill| skill.language.as_deref());
    let mut languages: Vec<&str> = LANGUAGES.into_iter().chain(others).collect();
    languages.extend(make.typed.all("languages").iter().map(String::as_str));
    let mut seen = BTreeSet::new();
    languages.retain(|code| seen.insert(*code));
    let languages: Choices =
        languages.into_iter().map(|code| (code.to_owned(), language(&tx, code))).collect();
    let either = |yes, no| make.or_none("routing-any", make.keyed(&[("yes", yes), ("no", no)]));
    let referrals = make.or_none(
        "routing-any",
        make.keyed(&[("any", "routing-referral-any"), ("these", "routing-referral-these")]),
    );
    vec![
        make.part(
            "basics",
            "routing-part-basics",
            vec![
                make.field("name", "routing-name", Control::Text),
                make.field("on", "routing-rule-on", Control::Flag),
            ],
        ),
        Part {
            about: Some(tx.t("routing-part-tests-about")),
            ..make.part(
                "tests",
                "routing-part-tests",
                vec![
                    make.field("keywords", "routing-keywords", Control::Lines)
                        .hint(tx.t("routing-keywords-hint"))
                        .wide(),
                    make.field("channels", "routing-channels", Control::Checks(channels)),
                    make.field("kinds", "routing-kinds", Control::Checks(kinds)),
                    make.field("languages", "routing-languages", Control::Checks(languages)),
                    make.field("vip", "routing-test-vip", either("routing-vip-yes", "routing-vip-no")),
                    make.field(
                        "owned",
                        "routing-test-owned",
                        either("routing-owned-yes", "routing-owned-no"),
                    ),
                    make.field("returning", "routing-test-returning", Control::Number(0, 100_000))
                        .hint(tx.t("routing-test-returning-hint")),
                    make.field("hours", "routing-test-hours", make.or_none("routing-any", calendars(policy))),
                    make.field(
                        "open",
                        "routing-test-open",
                        Control::Choice(make.keyed(&[("yes", "routing-open"), ("no", "routing-shut")])),
                    ),
                    make.field("referral", "routing-test-referral", referrals),
                    make.field("referral_ids", "routing-referral-ids", Control::Lines).when("these"),
                    make.field("referral_words", "routing-referral-words", Control::Lines).when("these"),
                ],
            )
        },
        Part {
            rows: make.rows("attribute", attributes, |name| {
                vec![
                    make.field(
                        &format!("{name}.name"),
                        "routing-attribute-name",
                        make.or_none("routing-no-attribute", fields.clone()),
                    ),
                    make.field(&format!("{name}.values"), "routing-attribute-values", Control::Lines)
                        .hint(tx.t("routing-attribute-values-hint")),
                ]
            }),
            add: Some(tx.t("routing-add-attribute")),
            ..make.part("attributes", "routing-part-attributes", Vec::new())
        },
        make.part(
            "entry",
            "routing-part-entry",
            vec![
                make.field("queue", "routing-queue", make.or_none("routing-choose", queues(policy, None))),
                make.field("priority", "routing-entry-priority", Control::Number(-10, 10))
                    .hint(tx.t("routing-entry-priority-hint")),
                make.field("tags", "routing-tags", Control::Lines).hint(tx.t("routing-tags-hint")),
                make.field("skills", "routing-entry-skills", Control::Levels(skills(policy))),
                make.field("speaks_language", "routing-speaks", Control::Flag),
                make.field("greeting", "routing-greeting", Control::Words)
                    .hint(tx.t("routing-greeting-hint")),
            ],
        ),
    ]
}

pub fn apply(reader: &mut Reader<'_>, policy: &mut Policy, id: EntryRuleId) {
    let typed = reader.typed;
    let old = policy.rules.iter().position(|rule| rule.id == id);
    let mut tests = Vec::new();
    let mut add = |test: Test, any: bool| {
        if any {
            tests.push(test);
        }
    };
    let channels: BTreeSet<ChannelId> = typed.ids("channels").collect();
    let kinds: BTreeSet<ChannelKind> =
        typed.all("kinds").iter().filter_map(|kind| ChannelKind::parse(kind)).collect();
    let keywords: Vec<String> = typed.lines("keywords").collect();
    let languages: BTreeSet<String> = typed.all("languages").iter().cloned().collect();
    add(Test::Keyword { any: keywords.clone() }, !keywords.is_empty());
    add(Test::Channel { any: channels.clone() }, !channels.is_empty());
    add(Test::ChannelKind { any: kinds.clone() }, !kinds.is_empty());
    add(Test::Language { any: languages.clone() }, !languages.is_empty());
    let chosen = |name: &str| match typed.get(name) {
        "" => None,
        word => Some(word == "yes"),
    };
    if let Some(is) = chosen("vip") {
        add(Test::Vip { is }, true);
    }
    if let Some(is) = chosen("owned") {
        add(Test::Owned { is }, true);
    }
    if let Some(within_hours) = reader.number("returning") {
        add(Test::Returning { within_hours }, true);
    }
    if let Some(calendar) = reader.id("hours") {
        add(Test::Hours { calendar: CalendarId(calendar), open: typed.get("open") != "no" }, true);
    }
    match typed.get("referral") {
        "any" => add(Test::Referral { ids: BTreeSet::new(), holds: Vec::new() }, true),
        "these" => {
            let (ids, holds): (BTreeSet<_>, Vec<_>) =
                (typed.lines("referral_ids").collect(), typed.lines("referral_words").collect());
            if ids.is_empty() && holds.is_empty() {
                reader.wrong("referral", "routing-misread-choice");
            }
            add(Test::Referral { ids, holds }, true);
        }
        _ => {}
    }
    for at in 0.. {
        let name = typed.get(&format!("attribute.{at}.name"));
        if name.is_empty() {
            break;
        }
        let any = typed.lines(&format!("attribute.{at}.values")).collect();
        add(Test::Attribute { name: name.to_owned(), any }, true);
    }
    if let Some(old) = old.and_then(|at| policy.rules.get(at)) {
        tests.extend(edited(&old.tests).1.into_iter().cloned());
    }
    let Some(queue) = reader.id("queue") else {
        reader.wrong("queue", "routing-misread-choice");
        return;
    };
    let rule = EntryRule {
        id,
        name: typed.get("name").to_owned(),
        on: reader.flag("on"),
        tests,
        entry: Entry {
            queue,
            skills: typed.levels("skills"),
            speaks_language: reader.flag("speaks_language"),
            priority: reader.number("priority").unwrap_or(0),
            tags: typed.lines("tags").collect(),
            greeting: typed.words("greeting"),
        },
    };
    match old.and_then(|at| policy.rules.get_mut(at)) {
        Some(old) => *old = rule,
        None => policy.rules.push(rule),
    }
}

/// The name of the field for a spot of the rule.
pub fn field(spot: Spot, policy: &Policy, id: EntryRuleId) -> Option<String> {
    Some(match spot {
        Spot::EntryQueue => "queue".to_owned(),
        Spot::EntrySkills => "skills".to_owned(),
        Spot::Test { test: at } => {
            let rule = policy.rules.iter().find(|rule| rule.id == id)?;
            match rule.tests.get(at)? {
                Test::Attribute { .. } => {
                    let before = rule.tests.iter().take(at);
                    let row = before.filter(|test| matches!(test, Test::Attribute { .. })).count();
                    format!("attribute.{row}")
                }
                test => place(test).to_owned(),
            }
        }
        other => other.code().to_owned(),
    })
}
