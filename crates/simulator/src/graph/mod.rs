//! Meta's Graph API, as far as a WhatsApp number needs it.

mod access;
mod analytics;
mod blocks;
mod check;
mod check_interactive;
mod check_template;
pub mod errors;
mod files;
mod lifecycle;
mod manage;
mod messages;
mod moving;
mod numbers;
mod profile;
mod subscriptions;
mod sync;
mod templates;
mod token;
pub mod uploads;

use actix_web::{HttpResponse, web};
use serde_json::Value;

use crate::sim::Sim;
pub use check::Order;
pub use check_template::{button_value, ordered, payload};
use errors::Refusal;
pub use files::bytes;
pub use numbers::shape;

/// Version and id of a path.
type Ids = web::Path<(String, String)>;

/// The routes under `/graph`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/lookaside/attachments/", web::get().to(files::download))
        .route("/{version}/debug_token", web::get().to(token::debug))
        .route("/{version}/{id}/messages", web::post().to(messages::send))
        .route("/{version}/{id}/marketing_messages", web::post().to(messages::marketing))
        .service(
            // The limits are those of the kinds; documents have the widest.
            web::resource("/{version}/{id}/media")
                .app_data(web::PayloadConfig::new(crate::media::INBOUND_CAP + 1024 * 1024))
                .route(web::post().to(files::upload)),
        )
        .route("/{version}/{id}/phone_numbers", web::get().to(numbers::list))
        .route("/{version}/{id}/phone_numbers", web::post().to(moving::add))
        .route("/{version}/{id}/request_code", web::post().to(lifecycle::request_code))
        .route("/{version}/{id}/verify_code", web::post().to(lifecycle::verify_code))
        .route("/{version}/{id}/register", web::post().to(lifecycle::register))
        .route("/{version}/{id}/deregister", web::post().to(lifecycle::deregister))
        .route("/{version}/{id}/settings", web::get().to(numbers::settings))
        .route("/{version}/{id}/settings", web::post().to(numbers::set))
        .route("/{version}/{id}/block_users", web::get().to(blocks::list))
        .route("/{version}/{id}/block_users", web::post().to(blocks::block))
        .route("/{version}/{id}/block_users", web::delete().to(blocks::unblock))
        .route("/{version}/{id}/smb_app_data", web::post().to(sync::start))
        .route("/{version}/{id}/subscribed_apps", web::get().to(subscriptions::of_account))
        .route("/{version}/{id}/subscribed_apps", web::post().to(subscriptions::subscribe))
        .route("/{version}/{id}/subscribed_apps", web::delete().to(subscriptions::unsubscribe))
        .route("/{version}/{id}/subscriptions", web::get().to(subscriptions::of_app))
        .route("/{version}/{id}/subscriptions", web::post().to(subscriptions::set_app))
        .route("/{version}/{id}/message_templates", web::get().to(templates::list))
        .route("/{version}/{id}/message_templates", web::post().to(templates::create))
        .route("/{version}/{id}/message_templates", web::delete().to(templates::delete))
        .route("/{version}/{id}/migrate_message_templates", web::post().to(templates::migrate))
        .route("/{version}/{id}/unpause", web::post().to(templates::unpause))
        .route("/{version}/{id}/whatsapp_business_profile", web::get().to(profile::read))
        .route("/{version}/{id}/whatsapp_business_profile", web::post().to(profile::write))
        .route("/{version}/{id}/uploads", web::post().to(uploads::begin))
        .route("/{version}/{id}", web::get().to(manage::object))
        .route("/{version}/{id}", web::post().to(manage::change))
        .route("/{version}/{id}", web::delete().to(files::delete));
}

/// An id for looking an answer up, as every error of Meta's has one.
pub fn trace(sim: &Sim) -> String {
    format!("A{}", hex::encode(sim.dice.bytes::<10>()))
}

/// The answer to a call: its value, or the refusal in Meta's shape.
fn answer(sim: &Sim, outcome: Result<Value, Refusal>) -> HttpResponse {
    match outcome {
        Ok(value) => HttpResponse::Ok().json(value),
        Err(refusal) => refusal.answer(&trace(sim)),
    }
}

/// The answer of a call that only says that it worked.
fn done() -> Value {
    serde_json::json!({ "success": true })
}
