//! What must hold for every body and every header, whoever sent it.
//!
//! The fuzz targets call these with what the fuzzer makes, and an ordinary test calls them with the kept corpus and the
//! fixtures, so that nothing found once comes back.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use channel_gateway::{
    Parsed, twilio,
    twilio::{Keys, Payload, SharedKey, SignedRequest},
    whatsapp,
};
use domain::inbound::Inbound;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::SecretString;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

const SECRET: &str = "a-secret-of-the-fuzzer";
const BASE: &str = "https://inbox.example.com";

/// A body of the Cloud API: read or refused, always the same, and what is read can be stored and read again.
pub fn whatsapp_parse(body: &[u8]) {
    let read = whatsapp::parse(body);
    assert_eq!(read, whatsapp::parse(body), "a repeat reads the same");
    if let Ok(parsed) = read {
        holds(&parsed);
    }
}

/// A body of Twilio, as a message and as a status: never lost.
pub fn twilio_parse(body: &[u8]) {
    let (query, rest) = halves(body);
    let query = String::from_utf8_lossy(query);
    for parsed in [twilio::parse_message(body), twilio::parse_status(&query, rest)] {
        assert!(!parsed.items.is_empty(), "a webhook says something, or is set aside");
        holds(&parsed);
    }
}

/// Meta's header: the genuine one is believed for its own body alone, and nothing else is.
pub fn whatsapp_signature(data: &[u8]) {
    let (header, body) = halves(data);
    let secrets = [SecretString::from("another"), SecretString::from(SECRET)];
    let check = |header: &str, body: &[u8]| whatsapp::signature_matches(Some(header), body, &secrets);
    let genuine = format!("sha256={}", hex::encode(mac_sha256(body)));
    assert_eq!(check(&genuine, body), Some(1));
    let header = String::from_utf8_lossy(header);
    assert_eq!(check(&header, body), (header == genuine).then_some(1));
    let mut changed = body.to_vec();
    changed.push(b' ');
    assert_eq!(check(&genuine, &changed), None);
}

/// Twilio's headers, for a form, for any other body and for none.
pub fn twilio_signature(data: &[u8]) {
    let (head, body) = halves(data);
    let head = String::from_utf8_lossy(head);
    let mut lines = head.splitn(3, '\n');
    let target = format!("/{}", lines.next().unwrap_or_default());
    let settings = lines.next().filter(|line| !line.is_empty());
    let claimed = lines.next().unwrap_or_default();

    let (tokens, shared) =
        ([SecretString::from(SECRET)], [SharedKey { id: "SHK1".to_owned(), secret: SECRET.into() }]);
    let check = |target: &str, payload, settings, signature: &str| {
        let request = SignedRequest { target, payload, signature: Some(signature), settings };
        twilio::signature_matches(&request, &[BASE], Keys { auth_tokens: &tokens, shared: &shared })
    };
    let signed = format!("{BASE}{target}{}", parameters(body));
    let sha1 = STANDARD.encode(mac_sha1(signed.as_bytes()));
    let sha256 = STANDARD.encode(mac_sha256(signed.as_bytes()));
    assert!(check(&target, Payload::Form(body), None, &sha1));
    assert!(check(&target, Payload::Form(body), Some("key=SHK1,algorithm=HMAC_SHA256"), &sha256));
    assert!(!check(&target, Payload::Form(body), None, &sha256));
    assert!(!check(&target, Payload::Form(body), Some("key=SHK2,algorithm=HMAC_SHA256"), &sha256));
    assert!(!check(&format!("{target}x"), Payload::Form(body), None, &sha1), "another address");
    if claimed != sha1 && claimed != sha256 {
        // What is signed may also hold the port; the fuzzer does not guess that either.
        assert!(!check(&target, Payload::Form(body), settings, claimed));
    }

    let bare = format!("{target}{}", if target.contains('?') { "&" } else { "?" });
    // The first of that name counts, so an address that has one already can't be given another.
    if !target.contains("bodySHA256") && !target.contains('%') {
        let hashed = format!("{bare}bodySHA256={}", hex::encode(Sha256::digest(body)));
        let genuine = STANDARD.encode(mac_sha1(format!("{BASE}{hashed}").as_bytes()));
        let other = [body, b" "].concat();
        assert!(check(&hashed, Payload::Other(body), None, &genuine));
        assert!(!check(&hashed, Payload::Other(&other), None, &genuine), "another body");
        let unhashed = STANDARD.encode(mac_sha1(format!("{BASE}{target}").as_bytes()));
        assert!(!check(&target, Payload::Other(body), None, &unhashed), "no hash, no proof");
    }
}

/// What is made of a body can be written to JSON and read again, and holds nothing that Postgres refuses.
fn holds(parsed: &Parsed) {
    for item in &parsed.items {
        match item {
            Ok(inbound) => {
                let written = serde_json::to_value(inbound).unwrap_or_default();
                assert!(!has_nul(&written));
                let again: Option<Inbound> = serde_json::from_str(&written.to_string()).ok();
                let again = again.and_then(|again| serde_json::to_value(again).ok());
                assert!(again.is_some_and(|again| same(&written, &again)), "what is kept can be read again");
            }
            Err(broken) => {
                assert!(!has_nul(&broken.raw));
                let written = broken.raw.to_string();
                assert!(serde_json::from_str::<serde_json::Value>(&written).is_ok());
            }
        }
    }
}

/// The same but for the last digit of a fraction or of a number too long for any type, which readers round.
fn same(one: &serde_json::Value, other: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Number, Object};
    match (one, other) {
        (Number(one), Number(other)) => match (one.as_f64(), other.as_f64()) {
            (Some(one), Some(other)) => (one - other).abs() <= one.abs() * 1e-12,
            _ => one == other,
        },
        (Array(one), Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Object(one), Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

fn has_nul(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(items) => items.iter().any(has_nul),
        serde_json::Value::Object(fields) => {
            fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value))
        }
        _ => false,
    }
}

/// What stands before the first empty line, and what follows it.
fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    match data.windows(2).position(|pair| pair == b"\n\n") {
        Some(at) => (&data[..at], &data[at + 2..]),
        None => (&[], data),
    }
}

/// Names and values in order, each pair once, written anew from twilio.md §2.
fn parameters(body: &[u8]) -> String {
    let mut pairs: Vec<_> = form_urlencoded::parse(body).collect();
    pairs.sort();
    pairs.dedup();
    pairs.into_iter().flat_map(|(name, value)| [name, value]).collect()
}

fn mac_sha1(data: &[u8]) -> Vec<u8> {
    Hmac::<Sha1>::new_from_slice(SECRET.as_bytes())
        .map(|mac| mac.chain_update(data).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

fn mac_sha256(data: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(SECRET.as_bytes())
        .map(|mac| mac.chain_update(data).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}
