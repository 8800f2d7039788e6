//! Limits of interactive messages: buttons, lists, links and requests.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    check::{known_keys, missing, object, required_text, source, too_long},
    errors::Refusal,
};

/// Check the content of an `interactive` message.
pub fn interactive(content: &Value) -> Result<(), Refusal> {
    let fields = object(content, "interactive")?;
    known_keys(fields, "interactive", &["type", "header", "body", "footer", "action"])?;
    let kind = required_text(fields, "interactive", "type", 64)?;
    let action = object(
        fields.get("action").ok_or_else(|| missing("interactive['action']"))?,
        "interactive['action']",
    )?;
    let body_most = if kind == "list" { 4_096 } else { 1_024 };
    part(fields, "body", body_most, kind != "product")?;
    part(fields, "footer", 60, false)?;
    header(fields, kind)?;
    match kind {
        "button" => buttons(action),
        "list" => list(action),
        "cta_url" => link(action),
        "location_request_message" if fields.contains_key("header") || fields.contains_key("footer") => {
            Err(Refusal::new(131_009, "A location request has neither header nor footer."))
        }
        "location_request_message" => named(action, "send_location"),
        "request_contact_info" => named(action, "request_contact_info"),
        "flow" => flow(action),
        "address_message" => named(action, "address_message"),
        "catalog_message" => named(action, "catalog_message"),
        "product" => {
            required_text(action, "interactive['action']", "catalog_id", 64)?;
            required_text(action, "interactive['action']", "product_retailer_id", 100).map(drop)
        }
        "product_list" => required_text(action, "interactive['action']", "catalog_id", 64).map(drop),
        other => Err(Refusal::new(100, format!("Param interactive['type'] has no value \"{other}\"."))),
    }
}

fn part(fields: &Map<String, Value>, name: &str, most: usize, needed: bool) -> Result<(), Refusal> {
    let place = format!("interactive['{name}']");
    match fields.get(name) {
        None if needed => Err(missing(&place)),
        None => Ok(()),
        Some(part) => required_text(object(part, &place)?, &place, "text", most).map(drop),
    }
}

fn header(fields: &Map<String, Value>, kind: &str) -> Result<(), Refusal> {
    let Some(header) = fields.get("header") else { return Ok(()) };
    let place = "interactive['header']";
    let header = object(header, place)?;
    match required_text(header, place, "type", 64)? {
        "text" => required_text(header, place, "text", 60).map(drop),
        media @ ("image" | "video" | "document") if kind != "list" => {
            source(object(header.get(media).ok_or_else(|| missing(media))?, media)?, media)
        }
        other => {
            Err(Refusal::new(131_009, format!("A {kind} message cannot have a header of type {other}.")))
        }
    }
}

fn buttons(action: &Map<String, Value>) -> Result<(), Refusal> {
    let place = "interactive['action']['buttons']";
    let all = action.get("buttons").and_then(Value::as_array).ok_or_else(|| missing(place))?;
    if !(1..=3).contains(&all.len()) {
        return Err(Refusal::new(131_009, "A message has between 1 and 3 buttons."));
    }
    let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
    for button in all {
        if button["type"] != "reply" {
            return Err(Refusal::new(131_009, format!("{place}['type'] must be reply.")));
        }
        let reply = object(&button["reply"], "reply")?;
        let id = required_text(reply, "reply", "id", 256)?;
        let title = required_text(reply, "reply", "title", 20)?;
        if title.contains(['*', '_', '~', '`']) && title.matches(['*', '_', '~', '`']).count() > 1 {
            return Err(Refusal::new(131_009, "Titles of buttons take no formatting."));
        }
        if !ids.insert(id) || !titles.insert(title) {
            return Err(Refusal::new(131_009, "Ids and titles of buttons must differ."));
        }
    }
    Ok(())
}

