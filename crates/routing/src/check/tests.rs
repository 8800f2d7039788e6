use chrono::{NaiveDate, NaiveTime};
use domain::ChannelKind;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    Promise,
    policy::{EntryRuleId, Holiday, Late, LateAction, Overflow, Queue, Relaxation, Relaxed},
};

mod properties;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn queue(n: u128) -> QueueId {
    QueueId(id(n))
}

fn skill(n: u128) -> SkillId {
    SkillId(id(n))
}

fn known() -> Known {
    Known {
        people: [PersonId(id(1)), PersonId(id(2))].into(),
        teams: [TeamId(id(1)), TeamId(id(2))].into(),
        channels: [(ChannelId(id(1)), queue(3))].into(),
        attributes: ["name".to_owned(), "plan".to_owned()].into(),
    }
}

/// A clinic that uses everything there is. Queues: 1 appointments, 2 emergencies, 3 the rest.
fn clinic() -> Policy {
    let words = |text: &str| json!({"es": text, "pt": text, "en": text});
    let day = json!([{"from": "09:00:00", "to": "13:00:00"}, {"from": "15:00:00", "to": "00:00:00"}]);
    let document = json!({
        "weights": {"whatsapp_cloud": 1, "twilio_sms": 2},
        "skills": [
            {"id": id(1), "name": "Español", "language": "es"},
            {"id": id(2), "name": "Inglés", "language": "en"},
            {"id": id(3), "name": "Dental"},
        ],
        "pauses": [
            {"code": "lunch", "name": "Almuerzo", "longest": 3600, "at_once": {id(1).to_string(): 2}},
            {"code": "bath", "name": "Baño"},
        ],
        "calendars": [{
            "id": id(1), "name": "Clínica", "zone": "America/Santiago",
            "week": [day, day, day, day, day, [], []],
            "holidays": [{"date": "2026-12-25", "name": "Navidad"},
                {"date": "2026-12-24", "name": "Nochebuena", "hours": [{"from": "09:00:00", "to": "12:00:00"}]}],
        }],
        "agents": {
            id(1).to_string(): {"capacity": 4, "skills": {id(1).to_string(): 5, id(3).to_string(): 2}},
            id(2).to_string(): {"capacity": 0, "skills": {id(2).to_string(): 3}, "at_most": {id(2).to_string(): 1}},
        },
        "queues": [{
            "id": id(1), "name": "Citas", "priority": 2, "members": [id(1)], "served_by": [id(2)], "teams": [id(1)],
            "skills": {id(3).to_string(): 3}, "vip_head_start": 900,
            "mode": {"mode": "offer", "seconds": 20, "lapsed": {"pause_after": 2}},
            "sticky": {"to": "owner_or_last_agent", "wait": 60},
            "relaxation": [
                {"after": 60, "relaxed": {"relaxed": "lower", "levels": 1}},
                {"after": 60, "relaxed": {"relaxed": "widen", "teams": [id(1)]}},
                {"after": 120, "relaxed": {"relaxed": "drop", "skill": id(3)}},
            ],
            "overflow": {"after": 600, "to": id(3)},
            "late": [
                {"after": 120, "action": {"action": "tell", "message": words("Ya casi")}},
                {"after": 120, "action": {"action": "tag", "tag": "tarde"}},
                {"after": 300, "action": {"action": "alert"}},
                {"after": 900, "action": {"action": "move", "to": id(2)}},
            ],
            "targets": {"first_response": 300, "next_response": 600, "resolution": 86_400},
            "calendar": id(1),
            "messages": {"welcome": words("Hola"), "closed": words("Abrimos {opens}"),
                "expected_wait": words("Unos {wait}")},
            "agent_silence": {"warn_after": 300, "leave_after": 600, "then": "back_to_queue", "pause": true},
            "customer_silence": {"remind_after": 3600, "reminder": words("¿Sigue ahí?"),
                "close_after": 7200, "outcome": "sin respuesta"},
            "wrap_up": 30,
        }, {
            "id": id(2), "name": "Urgencias", "overflow": {"after": 60, "to": id(3)},
        }, {
            "id": id(3), "name": "Resto",
        }],
        "rules": [{
            "id": id(1), "name": "Urgencias",
            "tests": [
                {"test": "channel", "any": [id(1)]}, {"test": "channel_kind", "any": ["whatsapp_cloud"]},
                {"test": "keyword", "any": ["dolor", "urgente"]}, {"test": "language", "any": ["es", "pt"]},
                {"test": "referral", "ids": [], "holds": []}, {"test": "attribute", "name": "plan", "any": ["oro"]},
                {"test": "vip", "is": true}, {"test": "owned", "is": false},
                {"test": "hours", "calendar": id(1), "open": true}, {"test": "returning", "within_hours": 24},
            ],
            "entry": {"queue": id(2), "skills": {id(1).to_string(): 1}, "speaks_language": true, "priority": 3,
                "tags": ["urgente"], "greeting": words("Vamos")},
        }],
    });
    serde_json::from_value(document).unwrap()
}

