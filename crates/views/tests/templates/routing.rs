//! Settings of the routing: every page, every flaw, in every language.

use std::collections::BTreeMap;

use domain::{ChannelId, ChannelKind, PersonId, QueueId, SkillId, TeamId};
use routing::{
    Policy, Promise, WaitReason,
    check::{Fault, Field as Spot, Flaw, Kind, Place, Thing},
    entry::{Language, Saw, TestTrace},
    policy::{CalendarId, EntryRuleId, Queue},
    rehearsal::{AgentDay, Figures, LongWait, Report, Waits},
};
use uuid::Uuid;
use views::{
    Lang, Section, Template, Theme,
    routing::{
        Bar, FormPage, ListPage, ListRow, Names, OverviewPage, RehearsalPage, Rehearsed, Switches, Tab,
        Tried, TriedRule, TryPage, Turn, Typed, VersionLine,
        form::{Control, Field, Maker, Part, Row, compare, place},
        words,
    },
    sample,
};

use crate::LANGS;

const HOSTILE: &str = "<script>alert('1')</script>\"><img src=x onerror=alert(1)>";

fn bar(name: &str, changes: usize) -> Bar {
    Bar {
        version: 3,
        by: Some(name.to_owned()),
        at: Some(sample::now()),
        changes,
        revision: i64::from(changes > 0),
        draft_by: (changes > 0).then(|| name.to_owned()),
        draft_at: (changes > 0).then(sample::now),
        may_manage: true,
        done: Some("routing-done-saved"),
        refused: vec![name.to_owned()],
    }
}

fn every_control(lang: Lang, name: &str) -> Vec<Part> {
    let mut typed = Typed::default();
    for field in ["text", "date", "number", "choice", "checks", "lines", "flag", "hidden"] {
        typed.set(field, name);
    }
    typed.set_span("span", Some(90));
    typed.set("levels.a", 3);
    typed.set("counts.a", 7);
    typed.set("words.es", name);
    let make = Maker { tx: sample::tx(lang), typed: &typed };
    let choices = || vec![("a".to_owned(), name.to_owned()), (name.to_owned(), "b".to_owned())];
    let fields = || -> Vec<Field> {
        [
            ("text", Control::Text),
            ("date", Control::Date),
            ("number", Control::Number(0, 9)),
            ("span", Control::Span),
            ("choice", Control::Choice(choices())),
            ("checks", Control::Checks(choices())),
            ("levels", Control::Levels(choices())),
            ("counts", Control::Counts(choices())),
            ("words", Control::Words),
            ("lines", Control::Lines),
            ("flag", Control::Flag),
            ("hidden", Control::Hidden),
        ]
        .into_iter()
        .map(|(field, control)| {
            let mut field = make.field(field, "routing-name", control).hint(name.to_owned());
            field.errors.push(name.to_owned());
            field.theirs = Some(name.to_owned());
            field
        })
        .collect()
    };
    let row =
        |spare| Row { name: "row.0".to_owned(), fields: fields(), errors: vec![name.to_owned()], spare };
    vec![Part {
        about: Some(name.to_owned()),
        rows: vec![row(false), row(true)],
        add: Some(name.to_owned()),
        ..make.part("part", "routing-name", fields())
    }]
}

fn every_page(lang: Lang, name: &str) -> Vec<String> {
    let frame = || sample::frame(lang, Theme::Light, Section::Admin);
    let version = |version| VersionLine {
        version,
        note: name.to_owned(),
        by: Some(name.to_owned()),
        at: sample::now(),
    };
    let overview = |changes: Vec<String>, versions| OverviewPage {
        frame: frame(),
        bar: Bar { version: 3, ..bar(name, changes.len()) },
        changes,
        versions,
    };
    let list = |rows| ListPage {
        frame: frame(),
        bar: bar(name, 2),
        tab: Tab::Rules,
        columns: vec!["routing-col-tests", "routing-col-state"],
        rows,
        add: Some(("/admin/routing/rules/new".to_owned(), "routing-new-rule")),
    };
    let row = ListRow {
        href: "/admin/routing/rules/1".to_owned(),
        name: name.to_owned(),
        about: name.to_owned(),
        cells: vec![name.to_owned()],
        switches: Some(Switches { on: true, up: false, down: true }),
    };
    let form = |stale: Option<String>| FormPage {
        frame: frame(),
        bar: bar(name, 1),
        tab: Tab::Queues,
        title: name.to_owned(),
        action: "/admin/routing/queues/1".to_owned(),
        revision: 4,
        parts: every_control(lang, name),
        flaws: vec![name.to_owned()],
        stale,
        removable: true,
    };
    let tried = Tried {
        sentence: name.to_owned(),
        more: vec![name.to_owned()],
        rules: vec![TriedRule {
            name: name.to_owned(),
            held: true,
            on: true,
            tests: vec![(true, name.to_owned()), (false, name.to_owned())],
        }],
    };
    let attempt =
        |tried| TryPage { frame: frame(), bar: bar(name, 0), parts: every_control(lang, name), tried };
    let rehearsal = |refused, rehearsed| RehearsalPage {
        frame: frame(),
        bar: bar(name, 1),
        parts: every_control(lang, name),
        refused,
        rehearsed,
    };
    vec![
        rehearsal(None, None).render().unwrap(),
        rehearsal(Some((name.to_owned(), vec![name.to_owned()])), None).render().unwrap(),
        rehearsal(None, Some(rehearsed(lang, name))).render().unwrap(),
        overview(vec![name.to_owned()], vec![version(3), version(2)]).render().unwrap(),
        overview(Vec::new(), Vec::new()).render().unwrap(),
        list(vec![row]).render().unwrap(),
        list(Vec::new()).render().unwrap(),
        form(None).render().unwrap(),
        form(Some(name.to_owned())).render().unwrap(),
        attempt(None).render().unwrap(),
        attempt(Some(tried)).render().unwrap(),
    ]
}

