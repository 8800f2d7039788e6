use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// A Monday in Santiago.
fn at(time: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("2026-11-23T{time}:00-03:00")).unwrap().to_utc()
}

/// Queues: 1 appointments, 2 emergencies, 3 night, 9 the channel's own. Skills: 1 Spanish, 2 Portuguese, 3 dental.
fn policy(rules: &[(u128, Value, Value)]) -> Policy {
    let day = json!([{"from": "09:00:00", "to": "18:00:00"}]);
    let rules: Vec<Value> = rules
        .iter()
        .map(|(rule, tests, entry)| {
            let mut entry = entry.clone();
            entry["queue"] = json!(id(entry["queue"].as_u64().unwrap().into()));
            json!({"id": id(*rule), "name": format!("Regla {rule}"), "tests": tests, "entry": entry})
        })
        .collect();
    serde_json::from_value(json!({
        "skills": [{"id": id(1), "name": "Español", "language": "es"},
            {"id": id(2), "name": "Portugués", "language": "pt"}, {"id": id(3), "name": "Dental"}],
        "calendars": [{"id": id(1), "name": "Día", "zone": "America/Santiago",
            "week": [day, day, day, day, day, [], []]}],
        "rules": rules,
    }))
    .unwrap()
}

fn facts(text: &str) -> EntryFacts {
    EntryFacts {
        channel: ChannelId(id(1)),
        kind: ChannelKind::WhatsappCloud,
        text: Some(text.into()),
        stated_language: None,
        referral: None,
        attributes: BTreeMap::new(),
        vip: false,
        owned: false,
        last_closed: None,
        fallback_queue: QueueId(id(9)),
    }
}

/// Which queue, and what each rule that was looked at did.
fn went(policy: &Policy, facts: &EntryFacts) -> (u128, Vec<bool>) {
    let entered = enter(policy, facts, at("12:00"));
    (entered.queue.0.as_u128(), entered.trace.iter().map(|rule| rule.held).collect())
}

#[test]
fn the_first_rule_that_holds_decides_and_the_channel_catches_the_rest() {
    let policy = policy(&[
        (1, json!([{"test": "keyword", "any": ["me duele", "urgente"]}]), json!({"queue": 2, "priority": 3})),
        (2, json!([{"test": "keyword", "any": ["cita", "turno"]}]), json!({"queue": 1})),
    ]);
    assert_eq!(went(&policy, &facts("Me duele mucho, quiero una cita")), (2, vec![true]));
    assert_eq!(went(&policy, &facts("Quiero una CITA")), (1, vec![false, true]));
    assert_eq!(went(&policy, &facts("Solicito información")), (9, vec![false, false]));
    assert_eq!(went(&policy, &EntryFacts { text: None, ..facts("") }), (9, vec![false, false]));
    let default = enter(&Policy::default(), &facts("hola"), at("12:00"));
    assert_eq!((default.rule, default.queue, default.trace), (None, QueueId(id(9)), vec![]));
}

#[test]
fn a_rule_that_is_off_is_passed_over() {
    let mut policy = policy(&[(1, json!([]), json!({"queue": 2})), (2, json!([]), json!({"queue": 1}))]);
    assert_eq!(went(&policy, &facts("hola")), (2, vec![true]));
    policy.rules[0].on = false;
    assert_eq!(went(&policy, &facts("hola")), (1, vec![false, true]));
}

#[test]
fn all_tests_of_a_rule_have_to_hold_and_each_says_what_it_saw() {
    let policy = policy(&[(
        1,
        json!([
            {"test": "channel_kind", "any": ["whatsapp_cloud"]}, {"test": "keyword", "any": ["dolor", "Muelá"]},
            {"test": "language", "any": ["pt"]}, {"test": "vip", "is": true},
            {"test": "hours", "calendar": id(1), "open": true}, {"test": "hours", "calendar": id(7), "open": false},
        ]),
        json!({"queue": 2}),
    )]);
    let entered = enter(&policy, &facts("hola, me duele la muela"), at("20:00"));
    let language = Some(Language { code: "es".into(), stated: false });
    let saw: Vec<(bool, Saw)> =
        entered.trace[0].tests.iter().map(|test| (test.held, test.saw.clone())).collect();
    assert_eq!(
        saw,
        [
            (true, Saw::ChannelKind { kind: ChannelKind::WhatsappCloud }),
            (true, Saw::Words { any: true, found: Some("Muelá".into()) }),
            (false, Saw::Language { language: language.clone() }),
            (false, Saw::Vip { is: false }),
            (false, Saw::Hours { open: Some(false) }),
            (false, Saw::Hours { open: None }),
        ]
    );
    assert_eq!((entered.rule, entered.language), (None, language));
}

/// Whether one test holds for these facts at noon.
fn holds(test: Value, facts: &EntryFacts) -> bool {
    let policy = policy(&[(1, json!([test]), json!({"queue": 1}))]);
    enter(&policy, facts, at("12:00")).rule.is_some()
}

#[test]
fn channels_and_their_kinds() {
    let hola = facts("hola");
    assert!(holds(json!({"test": "channel", "any": [id(1), id(2)]}), &hola));
    assert!(!holds(json!({"test": "channel", "any": [id(2)]}), &hola));
    assert!(holds(json!({"test": "channel_kind", "any": ["twilio_sms", "whatsapp_cloud"]}), &hola));
    assert!(!holds(json!({"test": "channel_kind", "any": ["twilio_sms"]}), &hola));
}