#[test]
fn a_whole_clinic_passes() {
    assert_eq!(check(&clinic(), &known()), []);
    assert_eq!(check(&Policy::default(), &Known::default()), []);
}

/// What is wrong after a change: the words of the faults with their places.
fn wrong(change: impl FnOnce(&mut Policy)) -> Vec<(&'static str, Vec<Place>)> {
    let mut policy = clinic();
    change(&mut policy);
    check(&policy, &known()).into_iter().map(|flaw| (flaw.fault.code(), flaw.places)).collect()
}

fn place(thing: Thing, field: Field) -> Place {
    Place { thing, field }
}

fn in_queue(n: u128, field: Field) -> Place {
    place(Thing::Queue(queue(n)), field)
}

#[test]
fn a_field_that_contacts_do_not_have_is_refused() {
    let test = place(Thing::Rule(EntryRuleId(id(1))), Field::Test { test: 5 });
    only("unknown_attribute", &[test], |policy| {
        policy.rules[0].tests[5] = Test::Attribute { name: "poliza".to_owned(), any: BTreeSet::new() };
    });
}

#[test]
fn a_queue_in_which_a_channel_begins_can_not_go() {
    let mut policy = clinic();
    policy.queues.push(Queue { name: "Otra".to_owned(), ..Queue::usual(queue(4)) });
    let mut known = known();
    known.channels.insert(ChannelId(id(2)), queue(4));
    assert_eq!(check(&policy, &known), []);
    policy.queues.pop();
    let flaw = Flaw {
        fault: Fault::UnknownQueue { queue: queue(4) },
        places: vec![place(Thing::Channel(ChannelId(id(2))), Field::Begins)],
    };
    assert_eq!(check(&policy, &known), [flaw]);
}

/// Exactly this one flaw, here and nowhere else.
#[track_caller]
fn only(code: &'static str, places: &[Place], change: impl FnOnce(&mut Policy)) {
    assert_eq!(wrong(change), [(code, places.to_vec())]);
}

fn rule_place(field: Field) -> Place {
    place(Thing::Rule(EntryRuleId(id(1))), field)
}

fn calendar_place(field: Field) -> Place {
    place(Thing::Calendar(CalendarId(id(1))), field)
}

fn agent_place(n: u128, field: Field) -> Place {
    place(Thing::Agent(PersonId(id(n))), field)
}

#[test]
fn a_skill_removed_while_in_use_names_every_place() {
    let dental = [
        agent_place(1, Field::Skills),
        in_queue(1, Field::Skills),
        in_queue(1, Field::Relaxation { step: 2 }),
    ];
    only("unknown_skill", &dental, |policy| policy.skills.retain(|skill| skill.name != "Dental"));
    let spanish = [agent_place(1, Field::Skills), rule_place(Field::EntrySkills)];
    only("unknown_skill", &spanish, |policy| policy.skills.retain(|skill| skill.name != "Español"));
}

#[test]
fn a_queue_that_is_gone_is_missed_everywhere() {
    let emergencies =
        [agent_place(2, Field::AtMost), in_queue(1, Field::Late { step: 3 }), rule_place(Field::EntryQueue)];
    only("unknown_queue", &emergencies, |policy| {
        policy.queues.remove(1);
    });
    let begins = place(Thing::Channel(ChannelId(id(1))), Field::Begins);
    let rest = [in_queue(1, Field::Overflow), in_queue(2, Field::Overflow), begins];
    only("unknown_queue", &rest, |policy| {
        policy.queues.remove(2);
    });
    let flaws = wrong(|policy| policy.queues.clear());
    assert!(flaws.contains(&("unknown_queue", vec![place(Thing::Pause(0), Field::AtOnce)])));
}

#[test]
fn strangers_are_refused() {
    let calendar = [in_queue(1, Field::Calendar), rule_place(Field::Test { test: 8 })];
    only("unknown_calendar", &calendar, |policy| policy.calendars.clear());
    only("unknown_person", &[in_queue(3, Field::Members)], |policy| {
        policy.queues[2].members.insert(PersonId(id(9)));
    });
    only("unknown_person", &[agent_place(9, Field::Id)], |policy| {
        policy.agents.insert(PersonId(id(9)), Agent::default());
    });
    let team = TeamId(id(9));
    only("unknown_team", &[in_queue(2, Field::ServedBy), in_queue(2, Field::Teams)], |policy| {
        policy.queues[1].teams.insert(team);
        policy.queues[1].served_by.insert(team);
    });
    only("unknown_team", &[in_queue(3, Field::Relaxation { step: 0 })], |policy| {
        let relaxed = Relaxed::Widen { teams: [team].into() };
        policy.queues[2].relaxation = vec![Relaxation { after: 5, relaxed }];
    });
    only("unknown_channel", &[rule_place(Field::Test { test: 0 })], |policy| {
        policy.rules[0].tests[0] = Test::Channel { any: [ChannelId(id(9)), ChannelId(id(1))].into() };
    });
}

