//! Phone numbers of the account, and where their messages go (twilio.md §4).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::api::{authorised, query};
use crate::sim::Sim;

/// The numbers for SMS; `PhoneNumber` picks those that hold it.
pub async fn list(sim: web::Data<Sim>, request: HttpRequest, account: web::Path<String>) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, Some(&account)) {
        return refusal.answer();
    }
    let wanted = query(&request, "PhoneNumber").unwrap_or_default();
    let known = sim.twilio();
    let numbers: Vec<Value> = known
        .senders
        .iter()
        .filter(|sender| !sender.channel.is_whatsapp() && sender.channel.address.contains(&wanted))
        .map(|sender| {
            let own = |name: &str| sender.webhook.get(name).and_then(Value::as_str).map(str::to_owned);
            let sid = sender.sid.replacen("XE", "PN", 1);
            json!({
                "sid": sid, "account_sid": *account, "phone_number": sender.channel.address,
                "friendly_name": sender.channel.name, "status": "in-use",
                "sms_url": own("callback_url").unwrap_or_else(|| known.inbound.clone()), "sms_method": "POST",
                "sms_fallback_url": own("fallback_url").or_else(|| known.fallback.clone()).unwrap_or_default(),
                "sms_fallback_method": "POST",
                "status_callback": own("status_callback_url").unwrap_or_default(),
                "capabilities": { "sms": true, "mms": true, "voice": false },
                "uri": format!("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{sid}.json"),
            })
        })
        .collect();
    HttpResponse::Ok().json(json!({
        "incoming_phone_numbers": numbers, "page": 0, "page_size": 50, "next_page_uri": null,
        "uri": request.uri().to_string(),
    }))
}
