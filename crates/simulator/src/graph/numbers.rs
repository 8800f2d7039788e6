//! Numbers, as the account lists them and as each shows itself (whatsapp-cloud.md §8.1).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::{
    Ids,
    access::{account, fields, managed, parameter, pick},
    answer, done,
    errors::Refusal,
};
use crate::{
    estate::{Estate, Number},
    sim::Sim,
};

const NODE: &str = "WhatsAppBusinessPhoneNumber";
const USUAL: [&str; 9] = [
    "display_phone_number",
    "verified_name",
    "quality_rating",
    "code_verification_status",
    "platform_type",
    "throughput",
    "last_onboarded_time",
    "webhook_configuration",
    "id",
];
/// Fields that exist and may have no value just now.
const KNOWN: [&str; 10] = [
    "certificate",
    "new_certificate",
    "new_display_name",
    "new_name_status",
    "messaging_limit_tier",
    "last_onboarded_time",
    "search_visibility",
    "username",
    "quality_score",
    "eligibility_for_api_business_global_search",
];

/// One number, with the fields that were asked for.
pub fn read(sim: &Sim, request: &HttpRequest, number: &Number) -> Result<Value, Refusal> {
    let full = shape(sim, &sim.estate(), number);
    pick(request, &full, NODE, &USUAL, &KNOWN)
}

/// Every field of a number.
pub fn shape(sim: &Sim, estate: &Estate, number: &Number) -> Value {
    let channel = &number.channel;
    let account = estate.account(&channel.waba_id);
    let app = estate.apps.iter().find(|app| app.id == channel.app_id);
    let mut webhooks = Map::new();
    if let Some(own) = &number.callback {
        webhooks.insert("phone_number".to_owned(), json!(own.uri));
    }
    if let Some(of_account) = account.and_then(|account| account.callback.as_ref()) {
        webhooks.insert("whatsapp_business_account".to_owned(), json!(of_account.uri));
    }
    webhooks.insert("application".to_owned(), json!(app.map(|app| app.callback.as_str())));
    let mut entities = vec![number.health()];
    if let Some(account) = account {
        entities.push(account.health());
        entities.push(account.portfolio_health());
    }
    entities.push(json!({ "entity_type": "APP", "id": channel.app_id, "can_send_message": "AVAILABLE" }));
    let quality =
        if sim.faults().block && number.quality == "GREEN" { "YELLOW" } else { number.quality.as_str() };
    let mut full = json!({
        "id": channel.phone_number_id, "display_phone_number": number.display(),
        "verified_name": channel.verified_name, "name_status": number.name_status,
        "code_verification_status": number.verification, "quality_rating": quality,
        "quality_score": { "score": quality },
        "platform_type": if number.registered { "CLOUD_API" } else { "NOT_APPLICABLE" },
        "status": number.status, "account_mode": number.mode,
        "is_official_business_account": number.official, "is_pin_enabled": number.pin.is_some(),
        "is_on_biz_app": channel.coexistence, "is_preverified_number": false,
        "whatsapp_business_manager_messaging_limit": account.map(|account| account.tier.as_str()),
        "throughput": { "level": if number.registered { number.throughput.as_str() } else { "NOT_APPLICABLE" } },
        "last_onboarded_time": number.onboarded.0.format("%Y-%m-%dT%H:%M:%S%z").to_string(),
        "webhook_configuration": webhooks,
        "health_status": health(entities),
        "new_name_status": number.new_name.as_ref().map_or("NONE", |(_, status)| status.as_str()),
    });
    if let Some((name, status)) = &number.new_name {
        full["new_display_name"] = json!(name);
        full["new_name_status"] = json!(status);
    }
    if let Some((username, _)) = &number.username {
        full["username"] = json!(username);
    }
    full
}

/// The worst entity decides.
pub fn health(entities: Vec<Value>) -> Value {
    let is = |state: &str| entities.iter().any(|entity| entity["can_send_message"] == state);
    let worst = ["BLOCKED", "LIMITED"].into_iter().find(|state| is(state)).unwrap_or("AVAILABLE");
    json!({ "can_send_message": worst, "entities": entities })
}

pub async fn list(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    answer(&sim, page(&sim, &request, &path.1))
}

