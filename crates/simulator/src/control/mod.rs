//! `/control`: what tests, scripts and the phone page use.

mod inbound;
mod settings;

use actix_web::{HttpResponse, web};
use serde_json::json;

pub use inbound::Underway;

/// The routes under `/control`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/inbound", web::post().to(inbound::write))
        .route("/webhook", web::post().to(inbound::webhook))
        .route("/sent", web::get().to(settings::sent))
        .route("/faults", web::get().to(settings::faults))
        .route("/faults", web::post().to(settings::set_faults))
        .route("/time", web::get().to(settings::time))
        .route("/time", web::post().to(settings::set_time))
        .route("/events", web::get().to(settings::events))
        .route("/reset", web::post().to(settings::reset));
}

/// An answer for a request that can't be meant.
fn refuse(why: impl Into<String>) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({ "error": why.into() }))
}
