//! `POST Messages.json`: send (twilio.md §6).

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::{api::authorised, contents::Content, errors::Refusal, state::Sender, store::Message, words};
use crate::{
    customers::{Customer, is_user_id, key},
    life::{self, Life, Vendor},
    media,
    phone::card,
    record::Sent,
    sim::{Sim, lock},
    threads::Bubble,
    wire::{ids, twilio::segments},
};

/// Parameters of a call.
pub type Form = web::Form<Vec<(String, String)>>;

/// The first value of a parameter, if it is not empty.
pub fn value<'form>(form: &'form [(String, String)], name: &str) -> Option<&'form str> {
    form.iter().find_map(|(known, value)| (known == name && !value.is_empty()).then_some(value.as_str()))
}

/// Who sends: an address, or a service that chooses one.
struct From {
    sender: Sender,
    service: Option<String>,
}

/// What a message says.
pub struct Words {
    /// What the phone will show.
    pub card: Value,
    /// Its text.
    pub text: String,
    /// The template it is made of.
    pub content: Option<Content>,
    /// Files to fetch.
    pub media: Vec<String>,
}

pub async fn create(
    sim: web::Data<Sim>,
    request: HttpRequest,
    account: web::Path<String>,
    form: Form,
) -> HttpResponse {
    let sim = sim.into_inner();
    match take(&sim, &request, &account, &form) {
        Ok(answer) => HttpResponse::Created()
            .insert_header(("twilio-concurrent-requests", "1"))
            .insert_header(("twilio-request-id", ids::sid("RQ", sim.dice.bytes())))
            .json(answer),
        Err(refusal) => {
            let detail = json!({ "code": refusal.code, "message": refusal.message });
            sim.journal.write("refused", "", "", format!("{} · {}", refusal.code, refusal.message), detail);
            refusal.answer()
        }
    }
}

fn take(sim: &Arc<Sim>, request: &HttpRequest, account: &str, form: &Form) -> Result<Value, Refusal> {
    authorised(sim, request, Some(account))?;
    let from = from(sim, form)?;
    let customer = receiver(sim, form, &from.sender)?;
    let words = words::read(sim, form, from.sender.channel.is_whatsapp())?;
    let callback = callback(sim, form, &from)?;
    let send_at = schedule(sim, form, &from)?;
    if !sim.throughput.take(&from.sender.channel.address, sim.clock.age()) {
        return Err(Refusal::new(20_429, "Too Many Requests"));
    }
    let pair = (from.sender.channel.address.clone(), customer.key.clone());
    if !from.sender.channel.is_whatsapp() && lock(&sim.stopped).contains(&pair) {
        return Err(Refusal::new(21_610, "Attempt to send to unsubscribed recipient"));
    }
    Ok(accept(sim, form, from, customer, words, callback, send_at))
}

fn from(sim: &Sim, form: &Form) -> Result<From, Refusal> {
    let account = sim.twilio();
    if let Some(sid) = value(form, "MessagingServiceSid") {
        let service = account.services.iter().find(|service| service.sid == sid);
        let service = service
            .ok_or_else(|| Refusal::new(21_705, format!("The Messaging Service Sid {sid} is invalid.")))?;
        let whatsapp = value(form, "To").is_some_and(|to| to.starts_with("whatsapp:"));
        let chosen = value(form, "From");
        let mut pool = service.senders.iter().filter_map(|address| account.sender(address));
        let sender = pool
            .find(|sender| {
                sender.channel.is_whatsapp() == whatsapp
                    && chosen.is_none_or(|from| sender.channel.address == from)
            })
            .ok_or_else(|| Refusal::new(21_704, "The Messaging Service contains no phone numbers."))?;
        return Ok(From { sender: sender.clone(), service: Some(service.sid.clone()) });
    }
    let Some(from) = value(form, "From") else {
        return Err(Refusal::new(
            21_603,
            "A 'From' or 'MessagingServiceSid' parameter is required to send a message",
        ));
    };
    let known = account.sender(from).filter(|sender| sender.channel.address == from && sender.works());
    let sender = known.cloned().ok_or_else(|| {
        if from.starts_with("whatsapp:") {
            Refusal::new(63_007, "Twilio could not find a Channel with the specified From address")
        } else if account.senders.iter().any(|sender| sender.channel.address == format!("whatsapp:{from}")) {
            Refusal::new(21_660, format!("Mismatch between the 'From' number {from} and the account"))
        } else {
            Refusal::new(
                21_606,
                format!(
                    "The 'From' phone number {from} is not a valid, message-capable number for this account"
                ),
            )
        }
    })?;
    Ok(From { sender, service: None })
}

