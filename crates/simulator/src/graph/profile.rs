//! `whatsapp_business_profile`: what customers read about the business (whatsapp-cloud.md §8.3).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::{
    Ids,
    access::{fields, number, parameter},
    answer,
    check::{product, too_long},
    done,
    errors::Refusal,
    uploads,
};
use crate::sim::Sim;

/// Kinds of business.
const VERTICALS: [&str; 24] = [
    "",
    "UNDEFINED",
    "NOT_A_BIZ",
    "ALCOHOL",
    "APPAREL",
    "AUTO",
    "BEAUTY",
    "EDU",
    "ENTERTAIN",
    "EVENT_PLAN",
    "FINANCE",
    "GOVT",
    "GROCERY",
    "HEALTH",
    "HOTEL",
    "NONPROFIT",
    "ONLINE_GAMBLING",
    "OTC_DRUGS",
    "OTHER",
    "PHYSICAL_GAMBLING",
    "PROF_SERVICES",
    "RESTAURANT",
    "RETAIL",
    "TRAVEL",
];
const FIELDS: [&str; 8] = [
    "messaging_product",
    "about",
    "address",
    "description",
    "email",
    "profile_picture_url",
    "websites",
    "vertical",
];

pub async fn read(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let read = || {
        let channel = number(&sim, &request, &path.1)?;
        let profile = sim
            .estate()
            .number(&channel.phone_number_id)
            .map(|number| number.profile.clone())
            .unwrap_or_default();
        let mut shown = Map::new();
        shown.insert("messaging_product".to_owned(), json!("whatsapp"));
        // Only the product is given unless more is asked for.
        let wanted = parameter(&request, "fields").unwrap_or_default();
        for name in wanted.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            if !FIELDS.contains(&name) {
                let details = format!(
                    "Tried accessing nonexisting field ({name}) on node type (WhatsAppBusinessProfile)"
                );
                return Err(Refusal::new(100, details));
            }
            if let Some(value) = profile.get(name) {
                shown.insert(name.to_owned(), value.clone());
            }
        }
        Ok(json!({ "data": [shown] }))
    };
    answer(&sim, read())
}

pub async fn write(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: web::Bytes) -> HttpResponse {
    let write = || {
        let channel = number(&sim, &request, &path.1)?;
        let given = fields(&request, &body)?;
        product(&given)?;
        let changes = check(&sim, &given)?;
        if let Some(number) = sim.estate().number_mut(&channel.phone_number_id) {
            for (name, value) in changes {
                // What is emptied is no longer there.
                if value == "" || value == json!([]) {
                    number.profile.remove(&name);
                } else {
                    number.profile.insert(name, value);
                }
            }
        }
        Ok(done())
    };
    answer(&sim, write())
}

fn check(sim: &Sim, given: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let mut changes = Map::new();
    for (name, value) in given.iter().filter(|(name, _)| *name != "messaging_product") {
        let text =
            || value.as_str().ok_or_else(|| Refusal::new(100, format!("Param {name} must be a string.")));
        let most = match name.as_str() {
            "about" => 139,
            "address" => 256,
            "description" => 512,
            "email" => 128,
            _ => usize::MAX,
        };
        match name.as_str() {
            "about" if text()?.trim().is_empty() => {
                return Err(Refusal::new(100, "Param about must have between 1 and 139 characters."));
            }
            "about" | "address" | "description" | "email" => {
                let text = text()?;
                if text.chars().count() > most {
                    return Err(Refusal { code: 100, ..too_long(name, most) });
                }
                if name == "email" && !text.is_empty() && !text.contains('@') {
                    return Err(Refusal::new(100, "Param email must be a valid email address."));
                }
            }
            "vertical" if !VERTICALS.contains(&text()?) => {
                return Err(Refusal::new(100, format!("Param vertical must be one of {VERTICALS:?}.")));
            }
            "vertical" => {}
            "websites" => websites(value)?,
            "profile_picture_handle" => {
                let picture = uploads::redeem(sim, text()?).filter(|item| item.mime.starts_with("image/"));
                let picture = picture.ok_or_else(|| {
                    Refusal::new(100, "Param profile_picture_handle is not a valid handle.")
                })?;
                let id = crate::media::store(
                    sim,
                    picture.bytes,
                    &picture.mime,
                    None,
                    chrono::TimeDelta::days(365),
                );
                let url = format!("{}/phone/media/{id}", sim.own_url);
                changes.insert("profile_picture_url".to_owned(), json!(url));
                continue;
            }
            _ => return Err(Refusal::new(100, format!("Unexpected key \"{name}\" on param \"root\"."))),
        }
        changes.insert(name.clone(), value.clone());
    }
    Ok(changes)
}

fn websites(value: &Value) -> Result<(), Refusal> {
    let wrong = || {
        Refusal::new(
            100,
            "Param websites must be at most 2 URLs of at most 256 characters, with http:// or https://.",
        )
    };
    let all = value.as_array().ok_or_else(wrong)?;
    let fits = |site: &Value| {
        site.as_str().is_some_and(|site| {
            site.chars().count() <= 256 && (site.starts_with("http://") || site.starts_with("https://"))
        })
    };
    if all.len() <= 2 && all.iter().all(fits) { Ok(()) } else { Err(wrong()) }
}
