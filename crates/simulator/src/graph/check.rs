//! Which messages Meta takes: shapes and limits of every kind.

use serde_json::{Map, Value};

use super::{check_interactive, check_template, errors::Refusal};
use crate::{
    customers::{is_user_id, key},
    settings::CloudChannel,
    templates::{Template, Templates},
};

const KINDS: [&str; 12] = [
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
    "pin",
];
const ENVELOPE: [&str; 12] = [
    "messaging_product",
    "product_policy",
    "message_activity_sharing",
    "paid_messaging_account_id",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
    "recipient_identity_key_hash",
    "messaging_account_id",
];

/// A message Meta takes.
#[derive(Debug)]
pub struct Order {
    /// Digits of a number, or a user id.
    pub to: String,
    /// Whether it was addressed by user id.
    pub by_user_id: bool,
    /// `text`, `image`, …
    pub kind: &'static str,
    /// The template, for templates.
    pub template: Option<Template>,
    /// The sender's own id.
    pub opaque: Option<String>,
    /// The message it answers.
    pub quote: Option<String>,
}

/// Check a whole message, in the order in which Meta complains.
pub fn check(body: &Value, channel: &CloudChannel, templates: &Templates) -> Result<Order, Refusal> {
    let fields = body.as_object().ok_or_else(|| Refusal::new(100, "The body must be a JSON object."))?;
    product(fields)?;
    let kind = kind(fields)?;
    if let Some(unknown) = fields.keys().find(|key| !ENVELOPE.contains(&key.as_str()) && *key != kind) {
        return Err(Refusal::new(100, format!("Unexpected key \"{unknown}\" on param \"root\".")));
    }
    let (to, by_user_id) = recipient(fields, channel)?;
    let opaque = optional_text(fields, "biz_opaque_callback_data", 512)?;
    let quote = match fields.get("context") {
        None => None,
        Some(context) => {
            Some(required_text(object(context, "context")?, "context", "message_id", 512)?.to_owned())
        }
    };
    let content = fields.get(kind).ok_or_else(|| missing(kind))?;
    let mut template = None;
    match kind {
        "text" => text(content)?,
        "image" | "video" => media(content, kind, &["id", "link", "caption"])?,
        "document" => media(content, kind, &["id", "link", "caption", "filename"])?,
        "audio" => media(content, kind, &["id", "link", "voice"])?,
        "sticker" => media(content, kind, &["id", "link"])?,
        "location" => location(content)?,
        "contacts" => contacts(content)?,
        "reaction" => reaction(content, quote.is_some())?,
        "interactive" => check_interactive::interactive(content)?,
        "template" => template = Some(check_template::template(content, &channel.waba_id, templates)?),
        _ => return Err(Refusal::new(131_051, format!("Message type \"{kind}\" is not supported here."))),
    }
    // A code can't be sent to a user id (whatsapp-cloud.md §5.1).
    let code = |template: &Template| template.buttons().iter().any(|button| button["otp_type"].is_string());
    if by_user_id && template.as_ref().is_some_and(code) {
        return Err(Refusal::new(131_062, "Authentication templates with a code need the phone number."));
    }
    let opened = content.get("preview_url") == Some(&Value::Bool(true));
    if kind == "text"
        && opened
        && !content["body"].as_str().is_some_and(|text| text.contains("http://") || text.contains("https://"))
    {
        return Err(Refusal::new(
            131_009,
            "text['preview_url'] needs a URL with http:// or https:// in the body.",
        ));
    }
    Ok(Order { to, by_user_id, kind, template, opaque, quote })
}

/// `messaging_product` must be there and say `whatsapp`.
pub fn product(fields: &Map<String, Value>) -> Result<(), Refusal> {
    match fields.get("messaging_product") {
        Some(Value::String(product)) if product == "whatsapp" => Ok(()),
        Some(_) => Err(Refusal::new(100, "Param messaging_product must be one of {WHATSAPP}.")),
        None => Err(Refusal::new(100, "The parameter messaging_product is required.")),
    }
}

fn kind(fields: &Map<String, Value>) -> Result<&'static str, Refusal> {
    let named = match fields.get("type") {
        None => "text",
        Some(Value::String(named)) => named,
        Some(_) => return Err(Refusal::new(100, "Param type must be a string.")),
    };
    let known = KINDS.into_iter().find(|kind| *kind == named);
    known.ok_or_else(|| Refusal::new(100, format!("Param type must be one of {KINDS:?} - got \"{named}\".")))
}

