//! Bodies made to break a reader: each is read to its end, kept or set aside, and spoils nothing beside it.

use std::{fmt::Write as _, time::Duration, time::Instant};

use channel_gateway::{
    Parsed,
    twilio::{parse_message, parse_status},
    whatsapp::parse,
};
use domain::inbound::{InboundEvent, InboundMessage};

const NEVER: &str = "una palabra de la clienta";

fn message(id: &str, body: &str) -> String {
    format!(
        r#"{{"from":"573001112233","id":"wamid.{id}","timestamp":"1763700000","type":"text","text":{{"body":"{body}"}}}}"#
    )
}

fn around(list: &str, items: &str) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":"2"}},"{list}":[{items}]}}}}]}}]}}"#
    )
}

fn messages(parsed: &Parsed) -> Vec<&InboundMessage> {
    parsed
        .items
        .iter()
        .flatten()
        .filter_map(|item| match &item.event {
            InboundEvent::Message(message) => Some(message.as_ref()),
            _ => None,
        })
        .collect()
}

fn reasons(parsed: &Parsed) -> Vec<&str> {
    parsed.items.iter().filter_map(|item| item.as_ref().err()).map(|broken| broken.reason.as_str()).collect()
}

/// How long it takes, generously: what grows with the square of a body takes minutes.
fn soon<T>(read: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let read = read();
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    read
}

#[test]
fn a_thousand_updates_in_one_body_are_a_thousand_items_however_many_are_broken() {
    let mut items = String::new();
    for n in 0..1000 {
        let item = if n % 10 == 3 { format!(r#"{{"id":[{n}]}}"#) } else { message(&n.to_string(), "Hola") };
        write!(items, "{}{item}", if n == 0 { "" } else { "," }).unwrap();
    }
    let parsed = soon(|| parse(around("messages", &items).as_bytes())).unwrap();
    assert_eq!(messages(&parsed).len(), 900);
    assert_eq!(reasons(&parsed).len(), 100);
}

#[test]
fn three_megabytes_are_read_whether_in_one_word_in_many_items_or_in_escapes() {
    let word = "x".repeat(3_000_000);
    let parsed = soon(|| parse(around("messages", &message("1", &word)).as_bytes())).unwrap();
    assert_eq!(messages(&parsed)[0].content.text(), Some(word.as_str()));

    let many = vec!["7"; 1_000_000].join(",");
    let parsed = soon(|| parse(around("messages", &many).as_bytes())).unwrap();
    assert_eq!(reasons(&parsed).len(), 1_000_000);

    let halves = r"\ud83d".repeat(500_000);
    let parsed = soon(|| parse(around("messages", &message("1", &halves)).as_bytes())).unwrap();
    assert_eq!(messages(&parsed)[0].content.text().map(|text| text.chars().count()), Some(500_000));

    let form =
        format!("AccountSid=AC1&To=%2B1&From=%2B573001112233&MessageSid=SM1&Body={}", "%00a".repeat(750_000));
    let parsed = soon(|| parse_message(form.as_bytes()));
    assert_eq!(messages(&parsed)[0].content.text().map(str::len), Some(750_000));
    let names = (0..300_000).fold(String::new(), |mut form, n| {
        write!(form, "n{n}=&").unwrap();
        form
    });
    assert_eq!(reasons(&soon(|| parse_message(names.as_bytes()))).len(), 1);
    assert_eq!(reasons(&soon(|| parse_status(&names, names.as_bytes()))).len(), 1);
}

#[test]
fn nesting_of_any_depth_costs_only_its_own_part() {
    for depth in [63, 127, 128, 10_000, 1_000_000] {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let items = format!(
                r#"{deep},{{"from":"573001112233","id":"wamid.D","timestamp":"1763700000","type":"hologram","hologram":{deep}}},{}"#,
                message("G", "bien")
            );
            let parsed = soon(|| parse(around("messages", &items).as_bytes())).unwrap();
            let ids: Vec<_> = messages(&parsed).iter().map(|m| m.vendor_id.as_str()).collect();
            assert_eq!(ids, ["wamid.D", "wamid.G"], "{depth}");
            // What we keep can be read again, by us and by others.
            for item in parsed.items.iter().flatten() {
                let written = serde_json::to_string(item).unwrap();
                assert_eq!(&serde_json::from_str::<domain::inbound::Inbound>(&written).unwrap(), item);
            }
        }
    }
}

#[test]
fn names_and_ids_without_end_reach_no_index() {
    let long = "9".repeat(100_000);
    let contacts = format!(r#""contacts":[{{"profile":{{"name":"{long}"}},"wa_id":"573001112233"}}]"#);
    let body = around("messages", &message("1", "Hola"))
        .replace(r#""messages":["#, &format!(r#"{contacts},"messages":["#));
    let parsed = parse(body.as_bytes()).unwrap();
    assert_eq!(messages(&parsed)[0].name.as_ref().map(String::len), Some(200));

    let items = [
        message(&long, "x"),
        message("2", "x").replace("573001112233", &long),
        message("3", "x")
            .replace(r#""type":"text""#, &format!(r#""type":"text","context":{{"id":"{long}"}}"#)),
    ];
    let parsed = parse(around("messages", &items.join(",")).as_bytes()).unwrap();
    assert_eq!(reasons(&parsed).len(), 2, "an id and an address");
    assert_eq!(messages(&parsed)[0].context, None);
}

#[test]
fn what_is_set_aside_says_why_without_saying_what() {
    let broken = [
        format!(r#"{{"id":"{NEVER}","type":"text","text":{{"body":"{NEVER}"}}}}"#),
        format!(r#"{{"from":"573001112233","id":"wamid.1","timestamp":"{NEVER}"}}"#),
        format!(r#"["{NEVER}"]"#),
    ];
    let parsed = parse(around("messages", &broken.join(",")).as_bytes()).unwrap();
    assert_eq!(reasons(&parsed).len(), 3);
    for reason in reasons(&parsed) {
        assert!(!reason.contains(NEVER), "{reason}");
    }
    for body in
        [format!(r#"{{"entry":["{NEVER}"#), format!(r#"{{"object":"{NEVER}","entry":[]}}"#), NEVER.to_owned()]
    {
        let error = parse(body.as_bytes()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(NEVER));
    }
    let form = format!("Body={NEVER}&From={NEVER}");
    for parsed in [parse_message(form.as_bytes()), parse_status(NEVER, form.as_bytes())] {
        assert!(reasons(&parsed).iter().all(|reason| !reason.contains(NEVER)));
    }
}

#[test]
fn bytes_that_are_no_text_are_read_as_far_as_they_are() {
    let mut body = around("messages", &message("1", "a?b")).into_bytes();
    let at = body.iter().position(|byte| *byte == b'?').unwrap();
    body[at] = 0xff;
    let parsed = parse(&body).unwrap();
    assert_eq!(messages(&parsed)[0].content.text(), Some("a\u{FFFD}b"));
}
