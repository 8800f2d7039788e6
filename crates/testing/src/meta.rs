//! Webhooks as Meta writes them, built small: for tests below HTTP, and for what the simulator is too well-behaved to say.

use serde_json::{Value, json};

use crate::{PHONE_NUMBER_ID, WABA};

/// A text of a customer; `from` without plus.
#[must_use]
pub fn text(from: &str, id: &str, at: i64, body: &str) -> Value {
    json!({"from": from, "id": id, "timestamp": at.to_string(), "type": "text", "text": {"body": body}})
}

/// A report on a message of ours.
#[must_use]
pub fn status(id: &str, state: &str, at: i64, opaque: Option<&str>) -> Value {
    let mut status =
        json!({"id": id, "status": state, "timestamp": at.to_string(), "recipient_id": "51987412306"});
    if let Some(opaque) = opaque {
        status["biz_opaque_callback_data"] = json!(opaque);
    }
    status
}

/// One webhook with messages.
#[must_use]
pub fn messages(messages: &[Value]) -> Vec<u8> {
    let contacts: Vec<Value> = messages
        .iter()
        .filter_map(|message| message["from"].as_str())
        .map(|from| json!({"profile": {"name": format!("Cliente {from}")}, "wa_id": from}))
        .collect();
    envelope(json!({"contacts": contacts, "messages": messages}))
}

/// One webhook with statuses.
#[must_use]
pub fn statuses(statuses: &[Value]) -> Vec<u8> {
    envelope(json!({ "statuses": statuses }))
}

fn envelope(mut value: Value) -> Vec<u8> {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "5115550100", "phone_number_id": PHONE_NUMBER_ID});
    serde_json::to_vec(&json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": WABA, "changes": [{"field": "messages", "value": value}]}],
    }))
    .expect("a webhook is JSON")
}
