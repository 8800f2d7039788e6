//! A customer writes to a sender at Twilio.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{files, store::Message};
use crate::{
    control::Underway,
    courier::{Letter, send},
    customers::Customer,
    phone::card,
    settings::TwilioChannel,
    sim::Sim,
    threads::Bubble,
    wire::{
        ids,
        twilio::{Form, identity, inbound, put, segments},
    },
};

/// What the neutral message says in Twilio's words.
struct Words {
    body: String,
    /// `MessageType` on WhatsApp.
    kind: &'static str,
    /// Id of a stored file.
    media: Option<String>,
    /// The message it answers.
    reply: Option<String>,
    extra: Form,
}

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
    let mut words = if own.is_some() { plain("") } else { translate(message)? };
    if let Some(own) = &own {
        words.body =
            own.iter().find_map(|(name, value)| (name == "Body").then(|| value.clone())).unwrap_or_default();
    }
    let account = &sim.settings.twilio.sid;
    let given = own.as_ref().and_then(|own| own.iter().find(|(name, _)| name == "MessageSid"));
    let prefix = if words.media.is_some() { "MM" } else { "SM" };
    let sid = given.map_or_else(|| ids::sid(prefix, sim.dice.bytes()), |(_, sid)| sid.clone());
    let media = adopt(sim, words.media.as_deref());
    let mut form = inbound(account, &sid, &from, &channel.address, &words.body, media.len());
    for (index, (id, mime)) in media.iter().enumerate() {
        put(&mut form, &format!("MediaUrl{index}"), files::url(sim, &sid, id));
        put(&mut form, &format!("MediaContentType{index}"), mime.as_str());
    }
    if whatsapp {
        identity(&mut form, customer);
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
    form.extend(words.extra);
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
    sim.store.add(Message {
        sid: sid.clone(),
        from,
        to: channel.address.clone(),
        segments: segments(&words.body),
        body: words.body,
        direction: "inbound",
        status: "received".to_owned(),
        error: None,
        created: now,
        sent: Some(now),
        updated: now,
        media: media.into_iter().map(|(id, _)| id).collect(),
    });
    if whatsapp {
        sim.windows.open(&channel.address, &customer.key, now, sim.clock.aged());
    }
    let url = format!("{}{}", sim.settings.public_base(), sim.settings.twilio.inbound_path);
    let summary = format!("{} · {}", words.kind, card::short(&sid));
    let letter = Letter {
        channel: channel.address.clone(),
        customer: customer.key.clone(),
        url,
        form,
        kind: "in",
        summary,
    };
    Ok(Underway { id: sid, reports: send(sim, letter) })
}

/// Give a file that was sent in the other vendor's way an id of Twilio's.
fn adopt(sim: &Sim, media: Option<&str>) -> Vec<(String, String)> {
    let item = media.and_then(|id| sim.media.get(id, sim.clock.age()));
    item.into_iter()
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
        "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" => "STOP",
        "START" | "YES" | "UNSTOP" => "START",
        "HELP" | "INFO" => "HELP",
        _ => return,
    };
    put(form, "OptOutType", kind);
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

fn plain(body: &str) -> Words {
    Words { body: body.to_owned(), kind: "text", media: None, reply: None, extra: Form::new() }
}

/// A message in Meta's shape, or a shorthand, in Twilio's words.
fn translate(message: &Value) -> Result<Words, String> {
    if let Some(text) = message.as_str().or_else(|| message["text"].as_str()) {
        return Ok(plain(text));
    }
    let kind = message["type"].as_str().ok_or("message needs a type, or is a text")?;
    let content = &message[kind];
    let text = |name: &str| content[name].as_str().unwrap_or_default().to_owned();
    let mut words = match kind {
        "text" => plain(&text("body")),
        "image" | "video" | "audio" | "document" | "sticker" => {
            let kind = ["image", "video", "audio", "document"]
                .into_iter()
                .find(|known| *known == kind)
                .unwrap_or("image");
            Words { media: Some(text("id")), kind, ..plain(&text("caption")) }
        }
        "location" => {
            let mut words = Words { kind: "location", ..plain("") };
            for (name, key) in [
                ("Latitude", "latitude"),
                ("Longitude", "longitude"),
                ("Label", "name"),
                ("Address", "address"),
            ] {
                let value = &content[key];
                if !value.is_null() {
                    put(
                        &mut words.extra,
                        name,
                        value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                    );
                }
            }
            words
        }
        "button" => tapped(&text("text"), &text("payload")),
        "interactive" => {
            let reply = &content[content["type"].as_str().unwrap_or_default()];
            tapped(reply["title"].as_str().unwrap_or_default(), reply["id"].as_str().unwrap_or_default())
        }
        other => return Err(format!("Twilio does not pass on messages of type {other}")),
    };
    words.reply = message["context"]["id"].as_str().map(str::to_owned);
    Ok(words)
}

fn tapped(title: &str, payload: &str) -> Words {
    let mut words = Words { kind: "interactive", ..plain(title) };
    put(&mut words.extra, "ButtonText", title);
    put(&mut words.extra, "ButtonPayload", payload);
    words
}
