//! `Messages.json`: send, list, look up.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use super::{
    api::{authorised, missing},
    content,
    errors::Refusal,
    store::Message,
};
use crate::{
    customers::{Customer, is_user_id, key},
    life::{self, Life, Vendor},
    phone::card,
    record::Sent,
    settings::TwilioChannel,
    sim::{Sim, lock},
    threads::Bubble,
    wire::{ids, twilio::segments},
};

type Form = web::Form<Vec<(String, String)>>;

fn value<'form>(form: &'form [(String, String)], name: &str) -> Option<&'form str> {
    form.iter().find_map(|(known, value)| (known == name && !value.is_empty()).then_some(value.as_str()))
}

pub async fn create(
    sim: web::Data<Sim>,
    request: HttpRequest,
    account: web::Path<String>,
    form: Form,
) -> HttpResponse {
    let sim = sim.into_inner();
    match take(&sim, &request, &account, &form) {
        Ok(answer) => HttpResponse::Created().json(answer),
        Err(refusal) => {
            let detail = json!({ "code": refusal.code, "message": refusal.message });
            sim.journal.write("refused", "", "", format!("{} · {}", refusal.code, refusal.message), detail);
            refusal.answer()
        }
    }
}

fn take(sim: &Arc<Sim>, request: &HttpRequest, account: &str, form: &Form) -> Result<Value, Refusal> {
    authorised(sim, request, Some(account))?;
    let channel = sender(sim, form)?;
    let customer = receiver(sim, form, channel)?;
    let (shown, template) = words(sim, form)?;
    if !sim.throughput.take(&channel.address, sim.clock.age()) {
        return Err(Refusal::new(20_429, "Too Many Requests"));
    }
    let stopped = lock(&sim.stopped).contains(&(channel.address.clone(), customer.key.clone()));
    if stopped && !channel.is_whatsapp() {
        return Err(Refusal::new(21_610, "Attempt to send to unsubscribed recipient"));
    }
    Ok(accept(sim, form, channel, customer, shown, template))
}

fn sender<'sim>(sim: &'sim Sim, form: &Form) -> Result<&'sim TwilioChannel, Refusal> {
    let Some(from) = value(form, "From") else {
        return Err(Refusal::new(
            21_603,
            "A 'From' or 'MessagingServiceSid' parameter is required to send a message",
        ));
    };
    sim.settings.twilio.channels.iter().find(|channel| channel.address == from).ok_or_else(|| {
        if from.starts_with("whatsapp:") {
            Refusal::new(63_007, "Twilio could not find a Channel with the specified From address")
        } else {
            Refusal::new(
                21_606,
                format!(
                    "The 'From' phone number {from} is not a valid, message-capable number for this account"
                ),
            )
        }
    })
}

