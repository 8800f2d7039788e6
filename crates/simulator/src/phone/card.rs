//! What a bubble shows: one small shape for both vendors and both directions.

use serde_json::{Value, json};

use crate::graph::{Order, button_value, ordered, payload};

/// What the customer sees of a message the business sent through Meta.
pub fn business(order: &Order, body: &Value) -> Value {
    let content = &body[order.kind];
    match order.kind {
        "text" => json!({ "kind": "text", "text": content["body"] }),
        "interactive" => interactive(content),
        "template" => template(order, content),
        _ => plain(order.kind, content),
    }
}

/// What the customer sees of their own message, in Meta's shape.
pub fn customer(message: &Value) -> Value {
    let kind = message["type"].as_str().unwrap_or("text");
    let content = &message[kind];
    match kind {
        "text" => json!({ "kind": "text", "text": content["body"] }),
        "button" => json!({ "kind": "text", "text": content["text"], "tapped": true }),
        "edit" => json!({ "kind": "text", "text": content["message"]["text"]["body"] }),
        "interactive" => {
            let reply = content["type"].as_str().unwrap_or_default();
            let title = content[reply].get("title").unwrap_or(&content[reply]["body"]);
            json!({ "kind": "text", "text": title, "tapped": true })
        }
        // Twilio's alone: several files, of which the first is shown.
        "mms" => json!({ "kind": "image", "text": content["body"] }),
        _ => plain(kind, content),
    }
}

fn plain(kind: &str, content: &Value) -> Value {
    match kind {
        "image" | "video" | "audio" | "document" | "sticker" => {
            let src = content["id"].as_str().map(|id| format!("/phone/media/{id}"));
            json!({
                "kind": kind, "src": src, "text": content.get("caption"), "mime": content.get("mime_type"),
                "name": content.get("filename"),
            })
        }
        "location" => json!({
            "kind": "location", "latitude": content["latitude"], "longitude": content["longitude"],
            "name": content.get("name"), "address": content.get("address"),
        }),
        "contacts" => {
            let names = content.as_array().map(Vec::as_slice).unwrap_or_default().iter();
            let names: Vec<&str> = names.filter_map(|one| one["name"]["formatted_name"].as_str()).collect();
            json!({ "kind": "contacts", "text": names.join(", ") })
        }
        "reaction" => json!({ "kind": "reaction", "text": content.get("emoji") }),
        other => json!({ "kind": "other", "text": other }),
    }
}

fn interactive(content: &Value) -> Value {
    let mut card = json!({
        "kind": "interactive", "text": content["body"]["text"], "header": content["header"].get("text"),
        "footer": content["footer"].get("text"),
    });
    for kind in ["image", "video", "document"] {
        if content["header"][kind].is_object() {
            card["media"] = json!(kind);
            card["src"] =
                json!(content["header"][kind]["id"].as_str().map(|id| format!("/phone/media/{id}")));
        }
    }
    let action = &content["action"];
    match content["type"].as_str() {
        Some("button") => {
            let buttons = action["buttons"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
            let reply = |button: &Value| json!({ "as": "button_reply", "id": button["reply"]["id"], "title": button["reply"]["title"] });
            card["buttons"] = buttons.map(reply).collect();
        }
        Some("list") => {
            card["open"] = action["button"].clone();
            let sections = action["sections"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
            let rows = sections.filter_map(|section| section["rows"].as_array()).flatten();
            let row = |row: &Value| {
                json!({
                    "as": "list_reply", "id": row["id"], "title": row["title"], "description": row.get("description"),
                })
            };
            card["rows"] = rows.map(row).collect();
        }
        Some("cta_url") => {
            card["link"] =
                json!({ "title": action["parameters"]["display_text"], "url": action["parameters"]["url"] })
        }
        Some("location_request_message") => {
            card["buttons"] = json!([{ "as": "location", "title": "Enviar ubicación" }])
        }
        Some("request_contact_info") => {
            card["buttons"] = json!([{ "as": "contact", "title": "Compartir contacto" }])
        }
        Some("flow") => {
            card["buttons"] = json!([{ "as": "flow", "title": action["parameters"]["flow_cta"] }])
        }
        _ => {}
    }
    card
}

fn template(order: &Order, content: &Value) -> Value {
    let Some(template) = &order.template else { return plain("other", content) };
    let text = |kind: &str| template.text(kind, &ordered(content, template, kind));
    let mut buttons = Vec::new();
    let mut links = Vec::new();
    for (index, button) in template.buttons().iter().enumerate() {
        let title = button["text"].as_str().unwrap_or_default();
        let value = button_value(content, index).unwrap_or_default();
        match button["type"].as_str() {
            Some("QUICK_REPLY") => buttons
                .push(json!({ "as": "button", "title": title, "payload": payload(content, index, title) })),
            Some("URL") => {
                let url = button["url"].as_str().unwrap_or_default().replace("{{1}}", &value);
                links.push(json!({ "title": title, "url": url }));
            }
            Some("PHONE_NUMBER") => {
                let number = button["phone_number"].as_str().unwrap_or_default();
                links.push(json!({ "title": format!("{title} {number}"), "url": format!("tel:{number}") }));
            }
            Some("COPY_CODE") => links.push(json!({ "title": value, "url": "#" })),
            _ => {}
        }
    }
    let header =
        content["components"].as_array().and_then(|all| all.iter().find(|one| one["type"] == "header"));
    let media = header
        .map(|header| &header["parameters"][0])
        .filter(|one| !one["type"].is_null() && one["type"] != "text");
    let mut card = json!({
        "kind": "template", "name": template.field("name"), "header": text("HEADER"), "text": text("BODY"),
        "footer": text("FOOTER"), "buttons": buttons, "links": links,
    });
    if let Some(media) = media {
        let kind = media["type"].as_str().unwrap_or_default();
        card["media"] = json!(kind);
        card["src"] = json!(media[kind]["id"].as_str().map(|id| format!("/phone/media/{id}")));
    }
    card
}

/// The text of a card, for a list.
pub fn line(card: &Value) -> String {
    card["text"].as_str().unwrap_or_default().to_owned()
}

/// An id short enough for a line: its beginning, and the part of its end that differs.
pub fn short(id: &str) -> String {
    let all: Vec<char> = id.trim_end_matches('=').trim_end_matches('A').chars().collect();
    if all.len() <= 18 {
        return id.to_owned();
    }
    let end: String = all[all.len() - 4..].iter().collect();
    format!("{}…{end}", all[..10].iter().collect::<String>())
}
