//! Meta's `statuses[]`.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{Life, Step, Vendor, lose};
use crate::{
    books::{self, Arrived},
    courier::{Content, Update, post},
    customers::Customer,
    graph::errors,
    settings::CloudChannel,
    sim::Sim,
    wire::meta,
};

pub(super) fn tell(sim: &Arc<Sim>, life: &Life, step: Step, at: DateTime<Utc>, lost: bool) {
    let Vendor::Cloud { channel, opaque, by_user_id, pricing, conversation } = &life.vendor else { return };
    let name = match step {
        Step::Sent => "sent",
        Step::Delivered => "delivered",
        Step::Read => "read",
        Step::Played => "played",
        Step::Failed(_) => "failed",
    };
    let priced_arrival = step == Step::Delivered || (step == Step::Read && sim.faults().skip_delivered);
    if priced_arrival && !pricing.is_null() {
        post_cost(sim, channel, &life.customer, pricing, at);
    }
    if lost {
        lose(sim, life, name);
        return;
    }
    let mut status = Map::new();
    let mut put = |key: &str, value: Value| drop(status.insert(key.to_owned(), value));
    put("id", json!(life.id));
    put("status", json!(name));
    put("timestamp", json!(at.timestamp().to_string()));
    if let Some(phone) = &life.customer.phone {
        put("recipient_id", json!(phone));
    }
    if *by_user_id || !matches!(step, Step::Failed(_)) {
        put("recipient_user_id", json!(life.customer.user_id));
        if let Some(parent) = &life.customer.parent_user_id {
            put("recipient_parent_user_id", json!(parent));
        }
    }
    if let Some(opaque) = opaque {
        put("biz_opaque_callback_data", json!(opaque));
    }
    // The price comes with `sent` and with one of the two that follow.
    let skipped = sim.faults().skip_delivered;
    let priced = matches!(step, Step::Sent | Step::Delivered) || (step == Step::Read && skipped);
    if priced && !pricing.is_null() {
        put("pricing", pricing.clone());
    }
    if let Some(mut conversation) = conversation.clone().filter(|_| priced) {
        // Its end is told once.
        if step != Step::Sent
            && let Some(fields) = conversation.as_object_mut()
        {
            fields.remove("expiration_timestamp");
        }
        put("conversation", conversation);
    }
    let mut contact = None;
    if let Step::Failed(code) = step {
        put("errors", json!([errors::item(code)]));
    } else {
        contact = Some(meta::contact(&life.customer, step != Step::Sent));
    }
    post(
        sim,
        Update {
            channel: CloudChannel::clone(channel),
            customer: life.customer.key.clone(),
            kind: "status",
            summary: format!("{name} · {}", life.label),
            content: Content::Item { list: "statuses", item: Value::Object(status), contact },
        },
    );
}

/// What arrived stands in Meta's books, whether or not the product hears of it.
fn post_cost(sim: &Sim, channel: &CloudChannel, customer: &Customer, pricing: &Value, at: DateTime<Utc>) {
    let country = customer.user_id.split('.').next().unwrap_or_default().to_owned();
    let currency =
        sim.estate().account(&channel.waba_id).map_or_else(String::new, |account| account.currency.clone());
    let upper = |name: &str| pricing[name].as_str().unwrap_or_default().to_uppercase();
    sim.books.post(Arrived {
        waba: channel.waba_id.clone(),
        number: channel.digits().to_owned(),
        at,
        micros: books::billed(pricing, &country, &currency),
        country,
        kind: upper("type"),
        category: upper("category"),
    });
}
