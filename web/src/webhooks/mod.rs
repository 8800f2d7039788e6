//! Where vendors knock: verify on the raw bytes, make durable, acknowledge. Nothing is understood here.

mod doorman;
mod keys;
pub mod twilio;
pub mod whatsapp;

pub use doorman::Doorman;
pub use keys::{VendorKeys, secret_place};

use actix_web::{HttpRequest, HttpResponse, http::header};
use inbox::ledger::{Ledger, Receipt};

use crate::state::AppState;

/// WhatsApp sends up to 3 MB (whatsapp-cloud.md §1.4).
pub const WHATSAPP_BYTES: usize = 4 * 1024 * 1024;
/// Twilio's forms are small.
pub const TWILIO_BYTES: usize = 64 * 1024;

/// Commit a receipt and answer: 200 when it is durable, never before; 503 when the vendor should come again.
async fn acknowledge(ledger: &Ledger, receipt: Receipt, thanks: HttpResponse) -> HttpResponse {
    match ledger.take(receipt).await {
        Ok(()) => {
            metrics::counter!("bandeja_webhooks_total", "answer" => "taken").increment(1);
            thanks
        }
        Err(error) => {
            metrics::counter!("bandeja_webhooks_total", "answer" => "not_taken").increment(1);
            tracing::warn!(%error, "a webhook was not taken; the vendor is told to repeat it");
            not_now()
        }
    }
}

/// Come again in a moment.
fn not_now() -> HttpResponse {
    HttpResponse::ServiceUnavailable().insert_header((header::RETRY_AFTER, "2")).finish()
}

/// Not from whom it says; and enough of it for whoever keeps trying. Only bad signatures come here: what is genuine is
/// taken from every address, also from one that somebody else shares.
fn refused(state: &AppState, request: &HttpRequest) -> HttpResponse {
    metrics::counter!("bandeja_webhooks_total", "answer" => "bad_signature").increment(1);
    let address = state.auth.client(request).address;
    let answer = if state.doorman.admits(&address) {
        HttpResponse::Unauthorized().finish()
    } else {
        HttpResponse::TooManyRequests().insert_header((header::RETRY_AFTER, "60")).finish()
    };
    state.doorman.note(&address);
    answer
}
