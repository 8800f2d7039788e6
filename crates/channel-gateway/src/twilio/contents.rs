//! Twilio's contents and their approvals (twilio.md §8): Twilio's types to ours and back, and the calls.

use chrono::{DateTime, Utc};
use domain::template::{
    Button, CodeTerms, Definition, Draft, Format, Header, Listed, OtherButton, Text, Value, categories,
    places,
};
use serde_json::{Map, Value as Json, json};

use super::rest::{Rest, TwilioFault};
use crate::Fault;

/// Contents on a page, and pages at most.
const PAGE: &str = "500";
const PAGES: usize = 40;

/// All contents of an account, with their approvals. What can't be read is left out and counted.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn list(content: &Rest) -> Result<(Vec<Listed>, usize), TwilioFault> {
    let all = content.all(&["v1", "ContentAndApprovals"], &[("PageSize", PAGE)], "contents", PAGES).await?;
    let total = all.len();
    let read: Vec<Listed> = all.iter().filter_map(|item| listed(item, &item["approval_requests"])).collect();
    let unread = total - read.len();
    Ok((read, unread))
}

/// Makes a content; it is not handed in for approval yet. Its SID.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn create(content: &Rest, draft: &Draft) -> Result<String, TwilioFault> {
    let body = json!({
        "friendly_name": draft.name, "language": draft.language,
        "variables": variables(&draft.definition), "types": types(draft),
    });
    let answer = content.post(&["v1", "Content"], &body).await?;
    sid(&answer).ok_or(Fault::Unreadable(201))
}

/// Hands a content in for WhatsApp's approval. Its status.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn submit(content: &Rest, sid: &str, draft: &Draft) -> Result<String, TwilioFault> {
    let body = json!({ "name": draft.name, "category": draft.category, "allow_category_change": true });
    let answer = content.post(&["v1", "Content", sid, "ApprovalRequests", "whatsapp"], &body).await?;
    Ok(status(answer["status"].as_str()))
}

/// What became of a content's approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its status, in our words.
    pub status: String,
    /// Its category.
    pub category: Option<String>,
    /// Why it was rejected.
    pub rejected_reason: Option<String>,
}

/// Asks what became of an approval; there is no webhook for it.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn approval(content: &Rest, sid: &str) -> Result<Approval, TwilioFault> {
    let answer = content.get(&["v1", "Content", sid, "ApprovalRequests"], &[]).await?;
    Ok(read_approval(&answer["whatsapp"]))
}

/// Deletes a content and its approval.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn delete(content: &Rest, sid: &str) -> Result<(), TwilioFault> {
    content.delete(&["v1", "Content", sid]).await
}

fn sid(item: &Json) -> Option<String> {
    item["sid"].as_str().filter(|sid| !sid.is_empty()).map(str::to_owned)
}

fn filled(value: &Json) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Twilio's status as Meta's word, which is what all templates carry.
fn status(word: Option<&str>) -> String {
    match word.unwrap_or("unsubmitted") {
        "received" | "pending" => "PENDING".to_owned(),
        other => other.to_ascii_uppercase(),
    }
}

fn read_approval(approval: &Json) -> Approval {
    Approval {
        status: status(approval["status"].as_str()),
        category: filled(&approval["category"]).map(|category| category.to_ascii_uppercase()),
        rejected_reason: filled(&approval["rejection_reason"]),
    }
}

/// A content of the list; none without SID, name and language.
#[must_use]
pub fn listed(item: &Json, approval: &Json) -> Option<Listed> {
    let read = read_approval(approval);
    let approved_name = filled(&approval["name"]);
    let date = |value: &Json| value.as_str()?.parse::<DateTime<Utc>>().ok();
    let variables = item["variables"].as_object();
    Some(Listed {
        vendor_id: sid(item)?,
        name: approved_name.or_else(|| filled(&item["friendly_name"]))?,
        language: filled(&item["language"])?.replace('-', "_"),
        category: read.category.unwrap_or_default(),
        status: read.status,
        format: Format::Positional,
        definition: definition(&item["types"], variables),
        quality: None,
        rejected_reason: read.rejected_reason,
        coming_category: None,
        ttl_seconds: None,
        changed_at: date(&item["date_updated"]),
    })
}

