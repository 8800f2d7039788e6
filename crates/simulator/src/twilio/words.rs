//! What a call to `Messages.json` says: text, files, a place, or a content with its variables.

use serde_json::{Map, Value, json};

use super::{
    contents::Content,
    errors::Refusal,
    messages::{Words, value},
};
use crate::sim::Sim;

/// Read it, or refuse it.
pub fn read(sim: &Sim, form: &[(String, String)], whatsapp: bool) -> Result<Words, Refusal> {
    let body = value(form, "Body");
    let media: Vec<String> = form
        .iter()
        .filter(|(name, url)| name == "MediaUrl" && !url.is_empty())
        .map(|(_, url)| url.clone())
        .collect();
    if let Some(sid) = value(form, "ContentSid") {
        if body.is_some() || !media.is_empty() {
            return Err(Refusal::new(21_655, "Body and MediaUrl cannot be sent together with ContentSid."));
        }
        return content(sim, form, sid);
    }
    if value(form, "ContentVariables").is_some() {
        return Err(Refusal::new(21_654, "ContentSid is required with ContentVariables."));
    }
    if body.is_some_and(|body| body.chars().count() > 1_600) {
        return Err(Refusal::new(21_617, "The concatenated message body exceeds the 1600 character limit."));
    }
    if let Some(action) = value(form, "PersistentAction") {
        return place(action, body, whatsapp);
    }
    if body.is_none() && media.is_empty() {
        return Err(Refusal::new(21_619, "A text message body or media urls must be specified."));
    }
    if media.len() > if whatsapp { 1 } else { 10 } {
        return Err(Refusal::new(21_623, "Number of media files exceeds allowed limit."));
    }
    if media.iter().any(|url| url::Url::parse(url).is_err() || !url.starts_with("http")) {
        return Err(Refusal::new(21_620, "Invalid media URL(s)"));
    }
    let text = body.unwrap_or_default().to_owned();
    let kind = if media.is_empty() { "text" } else { "image" };
    Ok(Words { card: json!({ "kind": kind, "text": body }), text, content: None, media })
}

/// `geo:lat,lng|label`: a place, on WhatsApp only.
fn place(action: &str, body: Option<&str>, whatsapp: bool) -> Result<Words, Refusal> {
    let refused = || Refusal::new(21_620, format!("Invalid PersistentAction: {action}"));
    let rest = action.strip_prefix("geo:").filter(|_| whatsapp).ok_or_else(refused)?;
    let (point, label) = rest.split_once('|').map_or((rest, None), |(point, label)| (point, Some(label)));
    let (latitude, longitude) = point.split_once(',').ok_or_else(refused)?;
    let number = |text: &str, most: f64| text.trim().parse::<f64>().ok().filter(|value| value.abs() <= most);
    let (latitude, longitude) =
        (number(latitude, 90.0).ok_or_else(refused)?, number(longitude, 180.0).ok_or_else(refused)?);
    let card = json!({ "kind": "location", "latitude": latitude, "longitude": longitude, "name": label, "text": body });
    Ok(Words { card, text: body.unwrap_or_default().to_owned(), content: None, media: Vec::new() })
}

fn content(sim: &Sim, form: &[(String, String)], sid: &str) -> Result<Words, Refusal> {
    let whole = sid.len() == 34 && sid.starts_with("HX");
    if !whole {
        return Err(Refusal::new(21_655, format!("The ContentSid {sid} is Invalid")));
    }
    let content = sim
        .contents
        .find(sid)
        .ok_or_else(|| Refusal::new(20_404, format!("The requested resource {sid} was not found")))?;
    let wrong = || Refusal::new(21_656, "The ContentVariables Parameter is invalid.");
    let given = value(form, "ContentVariables").unwrap_or("{}");
    let values: Map<String, Value> = serde_json::from_str(given).map_err(|_| wrong())?;
    if values.values().any(|value| !value.is_string()) {
        return Err(wrong());
    }
    let (card, media) = card(&content, &values);
    let text = card["text"].as_str().unwrap_or_default().to_owned();
    Ok(Words { card, text, content: Some(content), media })
}

/// What the phone shows of a content, and the files in it.
fn card(content: &Content, values: &Map<String, Value>) -> (Value, Vec<String>) {
    let shape = content.shape();
    let fill = |value: &Value| value.as_str().map(|text| content.fill(text, values));
    let list = |name: &str| shape[name].as_array().cloned().unwrap_or_default();
    let files: Vec<String> = list("media").iter().filter_map(fill).collect();
    let (mut buttons, mut links) = (Vec::new(), Vec::new());
    for action in list("actions") {
        let title = fill(&action["title"]).unwrap_or_default();
        match action["type"].as_str() {
            Some("URL") => links.push(json!({ "title": title, "url": fill(&action["url"]) })),
            Some("PHONE_NUMBER") => {
                links.push(json!({ "title": title, "url": fill(&action["phone"]).map(|phone| format!("tel:{phone}")) }));
            }
            Some("COPY_CODE") => links.push(json!({ "title": fill(&action["code"]), "url": "#" })),
            _ => {
                let payload = fill(&action["id"]).unwrap_or_else(|| title.clone());
                buttons.push(json!({ "as": "button", "title": title, "payload": payload }));
            }
        }
    }
    let rows: Vec<Value> = list("items")
        .iter()
        .map(|item| {
            json!({ "as": "list_reply", "id": fill(&item["id"]), "title": fill(&item["item"]), "description": fill(&item["description"]) })
        })
        .collect();
    let mut card = json!({
        "kind": "template", "name": content.name, "text": content.fill(content.body(), values),
        "header": fill(&shape["header_text"]), "footer": fill(&shape["footer"]).or_else(|| fill(&shape["subtitle"])),
        "buttons": buttons, "rows": rows, "links": links, "open": shape.get("button"),
    });
    if content.kind() == "twilio/location" {
        card["kind"] = json!("location");
        card["latitude"] = shape["latitude"].clone();
        card["longitude"] = shape["longitude"].clone();
        card["name"] = shape["label"].clone();
    }
    if !files.is_empty() {
        card["media"] = json!("image");
    }
    (card, files)
}