fn receiver(sim: &Sim, form: &Form, channel: &TwilioChannel) -> Result<Customer, Refusal> {
    let Some(to) = value(form, "To") else {
        return Err(Refusal::new(21_604, "A 'To' phone number is required."));
    };
    let invalid = || Refusal::new(21_211, format!("Invalid 'To' Phone Number: {to}"));
    let whatsapp = to.starts_with("whatsapp:");
    if whatsapp != channel.is_whatsapp() {
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
    if to == channel.address {
        return Err(Refusal::new(21_266, "'To' and 'From' number cannot be the same"));
    }
    sim.customers.find(&found, None, None).ok_or_else(invalid)
}

/// What the phone will show, and the template it is made of.
fn words(sim: &Sim, form: &Form) -> Result<(Value, Option<String>), Refusal> {
    let body = value(form, "Body");
    let media: Vec<&str> =
        form.iter().filter(|(name, _)| name == "MediaUrl").map(|(_, url)| url.as_str()).collect();
    if let Some(sid) = value(form, "ContentSid") {
        let template = content::find(sim, sid)
            .ok_or_else(|| Refusal::new(20_404, format!("The requested resource {sid} was not found")))?;
        let variables = value(form, "ContentVariables").unwrap_or("{}");
        let variables: Map<String, Value> = serde_json::from_str(variables)
            .map_err(|_| Refusal::new(21_656, "The ContentVariables Parameter is invalid."))?;
        let values: Vec<String> = (1..=template.names("BODY").len())
            .map(|number| {
                variables.get(&number.to_string()).and_then(Value::as_str).unwrap_or_default().to_owned()
            })
            .collect();
        let buttons = template.component("BUTTONS").and_then(|component| component["buttons"].as_array());
        let buttons = buttons.map(Vec::as_slice).unwrap_or_default().iter();
        let buttons: Vec<Value> = buttons
            .map(|button| json!({ "as": "button", "title": button["text"], "payload": button["text"] }))
            .collect();
        let card = json!({
            "kind": "template", "name": template.field("name"), "header": template.text("HEADER", &[]),
            "text": template.text("BODY", &values), "footer": template.text("FOOTER", &[]), "buttons": buttons,
        });
        return Ok((card, Some(template.field("category").to_lowercase())));
    }
    match body {
        Some(body) if body.chars().count() > 1_600 => {
            Err(Refusal::new(21_617, "The concatenated message body exceeds the 1600 character limit."))
        }
        None if media.is_empty() => {
            Err(Refusal::new(21_619, "A text message body or media urls must be specified."))
        }
        _ if media.len() > 10 => Err(Refusal::new(21_623, "Number of media files exceeds allowed limit.")),
        _ if media.iter().any(|url| !url.starts_with("http")) => {
            Err(Refusal::new(21_620, "Invalid media URL(s)"))
        }
        _ if media.is_empty() => Ok((json!({ "kind": "text", "text": body }), None)),
        _ => Ok((json!({ "kind": "image", "text": body }), None)),
    }
}

fn accept(
    sim: &Arc<Sim>,
    form: &Form,
    channel: &TwilioChannel,
    customer: Customer,
    shown: Value,
    template: Option<String>,
) -> Value {
    let media: Vec<String> =
        form.iter().filter(|(name, _)| name == "MediaUrl").map(|(_, url)| url.clone()).collect();
    let sid = ids::sid(if media.is_empty() { "SM" } else { "MM" }, sim.dice.bytes());
    let now = sim.clock.wall();
    let text = card::line(&shown);
    let message = Message {
        sid: sid.clone(),
        from: channel.address.clone(),
        to: value(form, "To").unwrap_or_default().to_owned(),
        segments: segments(&text),
        body: text.clone(),
        direction: "outbound-api",
        status: "queued".to_owned(),
        error: None,
        created: now,
        sent: None,
        updated: now,
        media: Vec::new(),
    };
    let mut answer = message.shape(&sim.settings.twilio.sid);
    answer["num_media"] = json!(media.len().to_string());
    let callback = value(form, "StatusCallback").map(str::to_owned);
    let kind = shown["kind"].as_str().unwrap_or("text").to_owned();
    let payload: Map<String, Value> = form.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let to = message.to.trim_start_matches("whatsapp:").to_owned();
    sim.record.add(Sent {
        channel: channel.address.clone(),
        to,
        kind: kind.clone(),
        body: text,
        vendor_id: sid.clone(),
        opaque: callback.clone(),
        at: now,
        payload: Value::Object(payload.clone()),
    });
    let label = format!("{kind} · {}", card::short(&sid));
    sim.journal.write("out", &channel.address, &customer.key, label.clone(), Value::Object(payload));
    let bubble = Bubble::new(&sid, false, now, shown, None);
    sim.journal.tell(
        &json!({ "frame": "bubble", "channel": channel.address, "customer": customer.key, "bubble": bubble }),
    );
    sim.threads.add(&channel.address, &customer.key, bubble);
    sim.store.add(message);
    let open = sim.windows.left(&channel.address, &customer.key, sim.clock.age()).is_some();
    let whatsapp = channel.is_whatsapp();
    life::begin(
        sim,
        Life {
            channel: channel.address.clone(),
            customer,
            id: sid,
            label,
            reaction: false,
            voice: false,
            // Meta's code; the callback carries Twilio's twin of it.
            doomed: (whatsapp && !open && template.is_none()).then_some(131_047),
            link: media.into_iter().next(),
            kind: "document",
            vendor: Vendor::Twilio { callback, whatsapp },
        },
    );
    answer
}

pub async fn fetch(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, Some(&path.0)) {
        return refusal.answer();
    }
    match sim.store.find(&path.1) {
        Some(message) => HttpResponse::Ok().json(message.shape(&path.0)),
        None => missing(&request).answer(),
    }
}

/// A bound on `DateSent`: a day, or a second.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    Some(text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc())
}

pub async fn list(sim: web::Data<Sim>, request: HttpRequest, account: web::Path<String>) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, Some(&account)) {
        return refusal.answer();
    }
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
    let size =
        value(&query, "PageSize").and_then(|text| text.parse().ok()).unwrap_or(50_usize).clamp(1, 1_000);
    let page = value(&query, "Page").and_then(|text| text.parse().ok()).unwrap_or(0_usize);
    // `DateSent>=2026-11-22` arrives as the name `DateSent>` with that value.
    let bound = |name: &str| value(&query, name).and_then(moment);
    let (from, until, day) = (bound("DateSent>"), bound("DateSent<"), bound("DateSent"));
    let wanted = |message: &Message| {
        let sent = message.sent.unwrap_or(message.created);
        value(&query, "To").is_none_or(|to| message.to == to)
            && value(&query, "From").is_none_or(|from| message.from == from)
            && from.is_none_or(|from| sent >= from)
            && until.is_none_or(|until| sent <= until)
            && day.is_none_or(|day| sent.date_naive() == day.date_naive())
    };
    let all = sim.store.list(wanted);
    let start = (page * size).min(all.len());
    let end = (start + size).min(all.len());
    let messages: Vec<Value> = all[start..end].iter().map(|message| message.shape(&account)).collect();
    let uri = |page: usize| {
        let mut query: Vec<_> =
            query.iter().filter(|(name, _)| name != "Page" && name != "PageSize").cloned().collect();
        query.push(("PageSize".to_owned(), size.to_string()));
        query.push(("Page".to_owned(), page.to_string()));
        format!("/2010-04-01/Accounts/{account}/Messages.json?{}", crate::wire::twilio::encode(&query))
    };
    HttpResponse::Ok().json(json!({
        "messages": messages, "page": page, "page_size": size, "start": start, "end": end.saturating_sub(1),
        "uri": uri(page), "first_page_uri": uri(0),
        "next_page_uri": (end < all.len()).then(|| uri(page + 1)),
        "previous_page_uri": page.checked_sub(1).map(uri),
    }))
}