/// From rich to plain: Twilio sends the richest type a channel takes (twilio.md §8).
const RICHEST_FIRST: [&str; 8] = [
    "whatsapp/authentication",
    "whatsapp/card",
    "twilio/card",
    "twilio/call-to-action",
    "twilio/quick-reply",
    "twilio/media",
    "twilio/location",
    "twilio/text",
];

fn definition(types: &Json, variables: Option<&Map<String, Json>>) -> Definition {
    let known = RICHEST_FIRST.iter().find_map(|kind| types.get(kind).map(|parts| (*kind, parts)));
    let other = types
        .as_object()
        .and_then(|types| types.iter().find(|(kind, _)| !RICHEST_FIRST.contains(&kind.as_str())));
    let (kind, parts) = match (known, other) {
        // A carousel beside a plain text: what is sent is the carousel.
        (_, Some((kind, parts))) => (kind.as_str(), parts),
        (Some(known), None) => known,
        (None, None) => return Definition::default(),
    };
    let words = |name: &str| filled(&parts[name]);
    let buttons =
        parts["actions"].as_array().map(Vec::as_slice).unwrap_or_default().iter().map(action).collect();
    let mut definition = Definition {
        header: words("header_text")
            .map(|text| Header::Text(Text::new(text)))
            .or_else(|| media(&parts["media"])),
        body: Text::new(words("body").or_else(|| words("title")).unwrap_or_default()),
        footer: words("footer").or_else(|| words("subtitle")),
        buttons,
        ..Definition::default()
    };
    if kind == "whatsapp/authentication" {
        let minutes = parts["code_expiration_minutes"].as_u64().and_then(|minutes| minutes.try_into().ok());
        definition.code =
            Some(CodeTerms { warning: parts["add_security_recommendation"] == json!(true), minutes });
    }
    if !RICHEST_FIRST.contains(&kind) {
        definition.others.push(json!({ "type": kind, "content": parts }));
    }
    // One count runs through all parts; what the body does not show stands elsewhere.
    let sample = |name: &str| {
        variables.and_then(|all| all.get(name)).and_then(Json::as_str).unwrap_or_default().to_owned()
    };
    let own: Vec<String> = definition.body.places().into_iter().map(str::to_owned).collect();
    let everywhere = parts.to_string();
    let mut names: Vec<String> = Vec::new();
    for place in places(&everywhere) {
        let name = place.name.to_owned();
        if !own.contains(&name) && !names.contains(&name) && (place.number().is_some() || place.is_named()) {
            names.push(name);
        }
    }
    let value = |name: String| Value { text: sample(&name), name: Some(name) };
    definition.elsewhere = names.into_iter().map(value).collect();
    definition.body.samples = own.into_iter().map(value).collect();
    definition
}

fn media(list: &Json) -> Option<Header> {
    let url = filled(&list[0]).or_else(|| filled(list))?;
    let name = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
    let sample = Some(url);
    Some(if ends(&[".mp4", ".3gp"]) {
        Header::Video { sample }
    } else if ends(&[".pdf", ".doc", ".docx", ".xls", ".xlsx", ".pptx"]) {
        Header::Document { sample }
    } else {
        Header::Image { sample }
    })
}

