//! What Meta tells beside messages: names, quality, accounts, users, coexistence (whatsapp-cloud.md §4).

mod coexistence;
mod shapes;

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use serde_json::{Map, Value, json};

pub use coexistence::{address_book, contact, echo, history, late_picture};
pub use shapes::{NAMES, change, of_portfolio};

use crate::{
    courier::{Content, Reports, Update, post},
    customers::Customer,
    settings::CloudChannel,
    sim::{Sim, lock},
    wire::meta,
};

/// Fields whose value names the number it is about, and whose entry has no time.
pub const WITH_METADATA: [&str; 6] =
    ["messages", "user_preferences", "user_id_update", "smb_message_echoes", "smb_app_state_sync", "history"];

/// Post a change of a field.
pub fn tell(sim: &Arc<Sim>, channel: &CloudChannel, field: &str, value: Value, summary: String) -> Reports {
    tell_for(sim, channel, None, field, value, summary)
}

/// The same, in an entry of another id than the account's: that of the portfolio, for partners' news.
pub fn tell_for(
    sim: &Arc<Sim>,
    channel: &CloudChannel,
    entry: Option<String>,
    field: &str,
    mut value: Value,
    summary: String,
) -> Reports {
    if let Some(fields) = value.as_object_mut()
        && WITH_METADATA.contains(&field)
    {
        fields.entry("messaging_product").or_insert_with(|| json!("whatsapp"));
        fields.entry("metadata").or_insert_with(|| meta::metadata(channel));
    }
    let change = json!({ "field": field, "value": value });
    let content = match entry {
        Some(id) => Content::Elsewhere { id, change },
        None => Content::Change(change),
    };
    post(sim, Update { channel: channel.clone(), customer: String::new(), kind: "status", summary, content })
}

/// As long as Meta takes to look at something.
pub async fn pause_for_review(sim: &Sim) {
    tokio::time::sleep(Duration::from_millis(sim.dice.between(sim.settings.review))).await;
}

/// A number came to the Cloud API.
pub fn onboarding(sim: &Arc<Sim>, channel: &CloudChannel) {
    let tier = sim.estate().account(&channel.waba_id).map(|account| account.tier.clone());
    let value = json!({
        "display_phone_number": channel.digits(), "event": "ONBOARDING",
        "max_daily_conversations_per_business": tier,
    });
    tell(sim, channel, "phone_number_quality_update", value, "calidad · ONBOARDING".to_owned());
}

/// Somebody changed or asked for a PIN.
pub fn security(sim: &Arc<Sim>, channel: &CloudChannel, event: &str) {
    let value =
        json!({ "display_phone_number": channel.digits(), "event": event, "requester": "122000000000001" });
    tell(sim, channel, "security", value, format!("seguridad · {event}"));
}

/// The review of a new name ends.
pub fn name_decided(sim: &Arc<Sim>, channel: &CloudChannel, approved: bool) {
    let decided = {
        let mut estate = sim.estate();
        let Some(number) = estate.number_mut(&channel.phone_number_id) else { return };
        let Some((name, status)) = &mut number.new_name else { return };
        if status != "PENDING_REVIEW" {
            return;
        }
        (if approved { "APPROVED" } else { "DECLINED" }).clone_into(status);
        let name = name.clone();
        if approved {
            number.channel.verified_name.clone_from(&name);
            "APPROVED".clone_into(&mut number.name_status);
            number.new_name = None;
        }
        name
    };
    let value = json!({
        "display_phone_number": channel.digits(),
        "decision": if approved { "APPROVED" } else { "REJECTED" }, "requested_verified_name": decided,
        "rejection_reason": if approved { Value::Null } else { json!("NAME_FORMAT_UNACCEPTABLE") },
    });
    let word = if approved { "APPROVED" } else { "REJECTED" };
    tell(sim, channel, "phone_number_name_update", value, format!("nombre · {word}"));
}

/// A user stops or resumes marketing (whatsapp-cloud.md §4.4); sends know of it, too.
pub fn preference(sim: &Arc<Sim>, channel: &CloudChannel, customer: &Customer, stop: bool) -> Reports {
    let pair = (channel.phone_number_id.clone(), customer.key.clone());
    if stop {
        lock(&sim.stopped).insert(pair);
    } else {
        lock(&sim.stopped).remove(&pair);
    }
    let word = if stop { "stop" } else { "resume" };
    let mut item = json!({
        "user_id": customer.user_id, "detail": format!("User requested to {word} marketing messages"),
        "category": "marketing_messages", "value": word, "timestamp": Utc::now().timestamp(),
    });
    if let Some(phone) = &customer.phone {
        item["wa_id"] = json!(phone);
    }
    let value = json!({ "contacts": [meta::contact(customer, true)], "user_preferences": [item] });
    tell(sim, channel, "user_preferences", value, format!("preferencias · {word}"))
}

/// A user's id was replaced by another one (whatsapp-cloud.md §4.4).
pub fn user_id_update(
    sim: &Arc<Sim>,
    channel: &CloudChannel,
    customer: &Customer,
    previous: &str,
) -> Reports {
    let mut contact = Map::new();
    contact.insert("profile".to_owned(), json!({ "name": customer.name }));
    let mut item = json!({
        "detail": format!("User id for {} has been updated.", customer.name),
        "user_id": { "previous": previous, "current": customer.user_id },
        "timestamp": Utc::now().timestamp().to_string(),
    });
    if let Some(phone) = &customer.phone {
        contact.insert("wa_id".to_owned(), json!(phone));
        item["wa_id"] = json!(phone);
    }
    let value = json!({ "contacts": [contact], "user_id_update": [item] });
    tell(sim, channel, "user_id_update", value, "id de usuario cambiado".to_owned())
}
