//! A customer writes to a sender at Twilio.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    files,
    state::JOIN,
    store::Message,
    translate::{plain, translate},
};
use crate::{
    control::Underway,
    courier::{Letter, Progress, send},
    customers::Customer,
    life,
    phone::card,
    settings::TwilioChannel,
    sim::Sim,
    threads::Bubble,
    wire::{
        ids,
        twilio::{Form, identity, inbound, put, segments},
    },
};

/// Let the customer write; `message` is a text, a message in Meta's shape, or Twilio's own parameters.
pub fn write(
    sim: &Arc<Sim>,
    channel: &TwilioChannel,
    customer: &Customer,
    message: &Value,
) -> Result<Underway, String> {
    let whatsapp = channel.is_whatsapp();
    let from = match (&customer.phone, whatsapp) {
        (Some(phone), true) => format!("whatsapp:+{phone}"),
        (None, true) => format!("whatsapp:{}", customer.user_id),
        (Some(phone), false) => format!("+{phone}"),
        (None, false) => return Err("an SMS needs a phone number".to_owned()),
    };
    let own = own_parameters(message);
    let mut words = if own.is_some() { plain("") } else { translate(sim, message)? };
    if let Some(own) = &own {
        words.body =
            own.iter().find_map(|(name, value)| (name == "Body").then(|| value.clone())).unwrap_or_default();
    }
    if let Some(outcome) = sandbox(sim, channel, customer, &words.body) {
        return Ok(outcome);
    }
    let account = &sim.settings.twilio.sid;
    let given = own.as_ref().and_then(|own| own.iter().find(|(name, _)| name == "MessageSid"));
    if whatsapp && words.media.len() > 1 {
        return Err("a message of WhatsApp carries one file".to_owned());
    }
    let prefix = if words.media.is_empty() { "SM" } else { "MM" };
    let sid = given.map_or_else(|| ids::sid(prefix, sim.dice.bytes()), |(_, sid)| sid.clone());
    let media = adopt(sim, &words.media);
    let mut form = inbound(account, &sid, &from, &channel.address, &words.body, media.len());
    for (index, (id, mime)) in media.iter().enumerate() {
        put(&mut form, &format!("MediaUrl{index}"), files::url(sim, &sid, id));
        put(&mut form, &format!("MediaContentType{index}"), mime.as_str());
    }
    if whatsapp {
        identity(&mut form, customer, words.forwarded, words.button.as_deref());
        put(&mut form, "MessageType", words.kind);
        if let Some(reply) = &words.reply {
            put(&mut form, "OriginalRepliedMessageSid", reply.as_str());
            put(&mut form, "OriginalRepliedMessageSender", channel.address.as_str());
        }
    } else {
        for name in ["FromCity", "FromState", "FromZip", "ToCity", "ToState", "ToZip"] {
            put(&mut form, name, "");
        }
        put(&mut form, "FromCountry", customer.user_id.split('.').next().unwrap_or("US"));
        put(&mut form, "ToCountry", "US");
        opt_out(sim, channel, customer, &words.body, &mut form);
    }
    if let Some(service) = sim.twilio().service_of(&channel.address) {
        put(&mut form, "MessagingServiceSid", service.sid.as_str());
    }
    form.extend(words.extra);
    form.extend(sim.twilio().extra.clone());
    if sim.dice.falls(sim.faults().noise) {
        put(&mut form, "OrbitHint", "1");
    }
    for (name, value) in own.into_iter().flatten() {
        form.retain(|(known, _)| *known != name);
        form.push((name, value));
    }
    let now = sim.clock.wall();
    let (mime, src) =
        media.first().map_or((None, None), |(id, mime)| (Some(mime), Some(format!("/phone/media/{id}"))));
    let mut shown = card::customer(message);
    if shown["text"].is_null() && src.is_none() && shown["kind"] == "text" {
        shown["text"] = json!(words.body);
    }
    if let Some(src) = src {
        shown["src"] = json!(src);
        shown["mime"] = json!(mime);
    }
    let mut bubble = Bubble::new(&sid, true, now, shown, words.reply);
    bubble.state = "sent";
    sim.journal.tell(
        &json!({ "frame": "bubble", "channel": channel.address, "customer": customer.key, "bubble": bubble }),
    );
    sim.threads.add(&channel.address, &customer.key, bubble);
    let (pieces, files) = (segments(&words.body), media.len());
    sim.store.add(Message {
        sid: sid.clone(),
        from,
        to: channel.address.clone(),
        segments: pieces,
        body: words.body,
        direction: "inbound",
        status: "received".to_owned(),
        error: None,
        created: now,
        sent: Some(now),
        updated: now,
        media: media.into_iter().map(|(id, _)| id).collect(),
        service: None,
        price: None,
    });
    life::price(sim, &sid, life::received(whatsapp, pieces, files));
    if whatsapp {
        sim.windows.open(&channel.address, &customer.key, now, sim.clock.aged());
    }
    let Some((url, fallback)) = sim.twilio().inbound_of(&channel.address) else {
        // A service without an address drops what comes.
        return Ok(silence(sid));
    };
    let summary = format!("{} · {}", words.kind, card::short(&sid));
    let letter = Letter {
        channel: channel.address.clone(),
        customer: customer.key.clone(),
        url,
        form,
        fallback,
        kind: "in",
        summary,
    };
    Ok(Underway { id: sid, reports: send(sim, letter) })
}

