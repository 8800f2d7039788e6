//! The Content API (twilio.md §8).

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::{
    api::{authorised, missing, query},
    contents::{Approval, Content, Draft, check, flaw},
    errors::Refusal,
    paging,
};
use crate::{notices, sim::Sim, wire::ids};

fn shape(sim: &Sim, content: &Content, version: &str) -> Value {
    let url = format!("{}/twilio/{version}/Content/{}", sim.own_url, content.sid);
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    json!({
        "sid": content.sid, "account_sid": sim.settings.twilio.sid, "friendly_name": content.name,
        "language": content.language, "variables": content.variables, "types": content.types, "url": url,
        "date_created": time(content.created), "date_updated": time(content.updated),
        "links": { "approval_create": format!("{url}/ApprovalRequests/whatsapp"), "approval_fetch": format!("{url}/ApprovalRequests") },
    })
}

fn body(bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let value: Value =
        serde_json::from_slice(bytes).map_err(|_| Refusal::new(20_001, "The body is not valid JSON"))?;
    value.as_object().cloned().ok_or_else(|| Refusal::new(20_001, "The body must be a JSON object"))
}

fn wanted(request: &HttpRequest, content: &Content) -> bool {
    let same = |name: &str, value: &str| {
        query(request, name).is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    let holds = |name: &str, value: &str| query(request, name).is_none_or(|wanted| value.contains(&wanted));
    same("Language", &content.language)
        && query(request, "ContentType").is_none_or(|kind| content.types.contains_key(&kind))
        && holds("ContentName", &content.name)
        && holds("Content", content.body())
}

pub async fn list(sim: web::Data<Sim>, request: HttpRequest, version: web::Path<String>) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    let all = sim.contents.all();
    let shown =
        all.iter().filter(|content| wanted(&request, content)).map(|content| shape(&sim, content, &version));
    paging::answer(&sim, &request, "contents", shown.collect(), 50)
}

pub async fn with_approvals(
    sim: web::Data<Sim>,
    request: HttpRequest,
    version: web::Path<String>,
) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    let one = |content: &Content| {
        let mut shown = shape(&sim, content, &version);
        shown["approval_requests"] = content.approval_shape();
        shown
    };
    let all = sim.contents.all();
    let shown = all.iter().filter(|content| wanted(&request, content)).map(one);
    paging::answer(&sim, &request, "contents", shown.collect(), 50)
}

pub async fn create(sim: web::Data<Sim>, request: HttpRequest, bytes: web::Bytes) -> HttpResponse {
    let make = || {
        authorised(&sim, &request, None)?;
        let Draft { name, language, variables, types } = check(&body(&bytes)?)?;
        let now = sim.clock.wall();
        let content = Content {
            sid: ids::sid("HX", sim.dice.bytes()),
            name,
            language,
            variables,
            types,
            created: now,
            updated: now,
            approval: None,
        };
        let answer = shape(&sim, &content, "v1");
        sim.contents.add(content);
        Ok::<_, Refusal>(answer)
    };
    match make() {
        Ok(answer) => HttpResponse::Created().json(answer),
        Err(refusal) => refusal.answer(),
    }
}

/// Only what was never submitted can be changed.
pub async fn update(
    sim: web::Data<Sim>,
    request: HttpRequest,
    sid: web::Path<String>,
    bytes: web::Bytes,
) -> HttpResponse {
    let alter = || {
        authorised(&sim, &request, None)?;
        let known = sim.contents.find(&sid).ok_or_else(|| missing(&request))?;
        if known.approval.is_some() {
            return Err(Refusal::new(20_001, "A content that was submitted for approval cannot be changed"));
        }
        let mut given = body(&bytes)?;
        given.entry("language").or_insert_with(|| json!(known.language));
        given.entry("friendly_name").or_insert_with(|| json!(known.name));
        let Draft { name, language, variables, types } = check(&given)?;
        let now = sim.clock.wall();
        let changed = sim.contents.change(&sid, |content| {
            content.name = name;
            content.language = language;
            content.variables = variables;
            content.types = types;
            content.updated = now;
        });
        changed.map(|content| shape(&sim, &content, "v1")).ok_or_else(|| missing(&request))
    };
    match alter() {
        Ok(answer) => HttpResponse::Ok().json(answer),
        Err(refusal) => refusal.answer(),
    }
}

