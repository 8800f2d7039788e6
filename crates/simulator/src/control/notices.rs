//! `POST /control/notices`: anything Meta tells beside messages, by a short name.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{inbound::conclude, refuse};
use crate::{
    courier::{Content, Reports, Update, post},
    customers::{self, Customer},
    notices,
    settings::CloudChannel,
    sim::Sim,
    wire::ids,
};

/// Names beside those of [`notices::NAMES`].
const OWN: [&str; 12] = [
    "marketing_stop",
    "marketing_resume",
    "number_change",
    "user_id_change",
    "echo",
    "echo_edit",
    "echo_revoke",
    "contact_add",
    "contact_remove",
    "history",
    "history_declined",
    "history_media",
];

/// Which notice, and what is special about it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The short name.
    name: String,
    /// The number it is about; without it, the first.
    channel: Option<String>,
    /// The user it is about, for notices about users.
    from: Option<String>,
    /// The new number, for `number_change`.
    to: Option<String>,
    /// The message, for echoes: a text, or Meta's shape.
    message: Option<Value>,
    /// The message an echo edits or takes back, or whose file follows.
    target: Option<String>,
    /// Keys of the value that are to be different.
    #[serde(default)]
    value: Value,
    /// Longest wait for the product to accept it, in milliseconds.
    wait_ms: Option<u64>,
}

/// The names there are.
pub async fn names() -> HttpResponse {
    let all: Vec<&str> = notices::NAMES.iter().map(|(name, _)| *name).chain(OWN).collect();
    HttpResponse::Ok().json(json!({ "notices": all, "samples": crate::samples::NAMES.as_slice() }))
}

pub async fn tell(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let notice: Notice = match serde_json::from_slice(&body) {
        Ok(notice) => notice,
        Err(error) => return refuse(error.to_string()),
    };
    let channel = notice.channel.as_deref().map_or_else(|| sim.first(), |wanted| sim.cloud(wanted));
    let Some(channel) = channel else { return refuse("no number at Meta is called that") };
    if let Some((field, value)) = notices::change(&notice.name, &channel, &notice.value) {
        let portfolio = sim.estate().account(&channel.waba_id).map(|account| account.portfolio.clone());
        let entry = portfolio.filter(|_| notices::of_portfolio(&notice.name));
        let summary = format!("{field} · {}", notice.name);
        let reports = notices::tell_for(&sim, &channel, entry, field, value, summary);
        return conclude(&sim, &channel, reports, notice.wait_ms, json!({ "field": field })).await;
    }
    match own(&sim, &channel, &notice) {
        Ok((reports, answer)) => conclude(&sim, &channel, reports, notice.wait_ms, answer).await,
        Err(why) => refuse(why),
    }
}

fn own(sim: &Arc<Sim>, channel: &CloudChannel, notice: &Notice) -> Result<(Reports, Value), String> {
    let name = notice.name.as_str();
    if !OWN.contains(&name) {
        return Err(format!("name is none of GET /control/notices: {name}"));
    }
    match name {
        "history" | "history_declined" => {
            notices::history(sim, channel, name == "history_declined");
            return Ok((silence(), json!({ "started": true })));
        }
        "history_media" => {
            let target = notice.target.clone().unwrap_or_else(|| ids::wamid("history", sim.dice.bytes()));
            let from = notice
                .from
                .as_deref()
                .and_then(customers::key)
                .unwrap_or_else(|| channel.digits().to_owned());
            let value = notices::late_picture(sim, channel, &from, &target, sim.clock.wall().timestamp());
            return Ok((
                notices::tell(sim, channel, "history", value, "historial · archivo".to_owned()),
                json!({ "id": target }),
            ));
        }
        _ => {}
    }
    let from = notice.from.as_deref().ok_or("from is missing: the user this is about")?;
    let customer = sim
        .customers
        .find(from, None, None)
        .ok_or("from is a phone number, a user id or a known @username")?;
    match name {
        "marketing_stop" | "marketing_resume" => {
            Ok((notices::preference(sim, channel, &customer, name == "marketing_stop"), json!({})))
        }
        "number_change" => {
            let to = notice.to.as_deref().and_then(customers::key).ok_or("to is the new number")?;
            number_change(sim, channel, &customer, &to)
        }
        "user_id_change" => user_id_change(sim, channel, &customer),
        "contact_add" | "contact_remove" => {
            let phone = customer.phone.clone().ok_or("only a number can be in the address book")?;
            let action = if name == "contact_add" { "add" } else { "remove" };
            let value = json!({ "state_sync": [notices::contact(&phone, &customer.name, action)] });
            Ok((
                notices::tell(sim, channel, "smb_app_state_sync", value, format!("contacto · {action}")),
                json!({}),
            ))
        }
        _ => {
            let target = || notice.target.clone().ok_or("target is missing: the message it is about");
            let message = match name {
                "echo_edit" => json!({ "type": "edit", "edit": {
                    "original_message_id": target()?,
                    "message": { "type": "text", "text": { "body": notice.message.as_ref().and_then(Value::as_str).unwrap_or("nuevo texto") } },
                } }),
                "echo_revoke" => json!({ "type": "revoke", "revoke": { "original_message_id": target()? } }),
                _ => match &notice.message {
                    Some(Value::String(text)) => json!({ "type": "text", "text": { "body": text } }),
                    Some(other) => other.clone(),
                    None => json!({ "type": "text", "text": { "body": "Escrito desde la app" } }),
                },
            };
            let (id, reports) = notices::echo(sim, channel, &customer, message)?;
            Ok((reports, json!({ "id": id })))
        }
    }
}

