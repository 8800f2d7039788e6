//! What happens to a template after it was made: reviewed, paused, judged, moved, deleted, each told by a webhook
//! (whatsapp-cloud.md §4.1, §7.3, §7.4).

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use crate::{notices, sim::Sim, templates::Template};

/// What a name's ending asks the review for: the event, its reason.
const ENDINGS: [(&str, &str, &str); 9] = [
    ("_rechazada", "REJECTED", "INCORRECT_CATEGORY"),
    ("_rechazada_formato", "REJECTED", "INVALID_FORMAT"),
    ("_rechazada_abuso", "REJECTED", "ABUSIVE_CONTENT"),
    ("_rechazada_promo", "REJECTED", "PROMOTIONAL"),
    ("_rechazada_fraude", "REJECTED", "SCAM"),
    ("_rechazada_etiqueta", "REJECTED", "TAG_CONTENT_MISMATCH"),
    ("_pendiente", "PENDING", "NONE"),
    ("_pausada", "PAUSED", "NONE"),
    ("_desactivada", "DISABLED", "NONE"),
];

/// Post something about a template.
fn tell(sim: &Arc<Sim>, template: &Template, field: &str, more: Value) {
    let mut value = Map::new();
    value.insert("message_template_id".to_owned(), json!(template.number()));
    value.insert("message_template_name".to_owned(), json!(template.field("name")));
    value.insert("message_template_language".to_owned(), json!(template.hyphened()));
    if let Value::Object(more) = more {
        value.extend(more);
    }
    let Some(channel) = sim.estate().account(&template.waba).map(|account| account.seed.clone()) else {
        return;
    };
    let what =
        value.get("event").or_else(|| value.get("new_quality_score")).or_else(|| value.get("new_category"));
    let what = what.and_then(Value::as_str).unwrap_or(field).to_owned();
    let summary = format!("{what} · {}", template.field("name"));
    notices::tell(sim, &channel, field, Value::Object(value), summary);
}

/// Give a template a status and say so.
pub fn set_status(sim: &Arc<Sim>, id: &str, event: &str, reason: &str, more: Value) {
    let status = match event {
        "REINSTATED" | "UNARCHIVED" => "APPROVED",
        "FLAGGED" => return flag(sim, id),
        other => other,
    };
    let changed = sim.templates.change(id, |template| {
        template.value["status"] = json!(status);
        template.value["rejected_reason"] = json!(if status == "REJECTED" { reason } else { "NONE" });
        if let Some(info) = more.get("rejection_info") {
            template.value["rejection_info"] = info.clone();
        }
        if status != "PAUSED" {
            template.paused = None;
        }
    });
    let Some(template) = changed else { return };
    let mut value = json!({
        "event": event, "message_template_category": template.field("category"),
        "reason": if event == "PENDING_DELETION" { Value::Null } else { json!(reason) },
    });
    if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
        value.extend(more);
    }
    tell(sim, &template, "message_template_status_update", value);
}

fn flag(sim: &Arc<Sim>, id: &str) {
    let Some(template) = sim.templates.with_id(id) else { return };
    let value = json!({ "event": "FLAGGED", "message_template_category": template.field("category"), "reason": "NONE" });
    tell(sim, &template, "message_template_status_update", value);
}

/// The words of a rejection for its format.
fn recommendation() -> Value {
    json!({ "rejection_info": {
        "reason": "The template has content that does not follow the formatting guidelines.",
        "recommendation": "Check variables, line breaks and special characters, and submit it again.",
    } })
}

/// Look at a template after a while, and decide by its name.
pub fn begin(sim: &Arc<Sim>, id: &str, edited: bool) {
    let world = Arc::clone(sim);
    let id = id.to_owned();
    sim.tasks.spawn(async move {
        notices::pause_for_review(&world).await;
        let Some(template) = world.templates.with_id(&id) else { return };
        // Control may have decided already.
        if template.field("status") != "PENDING" {
            return;
        }
        decide(&world, &template);
        if edited && world.templates.with_id(&id).is_some_and(|now| now.field("status") == "APPROVED") {
            components(&world, &template);
        }
    });
}

