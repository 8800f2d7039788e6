//! Meta's webhooks: verified address, batches, signature over the raw bytes, redelivery until HTTP 200.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{Progress, Reports, Turn, pause, wait};
use crate::{
    estate::Override,
    media::reach,
    notices::WITH_METADATA,
    settings::CloudChannel,
    signing,
    sim::{Sim, lock},
    wire::meta,
};

/// How long updates gather for a batch.
const GATHER: Duration = Duration::from_millis(30);

/// One update for the product.
pub struct Update {
    /// The number it is about.
    pub channel: CloudChannel,
    /// The customer it is about.
    pub customer: String,
    /// Kind for the list of events.
    pub kind: &'static str,
    /// One line for the list of events.
    pub summary: String,
    /// What it says.
    pub content: Content,
}

/// What an update says.
pub enum Content {
    /// An item of `messages` or `statuses`, with the contacts it needs.
    Item { list: &'static str, item: Value, contact: Option<Value> },
    /// A whole change, for fields other than `messages`.
    Change(Value),
    /// A whole change in an entry of another id than the account's.
    Elsewhere { id: String, change: Value },
}

impl Content {
    fn field(&self) -> &str {
        match self {
            Self::Item { .. } => "messages",
            Self::Change(change) | Self::Elsewhere { change, .. } => {
                change["field"].as_str().unwrap_or_default()
            }
        }
    }
}

pub(super) struct Waiting {
    update: Update,
    reports: mpsc::UnboundedSender<Progress>,
}

struct Parcel {
    channel: CloudChannel,
    target: Override,
    customer: String,
    kind: &'static str,
    summary: String,
    detail: Value,
    body: Bytes,
    reports: Vec<mpsc::UnboundedSender<Progress>>,
}

impl Parcel {
    fn report(&self, progress: Progress) {
        for reports in &self.reports {
            // Whoever asked may have stopped listening.
            let _ = reports.send(progress);
        }
    }
}

/// Post an update, alone or with others as the faults have it.
pub fn post(sim: &Arc<Sim>, update: Update) -> Reports {
    let (reports, answer) = mpsc::unbounded_channel();
    let waiting = Waiting { update, reports };
    let most = sim.faults().batch;
    if most <= 1 {
        dispatch(sim, vec![waiting]);
        return answer;
    }
    let name = waiting.update.channel.phone_number_id.clone();
    let (first, full) = {
        let mut gathering = lock(&sim.couriers.gathering);
        let list = gathering.entry(name.clone()).or_default();
        list.push(waiting);
        let full = (list.len() >= most).then(|| std::mem::take(list));
        (list.len() == 1, full)
    };
    if let Some(full) = full {
        dispatch(sim, full);
    } else if first {
        let later = Arc::clone(sim);
        sim.tasks.spawn(async move {
            tokio::time::sleep(GATHER).await;
            let gathered = lock(&later.couriers.gathering).remove(&name).unwrap_or_default();
            if !gathered.is_empty() {
                dispatch(&later, gathered);
            }
        });
    }
    answer
}

/// Put what goes to the same address into one webhook; what nobody subscribed to goes nowhere.
fn dispatch(sim: &Arc<Sim>, updates: Vec<Waiting>) {
    let mut routes: Vec<(Override, Vec<Waiting>)> = Vec::new();
    for waiting in updates {
        let target = sim.estate().target(&waiting.update.channel, waiting.update.content.field());
        let Some(target) = target else {
            let update = &waiting.update;
            let summary = format!("{} · sin suscripción", update.summary);
            let detail = json!({ "field": update.content.field(), "reason": "nobody is subscribed" });
            sim.journal.write("lost", &update.channel.phone_number_id, &update.customer, summary, detail);
            let over = Progress { status: None, attempts: 0, accepted: false, over: true, millis: 0 };
            // Whoever asked may have stopped listening.
            let _ = waiting.reports.send(over);
            continue;
        };
        match routes.iter_mut().find(|(known, _)| *known == target) {
            Some((_, list)) => list.push(waiting),
            None => routes.push((target, vec![waiting])),
        }
    }
    for (target, updates) in routes {
        pack(sim, target, updates);
    }
}

fn pack(sim: &Arc<Sim>, target: Override, mut updates: Vec<Waiting>) {
    if sim.faults().reorder {
        sim.dice.shuffle(&mut updates);
    }
    let Some(first) = updates.first().map(|first| &first.update) else { return };
    let (channel, customer) = (first.channel.clone(), first.customer.clone());
    let (kind, mut summary) = (first.kind, first.summary.clone());
    if updates.len() > 1 {
        summary = format!("{summary} (+{})", updates.len() - 1);
    }
    // One place per customer: two of theirs in one parcel must not wait for each other.
    let customers: BTreeSet<&str> = updates.iter().map(|waiting| waiting.update.customer.as_str()).collect();
    let turns =
        customers.iter().map(|customer| sim.couriers.turn(&channel.phone_number_id, customer)).collect();
    let mut reports = Vec::new();
    let mut parts = Vec::new();
    for waiting in updates {
        reports.push(waiting.reports);
        parts.push(waiting.update.content);
    }
    let noisy = sim.dice.falls(sim.faults().noise);
    let detail = envelope(sim, &channel, parts, noisy);
    let body = Bytes::from(meta::to_bytes(&detail));
    let parcel = Parcel { channel, target, customer, kind, summary, detail, body, reports };
    let pause = pause(sim);
    let carrier = Arc::clone(sim);
    sim.tasks.spawn(async move { deliver(&carrier, parcel, turns, pause).await });
}

/// One body: what is about messages in an entry without a time, everything else in entries with one
/// (whatsapp-cloud.md §1.3).
fn envelope(sim: &Sim, channel: &CloudChannel, parts: Vec<Content>, noisy: bool) -> Value {
    let time = sim.clock.wall().timestamp();
    let (mut plain, mut timed, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match part {
            Content::Elsewhere { id, change } => {
                entries.push(json!({ "id": id, "time": time, "changes": [change] }));
            }
            Content::Change(change)
                if !change["field"].as_str().is_some_and(|field| WITH_METADATA.contains(&field)) =>
            {
                timed.push(change);
            }
            other => plain.push(other),
        }
    }
    let mut plain = changes(channel, plain);
    if noisy {
        noise(channel, if plain.is_empty() { &mut timed } else { &mut plain });
    }
    if !timed.is_empty() {
        entries.insert(0, json!({ "id": channel.waba_id, "time": time, "changes": timed }));
    }
    if !plain.is_empty() {
        entries.insert(0, json!({ "id": channel.waba_id, "changes": plain }));
    }
    json!({ "object": "whatsapp_business_account", "entry": entries })
}

/// Items of the same list share one change, as Meta groups them; whole changes stand beside them.
fn changes(channel: &CloudChannel, parts: Vec<Content>) -> Vec<Value> {
    let mut changes = Vec::new();
    let mut lists: Vec<(&str, Vec<Value>, Vec<Value>)> = Vec::new();
    for part in parts {
        match part {
            Content::Change(change) | Content::Elsewhere { change, .. } => changes.push(change),
            Content::Item { list, item, contact } => {
                if !lists.iter().any(|(name, ..)| *name == list) {
                    lists.push((list, Vec::new(), Vec::new()));
                }
                if let Some((_, items, contacts)) = lists.iter_mut().find(|(name, ..)| *name == list) {
                    items.push(item);
                    contacts.extend(contact.filter(|contact| !contacts.contains(contact)));
                }
            }
        }
    }
    changes.extend(
        lists.into_iter().map(|(list, items, contacts)| meta::change(channel, list, items, contacts)),
    );
    changes
}

/// What Meta adds without telling anybody: new keys beside the known ones, and a field of its own.
fn noise(channel: &CloudChannel, changes: &mut Vec<Value>) {
    for change in changes.iter_mut() {
        change["value"]["internal_1p_only_data"] = json!({ "trace": "x1" });
        for list in ["messages", "statuses"] {
            for item in change["value"].get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                item["from_logical_id"] = json!("1203300000000000");
            }
        }
    }
    changes.insert(
        0,
        json!({ "field": "orbit_hint", "value": { "metadata": meta::metadata(channel), "hint": [1, null] } }),
    );
}