fn recipient(fields: &Map<String, Value>, channel: &CloudChannel) -> Result<(String, bool), Refusal> {
    match fields.get("recipient_type") {
        None => {}
        Some(Value::String(kind)) if kind == "individual" => {}
        Some(_) => return Err(Refusal::new(100, "Param recipient_type must be one of {INDIVIDUAL}.")),
    }
    if let Some(to) = fields.get("to") {
        let to = to.as_str().ok_or_else(|| Refusal::new(100, "Param to must be a string."))?;
        let digits = key(to).filter(|found| !is_user_id(found));
        let digits =
            digits.ok_or_else(|| Refusal::new(131_009, "Parameter to is not a valid phone number."))?;
        if digits == channel.digits() {
            return Err(Refusal::new(131_021, "Recipient phone number cannot be sender phone number."));
        }
        return Ok((digits, false));
    }
    let Some(recipient) = fields.get("recipient") else { return Err(missing("to")) };
    match recipient.as_str() {
        Some(user_id) if is_user_id(user_id) => Ok((user_id.to_owned(), true)),
        _ => Err(Refusal::new(131_009, "Parameter recipient is not a valid user id.")),
    }
}

fn text(content: &Value) -> Result<(), Refusal> {
    let text = object(content, "text")?;
    known_keys(text, "text", &["body", "preview_url"])?;
    required_text(text, "text", "body", 4_096)?;
    match text.get("preview_url") {
        None | Some(Value::Bool(_)) => Ok(()),
        Some(_) => Err(Refusal::new(100, "Param text['preview_url'] must be a boolean.")),
    }
}

fn media(content: &Value, kind: &str, keys: &[&str]) -> Result<(), Refusal> {
    let media = object(content, kind)?;
    known_keys(media, kind, keys)?;
    source(media, kind)?;
    if media.contains_key("caption") {
        required_text(media, kind, "caption", 1_024)?;
    }
    Ok(())
}

/// Exactly one of `id` and `link`.
pub fn source(media: &Map<String, Value>, kind: &str) -> Result<(), Refusal> {
    match (media.get("id"), media.get("link")) {
        (Some(Value::String(id)), None) if !id.is_empty() => Ok(()),
        (None, Some(Value::String(link))) if link.starts_with("http://") || link.starts_with("https://") => {
            Ok(())
        }
        (None, Some(_)) => Err(Refusal::new(131_009, format!("{kind}['link'] is not a valid URI."))),
        (None, None) => Err(missing(&format!("{kind}['id'] or {kind}['link']"))),
        _ => Err(Refusal::new(131_009, format!("{kind} takes either an id or a link."))),
    }
}

fn location(content: &Value) -> Result<(), Refusal> {
    let location = object(content, "location")?;
    known_keys(location, "location", &["latitude", "longitude", "name", "address"])?;
    for (name, limit) in [("latitude", 90.0), ("longitude", 180.0)] {
        let value = match location.get(name) {
            None => return Err(missing(&format!("location['{name}']"))),
            Some(Value::String(text)) => text.parse::<f64>().ok(),
            Some(value) => value.as_f64(),
        };
        if !value.is_some_and(|value| value.abs() <= limit) {
            return Err(Refusal::new(131_009, format!("location['{name}'] is not a valid coordinate.")));
        }
    }
    Ok(())
}

fn contacts(content: &Value) -> Result<(), Refusal> {
    let all = content.as_array().ok_or_else(|| Refusal::new(100, "Param contacts must be an array."))?;
    if all.is_empty() || all.len() > 257 {
        return Err(Refusal::new(131_009, "contacts must hold between 1 and 257 contacts."));
    }
    for contact in all {
        let name = contact.get("name").ok_or_else(|| missing("contacts['name']"))?;
        let name = object(name, "contacts['name']")?;
        required_text(name, "contacts['name']", "formatted_name", 512)?;
        let parts = ["first_name", "last_name", "middle_name", "prefix", "suffix"];
        if !parts.iter().any(|part| name.get(*part).is_some_and(|value| value != "")) {
            return Err(Refusal::new(
                131_009,
                "contacts['name'] needs one more part besides formatted_name.",
            ));
        }
    }
    Ok(())
}

fn reaction(content: &Value, quotes: bool) -> Result<(), Refusal> {
    let reaction = object(content, "reaction")?;
    known_keys(reaction, "reaction", &["message_id", "emoji"])?;
    if quotes {
        return Err(Refusal::new(131_009, "A reaction cannot have a context."));
    }
    required_text(reaction, "reaction", "message_id", 512)?;
    match reaction.get("emoji").map(Value::as_str) {
        None => Err(missing("reaction['emoji']")),
        Some(Some(emoji)) if emoji.chars().count() <= 12 && !emoji.chars().any(char::is_alphanumeric) => {
            Ok(())
        }
        Some(_) => Err(Refusal::new(131_009, "reaction['emoji'] must be one emoji, or empty to remove it.")),
    }
}