pub async fn delete(sim: web::Data<Sim>, request: HttpRequest, sid: web::Path<String>) -> HttpResponse {
    match authorised(&sim, &request, None) {
        Err(refusal) => refusal.answer(),
        Ok(()) if sim.contents.remove(&sid) => HttpResponse::NoContent().finish(),
        Ok(()) => missing(&request).answer(),
    }
}

pub async fn fetch(sim: web::Data<Sim>, request: HttpRequest, sid: web::Path<String>) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    match sim.contents.find(&sid) {
        Some(content) => HttpResponse::Ok().json(shape(&sim, &content, "v1")),
        None => missing(&request).answer(),
    }
}

pub async fn approval(sim: web::Data<Sim>, request: HttpRequest, sid: web::Path<String>) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, None) {
        return refusal.answer();
    }
    match sim.contents.find(&sid) {
        Some(content) => HttpResponse::Ok().json(json!({
            "sid": *sid, "account_sid": sim.settings.twilio.sid, "whatsapp": content.approval_shape(),
            "url": format!("{}/twilio/v1/Content/{sid}/ApprovalRequests", sim.own_url),
        })),
        None => missing(&request).answer(),
    }
}

/// `POST …/ApprovalRequests/whatsapp`: received, pending, and then the answer; there is no webhook for it.
pub async fn submit(
    sim: web::Data<Sim>,
    request: HttpRequest,
    sid: web::Path<String>,
    bytes: web::Bytes,
) -> HttpResponse {
    let sim = sim.into_inner();
    match ask(&sim, &request, &sid, &bytes) {
        Ok(answer) => HttpResponse::Created().json(answer),
        Err(refusal) => refusal.answer(),
    }
}

fn ask(sim: &Arc<Sim>, request: &HttpRequest, sid: &str, bytes: &[u8]) -> Result<Value, Refusal> {
    authorised(sim, request, None)?;
    let content = sim.contents.find(sid).ok_or_else(|| missing(request))?;
    let given = body(bytes)?;
    let text = |name: &str| given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (name, category) = (text("name"), text("category"));
    let letters = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if name.is_empty() || !letters {
        return Err(Refusal::new(20_001, "name is required: lowercase letters, numbers and underscores"));
    }
    if !["UTILITY", "MARKETING", "AUTHENTICATION"].contains(&category.as_str()) {
        return Err(Refusal::new(20_001, "category must be UTILITY, MARKETING or AUTHENTICATION"));
    }
    if ["twilio/list-picker", "twilio/location"].contains(&content.kind()) {
        return Err(Refusal::new(20_001, format!("{} is never approved for WhatsApp", content.kind())));
    }
    if content.approval.as_ref().is_some_and(|approval| approval.status != "rejected") {
        return Err(Refusal::new(20_001, "The content was submitted already"));
    }
    let allow = given.get("allow_category_change").and_then(Value::as_bool).unwrap_or(true);
    let approval = Approval {
        name: name.clone(),
        category,
        status: "received".to_owned(),
        reason: String::new(),
        allow_category_change: allow,
    };
    let asked = sim.contents.change(sid, |content| content.approval = Some(approval));
    let mut answer = asked.ok_or_else(|| missing(request))?.approval_shape();
    if let Some(fields) = answer.as_object_mut() {
        fields.remove("type");
    }
    let world = Arc::clone(sim);
    let sid = sid.to_owned();
    sim.tasks.spawn(async move {
        set(&world, &sid, &["received"], "pending", "");
        notices::pause_for_review(&world).await;
        if name.ends_with("_pendiente") {
            return;
        }
        let flaw = world.contents.find(&sid).and_then(|content| flaw(&content));
        let flaw = flaw.or_else(|| name.ends_with("_rechazada").then(|| "INCORRECT_CATEGORY".to_owned()));
        match flaw {
            Some(why) => set(&world, &sid, &["pending"], "rejected", &why),
            None => set(&world, &sid, &["pending"], "approved", ""),
        }
    });
    Ok(answer)
}

/// Move an approval on, unless control was there before.
fn set(sim: &Sim, sid: &str, from: &[&str], status: &str, reason: &str) {
    sim.contents.change(sid, |content| {
        if let Some(approval) = &mut content.approval
            && from.contains(&approval.status.as_str())
        {
            status.clone_into(&mut approval.status);
            reason.clone_into(&mut approval.reason);
        }
    });
}