fn receiver(sim: &Sim, form: &Form, sender: &Sender) -> Result<Customer, Refusal> {
    let Some(to) = value(form, "To") else {
        return Err(Refusal::new(21_604, "A 'To' phone number is required."));
    };
    let invalid = || Refusal::new(21_211, format!("Invalid 'To' Phone Number: {to}"));
    let whatsapp = to.starts_with("whatsapp:");
    if whatsapp != sender.channel.is_whatsapp() {
        return Err(Refusal::new(
            21_910,
            "Invalid From and To pair. From and To should be of the same channel",
        ));
    }
    let address = to.trim_start_matches("whatsapp:");
    if !(address.starts_with('+') || whatsapp && is_user_id(address)) {
        return Err(invalid());
    }
    let found = key(address).ok_or_else(invalid)?;
    if to == sender.channel.address {
        return Err(Refusal::new(21_266, "'To' and 'From' number cannot be the same"));
    }
    sim.customers.find(&found, None, None).ok_or_else(invalid)
}

/// Where status callbacks go: the request says, or the service, or the sender (twilio.md §5).
fn callback(sim: &Sim, form: &Form, from: &From) -> Result<Option<String>, Refusal> {
    if let Some(url) = value(form, "StatusCallback") {
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(Refusal::new(21_609, format!("The 'StatusCallback' URL {url} is not a valid URL.")));
        }
        return Ok(Some(url.to_owned()));
    }
    let account = sim.twilio();
    let of_service =
        from.service.as_ref().and_then(|sid| account.services.iter().find(|one| one.sid == *sid));
    let url = of_service.and_then(|service| service.status_callback.clone());
    Ok(url.or_else(|| from.sender.status_callback().map(str::to_owned)))
}

/// When to send, if not now: by a service only, at least five minutes and at most 35 days ahead.
fn schedule(sim: &Sim, form: &Form, from: &From) -> Result<Option<DateTime<Utc>>, Refusal> {
    let (kind, at) = (value(form, "ScheduleType"), value(form, "SendAt"));
    if kind.is_none() && at.is_none() {
        return Ok(None);
    }
    if kind != Some("fixed") {
        return Err(Refusal::new(35_111, "ScheduleType must be fixed"));
    }
    let at = at.and_then(|text| DateTime::parse_from_rfc3339(text).ok()).map(|at| at.to_utc());
    let at = at.ok_or_else(|| Refusal::new(35_114, "SendAt must be a time in ISO 8601"))?;
    if from.service.is_none() {
        return Err(Refusal::new(35_118, "MessagingServiceSid is required to schedule a message"));
    }
    let ahead = at - sim.clock.wall();
    if ahead < TimeDelta::minutes(5) || ahead > TimeDelta::days(35) {
        return Err(Refusal::new(35_115, "SendAt must be between 5 minutes and 35 days in the future"));
    }
    Ok(Some(at))
}

/// Why a message that was accepted will fail all the same. Meta's codes; the callback carries Twilio's twin of them.
fn doom(sim: &Sim, sender: &Sender, customer: &Customer, words: &Words) -> Option<u32> {
    if let Some(code) = sim.orders.late("twilio") {
        return Some(code);
    }
    if !sender.channel.is_whatsapp() {
        return None;
    }
    let age = sim.clock.age();
    if sender.sandbox && !sim.twilio().in_sandbox(&customer.key, age) {
        return Some(63_015);
    }
    let open = sim.windows.left(&sender.channel.address, &customer.key, age).is_some();
    let Some(content) = &words.content else { return (!open).then_some(63_016) };
    let kind = content.kind();
    if let Some(approval) = content.approval.as_ref().filter(|_| !open) {
        match approval.status.as_str() {
            "approved" => {}
            "paused" | "disabled" => return Some(63_029),
            _ => return Some(63_016),
        }
        let us = customer.phone.as_deref().is_some_and(|phone| phone.starts_with('1') && phone.len() == 11);
        if approval.category == "MARKETING" && us {
            return Some(63_049);
        }
    }
    // What only ever works in an open window, and what needs approval even there (twilio.md §8).
    let never = ["twilio/list-picker", "twilio/location"].contains(&kind);
    let always = ["twilio/call-to-action"].contains(&kind) && !content.approved();
    if (!open && (never || content.approval.is_none())) || always {
        return Some(63_016);
    }
    if words.text.chars().count() > 1_024 && kind != "twilio/text" {
        return Some(63_021);
    }
    if customer.phone.is_none() && kind == "whatsapp/authentication" {
        return Some(63_024);
    }
    None
}

