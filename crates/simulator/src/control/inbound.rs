//! `POST /control/inbound`: a customer writes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::refuse;
use crate::{
    courier::{Content, Progress, Reports, Update, post},
    customers::{self, Customer},
    media, notices,
    phone::card,
    samples,
    settings::CloudChannel,
    sim::{Sim, lock},
    threads::Bubble,
    twilio,
    wire::{ids, meta},
};

/// Longest wait for the product, unless the caller says otherwise.
const WAIT: u64 = 10_000;

/// Who writes what to whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writing {
    /// Name, number, phone number id or sender's address; without it the first number at Meta.
    channel: Option<String>,
    /// A number, a user id, or `@username` of somebody known.
    from: String,
    /// Name in the profile.
    name: Option<String>,
    /// Username in the profile.
    username: Option<String>,
    /// Id across portfolios (`PE.ENT.…`), remembered from now on.
    parent_user_id: Option<String>,
    /// A text, `{"text": "…"}`, or a message in the vendor's own shape.
    #[serde(default)]
    message: Value,
    /// Instead of a message: the short name of one (see `samples.rs`).
    sample: Option<String>,
    /// The message a sample answers, taps, edits or takes back.
    target: Option<String>,
    /// The words of a sample.
    text: Option<String>,
    /// When it was written: unix seconds, or seconds before now where negative. Lets the product see an old message.
    at: Option<i64>,
    /// Longest wait for the product to accept it, in milliseconds.
    wait_ms: Option<u64>,
}

/// A message is on its way.
pub struct Underway {
    /// The vendor's id.
    pub id: String,
    /// How its delivery goes.
    pub reports: Reports,
}

pub async fn write(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let writing: Writing = match serde_json::from_slice(&body) {
        Ok(writing) => writing,
        Err(error) => return refuse(error.to_string()),
    };
    let Some(customer) =
        sim.customers.find(&writing.from, writing.name.as_deref(), writing.username.as_deref())
    else {
        return refuse("from is a phone number, a user id or a known @username");
    };
    let at = match writing.at {
        None => sim.clock.wall(),
        Some(back) if back < 0 => sim.clock.wall() + TimeDelta::seconds(back),
        Some(unix) => match DateTime::<Utc>::from_timestamp(unix, 0) {
            Some(at) => at,
            None => return refuse("at is unix seconds, or negative seconds before now"),
        },
    };
    let started = Instant::now();
    let first = sim.first().map(|channel| channel.phone_number_id);
    let Some(wanted) = writing.channel.clone().or(first) else { return refuse("there is no channel") };
    let message = match message(&sim, &wanted, &writing) {
        Ok(message) => message,
        Err(why) => return refuse(why),
    };
    let customer = match writing.parent_user_id.clone() {
        Some(parent) => sim.customers.change(&customer.key, |known| known.parent_user_id = Some(parent)),
        None => Some(customer),
    };
    let Some(customer) = customer else { return refuse("this customer was just forgotten") };
    // The number shows as it was given, in whichever of its forms.
    let customer = match customers::key(&writing.from).filter(|key| !customers::is_user_id(key)) {
        Some(given) if customer.phone.is_some() => Customer { phone: Some(given), ..customer },
        _ => customer,
    };
    let (channel, underway) = if let Some(channel) = sim.cloud(&wanted) {
        match by_meta(&sim, &channel, &customer, message, at) {
            Ok(underway) => (channel.phone_number_id.clone(), underway),
            Err(why) => return refuse(why),
        }
    } else if let Some(channel) = sim.sender(&wanted) {
        match twilio::inbound::write(&sim, &channel, &customer, &message) {
            Ok(underway) => (channel.address.clone(), underway),
            Err(why) => return refuse(why),
        }
    } else {
        return refuse(format!("no channel is called {wanted}"));
    };
    let patience = Duration::from_millis(writing.wait_ms.unwrap_or(WAIT));
    let Underway { id, reports } = underway;
    let progress = settle(follow(&sim, reports, &channel, &customer.key, &id), patience).await;
    let accepted = progress.is_some_and(|progress| progress.accepted);
    let answer = json!({
        "channel": channel,
        "from": customer.key,
        "id": id,
        "accepted": accepted,
        "http_status": progress.and_then(|progress| progress.status),
        "attempts": progress.map_or(0, |progress| progress.attempts),
        "ms": u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    });
    match (accepted, patience.is_zero()) {
        (true, _) => HttpResponse::Ok().json(answer),
        // Whoever doesn't wait has nothing to complain about.
        (false, true) => HttpResponse::Accepted().json(answer),
        (false, false) => HttpResponse::GatewayTimeout().json(answer),
    }
}

/// The message itself, or the sample asked for by name.
fn message(sim: &Sim, channel: &str, writing: &Writing) -> Result<Value, String> {
    let Some(name) = &writing.sample else {
        return if writing.message.is_null() {
            Err("message or sample is missing".to_owned())
        } else {
            Ok(writing.message.clone())
        };
    };
    let number = sim.cloud(channel).map(|channel| channel.digits().to_owned()).unwrap_or_default();
    let wanted = samples::Wanted {
        target: writing.target.as_deref(),
        text: writing.text.as_deref(),
        business: &number,
    };
    samples::message(sim, name, &wanted)
        .ok_or_else(|| format!("sample is one of {}", samples::NAMES.join(", ")))
}