fn page(sim: &Sim, request: &HttpRequest, id: &str) -> Result<Value, Refusal> {
    account(sim, request, id)?;
    let mut numbers: Vec<Number> = {
        let estate = sim.estate();
        let own = estate.numbers.iter().filter(|number| number.channel.waba_id == id && !number.gone);
        own.cloned().collect()
    };
    match parameter(request, "sort").as_deref() {
        None | Some("last_onboarded_time_ascending") => numbers.sort_by_key(|number| number.onboarded.0),
        Some("last_onboarded_time_descending") => {
            numbers.sort_by_key(|number| std::cmp::Reverse(number.onboarded.0));
        }
        Some(other) => return Err(Refusal::new(100, format!("Param sort has no value \"{other}\"."))),
    }
    let filters = filters(request)?;
    let mut shown = Vec::new();
    for number in &numbers {
        let full = shape(sim, &sim.estate(), number);
        let fits = filters.iter().all(|(field, value, same)| (full[field] == *value) == *same);
        if fits {
            shown.push(pick(request, &full, NODE, &USUAL, &KNOWN)?);
        }
    }
    let limit =
        parameter(request, "limit").and_then(|text| text.parse().ok()).unwrap_or(25_usize).clamp(1, 100);
    let place = |name: &str| parameter(request, name).and_then(|text| text.parse::<usize>().ok());
    let start = place("after").or_else(|| place("before").map(|end| end.saturating_sub(limit)));
    let start = start.unwrap_or(0).min(shown.len());
    let end = (start + limit).min(shown.len());
    let mut paging = json!({ "cursors": { "before": start.to_string(), "after": end.to_string() } });
    if end < shown.len() {
        let next = format!("{}{}?limit={limit}&after={end}", sim.own_url, request.path());
        let fields = parameter(request, "fields").map(|fields| format!("&fields={fields}"));
        paging["next"] = json!(next + &fields.unwrap_or_default());
    }
    Ok(json!({ "data": shown[start..end], "paging": paging }))
}

/// `filtering=[{"field":"account_mode","operator":"EQUAL","value":"LIVE"}]`: field, value, and whether it must be equal.
fn filters(request: &HttpRequest) -> Result<Vec<(String, Value, bool)>, Refusal> {
    let Some(text) = parameter(request, "filtering") else { return Ok(Vec::new()) };
    let wrong = || Refusal::new(100, "Param filtering must be an array of {field, operator, value}.");
    let all: Vec<Value> = serde_json::from_str(&text).map_err(|_| wrong())?;
    all.into_iter()
        .map(|one| {
            let field = one["field"].as_str().ok_or_else(wrong)?.to_owned();
            let same = match one["operator"].as_str() {
                Some("EQUAL") => true,
                Some("NOT_EQUAL") => false,
                _ => return Err(wrong()),
            };
            Ok((field, one["value"].clone(), same))
        })
        .collect()
}

pub async fn settings(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let outcome = managed(&sim, &request, &path.1).map(|channel| {
        let estate = sim.estate();
        let number = estate.number(&channel.phone_number_id);
        json!({
            "user_identity_change": { "enable_identity_key_check": number.is_some_and(|number| number.identity_check) },
            "storage_configuration": {
                "status": if number.is_some_and(|number| number.region.is_some()) { "IN_COUNTRY_STORAGE_ENABLED" } else { "DEFAULT" },
            },
        })
    });
    answer(&sim, outcome)
}

pub async fn set(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: web::Bytes) -> HttpResponse {
    let change = || {
        let channel = managed(&sim, &request, &path.1)?;
        let given = fields(&request, &body)?;
        let check = match given.get("user_identity_change") {
            None => None,
            Some(value) => Some(value["enable_identity_key_check"].as_bool().ok_or_else(|| {
                Refusal::new(
                    100,
                    "Param user_identity_change['enable_identity_key_check'] must be a boolean.",
                )
            })?),
        };
        let known = ["user_identity_change", "calling", "storage_configuration", "payload_encryption"];
        if let Some(unknown) = given.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(Refusal::new(100, format!("Unexpected key \"{unknown}\" on param \"root\".")));
        }
        if let Some(number) = sim.estate().number_mut(&channel.phone_number_id) {
            number.identity_check = check.unwrap_or(number.identity_check);
        }
        Ok(done())
    };
    answer(&sim, change())
}
