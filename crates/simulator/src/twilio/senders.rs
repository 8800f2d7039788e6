//! `v2/Channels/Senders`: WhatsApp numbers at Twilio (twilio.md §9).

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::{
    api::{authorised, missing, query},
    errors::Refusal,
    state::Sender,
};
use crate::{customers::key, notices, settings::TwilioChannel, sim::Sim, wire::ids};

fn shape(sim: &Sim, sender: &Sender, whole: bool) -> Value {
    let url = format!("{}/twilio/v2/Channels/Senders/{}", sim.own_url, sender.sid);
    let mut shown = json!({
        "sid": sender.sid, "sender_id": sender.channel.address, "status": sender.status,
        "configuration": sender.configuration, "webhook": sender.webhook, "profile": sender.profile,
        "properties": null, "offline_reasons": null, "compliance": null, "url": url,
    });
    if whole && sender.works() {
        shown["properties"] = json!({ "quality_rating": sender.quality, "messaging_limit": sender.limit });
    }
    if !sender.offline_reasons.is_empty() {
        shown["offline_reasons"] = json!(sender.offline_reasons);
    }
    shown
}

fn body(bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let value: Value =
        serde_json::from_slice(bytes).map_err(|_| Refusal::new(20_001, "The body is not valid JSON"))?;
    value.as_object().cloned().ok_or_else(|| Refusal::new(20_001, "The body must be a JSON object"))
}

fn part(given: &Map<String, Value>, name: &str) -> Map<String, Value> {
    given.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}

pub async fn create(sim: web::Data<Sim>, request: HttpRequest, bytes: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    match make(&sim, &request, &bytes) {
        Ok(answer) => HttpResponse::Accepted().json(answer),
        Err(refusal) => refusal.answer(),
    }
}

