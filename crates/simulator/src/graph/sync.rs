//! `smb_app_data`: a number shared with the WhatsApp Business app asks for its contacts and its history
//! (whatsapp-cloud.md §4.5).

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    Ids,
    access::{fields, managed},
    answer,
    check::product,
    errors::Refusal,
};
use crate::{notices, sim::Sim};

pub async fn start(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let outcome = take(&sim, &request, &path.1, &body);
    answer(&sim, outcome)
}

fn take(sim: &Arc<Sim>, request: &HttpRequest, id: &str, body: &[u8]) -> Result<Value, Refusal> {
    let channel = managed(sim, request, id)?;
    let given = fields(request, body)?;
    product(&given)?;
    let kind = match given.get("sync_type").and_then(Value::as_str) {
        Some(kind @ ("smb_app_state_sync" | "history")) => kind.to_owned(),
        _ => return Err(Refusal::new(100, "Param sync_type must be one of {smb_app_state_sync, history}.")),
    };
    if !channel.coexistence {
        return Err(Refusal::new(100, "The phone number is not shared with the WhatsApp Business app."));
    }
    let age = sim.clock.age();
    let declined = {
        let mut estate = sim.estate();
        let number = estate.number_mut(id).ok_or_else(|| Refusal::unknown_object(id))?;
        if number.onboarded.1 + TimeDelta::hours(24) < age {
            return Err(Refusal::new(
                2_593_108,
                "Synchronisation can only be asked for within 24 hours of onboarding.",
            ));
        }
        if !number.synced.insert(kind.clone()) {
            return Err(Refusal::new(2_593_107, format!("{kind} was asked for already.")));
        }
        number.history_declined
    };
    if kind == "history" {
        notices::history(sim, &channel, declined);
    } else {
        notices::address_book(sim, &channel);
    }
    let request_id = hex::encode(sim.dice.bytes::<8>());
    Ok(json!({ "messaging_product": "whatsapp", "request_id": request_id }))
}
