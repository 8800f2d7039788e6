//! Whatever has an id: a number, an account, a template, a file.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{
    Ids,
    access::{account, asked_for, caller, fields, managed, pick},
    analytics, answer, done,
    errors::Refusal,
    files, lifecycle, numbers, subscriptions, templates, uploads,
};
use crate::{estate::MANAGEMENT, media, sim::Sim};

pub async fn object(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    answer(&sim, find(&sim, &request, &path.1))
}

fn find(sim: &Sim, request: &HttpRequest, id: &str) -> Result<Value, Refusal> {
    if id.starts_with("upload:") {
        return uploads::state(sim, request, id);
    }
    let caller = caller(sim, request)?;
    let channels = caller.channels(sim);
    if let Some(channel) = channels.iter().find(|channel| channel.phone_number_id == id) {
        caller.needs(MANAGEMENT)?;
        let number = sim.estate().number(&channel.phone_number_id).cloned();
        let number = number.ok_or_else(|| Refusal::unknown_object(id))?;
        return numbers::read(sim, request, &number);
    }
    if caller.accounts(sim).iter().any(|account| account == id) {
        account(sim, request, id)?;
        return waba(sim, request, id);
    }
    if let Some(template) = templates::with_id(sim, &caller, id) {
        caller.needs(MANAGEMENT)?;
        return templates::one(sim, request, &template);
    }
    let (item, channel) =
        files::usable(sim, request, &channels, id).ok_or_else(|| Refusal::unknown_object(id))?;
    Ok(json!({
        "messaging_product": "whatsapp", "url": media::link(sim, channel, id), "mime_type": item.mime,
        "sha256": item.sha256_hex(), "file_size": item.size().to_string(), "id": id,
    }))
}

/// An account, with the fields that were asked for.
fn waba(sim: &Sim, request: &HttpRequest, id: &str) -> Result<Value, Refusal> {
    let mut full = {
        let estate = sim.estate();
        let account = estate.account(id).ok_or_else(|| Refusal::unknown_object(id))?;
        let entities = vec![
            account.health(),
            account.portfolio_health(),
            json!({ "entity_type": "APP", "id": account.seed.app_id, "can_send_message": "AVAILABLE" }),
        ];
        let mut full = json!({
            "id": account.id, "name": account.name, "status": account.status, "currency": account.currency,
            "country": "PE", "timezone_id": account.timezone,
            "message_template_namespace": "00000000_0000_4000_8000_000000000001",
            "account_review_status": account.review,
            "business_verification_status": account.verification, "ownership_type": "SELF",
            "owner_business_info": { "id": account.portfolio, "name": account.name },
            "is_enabled_for_insights": account.insights,
            "whatsapp_business_manager_messaging_limit": account.tier,
            "health_status": numbers::health(entities),
        });
        if account.pays {
            full["primary_funding_id"] = json!("300000000000001");
        }
        full
    };
    if let Some(asked) = asked_for(request, "pricing_analytics") {
        let account = sim.estate().account(id).cloned().ok_or_else(|| Refusal::unknown_object(id))?;
        if let Some(books) = analytics::pricing(sim, &account, &asked)? {
            full["pricing_analytics"] = books;
        }
    }
    let known = [
        "primary_funding_id",
        "purchase_order_number",
        "marketing_messages_lite_api_status",
        "analytics",
        "pricing_analytics",
        "conversation_analytics",
    ];
    pick(
        request,
        &full,
        "WhatsAppBusinessAccount",
        &["name", "currency", "timezone_id", "message_template_namespace", "id"],
        &known,
    )
}

pub async fn change(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let outcome = alter(&sim, &request, &path.1, body).await;
    answer(&sim, outcome)
}

/// A file's bytes; a number's PIN, name or webhooks; an account's insights; a template's text.
async fn alter(sim: &Arc<Sim>, request: &HttpRequest, id: &str, body: web::Bytes) -> Result<Value, Refusal> {
    if id.starts_with("upload:") {
        return uploads::take(sim, request, id, body);
    }
    let caller = caller(sim, request)?;
    if caller.channels(sim).iter().any(|channel| channel.phone_number_id == id) {
        let channel = managed(sim, request, id)?;
        let given = fields(request, &body)?;
        if let Some(configuration) = given.get("webhook_configuration") {
            let fields = configuration
                .as_object()
                .ok_or_else(|| Refusal::new(100, "Param webhook_configuration must be a JSON object."))?;
            let callback = subscriptions::callback(sim, fields).await?;
            if let Some(number) = sim.estate().number_mut(id) {
                number.callback = callback;
            }
            return Ok(done());
        }
        if let Some(pin) = given.get("pin") {
            return lifecycle::change_pin(sim, &channel, pin);
        }
        if let Some(name) = given.get("new_display_name") {
            return lifecycle::rename(sim, &channel, name);
        }
        return Err(Refusal::new(100, "Nothing to change: pin, new_display_name or webhook_configuration."));
    }
    if caller.accounts(sim).iter().any(|account| account == id) {
        account(sim, request, id)?;
        let given = fields(request, &body)?;
        let on = given.get("is_enabled_for_insights").is_some_and(|on| *on == json!(true) || *on == "true");
        if let Some(account) = sim.estate().account_mut(id) {
            account.insights |= on;
        }
        return Ok(json!({ "id": id, "success": true }));
    }
    match templates::with_id(sim, &caller, id) {
        Some(template) => templates::edit(sim, &caller, &template, &fields(request, &body)?),
        None => Err(Refusal::unknown_object(id)),
    }
}
