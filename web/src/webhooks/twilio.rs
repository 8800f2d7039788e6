//! Twilio's inbound messages and status callbacks.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data},
};
use channel_gateway::twilio::{self, Keys, Payload, SignedRequest};
use inbox::ledger::{Receipt, Source};

use super::{acknowledge, not_now, refused};
use crate::state::AppState;

/// POST /webhooks/twilio/messages; also as the fallback address, where Twilio adds why the first one failed.
pub async fn message(request: HttpRequest, body: Bytes, state: Data<AppState>) -> HttpResponse {
    receive(Source::TwilioMessage, &request, body, &state).await
}

/// POST /webhooks/twilio/status.
pub async fn status(request: HttpRequest, body: Bytes, state: Data<AppState>) -> HttpResponse {
    receive(Source::TwilioStatus, &request, body, &state).await
}

async fn receive(source: Source, request: &HttpRequest, body: Bytes, state: &AppState) -> HttpResponse {
    let Ok(secrets) = state.vendor_keys.get().await else { return not_now() };
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    // Twilio signs the URL it was given: ours by configuration, with the request's own target, never by `Host`.
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let bases: Vec<&str> =
        state.settings.server.public_urls.iter().map(|url| url.as_str().trim_end_matches('/')).collect();
    let signed = SignedRequest {
        target,
        payload: Payload::of_post(text(header::CONTENT_TYPE.as_str()), &body),
        signature: text("x-twilio-signature"),
        settings: text("x-twilio-webhooks-signature-settings"),
    };
    let keys = Keys { auth_tokens: &secrets.auth_tokens, shared: &secrets.shared_keys };
    if !twilio::signature_matches(&signed, &bases, keys) {
        return refused(state, request);
    }
    let receipt = Receipt { source, query: request.query_string().to_owned(), body: body.into() };
    // An empty answer in TwiML: what we say goes out by REST, where failures are seen (twilio.md §4).
    let thanks = HttpResponse::Ok().content_type("text/xml").body("<Response/>");
    acknowledge(&state.ledger, receipt, thanks).await
}