fn make(sim: &Arc<Sim>, request: &HttpRequest, bytes: &[u8]) -> Result<Value, Refusal> {
    authorised(sim, request, None)?;
    let given = body(bytes)?;
    let address = given.get("sender_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = address.strip_prefix("whatsapp:+").unwrap_or_default();
    if number.len() < 6 || key(number).is_none() {
        return Err(Refusal::new(63_100, "sender_id must be of the form whatsapp:<E.164 number>"));
    }
    let profile = part(&given, "profile");
    let Some(name) = profile.get("name").and_then(Value::as_str).filter(|name| !name.trim().is_empty())
    else {
        return Err(Refusal::new(63_100, "profile.name is required"));
    };
    check_profile(&profile)?;
    let configuration = part(&given, "configuration");
    let method = configuration.get("verification_method").and_then(Value::as_str);
    if method.is_some_and(|method| !["sms", "voice"].contains(&method)) {
        return Err(Refusal::new(63_100, "configuration.verification_method must be sms or voice"));
    }
    let asks = method.is_some();
    if sim.twilio().senders.iter().any(|known| known.channel.address == address) {
        return Err(Refusal::new(63_110, "The sender exists already"));
    }
    let sid = ids::sid("XE", sim.dice.bytes());
    let sender = Sender {
        status: "CREATING".to_owned(),
        configuration,
        webhook: part(&given, "webhook"),
        profile: profile.clone(),
        limit: "250 Customers/24hr".to_owned(),
        ..Sender::online(TwilioChannel { name: name.to_owned(), address }, sid.clone())
    };
    let answer = shape(sim, &sender, false);
    sim.twilio().senders.push(sender);
    let world = Arc::clone(sim);
    sim.tasks.spawn(async move {
        notices::pause_for_review(&world).await;
        if asks {
            let code = format!("{:06}", u32::from_be_bytes(world.dice.bytes()) % 1_000_000);
            world.journal.write("code", "", "", format!("Twilio · {code}"), json!({ "code": code }));
            change(&world, &sid, |sender| {
                "PENDING_VERIFICATION".clone_into(&mut sender.status);
                sender.code = Some(code);
            });
        } else {
            change(&world, &sid, |sender| "ONLINE".clone_into(&mut sender.status));
        }
    });
    Ok(answer)
}

fn check_profile(profile: &Map<String, Value>) -> Result<(), Refusal> {
    for (name, most) in [("about", 139), ("address", 256), ("description", 512)] {
        let text = profile.get(name).and_then(Value::as_str).unwrap_or_default();
        if text.chars().count() > most {
            return Err(Refusal::new(63_100, format!("profile.{name} has more than {most} characters")));
        }
    }
    Ok(())
}

fn change<T>(sim: &Sim, sid: &str, change: impl FnOnce(&mut Sender) -> T) -> Option<T> {
    sim.twilio().senders.iter_mut().find(|sender| sender.sid == sid).map(change)
}

/// Verify with a code, or change profile and addresses.
pub async fn update(
    sim: web::Data<Sim>,
    request: HttpRequest,
    sid: web::Path<String>,
    bytes: web::Bytes,
) -> HttpResponse {
    let sim = sim.into_inner();
    match alter(&sim, &request, &sid, &bytes) {
        Ok(answer) => HttpResponse::Accepted().json(answer),
        Err(refusal) => refusal.answer(),
    }
}

fn alter(sim: &Arc<Sim>, request: &HttpRequest, sid: &str, bytes: &[u8]) -> Result<Value, Refusal> {
    authorised(sim, request, None)?;
    let given = body(bytes)?;
    let configuration = part(&given, "configuration");
    let guess = configuration.get("verification_code").and_then(Value::as_str).map(str::to_owned);
    let profile = part(&given, "profile");
    check_profile(&profile)?;
    let webhook = part(&given, "webhook");
    let outcome = change(sim, sid, |sender| {
        if let Some(guess) = guess {
            if sender.status != "PENDING_VERIFICATION" {
                return Err(Refusal::new(63_104, "The sender does not wait for a verification code"));
            }
            if sender.code.as_deref() != Some(guess.as_str()) {
                return Err(Refusal::new(63_104, "The verification code is not correct"));
            }
            sender.code = None;
            "VERIFYING".clone_into(&mut sender.status);
        } else if sender.works() {
            "ONLINE:UPDATING".clone_into(&mut sender.status);
        }
        sender.profile.extend(profile);
        sender.webhook.extend(webhook);
        Ok(shape(sim, sender, false))
    });
    let answer = outcome.ok_or_else(|| missing(request))??;
    let world = Arc::clone(sim);
    let sid = sid.to_owned();
    sim.tasks.spawn(async move {
        notices::pause_for_review(&world).await;
        change(&world, &sid, |sender| {
            if ["VERIFYING", "ONLINE:UPDATING"].contains(&sender.status.as_str()) {
                "ONLINE".clone_into(&mut sender.status);
            }
        });
    });
    Ok(answer)
}

pub async fn fetch(sim: web::Data<Sim>, request: HttpRequest, sid: web::Path<String>) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    let found = sim.twilio().senders.iter().find(|sender| sender.sid == *sid).cloned();
    match found {
        Some(sender) => HttpResponse::Ok().json(shape(&sim, &sender, true)),
        None => missing(&request).answer(),
    }
}

pub async fn list(sim: web::Data<Sim>, request: HttpRequest) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    if query(&request, "Channel").as_deref() != Some("whatsapp") {
        return Refusal::new(20_001, "The parameter Channel is required: whatsapp").answer();
    }
    let own: Vec<Value> = {
        let account = sim.twilio();
        let senders = account.senders.iter().filter(|sender| sender.channel.is_whatsapp());
        senders.map(|sender| shape(&sim, sender, false)).collect()
    };
    super::paging::answer(&sim, &request, "senders", own, 20)
}

pub async fn delete(sim: web::Data<Sim>, request: HttpRequest, sid: web::Path<String>) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    let mut account = sim.twilio();
    let before = account.senders.len();
    account.senders.retain(|sender| sender.sid != *sid);
    if account.senders.len() == before {
        missing(&request).answer()
    } else {
        HttpResponse::NoContent().finish()
    }
}