fn action(raw: &Json) -> Button {
    let text = filled(&raw["title"]).unwrap_or_default();
    match raw["type"].as_str().unwrap_or_default() {
        "URL" => Button::Url { text, url: filled(&raw["url"]).unwrap_or_default(), sample: None },
        "PHONE_NUMBER" => Button::Phone { text, number: filled(&raw["phone"]).unwrap_or_default() },
        "COPY_CODE" if raw.get("copy_code_text").is_some() => Button::OneTimeCode {
            how: "COPY_CODE".to_owned(),
            text: filled(&raw["copy_code_text"]),
            autofill: None,
            apps: Vec::new(),
            terms_accepted: false,
        },
        "COPY_CODE" => Button::CopyCode { sample: filled(&raw["code"]).unwrap_or_default() },
        // Quick replies do without a type.
        "QUICK_REPLY" | "" => Button::QuickReply { text },
        kind => Button::Other(OtherButton {
            label: kind.to_owned(),
            text: Some(text).filter(|text| !text.is_empty()),
            needs_value: false,
            raw: raw.clone(),
        }),
    }
}

/// Samples by number, of all parts.
fn variables(definition: &Definition) -> Json {
    let own = definition.body.places().into_iter().map(|name| {
        let sample = definition.body.sample(name).unwrap_or_default().to_owned();
        (name.to_owned(), Json::String(sample))
    });
    let elsewhere = definition
        .elsewhere
        .iter()
        .filter_map(|value| Some((value.name.clone()?, Json::String(value.text.clone()))));
    Json::Object(own.chain(elsewhere).collect())
}

/// Our template as one of Twilio's types: the plainest that holds all of it.
fn types(draft: &Draft) -> Json {
    let definition = &draft.definition;
    let body = definition.body.text.as_str();
    if draft.category == categories::AUTHENTICATION {
        let terms = definition.code.unwrap_or_default();
        let label = definition.buttons.first().and_then(Button::label).unwrap_or("Copy code");
        return json!({ "whatsapp/authentication": {
            "add_security_recommendation": terms.warning, "code_expiration_minutes": terms.minutes,
            "actions": [{ "type": "COPY_CODE", "copy_code_text": label }],
        } });
    }
    let actions: Vec<Json> = definition.buttons.iter().map(action_part).collect();
    let media = definition.header.as_ref().and_then(Header::file_sample).flatten();
    let header = match &definition.header {
        Some(Header::Text(words)) => Some(words.text.as_str()),
        _ => None,
    };
    let replies = definition.buttons.iter().all(|button| matches!(button, Button::QuickReply { .. }));
    let rich = header.is_some() || definition.footer.is_some() || (media.is_some() && !actions.is_empty());
    if rich {
        let mut card = json!({ "body": body });
        if let Some(text) = header {
            card["header_text"] = json!(text);
        }
        if let Some(text) = &definition.footer {
            card["footer"] = json!(text);
        }
        if let Some(url) = media {
            card["media"] = json!([url]);
        }
        if !actions.is_empty() {
            card["actions"] = Json::Array(actions);
        }
        json!({ "whatsapp/card": card })
    } else if let Some(url) = media {
        json!({ "twilio/media": { "body": body, "media": [url] } })
    } else if actions.is_empty() {
        json!({ "twilio/text": { "body": body } })
    } else if replies {
        json!({ "twilio/quick-reply": { "body": body, "actions": actions } })
    } else {
        json!({ "twilio/call-to-action": { "body": body, "actions": actions } })
    }
}

