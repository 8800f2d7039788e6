//! `message_templates`: list, create, edit, delete (whatsapp-cloud.md §7).

mod buttons;
mod listing;
mod rules;

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

pub use listing::{list, one};

use super::{
    Ids,
    access::{Caller, account, caller, fields, parameter},
    answer, done,
    errors::Refusal,
};
use crate::{estate::MANAGEMENT, review, sim::Sim, templates::Template};

/// The template with this id, if the caller may see its account.
pub fn with_id(sim: &Sim, caller: &Caller, id: &str) -> Option<Template> {
    let template = sim.templates.with_id(id)?;
    caller.accounts(sim).contains(&template.waba).then_some(template)
}

pub async fn create(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let outcome = make(&sim, &request, &path.1, &body);
    answer(&sim, outcome)
}

fn make(sim: &Arc<Sim>, request: &HttpRequest, id: &str, body: &[u8]) -> Result<Value, Refusal> {
    account(sim, request, id)?;
    let given = fields(request, body)?;
    let mut new = rules::check(sim, &given)?;
    let (name, language) = (new.field("name").to_owned(), new.field("language").to_owned());
    let age = sim.clock.age();
    if sim.templates.find(id, &name, &language).is_some() {
        return Err(Refusal::people(
            100,
            2_388_024,
            "Content in This Language Already Exists",
            format!(
                "There is already {language} content for this template. You can create a new template and try again."
            ),
        ));
    }
    if sim.templates.blocked(id, &name, &language, age) {
        return Err(Refusal::people(
            100,
            2_388_023,
            "Message Template Language is Being Deleted",
            format!(
                "New {language} content can't be added while the existing {language} content is being deleted. Try again in 4 weeks or consider creating a new message template."
            ),
        ));
    }
    {
        let held = sim.templates.of(id).len();
        let mut estate = sim.estate();
        let Some(account) = estate.account_mut(id) else { return Err(Refusal::unknown_object(id)) };
        if account.restrictions.iter().any(|one| one == "RESTRICTED_UTILITY_TEMPLATES")
            && new.field("category") == "UTILITY"
        {
            return Err(Refusal::new(131_064, "This account cannot use utility templates for seven days."));
        }
        account.created_templates.retain(|at| *at + TimeDelta::hours(1) > age);
        if account.created_templates.len() >= 100 {
            return Err(Refusal::new(80_007, "There have been too many templates created in the last hour."));
        }
        if held >= account.most_templates {
            let most = account.most_templates;
            return Err(Refusal::people(
                100,
                2_388_019,
                "Message Template Limit Exceeded",
                format!(
                    "This WhatsApp Business account has {most} templates already. Delete some and try again."
                ),
            ));
        }
        account.created_templates.push(age);
    }
    let number = u64::from_be_bytes(sim.dice.bytes()) >> 12;
    let number = number.to_string();
    new.value["id"] = json!(number);
    new.value["status"] = json!("PENDING");
    new.value["quality_score"] = json!({ "score": "UNKNOWN", "date": sim.clock.wall().timestamp() });
    new.value["rejected_reason"] = json!("NONE");
    id.clone_into(&mut new.waba);
    // What sounds like an offer is marketing, whatever it calls itself.
    if new.field("category") == "UTILITY" && ["promo", "oferta"].iter().any(|word| name.contains(word)) {
        new.value["category"] = json!("MARKETING");
    }
    let answer = json!({ "id": number, "status": "PENDING", "category": new.field("category") });
    sim.templates.add(new);
    review::begin(sim, &number, false);
    Ok(answer)
}

