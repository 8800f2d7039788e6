//! `POST /v1/Content`: a question becomes a content before it can be sent (twilio.md §8).

use domain::{
    interactive::{Interactive, Section},
    outbound::SendOutcome,
};
use serde_json::{Value, json};

use super::{TwilioSender, sending::judged};
use crate::{answer::repeatable, http};

/// The `types` of a content that asks this question; `None` where Twilio has no type that WhatsApp takes without an
/// approval. Equal questions have equal types, so a content can be used again.
#[must_use]
pub fn content_of(question: &Interactive) -> Option<Value> {
    match question {
        // What stands around a question has no place in these types; the limits refuse it before.
        Interactive::Buttons { header: None, body, footer: None, buttons } => {
            let actions: Vec<Value> = buttons
                .iter()
                .map(|button| json!({ "type": "QUICK_REPLY", "title": button.title, "id": button.id }))
                .collect();
            Some(json!({ "twilio/quick-reply": { "body": body, "actions": actions } }))
        }
        Interactive::List { header: None, body, footer: None, button, sections } => {
            let [Section { rows, .. }] = sections.as_slice() else { return None };
            let items: Vec<Value> = rows
                .iter()
                .map(|row| {
                    let mut item = json!({ "id": row.id, "item": row.title });
                    if let Some(description) = &row.description {
                        item["description"] = description.as_str().into();
                    }
                    item
                })
                .collect();
            Some(json!({ "twilio/list-picker": { "body": body, "button": button, "items": items } }))
        }
        _ => None,
    }
}

impl TwilioSender {
    /// Makes a content and answers with its SID (`HX…`). `name` is for people who look at it in Twilio's console.
    ///
    /// # Errors
    /// What its message's outcome is then: a refusal or a retry; two contents instead of one harm nobody.
    pub async fn create_content(&self, name: &str, types: &Value) -> Result<String, SendOutcome> {
        // The language is asked for but means nothing to a content without an approval.
        let content = json!({ "friendly_name": name, "language": "es", "variables": {}, "types": types });
        match http::call(self.post(&self.content_url).json(&content)).await {
            Ok(answer) => repeatable(judged(&answer)),
            Err(outcome) => repeatable(outcome),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(question: Value) -> Option<Value> {
        content_of(&serde_json::from_value(question).unwrap())
    }

    #[test]
    fn buttons_and_menus_have_a_type() {
        let buttons = json!({"form": "buttons", "body": "¿Viene?", "buttons": [{"id": "si", "title": "Sí"}]});
        let expected = json!({"twilio/quick-reply": {"body": "¿Viene?",
            "actions": [{"type": "QUICK_REPLY", "title": "Sí", "id": "si"}]}});
        assert_eq!(types(buttons), Some(expected));
        let list = json!({"form": "list", "body": "¿Cuándo?", "button": "Ver",
            "sections": [{"rows": [{"id": "r1", "title": "9:00", "description": "Dra. Paz"}]}]});
        let expected = json!({"twilio/list-picker": {"body": "¿Cuándo?", "button": "Ver",
            "items": [{"id": "r1", "item": "9:00", "description": "Dra. Paz"}]}});
        assert_eq!(types(list), Some(expected));
    }

    #[test]
    fn what_would_need_an_approval_has_none() {
        let link = json!({"form": "link", "body": "x", "label": "Abrir", "url": "https://a.example"});
        assert_eq!(types(link), None);
        assert_eq!(types(json!({"form": "location_request", "body": "x"})), None);
    }
}
