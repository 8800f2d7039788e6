//! The phone page: a person plays the customers.

pub mod card;
mod live;

use actix_web::{HttpResponse, http::header::CONTENT_TYPE, web};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    assets, customers, graph,
    media::{self, FROM_CUSTOMER, INBOUND_CAP},
    sim::Sim,
};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src 'self' blob: data:; media-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The routes of the page.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(page))
        .route("/phone/assets/{name}", web::get().to(asset))
        .route("/phone/state", web::get().to(state))
        .route("/phone/thread", web::get().to(thread))
        .route("/phone/live", web::get().to(live::stream))
        .service(
            web::resource("/phone/media")
                .app_data(web::PayloadConfig::new(INBOUND_CAP))
                .route(web::post().to(upload)),
        )
        .route("/phone/media/{id}", web::get().to(file));
}

async fn page() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header(("content-security-policy", POLICY))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(("referrer-policy", "no-referrer"))
        .insert_header(("cache-control", "no-store"))
        .body(assets::PAGE)
}

async fn asset(name: web::Path<String>) -> HttpResponse {
    match assets::find(&name) {
        Some((mime, bytes)) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, mime))
            .insert_header(("x-content-type-options", "nosniff"))
            .insert_header(("cache-control", "no-cache"))
            .body(bytes),
        None => HttpResponse::NotFound().finish(),
    }
}

/// Which phone is shown.
#[derive(Deserialize)]
pub struct Shown {
    channel: String,
    customer: String,
}

/// Everything the page needs but the thread.
async fn state(sim: web::Data<Sim>) -> HttpResponse {
    let numbers = sim.estate().channels();
    let cloud = numbers.iter().map(|channel| {
        json!({
            "id": channel.phone_number_id, "name": channel.name, "kind": "cloud", "number": channel.number,
            "business": channel.verified_name, "coexistence": channel.coexistence,
        })
    });
    let senders = sim.twilio().senders.clone();
    let twilio = senders.iter().map(|sender| &sender.channel).map(|channel| {
        let kind = if channel.is_whatsapp() { "twilio-whatsapp" } else { "sms" };
        let business = numbers.first().map_or(&channel.name, |first| &first.verified_name);
        json!({
            "id": channel.address, "name": channel.name, "kind": kind,
            "number": channel.address.trim_start_matches("whatsapp:"), "business": business,
        })
    });
    let channels: Vec<Value> = cloud.chain(twilio).collect();
    HttpResponse::Ok().json(json!({
        "channels": channels,
        "customers": customers::cast(),
        "faults": sim.faults(),
        "inbox": sim.settings.public_base(),
    }))
}

/// One phone: its bubbles and its window.
async fn thread(sim: web::Data<Sim>, shown: web::Query<Shown>) -> HttpResponse {
    let left = sim.windows.left(&shown.channel, &shown.customer, sim.clock.age());
    let moved = sim.clock.aged() - sim.windows.aged(&shown.channel, &shown.customer);
    HttpResponse::Ok().json(json!({
        "bubbles": sim.threads.list(&shown.channel, &shown.customer),
        "window_seconds": left,
        "moved_seconds": moved,
    }))
}

/// A file the customer picked; the answer's id goes into the message.
async fn upload(sim: web::Data<Sim>, request: actix_web::HttpRequest, body: web::Bytes) -> HttpResponse {
    let mime = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mime = mime.unwrap_or("application/octet-stream");
    if body.is_empty() {
        return HttpResponse::BadRequest().json(json!({ "error": "an empty file" }));
    }
    let name = url::form_urlencoded::parse(request.query_string().as_bytes())
        .find_map(|(key, value)| (key == "name").then(|| value.into_owned()));
    let id = media::store(&sim, body, mime, name, FROM_CUSTOMER);
    HttpResponse::Ok().json(json!({ "id": id }))
}

/// A file in a bubble. What is no picture, sound or film is only ever downloaded.
async fn file(sim: web::Data<Sim>, id: web::Path<String>) -> HttpResponse {
    let Some(item) = sim.media.get(&id, sim.clock.age()) else { return HttpResponse::NotFound().finish() };
    let shown = ["image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/"];
    let inline = shown.iter().any(|kind| item.mime.starts_with(kind));
    let mut answer = graph::bytes(item);
    let headers = answer.headers_mut();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("content-disposition", if inline { "inline" } else { "attachment" }),
    ] {
        headers.insert(
            actix_web::http::header::HeaderName::from_static(name),
            actix_web::http::header::HeaderValue::from_static(value),
        );
    }
    answer
}