/// A day with a queue that promises something and one that does not, and two more people in the second half.
fn rehearsed(lang: Lang, name: &str) -> Rehearsed {
    let (queue, person) = (QueueId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)));
    let figures = |mean, level| Figures {
        offered: 1_200,
        answered: 1_100,
        abandoned: 90,
        waiting: 10,
        moved: 3,
        waits: Waits { mean, median: 20, p90: 200, p95: 300, max: 4_000 },
        service_level: level,
    };
    let agent = |occupancy| {
        let mut agent = AgentDay::new(person);
        agent.occupancy = occupancy;
        agent
    };
    let report = |mean, level, occupancy, why| Report {
        total: figures(mean, level),
        queues: [(queue, figures(mean, level)), (QueueId(Uuid::nil()), figures(mean, None))].into(),
        agents: vec![agent(occupancy)],
        occupancy,
        spread: 0.1,
        worst: vec![
            LongWait {
                arrival: 7,
                queue,
                at: sample::now(),
                waited: 4_000,
                taken_by: (occupancy > 0.5).then_some(person),
                why,
            };
            2
        ],
    };
    let mut names = Names::default();
    names.people.insert(person, name.to_owned());
    let names = names.of(&Policy {
        queues: vec![Queue { name: name.to_owned(), ..Queue::usual(queue) }],
        ..Policy::default()
    });
    let before = report(95.0, Some(0.781), 0.82, Some(WaitReason::EverybodyIsFull));
    let after = report(23.4, Some(0.9), 0.41, None);
    let sides = [name.to_owned(), name.to_owned()];
    Rehearsed::of(&sample::tx(lang), &names, sides, vec![name.to_owned()], true, &before, &after)
}

#[test]
fn a_difference_says_whether_it_is_better_or_worse() {
    let told = rehearsed(Lang::Es, "Citas");
    assert!(!told.cards[1].cell.changes());
    let cards: Vec<String> = told.cards.iter().map(|one| one.cell.told(&sample::tx(Lang::Es))).collect();
    assert_eq!(cards, ["−1:12 · mejor", "igual", "+11.9 pt · mejor", "igual", "−41.0 pt"]);
    assert_eq!(told.cards[2].cell.before, "78.1\u{a0}%");
    let wanted = [
        "Con «Citas», la espera media baja de 1:35 a 0:23.",
        "El nivel de servicio sube de 78.1\u{a0}% a 90.0\u{a0}%.",
    ];
    assert_eq!(told.verdict, wanted);
    let promised = told.queues.iter().find(|queue| queue.name == "Citas").unwrap();
    assert_eq!((promised.level.turn, promised.mean.turn), (Turn::Better, Turn::Better));
    let other = told.queues.iter().find(|queue| queue.name != "Citas").unwrap();
    assert_eq!((other.level.turn, other.level.before.as_str()), (Turn::Unpromised, "–"));
    assert_eq!(told.longest[0][0].why, "Quienes podrían están al tope.");
    assert_eq!(rehearsed(Lang::PtBr, "Citas").cards[2].cell.by, "+11,9 pt");
}

#[test]
fn every_page_is_whole_in_every_language() {
    let sprite = include_str!("../../templates/sprite.svg");
    for lang in LANGS {
        for html in every_page(lang, "Citas") {
            assert!(!html.contains(" style=") && !html.contains(" hx-") && !html.contains(" onclick"));
            assert_eq!(html.matches("<h1").count(), 1);
            assert_eq!(html.matches("id=\"main\"").count(), 1);
            for form in html.split("method=\"post\"").skip(1) {
                assert!(form.split("</form>").next().unwrap().contains("name=\"csrf\""), "{form}");
            }
            for missing in [">routing-", "\"routing-", ">rehearse-", "\"rehearse-refused", "{ $"] {
                assert!(!html.contains(missing), "{missing} in {html}");
            }
            for symbol in html.split("<use href=\"#").skip(1).filter_map(|part| part.split('"').next()) {
                assert!(sprite.contains(&format!("id=\"{symbol}\"")), "{symbol}");
            }
        }
        for html in every_page(lang, HOSTILE) {
            assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{html}");
        }
    }
}