fn decide(sim: &Arc<Sim>, template: &Template) {
    let id = template.field("id");
    let ending = ENDINGS.into_iter().find(|(ending, ..)| template.field("name").ends_with(ending));
    if let Some((_, event, reason)) = ending {
        match event {
            "PENDING" => {}
            "PAUSED" => {
                set_status(sim, id, "APPROVED", "NONE", json!({}));
                judge(sim, id, "RED");
            }
            "REJECTED" if reason == "INVALID_FORMAT" => set_status(sim, id, event, reason, recommendation()),
            _ => set_status(sim, id, event, reason, json!({})),
        }
        return;
    }
    let text = |one: &Template| (one.text("BODY", &[]), one.text("FOOTER", &[]));
    let twin = sim.templates.of(&template.waba).into_iter().find(|other| {
        other.field("id") != id
            && other.field("language") == template.field("language")
            && text(other) == text(template)
    });
    match twin {
        Some(twin) => {
            let info = json!({ "rejection_info": {
                "reason": format!("The body and the footer are those of {}.", twin.field("name")),
                "recommendation": "Use the template that exists already, or change the text.",
            } });
            set_status(sim, id, "REJECTED", "INVALID_FORMAT", info);
        }
        None => set_status(sim, id, "APPROVED", "NONE", json!({})),
    }
}

/// Customers' opinion of a template. Red pauses it: three hours, then six, then for good.
pub fn judge(sim: &Arc<Sim>, id: &str, score: &str) {
    let mut previous = String::new();
    let at = sim.clock.wall().timestamp();
    let changed = sim.templates.change(id, |template| {
        previous = template.value["quality_score"]["score"].as_str().unwrap_or("UNKNOWN").to_owned();
        template.value["quality_score"] = json!({ "score": score, "date": at });
    });
    let Some(template) = changed else { return };
    if previous != score {
        let value = json!({ "previous_quality_score": previous, "new_quality_score": score });
        tell(sim, &template, "message_template_quality_update", value);
    }
    if score == "RED" && template.field("status") == "APPROVED" {
        pause(sim, id);
    }
}

/// The next pause of a template that is not liked.
fn pause(sim: &Arc<Sim>, id: &str) {
    let age = sim.clock.age();
    let mut pauses = 0;
    sim.templates.change(id, |template| {
        template.pauses += 1;
        pauses = template.pauses;
        template.paused = match pauses {
            1 => Some((age + TimeDelta::hours(3), "FIRST_PAUSE")),
            2 => Some((age + TimeDelta::hours(6), "SECOND_PAUSE")),
            _ => None,
        };
    });
    let (event, title, words) = match pauses {
        1 => (
            "PAUSED",
            "FIRST_PAUSE",
            "Your WhatsApp message template has been paused for 3 hours because of its quality.",
        ),
        2 => (
            "PAUSED",
            "SECOND_PAUSE",
            "Your WhatsApp message template has been paused for 6 hours because of its quality.",
        ),
        _ => (
            "DISABLED",
            "DISABLED",
            "Your WhatsApp message template has been disabled because of its quality.",
        ),
    };
    set_status(sim, id, event, "NONE", json!({ "other_info": { "title": title, "description": words } }));
}

/// A pause for the rate at which it was sent: ended by a call only.
pub fn limit_rate(sim: &Arc<Sim>, id: &str) {
    let forever = sim.clock.age() + TimeDelta::days(365);
    sim.templates.change(id, |template| template.paused = Some((forever, "RATE_LIMITING_PAUSE")));
    let info = json!({ "other_info": { "title": "RATE_LIMITING_PAUSE", "description": "The template was sent too often in too short a time." } });
    set_status(sim, id, "PAUSED", "NONE", info);
}

