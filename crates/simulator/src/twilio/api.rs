//! Who calls, and the small calls beside messages.

use actix_web::{HttpRequest, HttpResponse, web};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::errors::Refusal;
use crate::sim::Sim;

/// Basic authentication with the account's id and token.
pub fn authorised(sim: &Sim, request: &HttpRequest, account: Option<&str>) -> Result<(), Refusal> {
    let twilio = &sim.settings.twilio;
    let header =
        request.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let expected = STANDARD.encode(format!("{}:{}", twilio.sid, twilio.auth_token));
    if header.strip_prefix("Basic ") != Some(expected.as_str()) {
        return Err(Refusal::new(20_003, "Authenticate"));
    }
    match account {
        Some(account) if account != twilio.sid => Err(missing(request)),
        _ => Ok(()),
    }
}

/// What was asked for does not exist.
pub fn missing(request: &HttpRequest) -> Refusal {
    let path = request.path().trim_start_matches("/twilio");
    Refusal::new(20_404, format!("The requested resource {path} was not found"))
}

pub async fn account(sim: web::Data<Sim>, request: HttpRequest, account: web::Path<String>) -> HttpResponse {
    match authorised(&sim, &request, Some(&account)) {
        Err(refusal) => refusal.answer(),
        Ok(()) => HttpResponse::Ok().json(json!({
            "sid": *account, "friendly_name": "Bandeja", "status": "active", "type": "Full",
            "uri": format!("/2010-04-01/Accounts/{account}.json"),
        })),
    }
}

/// Show that the business types, and that it read the customer's message.
pub async fn typing(
    sim: web::Data<Sim>,
    request: HttpRequest,
    form: web::Form<Vec<(String, String)>>,
) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    let id = form.iter().find_map(|(name, value)| (name == "messageId").then_some(value));
    let found = id.and_then(|id| {
        let message = sim.store.find(id)?;
        Some((message.to.clone(), sim.threads.read_up_to(&message.to, id, chrono::DateTime::UNIX_EPOCH)?))
    });
    let Some((channel, (customer, bubbles))) = found else { return missing(&request).answer() };
    for bubble in bubbles {
        sim.journal
            .tell(&json!({ "frame": "bubble", "channel": channel, "customer": customer, "bubble": bubble }));
    }
    sim.journal.write("typing", &channel, &customer, channel.clone(), json!({ "messageId": id }));
    sim.journal.tell(&json!({ "frame": "typing", "channel": channel, "customer": customer }));
    HttpResponse::Ok().json(json!({ "success": true }))
}