/// Follow a delivery to its end, whoever still waits for it: with acceptance, the message gets its second tick.
fn follow(
    sim: &Arc<Sim>,
    mut reports: Reports,
    channel: &str,
    customer: &str,
    id: &str,
) -> watch::Receiver<Option<Progress>> {
    let (last, seen) = watch::channel(None);
    let world = Arc::clone(sim);
    let (channel, customer, id) = (channel.to_owned(), customer.to_owned(), id.to_owned());
    sim.tasks.spawn(async move {
        while let Some(progress) = reports.recv().await {
            let tick =
                || world.threads.change(&channel, &customer, &id, |bubble| bubble.advance("delivered"));
            if let Some(bubble) = progress.accepted.then(tick).flatten() {
                world.journal.tell(
                    &json!({ "frame": "bubble", "channel": channel, "customer": customer, "bubble": bubble }),
                );
            }
            // Whoever asked may have stopped waiting.
            let _ = last.send(Some(progress));
            if progress.accepted || progress.over {
                break;
            }
        }
    });
    seen
}

/// The last report before acceptance, giving up, or the end of patience.
async fn settle(mut last: watch::Receiver<Option<Progress>>, patience: Duration) -> Option<Progress> {
    let settled =
        last.wait_for(|progress| progress.is_some_and(|progress| progress.accepted || progress.over));
    // Out of patience is an answer, too: the last report says how far it came.
    let _ = tokio::time::timeout(patience, settled).await;
    *last.borrow()
}

/// A customer writes to a number at Meta.
fn by_meta(
    sim: &Arc<Sim>,
    channel: &CloudChannel,
    customer: &Customer,
    message: Value,
    at: DateTime<Utc>,
) -> Result<Underway, String> {
    let mut message = shape(message)?;
    let Some(fields) = message.as_object_mut() else {
        return Err("message is a text or an object".to_owned());
    };
    if let Some(phone) = &customer.phone {
        fields.entry("from").or_insert_with(|| json!(phone));
    }
    fields.entry("from_user_id").or_insert_with(|| json!(customer.user_id));
    if let Some(parent) = &customer.parent_user_id {
        fields.entry("from_parent_user_id").or_insert_with(|| json!(parent));
    }
    fields.entry("id").or_insert_with(|| json!(ids::wamid(&customer.key, sim.dice.bytes())));
    fields.entry("timestamp").or_insert_with(|| json!(at.timestamp().to_string()));
    let id = message["id"].as_str().ok_or("message.id is a string")?.to_owned();
    let kind = message["type"].as_str().ok_or("message.type is a string")?.to_owned();
    if ["image", "video", "audio", "document", "sticker"].contains(&kind.as_str()) {
        too_large(sim, &mut message, &kind);
        media::fill(sim, channel, &mut message[&kind]);
    }
    let name = &channel.phone_number_id;
    let target = message[&kind]["original_message_id"].as_str().map(str::to_owned);
    if let Some(target) = target.filter(|_| kind == "edit" || kind == "revoke") {
        let text = message["edit"]["message"]["text"]["body"].clone();
        let bubble = sim.threads.change(name, &customer.key, &target, |bubble| {
            if kind == "revoke" {
                bubble.revoked = true;
            } else {
                bubble.edited = true;
                bubble.card["text"] = text;
            }
        });
        sim.journal
            .tell(&json!({ "frame": "bubble", "channel": name, "customer": customer.key, "bubble": bubble }));
        return Ok(send(sim, channel, customer, kind, id, message));
    }
    if kind == "reaction" {
        let emoji =
            message["reaction"]["emoji"].as_str().filter(|emoji| !emoji.is_empty()).map(str::to_owned);
        let target = message["reaction"]["message_id"].as_str().unwrap_or_default();
        let bubble = sim.threads.change(name, &customer.key, target, |bubble| bubble.reaction = emoji);
        sim.journal
            .tell(&json!({ "frame": "bubble", "channel": name, "customer": customer.key, "bubble": bubble }));
    } else {
        let quote = message["context"]["id"].as_str().map(str::to_owned);
        let mut bubble = Bubble::new(&id, true, at, card::customer(&message), quote);
        bubble.state = "sent";
        sim.journal
            .tell(&json!({ "frame": "bubble", "channel": name, "customer": customer.key, "bubble": bubble }));
        sim.threads.add(name, &customer.key, bubble);
    }
    // What comes in counts against the number's throughput, too, but is never refused.
    sim.throughput.drain_per_second(name, sim.clock.age(), sim.per_second(channel));
    // The window counts from the message's own second.
    let written = message["timestamp"].as_str().and_then(|text| text.parse::<i64>().ok());
    let written = written.and_then(|unix| DateTime::from_timestamp(unix, 0)).unwrap_or(at);
    sim.windows.open(name, &customer.key, written, sim.clock.aged());
    if message["referral"].is_object() {
        sim.prices.came(name, &customer.key, sim.clock.age());
    }
    Ok(send(sim, channel, customer, kind, id, message))
}

