//! `POST /{phone-number-id}/messages`: send, mark as read, show typing.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    Ids,
    access::number,
    check::{Order, check, object, product, required_text},
    errors::Refusal,
    trace,
};
use crate::{
    customers::{Customer, identity_hash},
    life::{self, Life, Vendor},
    media,
    phone::card,
    pricing,
    record::Sent,
    settings::CloudChannel,
    sim::{Sim, lock},
    threads::Bubble,
    wire::ids,
};

pub async fn send(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: web::Bytes) -> HttpResponse {
    respond(&sim.into_inner(), &request, &path.1, &body, false)
}

/// `POST /{phone-number-id}/marketing_messages`: marketing templates only (whatsapp-cloud.md §5.7).
pub async fn marketing(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: Ids,
    body: web::Bytes,
) -> HttpResponse {
    respond(&sim.into_inner(), &request, &path.1, &body, true)
}

fn respond(sim: &Arc<Sim>, request: &HttpRequest, id: &str, body: &[u8], marketing: bool) -> HttpResponse {
    match take(sim, request, id, body, marketing) {
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err(refusal) => {
            let detail = json!({ "code": refusal.code, "details": refusal.details });
            sim.journal.write("refused", id, "", format!("{} · {}", refusal.code, refusal.details), detail);
            refusal.answer(&trace(sim))
        }
    }
}

fn take(
    sim: &Arc<Sim>,
    request: &HttpRequest,
    id: &str,
    body: &[u8],
    marketing: bool,
) -> Result<Value, Refusal> {
    let channel = number(sim, request, id)?;
    let body: Value =
        serde_json::from_slice(body).map_err(|_| Refusal::new(100, "The body is not valid JSON."))?;
    if body.get("status").is_some() && !marketing {
        return mark(sim, &channel, &body);
    }
    let order = check(&body, &channel, &sim.templates)?;
    may_send(sim, &channel, &order)?;
    if marketing && order.template.as_ref().is_none_or(|template| template.field("category") != "MARKETING") {
        return Err(Refusal::new(134_100, "Only marketing templates can be sent with this endpoint."));
    }
    for place in media_of(&body, order.kind) {
        if let Some(id) = place["id"].as_str()
            && sim.media.get(id, sim.clock.age()).is_none_or(|item| !item.is_of(&channel.phone_number_id))
        {
            return Err(Refusal::new(100, format!("Param {}['id'] is not a valid media id.", order.kind)));
        }
    }
    let now = sim.clock.age();
    if !sim.throughput.take_per_second(id, now, sim.per_second(&channel)) {
        return Err(Refusal::new(130_429, "Cloud API message throughput has been reached."));
    }
    let customer = sim
        .customers
        .find(&order.to, None, None)
        .ok_or_else(|| Refusal::new(131_009, "Parameter to is not valid."))?;
    if !sim.pairs.take(&format!("{id}:{}", customer.key), now) {
        return Err(Refusal::new(
            131_056,
            "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
        ));
    }
    if let Some(hash) = body["recipient_identity_key_hash"].as_str()
        && sim.estate().number(id).is_some_and(|number| number.identity_check)
        && hash != identity_hash(&customer)
    {
        return Err(Refusal::new(137_000, "The identity key hash does not match the user's."));
    }
    Ok(accept(sim, &channel, order, customer, body, marketing))
}

/// Whether the number and its account may send this at all.
fn may_send(sim: &Sim, channel: &CloudChannel, order: &Order) -> Result<(), Refusal> {
    let estate = sim.estate();
    let id = &channel.phone_number_id;
    let number = estate.number(id).ok_or_else(|| Refusal::unknown_object(id))?;
    if !number.registered {
        return Err(Refusal::new(
            133_010,
            "The phone number is not registered on the WhatsApp Business platform.",
        ));
    }
    let account = estate.account(&channel.waba_id);
    let standing = account.is_none_or(|account| account.status == "ACTIVE");
    if !standing || ["BANNED", "RESTRICTED"].contains(&number.status.as_str()) {
        return Err(Refusal::new(131_031, "The WhatsApp Business account has been locked."));
    }
    if number.status == "RATE_LIMITED" {
        return Err(Refusal::new(
            131_048,
            "There are restrictions on how many messages this phone number can send.",
        ));
    }
    let first = order.template.is_some() && sim.windows.left(id, &order.to, sim.clock.age()).is_none();
    let restricted =
        |name: &str| account.is_some_and(|account| account.restrictions.iter().any(|one| one == name));
    if restricted("RESTRICTED_BIZ_INITIATED_MESSAGING") && first {
        return Err(Refusal::new(
            368,
            "The account is blocked from starting conversations for the time being.",
        ));
    }
    if restricted("RESTRICTED_CUSTOMER_INITIATED_MESSAGING") {
        return Err(Refusal::new(368, "The account is blocked from answering for the time being."));
    }
    let utility = order.template.as_ref().is_some_and(|template| template.field("category") == "UTILITY");
    if utility && restricted("RESTRICTED_UTILITY_TEMPLATES") {
        return Err(Refusal::new(131_064, "This account cannot send utility templates for seven days."));
    }
    let named = ["APPROVED", "AVAILABLE_WITHOUT_REVIEW"].contains(&number.name_status.as_str());
    if channel.number.starts_with("+1555") && !named {
        return Err(Refusal::new(131_037, "The display name of this phone number is not approved."));
    }
    let listed = number.notes.get("allowed").and_then(Value::as_array);
    if number.mode == "SANDBOX"
        && !listed.is_some_and(|all| {
            all.iter().filter_map(Value::as_str).filter_map(crate::customers::key).any(|one| one == order.to)
        })
    {
        return Err(Refusal::new(131_030, "Recipient phone number not in allowed list."));
    }
    Ok(())
}