#[test]
fn what_the_customer_stated_goes_before_what_they_write() {
    let portuguese = json!({"test": "language", "any": ["pt"]});
    let states =
        |language: &str| EntryFacts { stated_language: Some(language.into()), ..facts("quiero una cita") };
    assert!(holds(portuguese.clone(), &states("pt_BR")));
    assert!(!holds(portuguese.clone(), &states("???")));
    assert!(holds(portuguese.clone(), &facts("bom dia, preciso remarcar")));
    assert!(!holds(portuguese, &facts("ok")));
}

#[test]
fn ads_are_known_by_id_or_by_words() {
    let from = |id: &str, words: &str| EntryFacts {
        referral: Some(CameFrom { id: Some(id.into()), words: words.into() }),
        ..facts("hola")
    };
    let promo = from("120", "Promoción de octubre https://example.com/blanqueamiento-dental");
    assert!(holds(json!({"test": "referral"}), &promo));
    assert!(!holds(json!({"test": "referral"}), &facts("hola")));
    assert!(holds(json!({"test": "referral", "ids": ["120", "121"]}), &promo));
    assert!(!holds(json!({"test": "referral", "ids": ["121"]}), &promo));
    assert!(holds(json!({"test": "referral", "holds": ["promocion"]}), &promo));
    assert!(holds(json!({"test": "referral", "holds": ["blanqueamiento dental"]}), &promo));
    assert!(!holds(json!({"test": "referral", "ids": ["120"], "holds": ["ortodoncia"]}), &promo));
}

#[test]
fn fields_of_the_contact() {
    let with = |value: &str| EntryFacts {
        attributes: [("plan".to_owned(), value.to_owned())].into(),
        ..facts("hola")
    };
    let gold = json!({"test": "attribute", "name": "plan", "any": ["Oro", "platino"]});
    assert!(holds(gold.clone(), &with(" ORO ")));
    assert!(!holds(gold.clone(), &with("orondo")));
    assert!(!holds(gold, &facts("hola")));
    assert!(holds(json!({"test": "attribute", "name": "plan"}), &with("cualquiera")));
    assert!(!holds(json!({"test": "attribute", "name": "plan"}), &with("  ")));
}

#[test]
fn tiers_owners_and_those_who_come_back() {
    let vip = EntryFacts { vip: true, owned: true, ..facts("hola") };
    assert!(holds(json!({"test": "vip", "is": true}), &vip));
    assert!(holds(json!({"test": "vip", "is": false}), &facts("hola")));
    assert!(holds(json!({"test": "owned", "is": true}), &vip));
    assert!(!holds(json!({"test": "owned", "is": true}), &facts("hola")));

    let closed = |before: TimeDelta| EntryFacts { last_closed: Some(at("12:00") - before), ..facts("hola") };
    let day = json!({"test": "returning", "within_hours": 24});
    assert!(holds(day.clone(), &closed(TimeDelta::hours(24))));
    assert!(!holds(day.clone(), &closed(TimeDelta::seconds(24 * 3_600 + 1))));
    assert!(holds(day.clone(), &closed(TimeDelta::seconds(-2))));
    assert!(!holds(day, &facts("hola")));
}

#[test]
fn opening_hours_send_the_night_elsewhere() {
    let night =
        policy(&[(1, json!([{"test": "hours", "calendar": id(1), "open": false}]), json!({"queue": 3}))]);
    assert_eq!(enter(&night, &facts("hola"), at("17:59")).queue, QueueId(id(9)));
    assert_eq!(enter(&night, &facts("hola"), at("18:00")).queue, QueueId(id(3)));
}

#[test]
fn what_follows_is_what_the_rule_says_and_the_language_if_a_skill_stands_for_it() {
    let entry = json!({"queue": 1, "skills": {id(3).to_string(): 3, id(1).to_string(): 4}, "speaks_language": true,
        "priority": -2, "tags": ["dental"], "greeting": {"es": "¡Hola!"}});
    let policy = policy(&[(1, json!([]), entry)]);
    let skills = |text: &str| -> Vec<(u128, u8)> {
        let entered = enter(&policy, &facts(text), at("12:00"));
        entered.skills.iter().map(|(skill, level)| (skill.0.as_u128(), *level)).collect()
    };
    assert_eq!(skills("quiero una cita"), [(1, 4), (3, 3)]);
    assert_eq!(skills("quero marcar uma consulta"), [(1, 4), (2, 1), (3, 3)]);
    assert_eq!(skills("hi, I need an appointment"), [(1, 4), (3, 3)]);
    let entered = enter(&policy, &facts("hola"), at("12:00"));
    assert_eq!((entered.priority, entered.tags), (-2, ["dental".to_owned()].into()));
    assert_eq!(entered.greeting.unwrap().words("es"), Some("¡Hola!"));
}

proptest! {
    #[test]
    fn something_always_catches_and_the_trace_says_what(text in any::<String>(), keywords in prop::collection::vec("\\PC{0,6}", 0..5)) {
        let rules: Vec<_> = (1..).zip(&keywords)
            .map(|(n, word)| (n, json!([{"test": "keyword", "any": [word]}]), json!({"queue": 1})))
            .collect();
        let policy = policy(&rules);
        let entered = enter(&policy, &facts(&text), at("12:00"));
        let held: Vec<_> = entered.trace.iter().filter(|rule| rule.held).map(|rule| rule.rule).collect();
        prop_assert_eq!(held, Vec::from_iter(entered.rule));
        prop_assert!(entered.rule.is_some() || entered.trace.len() == policy.rules.len());
        prop_assert_eq!(entered.queue, QueueId(id(if entered.rule.is_some() { 1 } else { 9 })));
    }
}
