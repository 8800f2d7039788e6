//! A customer's message in Meta's shape, or a shorthand, in Twilio's words (twilio.md §3).

use bytes::Bytes;
use serde_json::Value;

use crate::{
    media::{self, FROM_CUSTOMER},
    sim::Sim,
    wire::twilio::{Form, put},
};

/// What a message says in Twilio's words.
pub struct Words {
    /// `Body`.
    pub body: String,
    /// `MessageType` on WhatsApp.
    pub kind: &'static str,
    /// Ids of stored files.
    pub media: Vec<String>,
    /// The message it answers.
    pub reply: Option<String>,
    /// Passed on from somebody else, and often so.
    pub forwarded: (bool, bool),
    /// Label of a button that was tapped.
    pub button: Option<String>,
    /// Parameters only this message has.
    pub extra: Form,
}

/// A text and nothing else.
pub fn plain(body: &str) -> Words {
    Words {
        body: body.to_owned(),
        kind: "text",
        media: Vec::new(),
        reply: None,
        forwarded: (false, false),
        button: None,
        extra: Form::new(),
    }
}

/// Translate it; some kinds Twilio does not pass on.
pub fn translate(sim: &Sim, message: &Value) -> Result<Words, String> {
    if let Some(text) = message.as_str().or_else(|| message["text"].as_str()) {
        return Ok(plain(text));
    }
    let kind = message["type"].as_str().ok_or("message needs a type, or is a text")?;
    let content = &message[kind];
    let text = |name: &str| content[name].as_str().unwrap_or_default().to_owned();
    let mut words = match kind {
        "text" => plain(&text("body")),
        "image" | "video" | "audio" | "document" | "sticker" => {
            let kind = ["image", "video", "audio", "document"]
                .into_iter()
                .find(|known| *known == kind)
                .unwrap_or("image");
            Words { media: vec![text("id")], kind, ..plain(&text("caption")) }
        }
        // Ours, for what Meta has no shape for: `{"body", "ids"}`, up to ten files with one text.
        "mms" => {
            let ids = content["ids"].as_array().ok_or("mms.ids is a list of files")?;
            let ids: Option<Vec<String>> = ids.iter().map(|id| id.as_str().map(str::to_owned)).collect();
            let media = ids.filter(|ids| (1..=10).contains(&ids.len())).ok_or("mms.ids is one to ten ids")?;
            Words { media, ..plain(&text("body")) }
        }
        "location" => {
            let mut words = Words { kind: "location", ..plain("") };
            for (name, key) in [
                ("Latitude", "latitude"),
                ("Longitude", "longitude"),
                ("Label", "name"),
                ("Address", "address"),
            ] {
                put_value(&mut words.extra, name, &content[key]);
            }
            words
        }
        "contacts" => {
            let id = media::store(sim, Bytes::from(card(&content[0])), "text/vcard", None, FROM_CUSTOMER);
            Words { media: vec![id], kind: "contacts", ..plain("") }
        }
        "button" => tapped(&text("text"), &text("payload"), "button"),
        "interactive" => reply(content)?,
        other => return Err(format!("Twilio does not pass on messages of type {other}")),
    };
    words.reply = message["context"]["id"].as_str().map(str::to_owned);
    let often = message["context"]["frequently_forwarded"] == true;
    words.forwarded = (often || message["context"]["forwarded"] == true, often);
    put(&mut words.extra, "ReferralNumMedia", "0");
    referral(&mut words.extra, &message["referral"]);
    Ok(words)
}

fn put_value(form: &mut Form, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => put(form, name, text.as_str()),
        other => put(form, name, other.to_string()),
    }
}

/// A contact as a file of its own kind.
fn card(contact: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut card =
        format!("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{}\r\n", text(&contact["name"]["formatted_name"]));
    for phone in contact["phones"].as_array().into_iter().flatten() {
        card.push_str(&format!("TEL;TYPE=CELL:{}\r\n", text(&phone["phone"])));
    }
    for email in contact["emails"].as_array().into_iter().flatten() {
        card.push_str(&format!("EMAIL:{}\r\n", text(&email["email"])));
    }
    card.push_str("END:VCARD\r\n");
    card
}

fn reply(content: &Value) -> Result<Words, String> {
    let kind = content["type"].as_str().unwrap_or_default();
    let reply = &content[kind];
    let text = |name: &str| reply[name].as_str().unwrap_or_default();
    match kind {
        "button_reply" => Ok(tapped(text("title"), text("id"), "interactive")),
        "list_reply" => {
            let mut words = Words { kind: "interactive", ..plain(text("title")) };
            put(&mut words.extra, "ListId", text("id"));
            put(&mut words.extra, "ListTitle", text("title"));
            if !text("description").is_empty() {
                put(&mut words.extra, "ListDescription", text("description"));
            }
            Ok(words)
        }
        "nfm_reply" => {
            let mut words = Words { kind: "interactive", ..plain(text("body")) };
            put(&mut words.extra, "InteractiveData", text("response_json"));
            Ok(words)
        }
        other => Err(format!("Twilio does not pass on answers of type {other}")),
    }
}

fn tapped(title: &str, payload: &str, kind: &'static str) -> Words {
    let mut words = Words { kind, button: Some(title.to_owned()), ..plain(title) };
    put(&mut words.extra, "ButtonText", title);
    put(&mut words.extra, "ButtonPayload", payload);
    words
}

/// The advertisement a first message comes from.
fn referral(form: &mut Form, referral: &Value) {
    if !referral.is_object() {
        return;
    }
    for (name, key) in [
        ("ReferralSourceId", "source_id"),
        ("ReferralSourceType", "source_type"),
        ("ReferralSourceUrl", "source_url"),
        ("ReferralHeadline", "headline"),
        ("ReferralBody", "body"),
        ("ReferralMediaUrl", "image_url"),
        ("ReferralCtwaClid", "ctwa_clid"),
    ] {
        put_value(form, name, &referral[key]);
    }
    if referral["image_url"].is_string() {
        put(form, "ReferralMediaContentType", "image/jpeg");
        put(form, "ReferralMediaId", "referral-media-1");
    }
}
