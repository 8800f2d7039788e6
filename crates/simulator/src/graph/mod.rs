//! Meta's Graph API, as far as a WhatsApp number needs it.

mod check;
mod check_interactive;
mod check_template;
pub mod errors;
mod files;
mod manage;
mod messages;

use actix_web::{HttpRequest, web};

use crate::{settings::CloudChannel, sim::Sim};
pub use check::Order;
pub use check_template::{payload, values};
use errors::Refusal;
pub use files::bytes;

/// The routes under `/graph`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/lookaside/attachments/", web::get().to(files::download))
        .route("/{version}/{id}/messages", web::post().to(messages::send))
        .route("/{version}/{id}/media", web::post().to(files::upload))
        .route("/{version}/{id}/phone_numbers", web::get().to(manage::phone_numbers))
        .route("/{version}/{id}/subscribed_apps", web::get().to(manage::subscribed_apps))
        .route("/{version}/{id}/subscribed_apps", web::post().to(manage::subscribe))
        .route("/{version}/{id}/subscribed_apps", web::delete().to(manage::subscribe))
        .route("/{version}/{id}/message_templates", web::get().to(manage::templates))
        .route("/{version}/{id}/message_templates", web::post().to(manage::create_template))
        .route("/{version}/{id}/whatsapp_business_profile", web::get().to(manage::profile))
        .route("/{version}/{id}", web::get().to(manage::object))
        .route("/{version}/{id}", web::delete().to(files::delete));
}

/// The numbers this call's token may use: none means that there is no valid token.
fn allowed<'sim>(sim: &'sim Sim, request: &HttpRequest) -> Result<Vec<&'sim CloudChannel>, Refusal> {
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let in_query = || {
        url::form_urlencoded::parse(request.query_string().as_bytes())
            .find_map(|(name, value)| (name == "access_token").then(|| value.into_owned()))
    };
    let token = match header {
        Some(header) => header.strip_prefix("Bearer ").unwrap_or_default().to_owned(),
        None => in_query().unwrap_or_default(),
    };
    let channels: Vec<_> =
        sim.settings.cloud.iter().filter(|channel| channel.access_token == token).collect();
    if token.is_empty() || channels.is_empty() {
        return Err(Refusal::new(190, "Invalid OAuth access token - Cannot parse access token"));
    }
    Ok(channels)
}

/// The number with this id, if the token may use it.
fn number<'sim>(sim: &'sim Sim, request: &HttpRequest, id: &str) -> Result<&'sim CloudChannel, Refusal> {
    let channels = allowed(sim, request)?;
    channels
        .into_iter()
        .find(|channel| channel.phone_number_id == id)
        .ok_or_else(|| Refusal::unknown_object(id))
}

/// The first number of the account with this id, if the token may see it.
fn account<'sim>(sim: &'sim Sim, request: &HttpRequest, id: &str) -> Result<&'sim CloudChannel, Refusal> {
    let channels = allowed(sim, request)?;
    channels.into_iter().find(|channel| channel.waba_id == id).ok_or_else(|| Refusal::unknown_object(id))
}

/// An id for looking an answer up, as every error of Meta's has one.
fn trace(sim: &Sim) -> String {
    format!("A{}", hex::encode(sim.dice.bytes::<10>()))
}