fn accept(
    sim: &Arc<Sim>,
    form: &Form,
    from: From,
    customer: Customer,
    words: Words,
    callback: Option<String>,
    send_at: Option<DateTime<Utc>>,
) -> Value {
    let From { sender, service } = from;
    let doomed = doom(sim, &sender, &customer, &words);
    let address = sender.channel.address.clone();
    let whatsapp = sender.channel.is_whatsapp();
    let sid = ids::sid(if words.media.is_empty() { "SM" } else { "MM" }, sim.dice.bytes());
    let now = sim.clock.wall();
    let status = match (&send_at, &service) {
        (Some(_), _) => "scheduled",
        (None, Some(_)) => "accepted",
        (None, None) => "queued",
    };
    let message = Message {
        sid: sid.clone(),
        from: address.clone(),
        to: value(form, "To").unwrap_or_default().to_owned(),
        segments: segments(&words.text),
        body: words.text.clone(),
        direction: "outbound-api",
        status: status.to_owned(),
        error: None,
        created: now,
        sent: None,
        updated: now,
        media: Vec::new(),
        service: service.clone(),
        price: None,
    };
    let mut answer = message.shape(&sim.settings.twilio.sid);
    answer["num_media"] = json!(words.media.len().to_string());
    if service.is_some() {
        // A service has not chosen yet.
        answer["from"] = Value::Null;
        answer["num_segments"] = json!("0");
    }
    let kind = words.card["kind"].as_str().unwrap_or("text").to_owned();
    let mut payload: Map<String, Value> = Map::new();
    for (name, value) in form.iter() {
        payload.insert(name.clone(), json!(value));
    }
    let to = message.to.trim_start_matches("whatsapp:").to_owned();
    sim.record.add(Sent {
        channel: address.clone(),
        to,
        kind: kind.clone(),
        body: words.text.clone(),
        vendor_id: sid.clone(),
        opaque: callback.clone(),
        at: now,
        payload: Value::Object(payload.clone()),
    });
    let label = format!("{kind} · {}", card::short(&sid));
    sim.journal.write("out", &address, &customer.key, label.clone(), Value::Object(payload));
    let bubble = Bubble::new(&sid, false, now, words.card, None);
    sim.journal
        .tell(&json!({ "frame": "bubble", "channel": address, "customer": customer.key, "bubble": bubble }));
    sim.threads.add(&address, &customer.key, bubble);
    sim.store.add(message);
    let life = Life {
        channel: address,
        customer,
        id: sid.clone(),
        label,
        reaction: false,
        voice: false,
        doomed,
        links: words.media,
        kind: if whatsapp { "twilio" } else { "mms" },
        vendor: Vendor::Twilio { callback, whatsapp, service },
    };
    match send_at {
        None => life::begin(sim, life),
        Some(at) => later(sim, at, sid, life),
    }
    answer
}

/// A scheduled message leaves when its time has come, unless it was cancelled by then.
fn later(sim: &Arc<Sim>, at: DateTime<Utc>, sid: String, life: Life) {
    let world = Arc::clone(sim);
    let before = sim.clock.aged();
    sim.tasks.spawn(async move {
        loop {
            if world.store.find(&sid).is_none_or(|message| message.status != "scheduled") {
                return;
            }
            // Ageing the past brings the future nearer.
            let moved = TimeDelta::seconds(world.clock.aged() - before);
            if world.clock.wall() + moved >= at {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        life::begin(&world, life);
    });
}

/// Whether a linked file may be sent through Twilio (twilio.md §7): its type, and 16 MB (images 5 MB).
pub fn takes(kind: &str, mime: &str, size: usize) -> bool {
    const MB: usize = 1024 * 1024;
    let plain = mime.split(';').next().unwrap_or_default().trim();
    if kind == "mms" {
        let whole = ["image/jpeg", "image/png", "image/gif"].contains(&plain);
        return size <= if whole { 5 * MB } else { 500 * 1024 };
    }
    if plain.starts_with("image/") {
        return size <= 5 * MB && ["image/jpeg", "image/jpg", "image/png", "image/webp"].contains(&plain);
    }
    let documents = [
        "application/pdf",
        "application/msword",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/vcard",
        "text/x-vcard",
    ];
    let known = documents.contains(&plain)
        || media::largest("audio", plain).is_some()
        || media::largest("video", plain).is_some()
        || ["audio/3gpp", "audio/basic"].contains(&plain);
    known && size <= 16 * MB
}
