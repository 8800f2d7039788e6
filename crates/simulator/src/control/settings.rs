//! Faults, time, the record and the events.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refuse;
use crate::{
    courier::{Content, Update, post},
    faults::Faults,
    gate, review,
    sim::Sim,
};

/// Whose messages are wanted.
#[derive(Deserialize)]
pub struct Wanted {
    to: Option<String>,
}

/// What the vendors accepted, newest last.
pub async fn sent(sim: web::Data<Sim>, wanted: web::Query<Wanted>) -> HttpResponse {
    HttpResponse::Ok().json(sim.record.list(wanted.to.as_deref()))
}

pub async fn faults(sim: web::Data<Sim>) -> HttpResponse {
    HttpResponse::Ok().json(sim.faults())
}

/// Set all faults at once: what is absent is off.
pub async fn set_faults(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let faults: Faults = match serde_json::from_slice(&body) {
        Ok(faults) => faults,
        Err(error) => return refuse(error.to_string()),
    };
    if let Err(why) = faults.check() {
        return refuse(why);
    }
    let before = sim.set_faults(faults.clone());
    if before != faults {
        let detail = json!(faults);
        sim.journal.write("faults", "", "", "fallas cambiadas".to_owned(), detail.clone());
        sim.journal.tell(&json!({ "frame": "faults", "faults": detail }));
    }
    if before.block != faults.block {
        quality(&sim, faults.block);
    }
    HttpResponse::Ok().json(faults)
}

/// Customers who block a number cost it its quality.
fn quality(sim: &Arc<Sim>, worse: bool) {
    let event = if worse { "FLAGGED" } else { "UNFLAGGED" };
    let channels = sim.estate().channels();
    for channel in channels {
        let value =
            json!({ "display_phone_number": channel.digits(), "event": event, "current_limit": "TIER_2K" });
        let change = json!({ "field": "phone_number_quality_update", "value": value });
        post(
            sim,
            Update {
                channel: channel.clone(),
                customer: String::new(),
                kind: "status",
                summary: format!("calidad · {event}"),
                content: Content::Change(change),
            },
        );
    }
}

/// How far the past is moved.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    advance_seconds: i64,
}

pub async fn time(sim: web::Data<Sim>) -> HttpResponse {
    HttpResponse::Ok().json(hands(&sim))
}

fn hands(sim: &Sim) -> Value {
    json!({ "wall": sim.clock.wall(), "aged_seconds": sim.clock.aged() })
}

/// Age everything that happened so far (see [`crate::clock`]).
pub async fn set_time(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let wanted: Move = match serde_json::from_slice(&body) {
        Ok(wanted) => wanted,
        Err(error) => return refuse(error.to_string()),
    };
    if !(0..=31_536_000).contains(&wanted.advance_seconds) {
        return refuse("advance_seconds is between 0 and a year: time does not go back");
    }
    sim.clock.advance(wanted.advance_seconds);
    review::wake(&sim);
    let hands = hands(&sim);
    sim.journal.write("time", "", "", format!("+ {} s", wanted.advance_seconds), hands.clone());
    sim.journal.tell(&json!({ "frame": "time" }));
    HttpResponse::Ok().json(hands)
}

/// From where the events are wanted.
#[derive(Deserialize)]
pub struct After {
    after: Option<u64>,
}

pub async fn events(sim: web::Data<Sim>, from: web::Query<After>) -> HttpResponse {
    HttpResponse::Ok().json(sim.journal.after(from.after.unwrap_or(0)))
}

/// Forget everything and behave again.
pub async fn reset(sim: web::Data<Sim>) -> HttpResponse {
    sim.reset();
    sim.journal.tell(&json!({ "frame": "reset" }));
    HttpResponse::Ok().json(json!({ "reset": true }))
}

/// Refusals that wait for their call.
pub async fn orders(sim: web::Data<Sim>) -> HttpResponse {
    HttpResponse::Ok().json(sim.orders.list())
}

/// Order a refusal with a code of the vendor's, at once or late.
pub async fn order(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let order: gate::Order = match serde_json::from_slice(&body) {
        Ok(order) => order,
        Err(error) => return refuse(error.to_string()),
    };
    if order.vendor.as_ref().is_some_and(|vendor| !["meta", "twilio"].contains(&vendor.as_str())) {
        return refuse("vendor is meta or twilio");
    }
    sim.orders.add(order.clone());
    HttpResponse::Ok().json(order)
}
