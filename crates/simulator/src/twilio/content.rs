//! The Content API: the same templates, as Twilio keeps them.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::api::{authorised, missing};
use crate::{sim::Sim, templates::Template};

/// Twilio's id of a template: made from Meta's, so that it never changes.
pub fn sid(template: &Template) -> String {
    let number: u128 = template.field("id").parse().unwrap_or_default();
    format!("HX{number:032x}")
}

/// The template with this id.
pub fn find(sim: &Sim, wanted: &str) -> Option<Template> {
    sim.templates.all().into_iter().find(|template| sid(template) == wanted)
}

fn shape(sim: &Sim, template: &Template) -> Value {
    let sid = sid(template);
    let body = template.component("BODY").map(|body| &body["text"]);
    let examples = template.component("BODY").and_then(|body| body["example"]["body_text"][0].as_array());
    let variables: serde_json::Map<String, Value> = examples
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .enumerate()
        .map(|(index, example)| ((index + 1).to_string(), example.clone()))
        .collect();
    let buttons = template.component("BUTTONS").and_then(|buttons| buttons["buttons"].as_array());
    let actions: Vec<Value> = buttons
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|button| json!({ "type": "QUICK_REPLY", "title": button["text"], "id": button["text"] }))
        .collect();
    let types = json!({ "twilio/quick-reply": { "body": body, "actions": actions } });
    let url = format!("{}/twilio/v1/Content/{sid}", sim.own_url);
    json!({
        "sid": sid, "account_sid": sim.settings.twilio.sid, "friendly_name": template.field("name"),
        "language": template.field("language"), "variables": variables, "types": types, "url": url,
        "date_created": "2026-11-01T12:00:00Z", "date_updated": "2026-11-01T12:00:00Z",
        "links": { "approval_create": format!("{url}/ApprovalRequests/whatsapp"), "approval_fetch": format!("{url}/ApprovalRequests") },
    })
}

fn request_of(template: &Template) -> Value {
    json!({
        "type": "whatsapp", "name": template.field("name"), "category": template.field("category"),
        "content_type": "twilio/quick-reply", "status": template.field("status").to_lowercase(),
        "rejection_reason": "", "allow_category_change": false,
    })
}

fn page(sim: &Sim, path: &str, contents: Vec<Value>) -> HttpResponse {
    let url = format!("{}/twilio/v1/{path}?PageSize=500&Page=0", sim.own_url);
    HttpResponse::Ok().json(json!({ "contents": contents, "meta": {
        "page": 0, "page_size": 500, "first_page_url": url, "previous_page_url": null, "next_page_url": null,
        "url": url, "key": "contents",
    } }))
}

pub async fn list(sim: web::Data<Sim>, request: HttpRequest) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    let contents = sim.templates.all().iter().map(|template| shape(&sim, template)).collect();
    page(&sim, "Content", contents)
}

pub async fn with_approvals(sim: web::Data<Sim>, request: HttpRequest) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    let one = |template: &Template| {
        let mut content = shape(&sim, template);
        content["approval_requests"] = request_of(template);
        content
    };
    let contents = sim.templates.all().iter().map(one).collect();
    page(&sim, "ContentAndApprovals", contents)
}

pub async fn fetch(sim: web::Data<Sim>, request: HttpRequest, wanted: web::Path<String>) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    match find(&sim, &wanted) {
        Some(template) => HttpResponse::Ok().json(shape(&sim, &template)),
        None => missing(&request).answer(),
    }
}

pub async fn approval(sim: web::Data<Sim>, request: HttpRequest, wanted: web::Path<String>) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    match find(&sim, &wanted) {
        Some(template) => HttpResponse::Ok().json(json!({
            "sid": *wanted, "account_sid": sim.settings.twilio.sid, "whatsapp": request_of(&template),
            "url": format!("{}/twilio/v1/Content/{wanted}/ApprovalRequests", sim.own_url),
        })),
        None => missing(&request).answer(),
    }
}