/// A text that must be there, not empty, and not too long (characters as people count them).
pub fn required_text<'body>(
    fields: &'body Map<String, Value>,
    place: &str,
    name: &str,
    most: usize,
) -> Result<&'body str, Refusal> {
    let place = format!("{place}['{name}']");
    let value = fields.get(name).ok_or_else(|| missing(&place))?;
    let text = value.as_str().ok_or_else(|| Refusal::new(100, format!("Param {place} must be a string.")))?;
    if text.trim().is_empty() {
        return Err(missing(&place));
    }
    if text.chars().count() > most {
        return Err(too_long(&place, most));
    }
    Ok(text)
}

fn optional_text(fields: &Map<String, Value>, name: &str, most: usize) -> Result<Option<String>, Refusal> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= most => Ok(Some(text.clone())),
        Some(Value::String(_)) => Err(too_long(name, most)),
        Some(_) => Err(Refusal::new(100, format!("Param {name} must be a string."))),
    }
}

/// The value as an object, or Meta's complaint that it isn't one.
pub fn object<'body>(value: &'body Value, place: &str) -> Result<&'body Map<String, Value>, Refusal> {
    value.as_object().ok_or_else(|| Refusal::new(100, format!("Param {place} must be a JSON object.")))
}

/// Nothing but these keys.
pub fn known_keys(fields: &Map<String, Value>, place: &str, keys: &[&str]) -> Result<(), Refusal> {
    match fields.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(()),
        Some(unknown) => {
            Err(Refusal::new(100, format!("Unexpected key \"{unknown}\" on param \"{place}\".")))
        }
    }
}

/// A required parameter is not there.
pub fn missing(place: &str) -> Refusal {
    Refusal::new(131_008, format!("Required parameter {place} is missing."))
}

/// A text is too long.
pub fn too_long(place: &str, most: usize) -> Refusal {
    Refusal::new(131_009, format!("{place} is too long: at most {most} characters."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::Settings;

    fn code(body: Value) -> Option<u32> {
        check(&body, &CloudChannel::default(), &Templates::new(&Settings::default()))
            .err()
            .map(|refusal| refusal.code)
    }

    fn to_lucia(kind: &str, content: Value) -> Value {
        json!({ "messaging_product": "whatsapp", "to": "+51987412306", "type": kind, kind: content })
    }

    #[test]
    fn a_text_fits_up_to_its_last_character() {
        assert_eq!(code(to_lucia("text", json!({ "body": "é".repeat(4_096) }))), None);
        assert_eq!(code(to_lucia("text", json!({ "body": "é".repeat(4_097) }))), Some(131_009));
        assert_eq!(code(to_lucia("text", json!({ "body": "" }))), Some(131_008));
        assert_eq!(code(to_lucia("text", json!({ "body": 7 }))), Some(100));
    }

    #[test]
    fn unknown_fields_and_kinds_are_refused() {
        assert_eq!(code(to_lucia("texto", json!({}))), Some(100));
        let mut body = to_lucia("text", json!({ "body": "hola" }));
        body["idempotency_key"] = json!("1");
        assert_eq!(code(body), Some(100));
    }

    #[test]
    fn recipients_are_numbers_in_to_and_user_ids_in_recipient() {
        let mut body = to_lucia("text", json!({ "body": "hola" }));
        body["to"] = json!("+5115550100");
        assert_eq!(code(body.clone()), Some(131_021));
        body["to"] = json!("PE.123");
        assert_eq!(code(body.clone()), Some(131_009));
        body.as_object_mut().unwrap().remove("to");
        assert_eq!(code(body.clone()), Some(131_008));
        body["recipient"] = json!("PE.123");
        assert_eq!(code(body), None);
    }

    #[test]
    fn every_kind_has_its_shape() {
        assert_eq!(
            code(to_lucia("image", json!({ "id": "9", "link": "https://a.example/x.png" }))),
            Some(131_009)
        );
        assert_eq!(code(to_lucia("audio", json!({ "id": "9", "caption": "x" }))), Some(100));
        assert_eq!(code(to_lucia("location", json!({ "latitude": "-12.1", "longitude": -77.0 }))), None);
        assert_eq!(code(to_lucia("location", json!({ "latitude": "91", "longitude": "0" }))), Some(131_009));
        assert_eq!(code(to_lucia("reaction", json!({ "message_id": "wamid.x", "emoji": "👍🏽" }))), None);
        assert_eq!(
            code(to_lucia("reaction", json!({ "message_id": "wamid.x", "emoji": "ok" }))),
            Some(131_009)
        );
        assert_eq!(
            code(to_lucia("contacts", json!([{ "name": { "formatted_name": "Ana" } }]))),
            Some(131_009)
        );
    }
}
