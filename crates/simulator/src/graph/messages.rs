//! `POST /{phone-number-id}/messages`: send, mark as read, show typing.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Datelike as _;
use serde_json::{Value, json};

use super::{
    check::{Order, check, object, product, required_text},
    errors::Refusal,
    number, trace,
};
use crate::{
    customers::Customer,
    life::{self, Life, Vendor},
    phone::card,
    record::Sent,
    settings::CloudChannel,
    sim::{Sim, lock},
    threads::Bubble,
    wire::ids,
};

/// Messages of a number that cost nothing in each month.
const FREE_EACH_MONTH: u32 = 1_000;

pub async fn send(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Bytes,
) -> HttpResponse {
    let sim = sim.into_inner();
    match take(&sim, &request, &path.1, &body) {
        Ok((answer, true)) => HttpResponse::Ok().json(answer),
        Ok((_, false)) => {
            // Accepted, and the caller never hears of it; dropped when they hang up.
            tokio::time::sleep(Duration::from_secs(600)).await;
            HttpResponse::GatewayTimeout().finish()
        }
        Err(refusal) => {
            let detail = json!({ "code": refusal.code, "details": refusal.details });
            sim.journal.write(
                "refused",
                &path.1,
                "",
                format!("{} · {}", refusal.code, refusal.details),
                detail,
            );
            refusal.answer(&trace(&sim))
        }
    }
}

/// The answer, and whether it is to be given.
fn take(sim: &Arc<Sim>, request: &HttpRequest, id: &str, body: &[u8]) -> Result<(Value, bool), Refusal> {
    let channel = number(sim, request, id)?;
    let faults = sim.faults();
    if sim.dice.falls(faults.status_429) {
        return Err(Refusal {
            status: Some(429),
            ..Refusal::new(130_429, "Cloud API message throughput has been reached.")
        });
    }
    if sim.dice.falls(faults.status_500) {
        return Err(Refusal::new(131_000, "Message failed to send due to an unknown error."));
    }
    let body: Value =
        serde_json::from_slice(body).map_err(|_| Refusal::new(100, "The body is not valid JSON."))?;
    if body.get("status").is_some() {
        return mark(sim, channel, &body).map(|answer| (answer, true));
    }
    let order = check(&body, channel, &sim.templates)?;
    if let Some(media) = body[order.kind]["id"].as_str().filter(|_| order.kind != "template")
        && sim.media.get(media, sim.clock.age()).is_none()
    {
        return Err(Refusal::new(100, format!("Param {}['id'] is not a valid media id.", order.kind)));
    }
    let now = sim.clock.age();
    if !sim.throughput.take(&channel.phone_number_id, now) {
        return Err(Refusal::new(130_429, "Cloud API message throughput has been reached."));
    }
    if !sim.pairs.take(&format!("{}:{}", channel.phone_number_id, order.to), now) {
        return Err(Refusal::new(
            131_056,
            "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
        ));
    }
    let customer = sim
        .customers
        .find(&order.to, None, None)
        .ok_or_else(|| Refusal::new(131_009, "Parameter to is not valid."))?;
    let answer = accept(sim, channel, order, customer, body);
    Ok((answer, !sim.dice.falls(faults.timeout_after_accept)))
}