/// Every place of a message where a file can be: its own, or a header's.
fn media_of<'body>(body: &'body Value, kind: &str) -> Vec<&'body Value> {
    let content = &body[kind];
    match kind {
        "image" | "video" | "audio" | "document" | "sticker" => vec![content],
        "interactive" => ["image", "video", "document"]
            .iter()
            .map(|one| &content["header"][*one])
            .filter(|one| one.is_object())
            .collect(),
        "template" => {
            let components = content["components"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
            let parameters = components.filter_map(|one| one["parameters"].as_array()).flatten();
            parameters
                .flat_map(|one| ["image", "video", "document"].map(|kind| &one[kind]))
                .filter(|one| one.is_object())
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Why a message that was accepted will fail all the same.
fn doom(
    sim: &Sim,
    channel: &CloudChannel,
    order: &Order,
    customer: &Customer,
    body: &Value,
    open: bool,
) -> Option<u32> {
    let id = &channel.phone_number_id;
    if let Some(code) = sim.orders.late("meta") {
        return Some(code);
    }
    let (pays, blocked) = {
        let estate = sim.estate();
        let account = estate.account(&channel.waba_id);
        let blocked = estate.number(id).is_some_and(|number| number.blocked.contains(&customer.key));
        (account.is_none_or(|account| account.pays), blocked)
    };
    if !pays {
        return Some(131_042);
    }
    if blocked {
        return Some(130_403);
    }
    if order.template.is_none() && !open {
        return Some(131_047);
    }
    if let Some(template) = &order.template {
        let marketing = template.field("category") == "MARKETING";
        if marketing && lock(&sim.stopped).contains(&(id.clone(), customer.key.clone())) {
            return Some(131_050);
        }
        // Marketing to numbers of the United States is not delivered (whatsapp-cloud.md §9.1).
        if marketing
            && customer.phone.as_deref().is_some_and(|phone| phone.starts_with('1') && phone.len() == 11)
        {
            return Some(131_049);
        }
        if template.held == Some(false) {
            return Some(132_015);
        }
        let age = sim.clock.age();
        let room = open
            || sim
                .estate()
                .account_mut(&channel.waba_id)
                .is_none_or(|account| account.reach(&customer.key, age));
        if !room {
            return Some(131_048);
        }
    }
    if order.kind == "reaction" {
        let target = body["reaction"]["message_id"].as_str().unwrap_or_default();
        let known = sim.threads.list(id, &customer.key).into_iter().find(|bubble| bubble.id == target);
        let fresh =
            known.is_some_and(|bubble| bubble.at + TimeDelta::days(30) > sim.clock.wall() && !bubble.revoked);
        if !fresh {
            return Some(131_009);
        }
    }
    if let Some(item) = body[order.kind]["id"].as_str().and_then(|id| sim.media.get(id, sim.clock.age()))
        && (!media::fits(order.kind, &item.mime, item.bytes.len())
            || order.kind == "audio" && !media::plays(&item, body["audio"]["voice"] == true))
    {
        return Some(131_053);
    }
    None
}

fn accept(
    sim: &Arc<Sim>,
    channel: &CloudChannel,
    order: Order,
    customer: Customer,
    body: Value,
    marketing: bool,
) -> Value {
    let id = ids::wamid(&customer.key, sim.dice.bytes());
    let name = &channel.phone_number_id;
    let category = match &order.template {
        _ if marketing => "marketing_lite".to_owned(),
        Some(template) => template.field("category").to_lowercase(),
        None => "service".to_owned(),
    };
    let open = sim.windows.left(name, &customer.key, sim.clock.age()).is_some();
    let doomed = doom(sim, channel, &order, &customer, &body, open);
    let (pricing, conversation) = match doomed {
        Some(_) => (Value::Null, None),
        None => pricing::of(sim, name, &customer.key, &category, open),
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
    if let Some(template) = &order.template {
        let age = sim.clock.age();
        sim.templates.change(template.field("id"), |known| known.sent = Some(age));
        let held = template.held.is_some();
        message["message_status"] = json!(if held { "held_for_quality_assessment" } else { "accepted" });
    }
    let places = media_of(&body, order.kind);
    let links = places.into_iter().filter_map(|place| place["link"].as_str().map(str::to_owned)).collect();
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
            links,
            kind: order.kind,
            vendor: Vendor::Cloud {
                channel: Box::new(channel.clone()),
                opaque: order.opaque,
                by_user_id: order.by_user_id,
                pricing,
                conversation,
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
    let Some((customer, bubbles)) = sim.threads.read_up_to(name, id, sim.clock.wall() - TimeDelta::days(30))
    else {
        return Err(Refusal::new(
            131_009,
            "Parameter message_id is not the id of a message sent to this number in the last 30 days.",
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