/// `POST /{template}`: other components, another category, another life time.
pub fn edit(
    sim: &Arc<Sim>,
    caller: &Caller,
    template: &Template,
    given: &Map<String, Value>,
) -> Result<Value, Refusal> {
    caller.needs(MANAGEMENT)?;
    let age = sim.clock.age();
    let refused = |title: &str, why: &str| {
        Err(Refusal { user: Some((title.to_owned(), why.to_owned())), ..Refusal::new(100, why) })
    };
    let status = template.field("status");
    if !["APPROVED", "REJECTED", "PAUSED"].contains(&status) {
        return refused(
            "Template cannot be edited",
            "Only templates that are approved, rejected or paused can be edited.",
        );
    }
    if let Some(fixed) =
        ["name", "language", "parameter_format"].into_iter().find(|key| given.contains_key(*key))
    {
        return refused("Template cannot be edited", &format!("The {fixed} of a template cannot be edited."));
    }
    if given.is_empty() {
        return Err(Refusal::new(100, "Nothing to edit: components, category or message_send_ttl_seconds."));
    }
    let new_category = given.get("category").and_then(Value::as_str);
    if status == "APPROVED" {
        if new_category.is_some_and(|category| category != template.field("category")) {
            return refused(
                "Category cannot be edited",
                "The category of an approved template cannot be edited.",
            );
        }
        let within = |span: TimeDelta| template.edits.iter().filter(|at| **at + span > age).count();
        if within(TimeDelta::hours(24)) >= 1 || within(TimeDelta::days(30)) >= 10 {
            return refused(
                "Template edit limit reached",
                "An approved template can be edited once in 24 hours and 10 times in 30 days.",
            );
        }
    }
    // The rest stays as it is, and the whole is checked again.
    let mut whole = Map::new();
    for key in ["name", "language", "category", "parameter_format", "components", "message_send_ttl_seconds"]
    {
        if let Some(value) = given.get(key).or_else(|| template.value.get(key)) {
            whole.insert(key.to_owned(), value.clone());
        }
    }
    let checked = rules::check(sim, &whole)?;
    let id = template.field("id").to_owned();
    sim.templates.change(&id, |known| {
        for key in ["category", "components", "message_send_ttl_seconds"] {
            if let Some(value) = checked.value.get(key) {
                known.value[key] = value.clone();
            }
        }
        known.value["status"] = json!("PENDING");
        known.edits.push(age);
        known.paused = None;
    });
    review::begin(sim, &id, true);
    Ok(done())
}

/// `DELETE /{account}/message_templates?name=…[&hsm_id=…]`
pub async fn delete(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let sim = sim.into_inner();
    let delete = || {
        account(&sim, &request, &path.1)?;
        let name = parameter(&request, "name")
            .ok_or_else(|| Refusal::new(100, "The parameter name is required."))?;
        let id = parameter(&request, "hsm_id");
        let fits = |template: &Template| {
            template.field("name") == name && id.as_ref().is_none_or(|id| template.field("id") == id)
        };
        let doomed: Vec<Template> =
            sim.templates.of(&path.1).into_iter().filter(|known| fits(known)).collect();
        if doomed.is_empty() {
            return Err(Refusal::people(
                100,
                2_593_002,
                "Message Template Not Found",
                format!("There is no template named {name}."),
            ));
        }
        if doomed.iter().any(|template| template.field("status") == "DISABLED") {
            return Err(Refusal::people(
                100,
                2_593_002,
                "Template Cannot Be Deleted",
                "A disabled template cannot be deleted.",
            ));
        }
        for template in doomed {
            review::delete(&sim, &template);
        }
        Ok(done())
    };
    let outcome = delete();
    answer(&sim, outcome)
}

/// `POST /{template}/unpause`: only what was paused for its rate.
pub async fn unpause(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let sim = sim.into_inner();
    let unpause = || {
        let caller = caller(&sim, &request)?;
        caller.needs(MANAGEMENT)?;
        let template = with_id(&sim, &caller, &path.1).ok_or_else(|| Refusal::unknown_object(&path.1))?;
        if template.field("status") != "PAUSED"
            || template.paused.is_none_or(|(_, title)| title != "RATE_LIMITING_PAUSE")
        {
            return Err(Refusal::new(100, "Only a template that was paused for its rate can be unpaused."));
        }
        review::unpause(&sim, &path.1);
        Ok(done())
    };
    let outcome = unpause();
    answer(&sim, outcome)
}

/// `POST /{account}/migrate_message_templates {"source_waba_id"}`
pub async fn migrate(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: web::Bytes) -> HttpResponse {
    let migrate = || {
        account(&sim, &request, &path.1)?;
        let given = fields(&request, &body)?;
        let source = given.get("source_waba_id").and_then(Value::as_str).unwrap_or_default();
        if sim.estate().account(source).is_none() || source == path.1 {
            return Err(Refusal::new(
                100,
                "Param source_waba_id must be another account of the same business.",
            ));
        }
        let before = sim.templates.of(&path.1).len();
        sim.templates.copy(source, &path.1, sim.clock.wall());
        let moved: Vec<String> =
            sim.templates.of(&path.1).iter().skip(before).map(|one| one.field("id").to_owned()).collect();
        Ok(json!({ "migrated_templates": moved, "failed_templates": [] }))
    };
    answer(&sim, migrate())
}