#[test]
fn who_may_not_change_sees_everything_and_no_button() {
    let mut page = OverviewPage {
        frame: sample::frame(Lang::Es, Theme::Light, Section::Admin),
        bar: bar("Gabriela", 2),
        changes: vec!["Cola".to_owned()],
        versions: Vec::new(),
    };
    assert!(page.render().unwrap().contains("/admin/routing/publish"));
    page.bar.may_manage = false;
    assert!(!page.render().unwrap().contains("method=\"post\" action=\"/admin/routing"));
}

fn faults() -> Vec<Fault> {
    let uuid = Uuid::from_u128(1);
    vec![
        Fault::UnknownQueue { queue: QueueId(uuid) },
        Fault::UnknownSkill { skill: SkillId(uuid) },
        Fault::UnknownCalendar { calendar: CalendarId(uuid) },
        Fault::UnknownPerson { person: PersonId(uuid) },
        Fault::UnknownTeam { team: TeamId(uuid) },
        Fault::UnknownChannel { channel: ChannelId(uuid) },
        Fault::UnknownAttribute { key: "plan".to_owned() },
        Fault::Circle { queues: vec![QueueId(uuid), QueueId(uuid)] },
        Fault::ToItself,
        Fault::TooMuch { most: 7 },
        Fault::TooShort { least: 7 },
        Fault::Zero,
        Fault::Level { level: 7 },
        Fault::Priority { highest: 7 },
        Fault::HoursOverlap,
        Fault::HoursInverted,
        Fault::HolidayTwice,
        Fault::IdTwice { of: Kind::Queue },
        Fault::NameTwice { of: Kind::Queue, name: "x".to_owned() },
        Fault::CodeTwice { code: "x".to_owned() },
        Fault::LanguageTwice { language: "x".to_owned() },
        Fault::OutOfOrder,
        Fault::Blank,
        Fault::NothingChosen,
        Fault::EmptyMessage,
        Fault::TooLong { most: 7 },
        Fault::AmberAfterRed,
        Fault::LeaveBeforeWarning,
        Fault::CloseBeforeReminder,
        Fault::PauseCode,
        Fault::ReservedCode { code: "x".to_owned() },
        Fault::LanguageCode { language: "x".to_owned() },
    ]
}

fn spots() -> Vec<Spot> {
    let date = "2026-12-25".parse().unwrap();
    vec![
        Spot::Id,
        Spot::Name,
        Spot::Code,
        Spot::Language,
        Spot::Slots,
        Spot::Skills,
        Spot::AtMost,
        Spot::AtOnce,
        Spot::Day { day: 6 },
        Spot::Day { day: 9 },
        Spot::Holiday { date },
        Spot::Members,
        Spot::ServedBy,
        Spot::Teams,
        Spot::Priority,
        Spot::Offer,
        Spot::Relaxation { step: 0 },
        Spot::Overflow,
        Spot::Late { step: 0 },
        Spot::Target { promise: Promise::First },
        Spot::Target { promise: Promise::Next },
        Spot::Target { promise: Promise::Resolution },
        Spot::Calendar,
        Spot::Welcome,
        Spot::Closed,
        Spot::ExpectedWait,
        Spot::AgentSilence,
        Spot::CustomerSilence,
        Spot::Reminder,
        Spot::Outcome,
        Spot::Thresholds,
        Spot::Test { test: 0 },
        Spot::EntryQueue,
        Spot::EntrySkills,
        Spot::Tags,
        Spot::Greeting,
        Spot::Begins,
    ]
}

#[test]
fn everything_that_can_be_wrong_has_words_in_every_language() {
    let uuid = Uuid::from_u128(1);
    let things = [
        Thing::Skill(SkillId(uuid)),
        Thing::Pause(0),
        Thing::Calendar(CalendarId(uuid)),
        Thing::Agent(PersonId(uuid)),
        Thing::Queue(QueueId(uuid)),
        Thing::Rule(EntryRuleId(uuid)),
        Thing::Weight(ChannelKind::TwilioSms),
        Thing::Channel(ChannelId(uuid)),
    ];
    let names = Names::default();
    for lang in LANGS {
        let tx = sample::tx(lang);
        for fault in faults() {
            let places = vec![Place { thing: things[0], field: Spot::Name }];
            let said = words::flaw(&tx, &names, &Flaw { fault, places });
            assert!(!said.contains("routing-") && !said.contains("{ $") && said.ends_with('.'), "{said}");
        }
        for field in spots() {
            for thing in things {
                let said = words::place(&tx, &names, Place { thing, field });
                assert!(!said.contains("routing-") && !said.contains("{ $"), "{said}");
            }
        }
    }
}