/// Nothing is posted.
fn silence(id: String) -> Underway {
    let (reports, silent) = mpsc::unbounded_channel();
    let over = Progress { status: None, attempts: 0, accepted: false, over: true, millis: 0 };
    // The receiver is in the next line.
    let _ = reports.send(over);
    Underway { id, reports: silent }
}

/// The sandbox: joining is between the customer and Twilio, and who has not joined is not passed on (twilio.md §9).
fn sandbox(sim: &Arc<Sim>, channel: &TwilioChannel, customer: &Customer, body: &str) -> Option<Underway> {
    if !sim.twilio().sender(&channel.address).is_some_and(|sender| sender.sandbox) {
        return None;
    }
    let age = sim.clock.age();
    let joins = body.trim().eq_ignore_ascii_case(JOIN);
    if !joins && sim.twilio().in_sandbox(&customer.key, age) {
        return None;
    }
    let answer = if joins {
        sim.twilio().join(&customer.key, age);
        "Twilio Sandbox: ✅ You are all set! The sandbox can now send/receive messages from this number."
    } else {
        "Twilio Sandbox: ⚠️ Your number is not connected to a Sandbox. Reply with: join two-words"
    };
    by_itself(sim, channel, customer, answer);
    Some(silence(ids::sid("SM", sim.dice.bytes())))
}

/// Twilio answers the customer by itself.
fn by_itself(sim: &Sim, channel: &TwilioChannel, customer: &Customer, text: &str) {
    let id = ids::sid("SM", sim.dice.bytes());
    let card = json!({ "kind": "text", "text": text });
    let mut bubble = Bubble::new(&id, false, sim.clock.wall(), card, None);
    bubble.state = "delivered";
    sim.journal.tell(
        &json!({ "frame": "bubble", "channel": channel.address, "customer": customer.key, "bubble": bubble }),
    );
    sim.threads.add(&channel.address, &customer.key, bubble);
}

/// Give files that were sent in the other vendor's way ids of Twilio's.
fn adopt(sim: &Sim, media: &[String]) -> Vec<(String, String)> {
    media
        .iter()
        .filter_map(|id| sim.media.get(id, sim.clock.age()))
        .map(|item| {
            let id = ids::sid("ME", sim.dice.bytes());
            let mime = item.mime.split(';').next().unwrap_or_default().to_owned();
            sim.media.keep(id.clone(), item);
            (id, mime)
        })
        .collect()
}

/// Twilio itself obeys STOP and START in SMS, and says so.
fn opt_out(sim: &Sim, channel: &TwilioChannel, customer: &Customer, body: &str, form: &mut Form) {
    let word = body.trim().to_uppercase();
    let kind = match word.as_str() {
        "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "REVOKE" | "OPTOUT" => "STOP",
        "START" | "YES" | "UNSTOP" => "START",
        "HELP" | "INFO" => "HELP",
        _ => return,
    };
    put(form, "OptOutType", kind);
    let answer = match kind {
        "STOP" => {
            "You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe."
        }
        "START" => {
            "You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe."
        }
        _ => "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    };
    by_itself(sim, channel, customer, answer);
    let pair = (channel.address.clone(), customer.key.clone());
    let mut stopped = crate::sim::lock(&sim.stopped);
    match kind {
        "STOP" => drop(stopped.insert(pair)),
        "START" => drop(stopped.remove(&pair)),
        _ => {}
    }
}

/// Twilio's own parameters are an object whose names start with a capital and whose values are texts.
fn own_parameters(message: &Value) -> Option<Form> {
    let fields = message.as_object()?;
    let capital = |name: &String| name.starts_with(|first: char| first.is_ascii_uppercase());
    if fields.is_empty() || !fields.keys().all(capital) {
        return None;
    }
    fields.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}
