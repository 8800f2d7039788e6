//! A number shared with the WhatsApp Business app: what was written there (whatsapp-cloud.md §4.5).

use std::{sync::Arc, time::Duration};

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use super::tell;
use crate::{
    courier::Reports,
    customers::{self, Customer},
    media,
    settings::CloudChannel,
    sim::Sim,
    wire::ids,
};

/// Messages of one chunk of history.
const CHUNK: usize = 40;

/// A message sent from the app on the phone: any type, an edit and a revocation too.
pub fn echo(
    sim: &Arc<Sim>,
    channel: &CloudChannel,
    to: &Customer,
    mut message: Value,
) -> Result<(String, Reports), String> {
    let fields = message.as_object_mut().ok_or("message is an object with a type")?;
    if !fields.get("type").is_some_and(Value::is_string) {
        return Err("message needs a type".to_owned());
    }
    fields.entry("from").or_insert_with(|| json!(channel.digits()));
    if let Some(phone) = &to.phone {
        fields.entry("to").or_insert_with(|| json!(phone));
    }
    fields.entry("to_user_id").or_insert_with(|| json!(to.user_id));
    fields.entry("id").or_insert_with(|| json!(ids::wamid(&to.key, sim.dice.bytes())));
    fields.entry("timestamp").or_insert_with(|| json!(Utc::now().timestamp().to_string()));
    let kind = message["type"].as_str().unwrap_or_default().to_owned();
    if ["image", "video", "audio", "document", "sticker"].contains(&kind.as_str()) {
        media::fill(sim, channel, &mut message[&kind]);
    }
    let id = message["id"].as_str().ok_or("message.id is a string")?.to_owned();
    let value = json!({ "contacts": [crate::wire::meta::contact(to, true)], "message_echoes": [message] });
    Ok((id, tell(sim, channel, "smb_message_echoes", value, format!("eco · {kind}"))))
}

/// The app's address book: everybody of the cast, added.
pub fn address_book(sim: &Arc<Sim>, channel: &CloudChannel) {
    let items: Vec<Value> = customers::cast()
        .iter()
        .filter_map(|customer| Some(contact(customer.phone.as_deref()?, &customer.name, "add")))
        .collect();
    tell(
        sim,
        channel,
        "smb_app_state_sync",
        json!({ "state_sync": items }),
        "libreta de contactos".to_owned(),
    );
}

/// One entry of the address book, added (edited, too) or removed.
pub fn contact(phone: &str, name: &str, action: &str) -> Value {
    let now = Utc::now().timestamp().to_string();
    let mut contact = json!({ "phone_number": phone });
    if action == "add" {
        contact["full_name"] = json!(name);
        contact["first_name"] = json!(name.split(' ').next());
    }
    json!({ "type": "contact", "contact": contact, "action": action, "metadata": { "timestamp": now } })
}

/// Half a year of chats, in chunks of three phases, with the newest pictures following; or the owner's no.
pub fn history(sim: &Arc<Sim>, channel: &CloudChannel, declined: bool) {
    if declined {
        let value = json!({ "history": [{ "errors": [{
            "code": 2_593_109, "title": "History sync is turned off by the business from the WhatsApp Business App",
            "message": "History sync is turned off by the business from the WhatsApp Business App",
            "error_data": { "details": "History sharing is turned off by the business" },
        }] }] });
        tell(sim, channel, "history", value, "historial rechazado".to_owned());
        return;
    }
    let world = Arc::clone(sim);
    let channel = channel.clone();
    sim.tasks.spawn(async move {
        let chunks = [(0, 1, 30), (1, 2, 60), (1, 3, 80), (2, 4, 100)];
        let mut pictures = Vec::new();
        for (phase, order, progress) in chunks {
            let threads = threads(&world, &channel, phase, &mut pictures);
            let value = json!({ "history": [{
                "metadata": { "phase": phase, "chunk_order": order, "progress": progress }, "threads": threads,
            }] });
            tell(&world, &channel, "history", value, format!("historial · {progress} %"));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for (from, id, at) in pictures {
            let value = late_picture(&world, &channel, &from, &id, at);
            tell(&world, &channel, "history", value, "historial · archivo".to_owned());
        }
    });
}

/// The file of a placeholder: the field is still `history`, but with `messages` in it.
pub fn late_picture(sim: &Sim, channel: &CloudChannel, from: &str, id: &str, at: i64) -> Value {
    let media = crate::samples::store(sim, "image").unwrap_or_default();
    sim.media.bind(&media, &channel.phone_number_id);
    let item = sim.media.get(&media, sim.clock.age());
    // Here the hash is hexadecimal, unlike in `messages` (whatsapp-cloud.md §6).
    let sha256 = item.map(|item| item.sha256_hex());
    json!({ "messages": [{
        "from": from, "id": id, "timestamp": at.to_string(), "type": "image",
        "image": { "mime_type": "image/jpeg", "sha256": sha256, "id": media, "caption": "De hace unos días" },
    }] })
}

type Picture = (String, String, i64);

fn threads(sim: &Sim, channel: &CloudChannel, phase: i64, pictures: &mut Vec<Picture>) -> Vec<Value> {
    let lines = ["Hola, ¿tienen cita para mañana?", "Sí, a las 10:00", "Perfecto, gracias", "¡Te esperamos!"];
    let days = [(0, 1), (1, 90), (90, 180)][usize::try_from(phase).unwrap_or_default().min(2)];
    let known = customers::cast().into_iter().filter_map(|customer| customer.phone);
    known
        .map(|phone| {
            let mut messages = Vec::new();
            for number in 0..CHUNK.min(8) {
                let back =
                    TimeDelta::days(days.0) + TimeDelta::hours(2 + i64::try_from(number).unwrap_or_default());
                let at = (Utc::now() - back).timestamp();
                let ours = number % 2 == 1;
                let id = ids::wamid(&phone, sim.dice.bytes());
                let from = if ours { channel.digits() } else { phone.as_str() };
                let status = if ours { "READ" } else { "DELIVERED" };
                let mut message = json!({
                    "from": from, "id": id, "timestamp": at.to_string(), "type": "text",
                    "text": { "body": lines[number % lines.len()] }, "history_context": { "status": status },
                });
                if ours {
                    message["to"] = json!(phone);
                }
                if phase == 0 && number == 2 {
                    message["type"] = json!("media_placeholder");
                    if let Some(fields) = message.as_object_mut() {
                        fields.remove("text");
                    }
                    pictures.push((from.to_owned(), id, at));
                }
                messages.push(message);
            }
            json!({ "id": phone, "messages": messages })
        })
        .collect()
}