fn accept(sim: &Arc<Sim>, channel: &CloudChannel, order: Order, customer: Customer, body: Value) -> Value {
    let id = ids::wamid(&customer.key, sim.dice.bytes());
    let name = &channel.phone_number_id;
    let category =
        order.template.as_ref().map_or("SERVICE", |template| template.field("category")).to_lowercase();
    let open = sim.windows.left(name, &customer.key, sim.clock.age()).is_some();
    let stopped = lock(&sim.stopped).contains(&(name.clone(), customer.key.clone()));
    let doomed = match (&order.template, open) {
        (None, false) => Some(131_047),
        (Some(_), _) if category == "marketing" && stopped => Some(131_050),
        _ => None,
    };
    let shown = card::business(&order, &body);
    let at = sim.clock.wall();
    let text = card::line(&shown);
    let label = match &order.template {
        Some(template) => template.field("name").to_owned(),
        None => format!("{} · {}", order.kind, card::short(&id)),
    };
    sim.record.add(Sent {
        channel: name.clone(),
        to: if order.by_user_id { order.to.clone() } else { format!("+{}", order.to) },
        kind: order.kind.to_owned(),
        body: text,
        vendor_id: id.clone(),
        opaque: order.opaque.clone(),
        at,
        payload: body.clone(),
    });
    let summary = if order.template.is_some() { format!("template · {label}") } else { label.clone() };
    sim.journal.write("out", name, &customer.key, summary, body.clone());
    let reaction = order.kind == "reaction";
    if reaction {
        react(sim, name, &customer.key, &body["reaction"]);
    } else {
        let bubble = Bubble::new(&id, false, at, shown, order.quote);
        sim.journal
            .tell(&json!({ "frame": "bubble", "channel": name, "customer": customer.key, "bubble": bubble }));
        sim.threads.add(name, &customer.key, bubble);
    }
    let mut contact = json!({ "input": body.get("to").or_else(|| body.get("recipient")) });
    if order.by_user_id {
        contact["user_id"] = json!(customer.user_id);
    } else {
        contact["wa_id"] = json!(customer.key);
    }
    let mut message = json!({ "id": id });
    if order.template.is_some() {
        message["message_status"] = json!("accepted");
    }
    life::begin(
        sim,
        Life {
            channel: name.clone(),
            customer,
            id,
            label,
            reaction,
            voice: body["audio"]["voice"] == true,
            doomed,
            link: body[order.kind]["link"].as_str().map(str::to_owned),
            vendor: Vendor::Cloud {
                channel: Box::new(channel.clone()),
                opaque: order.opaque,
                by_user_id: order.by_user_id,
                pricing: pricing(sim, name, &category),
            },
        },
    );
    json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [message] })
}

fn react(sim: &Sim, channel: &str, customer: &str, reaction: &Value) {
    let emoji = reaction["emoji"].as_str().filter(|emoji| !emoji.is_empty()).map(str::to_owned);
    let target = reaction["message_id"].as_str().unwrap_or_default();
    let bubble = sim.threads.change(channel, customer, target, |bubble| bubble.their_reaction = emoji);
    if let Some(bubble) = bubble {
        sim.journal
            .tell(&json!({ "frame": "bubble", "channel": channel, "customer": customer, "bubble": bubble }));
    }
}

/// What a message costs, by the rules from 2026-10-01: everything is billed but a number's first thousand service messages of a month.
fn pricing(sim: &Sim, channel: &str, category: &str) -> Value {
    let mut kind = "regular";
    if category == "service" {
        let now = sim.clock.wall();
        let mut counts = lock(&sim.service_messages);
        let count = counts.entry((channel.to_owned(), now.year(), now.month())).or_default();
        *count += 1;
        if *count <= FREE_EACH_MONTH {
            kind = "free_customer_service";
        }
    }
    json!({ "billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category })
}

/// Mark a customer's message, and all before it, as read; perhaps show that the business is typing.
fn mark(sim: &Sim, channel: &CloudChannel, body: &Value) -> Result<Value, Refusal> {
    let fields = object(body, "root")?;
    product(fields)?;
    if body["status"] != "read" {
        return Err(Refusal::new(100, "Param status must be one of {READ}."));
    }
    let id = required_text(fields, "root", "message_id", 512)?;
    if let Some(typing) = fields.get("typing_indicator")
        && typing["type"] != "text"
    {
        return Err(Refusal::new(131_009, "typing_indicator['type'] must be text."));
    }
    let name = &channel.phone_number_id;
    let Some((customer, bubbles)) = sim.threads.read_up_to(name, id) else {
        return Err(Refusal::new(
            131_009,
            "Parameter message_id is not the id of a message sent to this number.",
        ));
    };
    for bubble in bubbles {
        sim.journal
            .tell(&json!({ "frame": "bubble", "channel": name, "customer": customer, "bubble": bubble }));
    }
    if fields.contains_key("typing_indicator") {
        sim.journal.write("typing", name, &customer, channel.verified_name.clone(), body.clone());
        sim.journal.tell(&json!({ "frame": "typing", "channel": name, "customer": customer }));
    } else {
        sim.journal.write("read", name, &customer, card::short(id), body.clone());
    }
    Ok(json!({ "success": true }))
}