async fn deliver(sim: &Arc<Sim>, parcel: Parcel, turns: Vec<Turn>, pause: Duration) {
    let mut held = Vec::new();
    for (index, turn) in turns.into_iter().enumerate() {
        held.push(wait(sim, turn, if index == 0 { pause } else { Duration::ZERO }).await);
    }
    let pauses = sim.settings.redelivery.clone();
    let mut pauses = pauses.into_iter();
    for attempts in 1.. {
        let started = Instant::now();
        let status = attempt(sim, &parcel).await;
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        held.clear();
        let accepted = status == Some(200);
        let next = if accepted { None } else { pauses.next() };
        write(sim, &parcel, status, attempts, millis);
        parcel.report(Progress { status, attempts, accepted, over: next.is_none(), millis });
        match next {
            Some(pause) => tokio::time::sleep(pause).await,
            None if accepted => break,
            None => {
                tracing::warn!(attempts, "a webhook was given up");
                return;
            }
        }
    }
    if sim.dice.falls(sim.faults().duplicate) {
        tokio::time::sleep(Duration::from_millis(sim.dice.between((10, 150)))).await;
        let status = attempt(sim, &parcel).await;
        let summary = format!("{} · {}", parcel.summary, answer(status));
        let channel = &parcel.channel.phone_number_id;
        sim.journal.write("repeat", channel, &parcel.customer, summary, parcel.detail);
    }
}