/// Nothing to wait for: the webhooks follow by themselves.
fn silence() -> Reports {
    let (reports, silent) = tokio::sync::mpsc::unbounded_channel();
    let over =
        crate::courier::Progress { status: Some(200), attempts: 0, accepted: true, over: true, millis: 0 };
    // The receiver is in the next line.
    let _ = reports.send(over);
    silent
}

/// A user moves to another number: a `system` message without contacts, and the new user id (whatsapp-cloud.md §2.4, §4.4).
fn number_change(
    sim: &Arc<Sim>,
    channel: &CloudChannel,
    old: &Customer,
    to: &str,
) -> Result<(Reports, Value), String> {
    let to = customers::canonical(to);
    let old_phone = old.phone.clone().ok_or("only somebody with a number changes it")?;
    let new = sim
        .customers
        .change(&old.key, |customer| {
            customer.key.clone_from(&to);
            customer.phone = Some(to.clone());
            customer.user_id = customers::user_id(&to);
        })
        .ok_or("nobody is known by this number")?;
    let id = ids::wamid(&to, sim.dice.bytes());
    let message = json!({
        "from": old_phone, "id": id, "timestamp": sim.clock.wall().timestamp().to_string(), "type": "system",
        "system": {
            "body": format!("User {} changed from {old_phone} to {to}", new.name), "wa_id": to,
            "user_id": new.user_id, "type": "user_changed_number",
        },
    });
    let reports = system(sim, channel, &new, message);
    notices::user_id_update(sim, channel, &new, &old.user_id);
    Ok((reports, json!({ "id": id, "user_id": new.user_id, "previous_user_id": old.user_id })))
}

/// A user's id is another one, while the number may be hidden.
fn user_id_change(
    sim: &Arc<Sim>,
    channel: &CloudChannel,
    old: &Customer,
) -> Result<(Reports, Value), String> {
    let digits: String = sim.dice.bytes::<20>().iter().map(|byte| char::from(b'0' + byte % 10)).collect();
    let country = old.user_id.split('.').next().unwrap_or("PE").to_owned();
    let fresh = format!("{country}.{digits}");
    let new = sim
        .customers
        .change(&old.key, |customer| {
            if customer.phone.is_none() {
                customer.key.clone_from(&fresh);
            }
            customer.user_id.clone_from(&fresh);
        })
        .ok_or("nobody is known by this id")?;
    let id = ids::wamid(&new.key, sim.dice.bytes());
    let mut message = json!({
        "id": id, "timestamp": sim.clock.wall().timestamp().to_string(), "type": "system",
        "from_user_id": old.user_id,
        "system": {
            "body": format!("User {} changed from {} to {fresh}", new.name, old.user_id),
            "user_id": fresh, "type": "user_changed_user_id",
        },
    });
    if let Some(phone) = &new.phone {
        message["from"] = json!(phone);
        message["system"]["wa_id"] = json!(phone);
    }
    let reports = system(sim, channel, &new, message);
    notices::user_id_update(sim, channel, &new, &old.user_id);
    Ok((reports, json!({ "id": id, "user_id": new.user_id, "previous_user_id": old.user_id })))
}

fn system(sim: &Arc<Sim>, channel: &CloudChannel, customer: &Customer, message: Value) -> Reports {
    post(
        sim,
        Update {
            channel: channel.clone(),
            customer: customer.key.clone(),
            kind: "in",
            summary: "system".to_owned(),
            content: Content::Item { list: "messages", item: message, contact: None },
        },
    )
}
