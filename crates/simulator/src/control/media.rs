//! `POST /control/media`: a file a customer will send.

use actix_web::{HttpRequest, HttpResponse, http::header::CONTENT_TYPE, web};
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::json;

use super::refuse;
use crate::{
    media::{self, FROM_CUSTOMER},
    samples,
    sim::Sim,
};

/// What the query says about it.
#[derive(Deserialize)]
pub struct About {
    /// Its name.
    name: Option<String>,
    /// A sample instead of a body: `image`, `png`, `voice`, `video`, `sticker`, `pdf`.
    sample: Option<String>,
    /// The size it claims, for what is too large to be sent here.
    size: Option<usize>,
    /// How long it can be fetched, in seconds.
    life: Option<i64>,
}

/// Keep the body, of the type in `Content-Type`; the answer's id goes into a message.
pub async fn keep(
    sim: web::Data<Sim>,
    request: HttpRequest,
    about: web::Query<About>,
    body: web::Bytes,
) -> HttpResponse {
    let life = about.life.map_or(FROM_CUSTOMER, TimeDelta::seconds);
    let id = match &about.sample {
        Some(name) => match samples::store(&sim, name) {
            Some(id) => id,
            None => return refuse("sample is image, png, voice, video, sticker or pdf"),
        },
        None if body.is_empty() => return refuse("an empty file"),
        None => {
            let mime = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            media::store(&sim, body, mime.unwrap_or("application/octet-stream"), about.name.clone(), life)
        }
    };
    let until = sim.clock.age() + life;
    sim.media.change(&id, |item| {
        item.claims = about.size;
        item.until = until;
    });
    let Some(item) = sim.media.get(&id, sim.clock.age()) else { return refuse("its life is over already") };
    HttpResponse::Ok().json(json!({
        "id": id, "mime_type": item.mime, "sha256": item.sha256_hex(), "size": item.size(),
    }))
}
