//! Messages as a list and one by one: look up, cancel, redact, delete (twilio.md §6).

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use super::{
    api::{authorised, missing},
    errors::Refusal,
    messages::{Form, value},
    store::Message,
};
use crate::sim::Sim;

pub async fn fetch(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, Some(&path.0)) {
        return refusal.answer();
    }
    match sim.store.find(&path.1) {
        Some(message) => HttpResponse::Ok().json(message.shape(&path.0)),
        None => missing(&request).answer(),
    }
}

/// Cancel what is scheduled, or take the text away.
pub async fn update(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    form: Form,
) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, Some(&path.0)) {
        return refusal.answer();
    }
    let Some(message) = sim.store.find(&path.1) else { return missing(&request).answer() };
    let redacts = form.iter().any(|(name, value)| name == "Body" && value.is_empty());
    match value(&form, "Status") {
        Some("canceled") if message.status == "scheduled" => {
            sim.store.change(&path.1, |message| "canceled".clone_into(&mut message.status));
        }
        Some("canceled") => {
            return Refusal::new(30_409, "Only a scheduled message can be canceled.").answer();
        }
        Some(_) => return Refusal::new(20_001, "Status can only be set to canceled.").answer(),
        None if redacts => sim.store.change(&path.1, |message| message.body.clear()),
        None => return Refusal::new(20_001, "Body can only be set to nothing.").answer(),
    }
    match sim.store.find(&path.1) {
        Some(message) => HttpResponse::Ok().json(message.shape(&path.0)),
        None => missing(&request).answer(),
    }
}

pub async fn delete(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    match authorised(&sim, &request, Some(&path.0)) {
        Err(refusal) => refusal.answer(),
        Ok(()) if sim.store.remove(&path.1) => HttpResponse::NoContent().finish(),
        Ok(()) => missing(&request).answer(),
    }
}

/// A bound on `DateSent`: a day, or a second.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    Some(text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc())
}

pub async fn list(sim: web::Data<Sim>, request: HttpRequest, account: web::Path<String>) -> HttpResponse {
    if let Err(refusal) = authorised(&sim, &request, Some(&account)) {
        return refusal.answer();
    }
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
    let size =
        value(&query, "PageSize").and_then(|text| text.parse().ok()).unwrap_or(50_usize).clamp(1, 1_000);
    let page = value(&query, "Page").and_then(|text| text.parse().ok()).unwrap_or(0_usize);
    // `DateSent>=2026-11-22` arrives as the name `DateSent>` with that value.
    let bound = |name: &str| value(&query, name).and_then(moment);
    let (from, until, day) = (bound("DateSent>"), bound("DateSent<"), bound("DateSent"));
    let wanted = |message: &Message| {
        let sent = message.sent.unwrap_or(message.created);
        value(&query, "To").is_none_or(|to| message.to == to)
            && value(&query, "From").is_none_or(|from| message.from == from)
            && from.is_none_or(|from| sent >= from)
            && until.is_none_or(|until| sent <= until)
            && day.is_none_or(|day| sent.date_naive() == day.date_naive())
    };
    let all = sim.store.list(wanted);
    let start = (page * size).min(all.len());
    let end = (start + size).min(all.len());
    let messages: Vec<Value> = all[start..end].iter().map(|message| message.shape(&account)).collect();
    let uri = |page: usize| {
        let mut query: Vec<_> =
            query.iter().filter(|(name, _)| name != "Page" && name != "PageSize").cloned().collect();
        query.push(("PageSize".to_owned(), size.to_string()));
        query.push(("Page".to_owned(), page.to_string()));
        format!("/2010-04-01/Accounts/{account}/Messages.json?{}", crate::wire::twilio::encode(&query))
    };
    HttpResponse::Ok().json(json!({
        "messages": messages, "page": page, "page_size": size, "start": start, "end": end.saturating_sub(1),
        "uri": uri(page), "first_page_uri": uri(0),
        "next_page_uri": (end < all.len()).then(|| uri(page + 1)),
        "previous_page_uri": page.checked_sub(1).map(uri),
    }))
}
