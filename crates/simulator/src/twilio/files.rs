//! Files of messages: behind Basic authentication, and then behind a redirect.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::api::{authorised, missing};
use crate::{graph::bytes, sim::Sim};

/// The path of a file, as webhooks name it.
pub fn url(sim: &Sim, message: &str, media: &str) -> String {
    format!(
        "{}/twilio/2010-04-01/Accounts/{}/Messages/{message}/Media/{media}",
        sim.own_url, sim.settings.twilio.sid
    )
}

pub async fn list(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, Some(&path.0)) {
        return refusal.answer();
    }
    let Some(message) = sim.store.find(&path.1) else { return missing(&request).answer() };
    let one = |media: &String| -> Option<Value> {
        let item = sim.media.get(media, sim.clock.age())?;
        Some(json!({
            "sid": media, "account_sid": path.0, "parent_sid": path.1, "content_type": item.mime,
            "uri": format!("/2010-04-01/Accounts/{}/Messages/{}/Media/{media}.json", path.0, path.1),
        }))
    };
    let media: Vec<Value> = message.media.iter().filter_map(one).collect();
    HttpResponse::Ok().json(json!({ "media_list": media, "page": 0, "page_size": 50, "next_page_uri": null }))
}

pub async fn redirect(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: web::Path<(String, String, String)>,
) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, Some(&path.0)) {
        return refusal.answer();
    }
    let known = sim.store.find(&path.1).is_some_and(|message| message.media.contains(&path.2));
    if !known || sim.media.get(&path.2, sim.clock.age()).is_none() {
        return missing(&request).answer();
    }
    HttpResponse::TemporaryRedirect()
        .insert_header(("location", format!("{}/twilio/cdn/{}", sim.own_url, path.2)))
        .finish()
}

/// The store behind the redirect. Like the real one, it refuses credentials that were meant for Twilio.
pub async fn cdn(sim: web::Data<Sim>, request: HttpRequest, media: web::Path<String>) -> HttpResponse {
    if request.headers().contains_key("authorization") {
        return HttpResponse::BadRequest().body("Only one auth mechanism allowed");
    }
    match sim.media.get(&media, sim.clock.age()) {
        Some(item) => bytes(item),
        None => HttpResponse::NotFound().finish(),
    }
}
