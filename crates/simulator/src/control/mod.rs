//! `/control`: what tests, scripts and the phone page use.

mod estate;
mod inbound;
mod media;
mod notices;
mod settings;
mod templates;
mod twilio;

use actix_web::{HttpResponse, web};
use serde_json::json;

pub use inbound::Underway;

/// The routes under `/control`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/inbound", web::post().to(inbound::write))
        .route("/webhook", web::post().to(inbound::webhook))
        .route("/notices", web::post().to(notices::tell))
        .route("/notices", web::get().to(notices::names))
        .route("/templates", web::get().to(templates::list))
        .route("/templates", web::post().to(templates::drive))
        .route("/numbers", web::get().to(estate::numbers))
        .route("/number", web::post().to(estate::number))
        .route("/account", web::post().to(estate::account))
        .route("/token", web::post().to(estate::token))
        .route("/app", web::post().to(estate::app))
        .route("/twilio", web::get().to(twilio::read))
        .route("/twilio", web::post().to(twilio::change))
        .route("/contents", web::post().to(twilio::contents))
        .route("/fail", web::get().to(settings::orders))
        .route("/fail", web::post().to(settings::order))
        .service(
            web::resource("/media")
                .app_data(web::PayloadConfig::new(crate::media::INBOUND_CAP + 1024 * 1024))
                .route(web::post().to(media::keep)),
        )
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