/// A pause ends.
pub fn unpause(sim: &Arc<Sim>, id: &str) {
    let info =
        json!({ "other_info": { "title": "UNPAUSE", "description": "The template can be sent again." } });
    set_status(sim, id, "APPROVED", "NONE", info);
}

/// Somebody changed the text.
pub fn components(sim: &Arc<Sim>, template: &Template) {
    let mut value = Map::new();
    if let Some(title) = template.text("HEADER", &[]) {
        value.insert("message_template_title".to_owned(), json!(title));
    }
    value.insert("message_template_element".to_owned(), json!(template.text("BODY", &[])));
    if let Some(footer) = template.text("FOOTER", &[]) {
        value.insert("message_template_footer".to_owned(), json!(footer));
    }
    let buttons: Vec<Value> = template
        .buttons()
        .iter()
        .map(|button| {
            let mut one = Map::new();
            for (from, to) in [
                ("type", "message_template_button_type"),
                ("text", "message_template_button_text"),
                ("url", "message_template_button_url"),
                ("phone_number", "message_template_button_phone_number"),
            ] {
                if let Some(given) = button.get(from) {
                    one.insert(to.to_owned(), given.clone());
                }
            }
            Value::Object(one)
        })
        .collect();
    if !buttons.is_empty() {
        value.insert("message_template_buttons".to_owned(), json!(buttons));
    }
    tell(sim, template, "message_template_components_update", Value::Object(value));
}

/// Meta finds another category fitting: announced a day ahead, or done at once.
pub fn recategorise(sim: &Arc<Sim>, id: &str, category: &str, announced: bool) {
    if announced {
        let (age, wall) = (sim.clock.age(), sim.clock.wall());
        let changed = sim.templates.change(id, |template| {
            template.value["correct_category"] = json!(category);
            template.moves_to = Some((age + TimeDelta::hours(24), category.to_owned()));
        });
        let Some(template) = changed else { return };
        let value = json!({
            "new_category": template.field("category"), "correct_category": category,
            "category_update_timestamp": (wall + TimeDelta::hours(24)).timestamp(),
        });
        tell(sim, &template, "template_category_update", value);
        return;
    }
    let mut previous = String::new();
    let changed = sim.templates.change(id, |template| {
        previous = template.field("category").to_owned();
        template.value["previous_category"] = json!(previous);
        template.value["category"] = json!(category);
        template.moves_to = None;
        if let Some(fields) = template.value.as_object_mut() {
            fields.remove("correct_category");
        }
    });
    if let Some(template) = changed {
        let value = json!({ "previous_category": previous, "new_category": category });
        tell(sim, &template, "template_category_update", value);
    }
}

/// Take a template away; if it was sent a short while ago, only once its messages have arrived.
pub fn delete(sim: &Arc<Sim>, template: &Template) {
    let id = template.field("id").to_owned();
    let approved = !["REJECTED", "PENDING"].contains(&template.field("status"));
    let under_way = template.sent.is_some_and(|at| at + TimeDelta::hours(1) > sim.clock.age());
    if under_way {
        set_status(sim, &id, "PENDING_DELETION", "NONE", json!({}));
        let world = Arc::clone(sim);
        sim.tasks.spawn(async move {
            notices::pause_for_review(&world).await;
            world.templates.bury(&id, approved, world.clock.age());
        });
    } else {
        set_status(sim, &id, "DELETED", "NONE", json!({}));
        sim.templates.bury(&id, approved, sim.clock.age());
    }
}

/// Time has passed: pauses end, announced categories come true.
pub fn wake(sim: &Arc<Sim>) {
    let age = sim.clock.age();
    for template in sim.templates.all() {
        let id = template.field("id").to_owned();
        if template.paused.is_some_and(|(until, _)| until <= age) {
            unpause(sim, &id);
        }
        if let Some((_, category)) = template.moves_to.filter(|(from, _)| *from <= age) {
            recategorise(sim, &id, &category, false);
        }
    }
}