#[test]
fn queues_that_go_round_are_refused_with_the_whole_circle() {
    // The rest moves what is late to appointments, which flows over to the rest and moves to emergencies.
    let places = [
        in_queue(1, Field::Overflow),
        in_queue(1, Field::Late { step: 3 }),
        in_queue(2, Field::Overflow),
        in_queue(3, Field::Late { step: 0 }),
    ];
    let change = |policy: &mut Policy| {
        policy.queues[2].late = vec![Late { after: 60, action: LateAction::Move { to: queue(1) } }];
    };
    only("circle", &places, change);
    let mut policy = clinic();
    change(&mut policy);
    let fault = Fault::Circle { queues: vec![queue(1), queue(2), queue(3)] };
    assert_eq!(check(&policy, &known())[0].fault, fault);

    only("to_itself", &[in_queue(3, Field::Overflow)], |policy| {
        policy.queues[2].overflow = Some(Overflow { after: 60, to: queue(3) });
    });
}

#[test]
fn absurd_numbers_are_refused() {
    only("too_much", &[agent_place(1, Field::Slots)], |policy| {
        policy.agents.get_mut(&PersonId(id(1))).unwrap().capacity = 1_001;
    });
    let everywhere = [
        place(Thing::Weight(ChannelKind::TwilioSms), Field::Slots),
        place(Thing::Pause(1), Field::AtOnce),
        agent_place(2, Field::AtMost),
    ];
    only("too_much", &everywhere, |policy| {
        policy.weights.insert(ChannelKind::TwilioSms, u32::MAX);
        policy.pauses[1].at_once.insert(queue(1), 5_000);
        policy.agents.get_mut(&PersonId(id(2))).unwrap().at_most.insert(queue(1), 1_001);
    });
    only("priority", &[in_queue(3, Field::Priority)], |policy| policy.queues[2].priority = i16::MIN);
    only("priority", &[rule_place(Field::Priority)], |policy| policy.rules[0].entry.priority = 11);
    only("too_short", &[in_queue(1, Field::Offer)], |policy| {
        if let crate::policy::Mode::Offer { seconds, .. } = &mut policy.queues[0].mode {
            *seconds = 4;
        }
    });
    let target = Field::Target { promise: Promise::Next };
    only("zero", &[in_queue(1, target)], |policy| policy.queues[0].targets.next_response = Some(0));
}

#[test]
fn levels_are_from_one_to_five() {
    for level in [0, 6, 255] {
        only("level", &[in_queue(1, Field::Skills)], |policy| {
            policy.queues[0].skills.insert(skill(3), level);
        });
    }
    only("level", &[in_queue(1, Field::Relaxation { step: 0 })], |policy| {
        policy.queues[0].relaxation[0].relaxed = Relaxed::Lower { levels: 0 };
    });
}

fn span(from: u32, to: u32) -> Span {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    Span { from: time(from), to: time(to) }
}

#[test]
fn hours_neither_overlap_nor_run_backwards() {
    let day = |spans: Vec<Span>| move |policy: &mut Policy| policy.calendars[0].week.0[6] = spans;
    let sunday = [calendar_place(Field::Day { day: 6 })];
    only("hours_overlap", &sunday, day(vec![span(14, 18), span(9, 15)]));
    only("hours_overlap", &sunday, day(vec![span(9, 0), span(22, 23)]));
    only("hours_inverted", &sunday, day(vec![span(9, 9)]));
    only("hours_inverted", &sunday, day(vec![span(18, 9), span(9, 12)]));
    assert_eq!(wrong(day(vec![span(12, 0), span(0, 12)])), []);
    let date = NaiveDate::from_ymd_opt(2026, 12, 25).unwrap();
    let christmas = [calendar_place(Field::Holiday { date })];
    only("hours_overlap", &christmas, |policy| {
        policy.calendars[0].holidays[0].hours = vec![span(9, 12), span(11, 13)];
    });
    only("holiday_twice", &christmas, |policy| {
        policy.calendars[0].holidays.push(Holiday { date, name: "Otra".into(), hours: Vec::new() });
    });
}