#[test]
fn a_removed_skill_is_named_with_every_place_that_still_asks_for_it() {
    let (skill, queue) = (SkillId::new(), QueueId::new());
    let before: Policy = Policy {
        skills: vec![routing::policy::Skill { id: skill, name: "Endodoncia".to_owned(), language: None }],
        queues: vec![Queue { name: "Citas".to_owned(), ..Queue::usual(queue) }],
        ..Policy::default()
    };
    let after = Policy { skills: Vec::new(), ..before.clone() };
    let names = Names::default().of(&before).of(&after);
    let flaw = Flaw {
        fault: Fault::UnknownSkill { skill },
        places: vec![Place { thing: Thing::Queue(queue), field: Spot::Skills }],
    };
    let tx = sample::tx(Lang::Es);
    assert_eq!(
        words::flaw(&tx, &names, &flaw),
        "Cola «Citas» (habilidades): la habilidad «Endodoncia» ya no existe."
    );
    assert_eq!(words::changes(&tx, &names, &before, &after), ["Habilidad «Endodoncia»: se quita"]);
    assert!(words::changes(&tx, &names, &after, &after).is_empty());
}

#[test]
fn everything_a_rule_can_see_has_words_in_every_language() {
    let some = || Some("x".to_owned());
    let language = Some(Language { code: "qu".to_owned(), stated: false });
    let saws = vec![
        Saw::Channel { channel: ChannelId::new() },
        Saw::ChannelKind { kind: ChannelKind::WhatsappCloud },
        Saw::Words { any: false, found: None },
        Saw::Words { any: true, found: None },
        Saw::Words { any: true, found: some() },
        Saw::Language { language: None },
        Saw::Language { language },
        Saw::NoReferral,
        Saw::Referral { id: None, found: None },
        Saw::Referral { id: some(), found: None },
        Saw::Referral { id: some(), found: some() },
        Saw::Attribute { value: None },
        Saw::Attribute { value: some() },
        Saw::Vip { is: true },
        Saw::Vip { is: false },
        Saw::Owned { is: true },
        Saw::Owned { is: false },
        Saw::Hours { open: None },
        Saw::Hours { open: Some(true) },
        Saw::Hours { open: Some(false) },
        Saw::LastClosed { hours_ago: None },
        Saw::LastClosed { hours_ago: Some(1) },
    ];
    let tests: Vec<TestTrace> = saws.into_iter().map(|saw| TestTrace { held: true, saw }).collect();
    let entered = routing::entry::Entered {
        rule: Some(EntryRuleId(Uuid::from_u128(1))),
        queue: QueueId::new(),
        skills: BTreeMap::from([(SkillId::new(), 3)]),
        priority: -2,
        tags: ["dental".to_owned()].into(),
        greeting: Some(routing::policy::Message(BTreeMap::from([("es".to_owned(), "Hola".to_owned())]))),
        language: Some(Language { code: "pt".to_owned(), stated: true }),
        trace: vec![routing::entry::RuleTrace {
            rule: EntryRuleId(Uuid::from_u128(1)),
            on: true,
            held: true,
            tests,
        }],
    };
    for lang in LANGS {
        let tried = words::tried(&sample::tx(lang), &Names::default(), &entered);
        let said = format!("{tried:?}");
        assert!(!said.contains("routing-") && !said.contains("{ $"), "{said}");
        assert_eq!((tried.more.len(), tried.rules[0].tests.len()), (5, 22));
    }
}

#[test]
fn what_is_wrong_stands_beside_its_field_and_what_somebody_else_wrote_too() {
    let tx = sample::tx(Lang::Es);
    let parts = |name: &str| {
        let mut typed = Typed::default();
        typed.set("name", name);
        let make = Maker { tx, typed: &typed };
        vec![make.part("a", "routing-name", vec![make.field("name", "routing-name", Control::Text)])]
    };
    let (mut mine, mut theirs) = (parts("Citas"), parts("Turnos"));
    compare(&mut mine, &mut theirs, &tx);
    assert_eq!(mine[0].fields[0].theirs.as_deref(), Some("Turnos"));
    let wrong = vec![("name".to_owned(), "falta".to_owned()), ("other".to_owned(), "lejos".to_owned())];
    assert_eq!(place(&mut mine, wrong), ["lejos"]);
    assert_eq!(mine[0].fields[0].errors, ["falta"]);
}
