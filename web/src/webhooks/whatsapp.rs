//! Meta's webhooks of all WhatsApp Cloud channels.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};
use channel_gateway::whatsapp;
use inbox::ledger::{Receipt, Source};

use super::{acknowledge, not_now, refused};
use crate::state::AppState;

/// GET: Meta asks whether the URL is ours (whatsapp-cloud.md §1.1).
pub async fn verify(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let Ok(secrets) = state.vendor_keys.get().await else { return not_now() };
    match whatsapp::verify_subscription(request.query_string(), &secrets.verify_tokens) {
        Some(challenge) => HttpResponse::Ok().content_type("text/plain").body(challenge),
        None => HttpResponse::Forbidden().finish(),
    }
}

/// POST: events. The signature is tried with each distinct app secret; which channel it is about is read later.
pub async fn receive(request: HttpRequest, body: Bytes, state: Data<AppState>) -> HttpResponse {
    let Ok(secrets) = state.vendor_keys.get().await else { return not_now() };
    let signature = request.headers().get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    if whatsapp::signature_matches(signature, &body, &secrets.app_secrets).is_none() {
        return refused(&state, &request);
    }
    let receipt = Receipt { source: Source::Whatsapp, query: String::new(), body: body.into() };
    acknowledge(&state.ledger, receipt, HttpResponse::Ok().finish()).await
}
