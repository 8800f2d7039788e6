//! Webhooks of Twilio as they come, and what we make of them.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be read is a failed test")]

use std::{fs, path::Path};

use channel_gateway::{
    Parsed,
    twilio::{parse_message, parse_status},
};
use domain::inbound::{Broken, Inbound, InboundEvent, InboundMessage};
use proptest::prelude::*;
use serde_json::{Value, json};

const QUERY: &str = "m=0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001";

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/twilio").join(name)).unwrap()
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

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

#[test]
fn every_fixture_reads_as_its_snapshot() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/twilio");
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    for name in names {
        let body = fixture(&name);
        let parsed =
            if name.starts_with("status_") { parse_status(QUERY, &body) } else { parse_message(&body) };
        insta::assert_json_snapshot!(name.trim_end_matches(".form"), shown(&parsed));
    }
}

#[test]
fn each_file_of_an_mms_is_a_message_and_the_text_stays_with_the_first() {
    let parsed = parse_message(&fixture("message_mms.form"));
    let sid = "SM00000000000000000000000000000002";
    let said: Vec<_> =
        messages(&parsed).iter().map(|m| (m.vendor_id.clone(), m.content.kind(), m.content.text())).collect();
    assert_eq!(
        said,
        [
            (sid.to_owned(), "image", Some("tres cosas")),
            (format!("{sid}/1"), "video", None),
            (format!("{sid}/2"), "document", None),
        ]
    );
    assert_eq!(parsed, parse_message(&fixture("message_mms.form")), "a repeat makes the same ids");
}

#[test]
fn a_sender_without_a_phone_is_answered_at_the_user_id() {
    let parsed = parse_message(&fixture("message_username_only.form"));
    assert_eq!(messages(&parsed)[0].reply_address, "whatsapp:CO.40123456789012345678");
    assert_eq!(messages(&parsed)[0].from.len(), 1);
}

#[test]
fn a_status_finds_its_message_by_our_own_id() {
    let parsed = parse_status(QUERY, &fixture("status_sent.form"));
    let Some(Ok(Inbound { event: InboundEvent::Status(report), .. })) = parsed.items.first() else {
        panic!("no status")
    };
    assert_eq!(report.opaque.as_deref(), Some("0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001"));
    let parsed = parse_status("", &fixture("status_sent.form"));
    assert!(
        matches!(&parsed.items[0], Ok(Inbound { event: InboundEvent::Status(r), .. }) if r.opaque.is_none())
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_and_are_never_lost(bytes in prop::collection::vec(any::<u8>(), 0..400), query: String) {
        prop_assert_eq!(parse_message(&bytes).items.len(), 1);
        prop_assert_eq!(parse_status(&query, &bytes).items.len(), 1);
    }

    #[test]
    fn arbitrary_values_never_panic_and_hold_no_nul(
        values in prop::collection::vec(any::<String>(), 8),
        count in 0_usize..12,
    ) {
        let names = ["Body", "MediaUrl0", "MediaContentType0", "Latitude", "Longitude", "InteractiveData", "ListId", "ReferralSourceId"];
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([("AccountSid", "AC1"), ("To", "+1415"), ("From", "+573001112233"), ("MessageSid", "SM1")]);
        form.extend_pairs(names.into_iter().zip(&values)).append_pair("NumMedia", &count.to_string());
        let parsed = parse_message(form.finish().as_bytes());
        prop_assert!(!messages(&parsed).is_empty());
        prop_assert!(!has_nul(&shown(&parsed)));
    }
}
