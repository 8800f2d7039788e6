//! `POST /control/templates`: play the reviewer, and the customers who like a template or don't.

use std::{sync::Arc, sync::atomic::Ordering};

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::refuse;
use crate::{review, sim::Sim, templates::Template};

/// Which templates, and what becomes of them.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    /// Its id.
    id: Option<String>,
    /// Its name.
    name: Option<String>,
    /// One of its languages; without it, all.
    language: Option<String>,
    /// Its account; without it, the first.
    waba: Option<String>,
    /// What the webhook says: `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`, `FLAGGED`, `REINSTATED`, `IN_APPEAL`, …
    status: Option<String>,
    /// Why, for a rejection.
    reason: Option<String>,
    /// Words to a rejection for its format: `{"reason", "recommendation"}`.
    rejection_info: Option<Value>,
    /// When it was disabled, for `disable_info`.
    disable_date: Option<String>,
    /// Title and words of `other_info`.
    other_info: Option<Value>,
    /// `GREEN`, `YELLOW`, `RED`: red pauses it.
    quality: Option<String>,
    /// A pause for its rate, which only a call ends.
    rate_limited: bool,
    /// Another category…
    category: Option<String>,
    /// …from tomorrow on.
    announced: bool,
    /// Other components, as if edited in WhatsApp Manager.
    components: Option<Vec<Value>>,
    /// Held back at sending: `true`, sent in the end; `false`, dropped (132015). `null` ends it.
    held: Option<Value>,
    /// Make so many approved templates more, named `{name}_{n}`: for lists of several pages.
    count: Option<usize>,
    /// Every cursor given out so far is stale.
    stale_cursors: bool,
}

/// All templates with their status.
pub async fn list(sim: web::Data<Sim>) -> HttpResponse {
    let all: Vec<Value> = sim
        .templates
        .all()
        .into_iter()
        .map(|template| {
            let mut value = template.value;
            value["waba"] = json!(template.waba);
            value
        })
        .collect();
    HttpResponse::Ok().json(all)
}

pub async fn drive(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let wanted: Wanted = match serde_json::from_slice(&body) {
        Ok(wanted) => wanted,
        Err(error) => return refuse(error.to_string()),
    };
    if wanted.stale_cursors {
        sim.templates.epoch.fetch_add(1, Ordering::Relaxed);
        return HttpResponse::Ok().json(json!({ "stale_cursors": true }));
    }
    let first = sim.first().map(|channel| channel.waba_id);
    let Some(waba) = wanted.waba.clone().or(first) else { return refuse("there is no account") };
    if let (Some(count), Some(name)) = (wanted.count, &wanted.name) {
        multiply(&sim, &waba, name, count);
        return HttpResponse::Ok().json(json!({ "templates": sim.templates.of(&waba).len() }));
    }
    let fits = |template: &Template| {
        wanted.id.as_ref().is_none_or(|id| template.field("id") == id)
            && wanted.name.as_ref().is_none_or(|name| template.field("name") == name)
            && wanted.language.as_ref().is_none_or(|language| template.field("language") == language)
    };
    if wanted.id.is_none() && wanted.name.is_none() {
        return refuse("id or name is missing");
    }
    let found: Vec<Template> = match &wanted.id {
        Some(id) => sim.templates.with_id(id).into_iter().filter(|template| fits(template)).collect(),
        None => sim.templates.of(&waba).into_iter().filter(|template| fits(template)).collect(),
    };
    if found.is_empty() {
        return HttpResponse::NotFound().json(json!({ "error": "no template is called that" }));
    }
    for template in &found {
        apply(&sim, template.field("id"), &wanted);
    }
    let ids: Vec<&str> = found.iter().map(|template| template.field("id")).collect();
    let now: Vec<Value> =
        ids.iter().filter_map(|id| sim.templates.with_id(id)).map(|one| one.value).collect();
    HttpResponse::Ok().json(json!({ "templates": now }))
}

fn apply(sim: &Arc<Sim>, id: &str, wanted: &Wanted) {
    if let Some(event) = &wanted.status {
        let mut more = Map::new();
        for (key, value) in [("rejection_info", &wanted.rejection_info), ("other_info", &wanted.other_info)] {
            if let Some(value) = value {
                more.insert(key.to_owned(), value.clone());
            }
        }
        if let Some(date) = &wanted.disable_date {
            more.insert("disable_info".to_owned(), json!({ "disable_date": date }));
        }
        let usual = if event == "REJECTED" { "INCORRECT_CATEGORY" } else { "NONE" };
        let reason = wanted.reason.as_deref().unwrap_or(usual);
        review::set_status(sim, id, event, reason, Value::Object(more));
    }
    if let Some(score) = &wanted.quality {
        review::judge(sim, id, score);
    }
    if wanted.rate_limited {
        review::limit_rate(sim, id);
    }
    if let Some(category) = &wanted.category {
        review::recategorise(sim, id, category, wanted.announced);
    }
    if let Some(held) = &wanted.held {
        sim.templates.change(id, |template| template.held = held.as_bool());
    }
    if let Some(components) = &wanted.components {
        let changed = sim.templates.change(id, |template| template.value["components"] = json!(components));
        if let Some(template) = changed {
            review::components(sim, &template);
        }
    }
}

/// Approved templates by the dozen.
fn multiply(sim: &Sim, waba: &str, name: &str, count: usize) {
    for number in 1..=count {
        let id = (u64::from_be_bytes(sim.dice.bytes()) >> 12).to_string();
        let value = json!({
            "id": id, "name": format!("{name}_{number}"), "language": "es", "category": "UTILITY",
            "status": "APPROVED", "parameter_format": "POSITIONAL",
            "components": [{ "type": "BODY", "text": format!("Mensaje de prueba número {number}.") }],
            "quality_score": { "score": "UNKNOWN", "date": sim.clock.wall().timestamp() }, "rejected_reason": "NONE",
        });
        sim.templates.add(Template::new(waba, value));
    }
}