fn send(
    sim: &Arc<Sim>,
    channel: &CloudChannel,
    customer: &Customer,
    kind: String,
    id: String,
    message: Value,
) -> Underway {
    let (blocked, proves) = {
        let estate = sim.estate();
        let number = estate.number(&channel.phone_number_id);
        (
            number.is_some_and(|number| number.blocked.contains(&customer.key)),
            number.is_some_and(|number| number.identity_check),
        )
    };
    if blocked {
        // Whoever was blocked is not heard.
        let (reports, silence) = mpsc::unbounded_channel();
        let over = Progress { status: None, attempts: 0, accepted: false, over: true, millis: 0 };
        // The receiver is in the next line.
        let _ = reports.send(over);
        return Underway { id, reports: silence };
    }
    let contact = (kind != "system").then(|| {
        let mut contact = meta::contact(customer, true);
        if proves {
            contact["identity_key_hash"] = json!(customers::identity_hash(customer));
        }
        contact
    });
    let reports = post(
        sim,
        Update {
            channel: channel.clone(),
            customer: customer.key.clone(),
            kind: "in",
            summary: format!("{kind} · {}", card::short(&id)),
            content: Content::Item { list: "messages", item: message, contact },
        },
    );
    Underway { id, reports }
}

/// A customer's file beyond 100 MB does not come through (131052).
fn too_large(sim: &Sim, message: &mut Value, kind: &str) {
    let id = message[kind]["id"].as_str().unwrap_or_default();
    let size = sim.media.get(id, sim.clock.age()).map_or(0, |item| item.size());
    if size > media::INBOUND_CAP {
        message[kind] = json!({});
        message["errors"] = json!([{
            "code": 131_052, "title": "Media download error", "message": "Media download error",
            "error_data": { "details": "The media file is larger than 100 MB." },
        }]);
    }
}

/// A message in Meta's shape: as given, or from its shorthand.
fn shape(message: Value) -> Result<Value, String> {
    match message {
        Value::String(text) => Ok(json!({ "type": "text", "text": { "body": text } })),
        Value::Object(fields) if fields.get("type").is_some() => Ok(Value::Object(fields)),
        Value::Object(fields) => match fields.get("text") {
            Some(Value::String(text)) => Ok(json!({ "type": "text", "text": { "body": text } })),
            _ => Err("message needs a type, or is a text".to_owned()),
        },
        _ => Err("message is a text or an object".to_owned()),
    }
}

/// Any other change for a number at Meta.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raw {
    channel: Option<String>,
    field: String,
    value: Value,
    wait_ms: Option<u64>,
}

/// `POST /control/webhook`: post any change to the product, as it is but for `messaging_product` and `metadata`.
pub async fn webhook(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let raw: Raw = match serde_json::from_slice(&body) {
        Ok(raw) => raw,
        Err(error) => return refuse(error.to_string()),
    };
    let channel = raw.channel.as_deref().map_or_else(|| sim.first(), |wanted| sim.cloud(wanted));
    let Some(channel) = channel else { return refuse("no number at Meta is called that") };
    preferences(&sim, &channel, &raw.value);
    let reports = notices::tell(&sim, &channel, &raw.field, raw.value, raw.field.clone());
    conclude(&sim, &channel, reports, raw.wait_ms, json!({})).await
}

/// Wait for the product to take a change, and say how it went beside what is known already.
pub async fn conclude(
    sim: &Arc<Sim>,
    channel: &CloudChannel,
    reports: Reports,
    wait_ms: Option<u64>,
    mut answer: Value,
) -> HttpResponse {
    let patience = Duration::from_millis(wait_ms.unwrap_or(WAIT));
    let progress = settle(follow(sim, reports, &channel.phone_number_id, "", ""), patience).await;
    let accepted = progress.is_some_and(|progress| progress.accepted);
    answer["accepted"] = json!(accepted);
    answer["http_status"] = json!(progress.and_then(|progress| progress.status));
    match (accepted, patience.is_zero()) {
        (true, _) => HttpResponse::Ok().json(answer),
        (false, true) => HttpResponse::Accepted().json(answer),
        (false, false) => HttpResponse::GatewayTimeout().json(answer),
    }
}

/// Whoever stops marketing gets no more of it from here, either.
fn preferences(sim: &Sim, channel: &CloudChannel, value: &Value) {
    for preference in value["user_preferences"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let address = preference["wa_id"].as_str().or_else(|| preference["user_id"].as_str());
        let Some(customer) = address.and_then(|address| sim.customers.find(address, None, None)) else {
            continue;
        };
        let pair = (channel.phone_number_id.clone(), customer.key);
        let mut stopped = lock(&sim.stopped);
        if preference["value"] == "stop" {
            stopped.insert(pair);
        } else {
            stopped.remove(&pair);
        }
    }
}
