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
    let given = header.strip_prefix("Basic ").unwrap_or_default();
    let is = |user: &str, password: &str| given == STANDARD.encode(format!("{user}:{password}"));
    // The account's own token, or an API key's secret.
    let by_key = sim.twilio().keys.iter().any(|(key, secret)| is(key, secret));
    if !by_key && !is(&twilio.sid, &twilio.auth_token) {
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

/// A parameter of the query, if it is not empty.
pub fn query(request: &HttpRequest, name: &str) -> Option<String> {
    url::form_urlencoded::parse(request.query_string().as_bytes())
        .find_map(|(key, value)| (key == name && !value.is_empty()).then(|| value.into_owned()))
}

/// Show that the business types, and that it read the customer's message: a form (v2).
pub async fn typing(
    sim: web::Data<Sim>,
    request: HttpRequest,
    form: web::Form<Vec<(String, String)>>,
) -> HttpResponse {
    let find =
        |wanted: &str| form.iter().find_map(|(name, value)| (name == wanted).then_some(value.as_str()));
    indicate(&sim, &request, find("channel"), find("messageId"))
}

/// The same as JSON (v3).
pub async fn typing_json(
    sim: web::Data<Sim>,
    request: HttpRequest,
    body: web::Json<serde_json::Value>,
) -> HttpResponse {
    indicate(&sim, &request, body["channel"].as_str(), body["messageId"].as_str())
}

fn indicate(sim: &Sim, request: &HttpRequest, channel: Option<&str>, id: Option<&str>) -> HttpResponse {
    if let Err(refusal) = authorised(sim, request, None) {
        return refusal.answer();
    }
    if !channel.is_some_and(|channel| channel.eq_ignore_ascii_case("whatsapp")) {
        return Refusal::new(20_001, "channel is required: whatsapp").answer();
    }
    let found = id.and_then(|id| {
        let message = sim.store.find(id).filter(|message| message.direction == "inbound")?;
        Some((message.to.clone(), sim.threads.read_up_to(&message.to, id, chrono::DateTime::UNIX_EPOCH)?))
    });
    let Some((channel, (customer, bubbles))) = found else { return missing(request).answer() };
    for bubble in bubbles {
        sim.journal
            .tell(&json!({ "frame": "bubble", "channel": channel, "customer": customer, "bubble": bubble }));
    }
    sim.journal.write("typing", &channel, &customer, channel.clone(), json!({ "messageId": id }));
    sim.journal.tell(&json!({ "frame": "typing", "channel": channel, "customer": customer }));
    HttpResponse::Ok().json(json!({ "success": true }))
}