fn action_part(button: &Button) -> Json {
    match button {
        Button::QuickReply { text } => json!({ "type": "QUICK_REPLY", "title": text, "id": text }),
        Button::Url { text, url, .. } => json!({ "type": "URL", "title": text, "url": url }),
        Button::Phone { text, number } => json!({ "type": "PHONE_NUMBER", "title": text, "phone": number }),
        Button::CopyCode { sample } => json!({ "type": "COPY_CODE", "title": "Copy code", "code": sample }),
        Button::Flow { raw, .. } => raw.clone(),
        Button::Other(other) => other.raw.clone(),
        Button::OneTimeCode { text, .. } => json!({ "type": "COPY_CODE", "copy_code_text": text }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(types: &Json) -> Json {
        json!({"sid": "HX1", "friendly_name": "Recordatorio", "language": "es", "variables": {"1": "Ada", "2": "7"},
               "types": types, "date_updated": "2026-11-01T12:00:00Z"})
    }

    #[test]
    fn a_content_carries_the_name_and_standing_of_its_approval() {
        let types = json!({"twilio/quick-reply": {"body": "Hola {{1}}, ¿confirmas?", "actions": [{"title": "Sí", "id": "si"}]}});
        let approval = json!({"name": "recordatorio", "category": "UTILITY", "status": "received", "rejection_reason": ""});
        let listed = listed(&content(&types), &approval).unwrap();
        assert_eq!((listed.name.as_str(), listed.status.as_str()), ("recordatorio", "PENDING"));
        assert_eq!(listed.definition.body.sample("1"), Some("Ada"));
        assert_eq!(listed.definition.buttons, [Button::QuickReply { text: "Sí".into() }]);
        assert_eq!(listed.rejected_reason, None);
        let never = super::listed(&content(&types), &Json::Null).unwrap();
        assert_eq!((never.name.as_str(), never.status.as_str()), ("Recordatorio", "UNSUBMITTED"));
    }

    #[test]
    fn places_are_counted_through_all_parts() {
        let types = json!({"twilio/call-to-action": {"body": "Hola {{1}}, mira.",
            "actions": [{"type": "URL", "title": "Ver", "url": "https://a.pe/{{2}}"}]}});
        let listed = listed(&content(&types), &Json::Null).unwrap();
        assert_eq!(listed.definition.elsewhere, [Value { name: Some("2".into()), text: "7".into() }]);
        assert_eq!(variables(&listed.definition), json!({"1": "Ada", "2": "7"}));
    }

    #[test]
    fn the_plainest_type_that_holds_it_is_made() {
        let kind = |definition: Definition| {
            let draft = Draft { definition, category: "UTILITY".into(), ..Draft::default() };
            types(&draft).as_object().unwrap().keys().next().unwrap().clone()
        };
        let plain = Definition { body: Text::new("Hola"), ..Definition::default() };
        let reply = Button::QuickReply { text: "Sí".into() };
        let call = Button::Phone { text: "Llamar".into(), number: "+511".into() };
        assert_eq!(kind(plain.clone()), "twilio/text");
        assert_eq!(kind(Definition { buttons: vec![reply.clone()], ..plain.clone() }), "twilio/quick-reply");
        assert_eq!(kind(Definition { buttons: vec![reply, call], ..plain.clone() }), "twilio/call-to-action");
        assert_eq!(kind(Definition { footer: Some("Sonrisas".into()), ..plain }), "whatsapp/card");
    }

    #[test]
    fn what_is_made_reads_back_as_it_was() {
        let definition = Definition {
            header: Some(Header::Text(Text::new("Tu cita"))),
            body: Text {
                text: "Hola {{1}}, ¿vienes?".into(),
                samples: vec![Value { name: Some("1".into()), text: "Ada".into() }],
            },
            footer: Some("Sonrisas".into()),
            buttons: vec![Button::QuickReply { text: "Sí".into() }],
            ..Definition::default()
        };
        let draft = Draft { definition: definition.clone(), category: "UTILITY".into(), ..Draft::default() };
        let item = json!({"sid": "HX1", "friendly_name": "a", "language": "es", "types": types(&draft), "variables": {"1": "Ada"}});
        assert_eq!(listed(&item, &Json::Null).unwrap().definition, definition);
    }

    #[test]
    fn types_we_do_not_know_are_kept() {
        let carousel =
            json!({"twilio/carousel": {"body": "Mira", "cards": []}, "twilio/text": {"body": "Mira"}});
        let listed = listed(&content(&carousel), &Json::Null).unwrap();
        assert_eq!(listed.definition.body.text, "Mira");
        assert!(!listed.definition.can_be_filled());
        assert!(super::listed(&json!([1]), &Json::Null).is_none());
    }
}
