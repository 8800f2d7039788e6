//! Webhooks of the Cloud API as they come, and what we make of them.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be read is a failed test")]

use std::{fs, path::Path};

use channel_gateway::{NotReadable, Parsed, whatsapp::parse};
use domain::{
    Content,
    inbound::{Broken, Inbound, InboundEvent, InboundMessage},
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/whatsapp").join(name)).unwrap()
}

fn shown(parsed: &Parsed) -> Value {
    let item = |item: &Result<Inbound, Broken>| match item {
        Ok(inbound) => json!({ "ok": inbound }),
        Err(broken) => json!({ "broken": broken }),
    };
    parsed.items.iter().map(item).collect()
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

#[test]
fn every_fixture_reads_as_its_snapshot() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/whatsapp");
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    for name in names {
        let parsed = parse(&fixture(&name)).unwrap();
        insta::assert_json_snapshot!(name.trim_end_matches(".json"), shown(&parsed));
    }
}

#[test]
fn a_batch_is_read_to_its_end_and_in_its_order() {
    let parsed = parse(&fixture("batch.json")).unwrap();
    let keys: Vec<_> = parsed.items.iter().flatten().map(|item| item.channel.text()).collect();
    let (one, two) = ("phone_number_id:200000000000001", "phone_number_id:200000000000002");
    assert_eq!(keys, [one, one, one, two]);
    let said: Vec<_> = messages(&parsed).iter().map(|m| m.content.text().unwrap()).collect();
    assert_eq!(said, ["uno", "dos", "tres"]);
}

#[test]
fn a_repeated_webhook_reads_the_same() {
    assert_eq!(parse(&fixture("batch.json")), parse(&fixture("batch.json")));
}

#[test]
fn broken_parts_leave_their_neighbours_alone() {
    let parsed = parse(&fixture("broken_among_good.json")).unwrap();
    let ids: Vec<_> = messages(&parsed).iter().map(|m| m.vendor_id.as_str()).collect();
    assert_eq!(ids, ["wamid.G1", "wamid.K1", "wamid.G2"]);
    assert_eq!(parsed.items.iter().filter(|item| item.is_err()).count(), 10);
}

#[test]
fn no_nul_reaches_us_in_words_names_or_kept_parts() {
    let parsed = parse(&fixture("nul_and_lone_surrogate.json")).unwrap();
    assert!(!shown(&parsed).to_string().replace("\\\\u0000", "").contains("\\u0000"));
    assert_eq!(messages(&parsed)[0].content.text(), Some("ab \u{1F600} \u{FFFD} \\u0000"));
    assert_eq!(messages(&parsed)[0].name.as_deref(), Some("Ana \u{FFFD}"));
}

#[test]
fn a_text_of_the_greatest_length_arrives_whole() {
    let parsed = parse(&fixture("scripts.json")).unwrap();
    assert_eq!(messages(&parsed)[2].content, Content::Text { body: "ñ".repeat(4096) });
}

#[test]
fn a_part_too_deep_or_too_large_for_a_value_is_broken_alone() {
    let deep = format!("{}{}", "[".repeat(400), "]".repeat(400));
    let good = r#"{"from":"573001112233","id":"wamid.G","timestamp":"1763700000","type":"text","text":{"body":"x"}}"#;
    let body = format!(
        r#"{{"entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"messages":[{deep},{{"id":1e999}},{good}]}}}}]}}]}}"#
    );
    let parsed = parse(body.as_bytes()).unwrap();
    assert_eq!(parsed.items.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn a_body_that_is_no_webhook_of_whatsapp_is_named() {
    assert!(matches!(parse(b"{\"entry\":[").unwrap_err(), NotReadable::NotJson { line: 1, .. }));
    assert!(matches!(parse(b"").unwrap_err(), NotReadable::NotJson { .. }));
    assert_eq!(parse(b"[]").unwrap_err(), NotReadable::NotAnEnvelope);
    assert_eq!(parse(b"{}").unwrap_err(), NotReadable::NotAnEnvelope);
    assert_eq!(parse(br#"{"object":"page","entry":[]}"#).unwrap_err(), NotReadable::OtherProduct);
}

/// Any JSON, with the words of the wire mixed in so that it gets past the first look.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "entry",
        "changes",
        "field",
        "value",
        "messages",
        "statuses",
        "contacts",
        "metadata",
        "type",
        "text",
        "id",
        "from",
        "timestamp",
        "interactive",
        "location",
        "edit",
        "message",
        "errors",
        "code",
        "context",
        "1763700000",
        "573001112233",
        "\0",
        "wamid.A",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..6)
                .prop_map(|pairs| pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn arbitrary_text_between_quotes_never_panics(text in r#"["\\ud80F\x00é😀0-9]{0,40}"#) {
        let _ = parse(format!(r#"{{"entry":[{{"changes":[],"id":"{text}"}}]}}"#).as_bytes());
    }

    #[test]
    fn arbitrary_json_never_panics_and_no_part_is_lost(messages in prop::collection::vec(any_json(), 0..5)) {
        let count = messages.len();
        let body = json!({"entry": [{"id": "1", "changes": [{"field": "messages", "value": {"messages": messages}}]}]});
        prop_assert_eq!(parse(body.to_string().as_bytes()).unwrap().items.len(), count);
    }

    #[test]
    fn a_message_of_any_kind_and_shape_reaches_the_agent(kind in "[a-z_]{1,12}", contents in any_json()) {
        let mut message = json!({"id": "wamid.A", "from": "573001112233", "timestamp": "1763700000", "type": &kind});
        message[&kind] = contents;
        prop_assume!(!["id", "from", "type", "timestamp", "group_id"].contains(&kind.as_str()));
        let body = json!({"entry": [{"id": "1", "changes": [{"field": "messages", "value": {"messages": [message]}}]}]});
        prop_assert_eq!(messages(&parse(body.to_string().as_bytes()).unwrap()).len(), 1);
    }
}