#[test]
fn names_ids_and_codes_are_there_once() {
    only("name_twice", &[in_queue(2, Field::Name), in_queue(3, Field::Name)], |policy| {
        policy.queues[2].name = " URGENCIAS ".into();
    });
    only("id_twice", &[in_queue(3, Field::Id)], |policy| {
        policy.queues.push(Queue { name: "Otra".into(), ..Queue::usual(queue(3)) });
    });
    let codes = [place(Thing::Pause(0), Field::Code), place(Thing::Pause(1), Field::Code)];
    only("code_twice", &codes, |policy| policy.pauses[1].code = "lunch".into());
    let languages =
        [place(Thing::Skill(skill(1)), Field::Language), place(Thing::Skill(skill(2)), Field::Language)];
    only("language_twice", &languages, |policy| policy.skills[1].language = Some("es".into()));
}

#[test]
fn names_are_neither_blank_nor_endless() {
    only("blank", &[calendar_place(Field::Name), in_queue(1, Field::Name)], |policy| {
        policy.queues[0].name = "  ".into();
        policy.calendars[0].name.clear();
    });
    only("too_long", &[rule_place(Field::Name)], |policy| policy.rules[0].name = "ñ".repeat(81));
    assert_eq!(wrong(|policy| policy.rules[0].name = "ñ".repeat(80)), []);
    only("too_long", &[in_queue(1, Field::Closed)], |policy| {
        let closed = policy.queues[0].messages.closed.as_mut().unwrap();
        closed.0.insert("en".into(), "x".repeat(1_001));
    });
    only("blank", &[rule_place(Field::Test { test: 2 })], |policy| {
        policy.rules[0].tests[2] = Test::Keyword { any: vec![String::new()] };
    });
    only("nothing_chosen", &[rule_place(Field::Test { test: 2 })], |policy| {
        policy.rules[0].tests[2] = Test::Keyword { any: Vec::new() };
    });
}

#[test]
fn messages_have_words_in_languages_that_exist() {
    only("empty_message", &[in_queue(1, Field::Welcome), rule_place(Field::Greeting)], |policy| {
        policy.queues[0].messages.welcome = Some(Message::default());
        let greeting = policy.rules[0].entry.greeting.as_mut().unwrap();
        greeting.0.insert("pt".into(), " ".into());
    });
    only("empty_message", &[in_queue(1, Field::Reminder)], |policy| {
        policy.queues[0].customer_silence.as_mut().unwrap().reminder = Message::default();
    });
    only("language_code", &[in_queue(1, Field::Late { step: 0 })], |policy| {
        if let LateAction::Tell { message } = &mut policy.queues[0].late[0].action {
            message.0.insert("pt-BR".into(), "Já".into());
        }
    });
    only("language_code", &[place(Thing::Skill(skill(1)), Field::Language)], |policy| {
        policy.skills[0].language = Some("ES".into());
    });
}

#[test]
fn steps_come_in_order_of_time() {
    only("out_of_order", &[in_queue(1, Field::Relaxation { step: 2 })], |policy| {
        policy.queues[0].relaxation[2].after = 59;
    });
    let steps = [in_queue(1, Field::Late { step: 1 }), in_queue(1, Field::Late { step: 2 })];
    only("out_of_order", &steps, |policy| policy.queues[0].late[0].after = 800);
}

#[test]
fn warnings_come_before_what_they_warn_of() {
    only("amber_after_red", &[in_queue(3, Field::Thresholds)], |policy| {
        policy.queues[2].thresholds.amber = 301
    });
    only("leave_before_warning", &[in_queue(1, Field::AgentSilence)], |policy| {
        policy.queues[0].agent_silence.as_mut().unwrap().leave_after = 299;
    });
    assert_eq!(wrong(|policy| policy.queues[0].agent_silence.as_mut().unwrap().leave_after = 0), []);
    only("close_before_reminder", &[in_queue(1, Field::CustomerSilence)], |policy| {
        policy.queues[0].customer_silence.as_mut().unwrap().close_after = Some(3_600);
    });
    only("zero", &[in_queue(1, Field::CustomerSilence)], |policy| {
        let silence = policy.queues[0].customer_silence.as_mut().unwrap();
        (silence.remind_after, silence.close_after) = (None, Some(0));
    });
    only("blank", &[in_queue(1, Field::Outcome)], |policy| {
        policy.queues[0].customer_silence.as_mut().unwrap().outcome.clear();
    });
}

#[test]
fn the_word_of_a_pause_is_plain_and_not_one_of_ours() {
    let code = [place(Thing::Pause(1), Field::Code)];
    for word in ["", "Lunch", "con espacio", "baño", &"a".repeat(41)] {
        only("pause_code", &code, |policy| policy.pauses[1].code = word.into());
    }
    for word in RESERVED_PAUSES {
        only("reserved_code", &code, |policy| policy.pauses[1].code = word.into());
    }
    assert_eq!(wrong(|policy| policy.pauses[1].code = "a".repeat(40)), []);
}