fn write(sim: &Sim, parcel: &Parcel, status: Option<u16>, attempts: usize, millis: u64) {
    let kind = if status == Some(200) { parcel.kind } else { "failed" };
    let again = if attempts > 1 { format!(" · intento {attempts}") } else { String::new() };
    let summary = format!("{} · {} en {millis} ms{again}", parcel.summary, answer(status));
    sim.journal.write(
        kind,
        &parcel.channel.phone_number_id,
        &parcel.customer,
        summary,
        parcel.detail.clone(),
    );
}

pub(super) fn answer(status: Option<u16>) -> String {
    status.map_or_else(|| "sin respuesta".to_owned(), |status| status.to_string())
}

async fn attempt(sim: &Sim, parcel: &Parcel) -> Option<u16> {
    // Acquiring fails only on a closed semaphore, and nobody closes this one.
    let _place = sim.couriers.in_flight.acquire().await.ok()?;
    if sim.settings.verify_webhook && !verified(sim, &parcel.channel, &parcel.target).await {
        return None;
    }
    let response = sim
        .http
        .post(reach(sim, &parcel.target.uri))
        .header("content-type", "application/json")
        .header("user-agent", "facebookexternalua")
        .header("x-hub-signature-256", signing::meta(&parcel.channel.app_secret, &parcel.body))
        .body(parcel.body.clone())
        .send()
        .await;
    match response {
        Ok(response) => {
            let status = response.status().as_u16();
            // Reading to the end lets the connection be used again.
            let _ = response.bytes().await;
            Some(status)
        }
        Err(error) => {
            tracing::debug!(error = %error.without_url(), "a webhook was not answered");
            None
        }
    }
}

/// Ask the question Meta asks when the address is saved; the answer is remembered.
async fn verified(sim: &Sim, channel: &CloudChannel, target: &Override) -> bool {
    let key = format!("{} {}", target.uri, target.verify_token);
    let mut known = sim.couriers.verified.lock().await;
    if known.contains(&key) {
        return true;
    }
    let (holds, _) = question(sim, &channel.phone_number_id, target).await;
    if holds {
        known.insert(key);
    }
    holds
}

/// Meta's question (whatsapp-cloud.md §1.1): whether it was answered rightly, and with which status.
pub async fn question(sim: &Sim, channel: &str, target: &Override) -> (bool, Option<u16>) {
    let challenge = u32::from_be_bytes(sim.dice.bytes()).to_string();
    let question = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", challenge.as_str()),
        ("hub.verify_token", target.verify_token.as_str()),
    ];
    let (status, echoed) = match sim.http.get(reach(sim, &target.uri)).query(&question).send().await {
        Ok(response) => {
            let status = response.status().as_u16();
            (Some(status), response.text().await.is_ok_and(|body| body == challenge))
        }
        Err(_) => (None, false),
    };
    let holds = status == Some(200) && echoed;
    let word = if holds { "aceptada" } else { "rechazada" };
    sim.journal.write(
        "verify",
        channel,
        "",
        format!("verificación {word} · {}", answer(status)),
        json!({ "hub.mode": "subscribe", "url": target.uri, "status": status, "echoed": echoed }),
    );
    (holds, status)
}