fn list(action: &Map<String, Value>) -> Result<(), Refusal> {
    required_text(action, "interactive['action']", "button", 20)?;
    let place = "interactive['action']['sections']";
    let sections = action.get("sections").and_then(Value::as_array).ok_or_else(|| missing(place))?;
    if !(1..=10).contains(&sections.len()) {
        return Err(Refusal::new(131_009, "A list has between 1 and 10 sections."));
    }
    let mut ids = HashSet::new();
    for section in sections {
        match section["title"].as_str() {
            None if sections.len() > 1 => return Err(missing(&format!("{place}['title']"))),
            Some(title) if title.chars().count() > 24 => {
                return Err(too_long(&format!("{place}['title']"), 24));
            }
            _ => {}
        }
        let rows = section["rows"].as_array().ok_or_else(|| missing(&format!("{place}['rows']")))?;
        for row in rows {
            let row = object(row, "row")?;
            required_text(row, "row", "title", 24)?;
            if row.contains_key("description") {
                required_text(row, "row", "description", 72)?;
            }
            if !ids.insert(required_text(row, "row", "id", 200)?) {
                return Err(Refusal::new(131_009, "Ids of rows must differ."));
            }
        }
    }
    if (1..=10).contains(&ids.len()) {
        Ok(())
    } else {
        Err(Refusal::new(131_009, "A list has between 1 and 10 rows in all."))
    }
}

fn link(action: &Map<String, Value>) -> Result<(), Refusal> {
    named(action, "cta_url")?;
    let place = "interactive['action']['parameters']";
    let parameters = object(action.get("parameters").ok_or_else(|| missing(place))?, place)?;
    required_text(parameters, place, "display_text", 20)?;
    let url = required_text(parameters, place, "url", 2_000)?;
    if url.starts_with("http://") || url.starts_with("https://") {
        Ok(())
    } else {
        Err(Refusal::new(131_009, format!("{place}['url'] is not a valid URL.")))
    }
}

fn flow(action: &Map<String, Value>) -> Result<(), Refusal> {
    named(action, "flow")?;
    let place = "interactive['action']['parameters']";
    let parameters = object(action.get("parameters").ok_or_else(|| missing(place))?, place)?;
    required_text(parameters, place, "flow_message_version", 8)?;
    required_text(parameters, place, "flow_cta", 20)?;
    if !parameters.contains_key("flow_id") && !parameters.contains_key("flow_name") {
        return Err(missing(&format!("{place}['flow_id']")));
    }
    Ok(())
}

fn named(action: &Map<String, Value>, name: &str) -> Result<(), Refusal> {
    if required_text(action, "interactive['action']", "name", 64)? == name {
        Ok(())
    } else {
        Err(Refusal::new(131_009, format!("interactive['action']['name'] must be {name}.")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with_buttons(titles: &[&str]) -> Value {
        let buttons: Vec<Value> = titles
            .iter()
            .enumerate()
            .map(|(index, title)| json!({ "type": "reply", "reply": { "id": index.to_string(), "title": title } }))
            .collect();
        json!({ "type": "button", "body": { "text": "¿Sábado?" }, "action": { "buttons": buttons } })
    }

    #[test]
    fn three_buttons_with_different_short_titles() {
        assert!(interactive(&with_buttons(&["Sí", "No", "Otro día"])).is_ok());
        assert!(interactive(&with_buttons(&["1", "2", "3", "4"])).is_err());
        assert!(interactive(&with_buttons(&["Sí", "Sí"])).is_err());
        assert!(interactive(&with_buttons(&[&"x".repeat(21)])).is_err());
    }

    #[test]
    fn a_list_has_ten_rows_over_all_sections() {
        let list = |per_section: usize| {
            let rows = |section: usize| -> Vec<Value> {
                (0..per_section)
                    .map(|row| json!({ "id": format!("{section}-{row}"), "title": "9:00" }))
                    .collect()
            };
            json!({ "type": "list", "body": { "text": "Horas" }, "action": { "button": "Ver", "sections": [
                { "title": "Hoy", "rows": rows(0) }, { "title": "Mañana", "rows": rows(1) },
            ] } })
        };
        assert!(interactive(&list(5)).is_ok());
        assert!(interactive(&list(6)).is_err());
    }
}
