//! The list of an account's templates, page by page (whatsapp-cloud.md §7.1).

use std::sync::atomic::Ordering;

use actix_web::{HttpRequest, HttpResponse, web};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::{
    graph::{
        Ids,
        access::{account, parameter, pick},
        answer,
        errors::Refusal,
    },
    sim::Sim,
    templates::Template,
};

const NODE: &str = "WhatsAppMessageTemplate";
const USUAL: [&str; 9] = [
    "name",
    "parameter_format",
    "components",
    "language",
    "status",
    "category",
    "sub_category",
    "previous_category",
    "id",
];
const KNOWN: [&str; 12] = [
    "sub_category",
    "previous_category",
    "correct_category",
    "library_template_name",
    "message_send_ttl_seconds",
    "cta_url_link_tracking_opted_out",
    "quality_score",
    "rejected_reason",
    "health_status",
    "specific_rejection_reason",
    "parameter_format",
    "display_format",
];

/// One template, with the fields that were asked for.
pub fn one(sim: &Sim, request: &HttpRequest, template: &Template) -> Result<Value, Refusal> {
    let mut full = template.value.clone();
    let approved = template.field("status") == "APPROVED";
    let mut entity = json!({
        "entity_type": "MESSAGE_TEMPLATE", "id": template.field("id"),
        "can_send_message": if approved { "AVAILABLE" } else { "BLOCKED" },
    });
    if !approved {
        entity["errors"] = json!([{ "error_code": 141_002, "error_description": "The template is not approved.", "possible_solution": "Wait for its review, or edit it." }]);
    }
    let mut entities = vec![entity];
    if let Some(account) = sim.estate().account(&template.waba) {
        entities.push(account.health());
        entities.push(account.portfolio_health());
    }
    full["health_status"] = crate::graph::numbers::health(entities);
    pick(request, &full, NODE, &USUAL, &KNOWN)
}

pub async fn list(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    answer(&sim, page(&sim, &request, &path.1))
}

fn values(request: &HttpRequest, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (key, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        if key != name {
            continue;
        }
        // `status=APPROVED,PENDING`, `status=["APPROVED"]` and repeating it are all in use.
        for part in value.trim_matches(['[', ']']).split(',') {
            all.push(part.trim().trim_matches('"').to_owned());
        }
    }
    all.retain(|value| !value.is_empty());
    all
}

fn fits(request: &HttpRequest, template: &Template) -> bool {
    let same = ["status", "category", "language"].iter().all(|field| {
        let wanted = values(request, field);
        wanted.is_empty() || wanted.iter().any(|value| template.field(field).eq_ignore_ascii_case(value))
    });
    let quality = values(request, "quality_score");
    let score = template.value["quality_score"]["score"].as_str().unwrap_or("UNKNOWN");
    let name = parameter(request, "name").is_none_or(|wanted| template.field("name").contains(&wanted));
    let text = parameter(request, "name_or_content").is_none_or(|wanted| {
        let wanted = wanted.to_lowercase();
        template.field("name").contains(&wanted)
            || template.value["components"].to_string().to_lowercase().contains(&wanted)
    });
    same && name
        && text
        && (quality.is_empty() || quality.iter().any(|value| score.eq_ignore_ascii_case(value)))
}

fn page(sim: &Sim, request: &HttpRequest, id: &str) -> Result<Value, Refusal> {
    account(sim, request, id)?;
    let all: Vec<Template> =
        sim.templates.of(id).into_iter().filter(|template| fits(request, template)).collect();
    let limit = match parameter(request, "limit").map(|text| text.parse::<usize>()) {
        None => 25,
        Some(Ok(limit)) if limit > 0 => limit.min(1_000),
        Some(_) => return Err(Refusal::new(100, "Param limit must be a positive number.")),
    };
    // A cursor names the template after (or before) which to go on; one that is gone makes it stale.
    let place = |name: &str| -> Result<Option<usize>, Refusal> {
        let Some(cursor) = parameter(request, name).filter(|cursor| !cursor.is_empty()) else {
            return Ok(None);
        };
        let known = read(sim, &cursor).and_then(|id| all.iter().position(|one| one.field("id") == id));
        known.map(Some).ok_or_else(|| {
            Refusal::new(131_059, "The paging cursor is no longer valid. Start again from the first page.")
        })
    };
    let (start, end) = match (place("after")?, place("before")?) {
        (Some(after), _) => (after + 1, (after + 1 + limit).min(all.len())),
        (None, Some(before)) => (before.saturating_sub(limit), before),
        (None, None) => (0, limit.min(all.len())),
    };
    let shown = &all[start.min(end)..end];
    let data = shown.iter().map(|template| one(sim, request, template)).collect::<Result<Vec<_>, _>>()?;
    let mut answer = json!({ "data": data });
    if let (Some(first), Some(last)) = (shown.first(), shown.last()) {
        let (before, after) = (write(sim, first), write(sim, last));
        answer["paging"] = json!({ "cursors": { "before": before, "after": after } });
        if end < all.len() {
            answer["paging"]["next"] = json!(turn(sim, request, "after", &after));
        }
        if start > 0 {
            answer["paging"]["previous"] = json!(turn(sim, request, "before", &before));
        }
    }
    if let Some(wanted) = parameter(request, "summary") {
        answer["summary"] = summary(sim, id, all.len(), &wanted)?;
    }
    Ok(answer)
}

fn write(sim: &Sim, template: &Template) -> String {
    let epoch = sim.templates.epoch.load(Ordering::Relaxed);
    URL_SAFE_NO_PAD.encode(format!("{epoch}:{}:{}", sim.clock.age().timestamp(), template.field("id")))
}

/// The template in a cursor of this epoch that is younger than a day.
fn read(sim: &Sim, cursor: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let mut parts = text.splitn(3, ':');
    let epoch: u64 = parts.next()?.parse().ok()?;
    let made: i64 = parts.next()?.parse().ok()?;
    let fresh =
        epoch == sim.templates.epoch.load(Ordering::Relaxed) && sim.clock.age().timestamp() - made < 86_400;
    fresh.then(|| parts.next().map(str::to_owned)).flatten()
}

/// The same question for the next page.
fn turn(sim: &Sim, request: &HttpRequest, name: &str, cursor: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        if key != "after" && key != "before" {
            query.append_pair(&key, &value);
        }
    }
    query.append_pair(name, cursor);
    format!("{}{}?{}", sim.own_url, request.path(), query.finish())
}

fn summary(sim: &Sim, id: &str, found: usize, wanted: &str) -> Result<Value, Refusal> {
    let most = sim.estate().account(id).map_or(0, |account| account.most_templates);
    let held = sim.templates.of(id).len();
    let mut summary = Map::new();
    for name in wanted.split(',').map(str::trim) {
        let value = match name {
            "total_count" => json!(found),
            "message_template_count" => json!(held),
            "message_template_limit" => json!(most),
            "are_translations_complete" => json!(true),
            other => return Err(Refusal::new(100, format!("Param summary has no value \"{other}\"."))),
        };
        summary.insert(name.to_owned(), value);
    }
    Ok(Value::Object(summary))
}
