//! `/control/twilio` and `/control/contents`: put the account at Twilio into any state.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::refuse;
use crate::{
    settings::TwilioSignature,
    sim::Sim,
    twilio::{
        contents::{Approval, Content},
        state::Service,
    },
    wire::ids,
};

/// What becomes of the account. What is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Address of inbound messages, with its `#rc=…`; a path stands for the product's own.
    inbound: Option<String>,
    /// Where they go when that fails; `""` ends it.
    fallback: Option<String>,
    /// `{"id", "secret"}`: HMAC-SHA256 with a shared key; `"auth_token"`: HMAC-SHA1.
    signature: Option<Value>,
    /// API keys that may call: `{"SK…": "secret"}`.
    keys: Option<Map<String, Value>>,
    /// Parameters nobody has documented, added to every inbound form.
    extra: Option<Map<String, Value>>,
    /// A sender to change, by address or name.
    sender: Option<String>,
    /// Its status.
    status: Option<String>,
    /// Why it is offline: `[{"code", "message", "more_info"}]`.
    offline_reasons: Option<Vec<Value>>,
    /// Its quality.
    quality: Option<String>,
    /// Its limit.
    limit: Option<String>,
    /// It is the sandbox.
    sandbox: Option<bool>,
    /// Its own address for statuses.
    status_callback: Option<String>,
    /// A messaging service to make or change: `{"sid"?, "senders", "status_callback"?, "inbound"?, "use_number"?}`.
    service: Option<ServiceChange>,
}

/// A messaging service.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceChange {
    sid: Option<String>,
    senders: Vec<String>,
    status_callback: Option<String>,
    inbound: Option<String>,
    #[serde(default)]
    use_number: bool,
}

fn shape(sim: &Sim) -> Value {
    let account = sim.twilio();
    let senders: Vec<Value> = account
        .senders
        .iter()
        .map(|sender| {
            json!({
                "sid": sender.sid, "address": sender.channel.address, "name": sender.channel.name,
                "status": sender.status, "code": sender.code, "sandbox": sender.sandbox,
            })
        })
        .collect();
    let services: Vec<Value> = account
        .services
        .iter()
        .map(|service| json!({ "sid": service.sid, "senders": service.senders }))
        .collect();
    json!({ "inbound": account.inbound, "fallback": account.fallback, "senders": senders, "services": services })
}

pub async fn read(sim: web::Data<Sim>) -> HttpResponse {
    HttpResponse::Ok().json(shape(&sim))
}

pub async fn change(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let change: Change = match serde_json::from_slice(&body) {
        Ok(change) => change,
        Err(error) => return refuse(error.to_string()),
    };
    match apply(&sim, change) {
        Ok(()) => HttpResponse::Ok().json(shape(&sim)),
        Err(why) => refuse(why),
    }
}

fn apply(sim: &Sim, change: Change) -> Result<(), String> {
    let absolute = |url: String| {
        if url.starts_with('/') { format!("{}{url}", sim.settings.public_base()) } else { url }
    };
    let mut account = sim.twilio();
    if let Some(url) = change.inbound {
        account.inbound = absolute(url);
    }
    if let Some(url) = change.fallback {
        account.fallback = (!url.is_empty()).then(|| absolute(url));
    }
    if let Some(signature) = change.signature {
        account.signature = match (&signature, signature["id"].as_str(), signature["secret"].as_str()) {
            (_, Some(id), Some(secret)) => {
                TwilioSignature::SharedKey { id: id.to_owned(), secret: secret.to_owned() }
            }
            (Value::String(name), ..) if name == "auth_token" => TwilioSignature::AuthToken,
            _ => return Err("signature is {id, secret} or \"auth_token\"".to_owned()),
        };
    }
    let pairs = |map: Map<String, Value>| -> Vec<(String, String)> {
        map.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect()
    };
    if let Some(keys) = change.keys {
        account.keys = pairs(keys);
    }
    if let Some(extra) = change.extra {
        account.extra = pairs(extra);
    }
    if let Some(wanted) = &change.sender {
        let sender = account
            .senders
            .iter_mut()
            .find(|sender| sender.channel.address == *wanted || sender.channel.name == *wanted)
            .ok_or("no sender is called that")?;
        if let Some(status) = change.status {
            sender.status = status;
        }
        if let Some(reasons) = change.offline_reasons {
            sender.offline_reasons = reasons;
        }
        if let Some(quality) = change.quality {
            sender.quality = quality;
        }
        if let Some(limit) = change.limit {
            sender.limit = limit;
        }
        sender.sandbox = change.sandbox.unwrap_or(sender.sandbox);
        if let Some(url) = change.status_callback {
            sender.webhook.insert("status_callback_url".to_owned(), json!(absolute(url)));
        }
    }
    if let Some(service) = change.service {
        let sid = service.sid.unwrap_or_else(|| ids::sid("MG", sim.dice.bytes()));
        account.services.retain(|known| known.sid != sid);
        account.services.push(Service {
            sid,
            senders: service.senders,
            status_callback: service.status_callback.map(absolute),
            inbound: service.inbound.map(absolute),
            use_number: service.use_number,
        });
    }
    Ok(())
}

/// What becomes of contents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Its id.
    sid: Option<String>,
    /// Its name at Twilio, in every language.
    name: Option<String>,
    /// `received`, `pending`, `approved`, `rejected`, `paused`, `disabled`; `unsubmitted` takes the approval away.
    status: Option<String>,
    /// Why it was rejected.
    reason: Option<String>,
    /// Another category.
    category: Option<String>,
    /// Make so many more, named `{name}_{n}`: for lists of several pages.
    count: Option<usize>,
}

pub async fn contents(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let wanted: Wanted = match serde_json::from_slice(&body) {
        Ok(wanted) => wanted,
        Err(error) => return refuse(error.to_string()),
    };
    if let (Some(count), Some(name)) = (wanted.count, &wanted.name) {
        multiply(&sim, name, count);
        return HttpResponse::Ok().json(json!({ "contents": sim.contents.all().len() }));
    }
    if wanted.sid.is_none() && wanted.name.is_none() {
        return refuse("sid or name is missing");
    }
    let fits = |content: &Content| {
        wanted.sid.as_ref().is_none_or(|sid| content.sid == *sid)
            && wanted.name.as_ref().is_none_or(|name| content.name == *name)
    };
    let found: Vec<Content> = sim.contents.all().into_iter().filter(|content| fits(content)).collect();
    if found.is_empty() {
        return HttpResponse::NotFound().json(json!({ "error": "no content is called that" }));
    }
    for content in &found {
        sim.contents.change(&content.sid, |content| judge(content, &wanted));
    }
    let now: Vec<Value> = found
        .iter()
        .filter_map(|content| sim.contents.find(&content.sid))
        .map(|content| json!({ "sid": content.sid, "name": content.name, "approval": content.approval_shape() }))
        .collect();
    HttpResponse::Ok().json(json!({ "contents": now }))
}

fn judge(content: &mut Content, wanted: &Wanted) {
    if wanted.status.as_deref() == Some("unsubmitted") {
        content.approval = None;
        return;
    }
    let approval = content.approval.get_or_insert_with(|| Approval {
        name: content.name.clone(),
        category: "UTILITY".to_owned(),
        status: "pending".to_owned(),
        reason: String::new(),
        allow_category_change: true,
    });
    if let Some(status) = &wanted.status {
        approval.status.clone_from(status);
    }
    if let Some(reason) = &wanted.reason {
        approval.reason.clone_from(reason);
    }
    if let Some(category) = &wanted.category {
        approval.category.clone_from(category);
    }
}

fn multiply(sim: &Sim, name: &str, count: usize) {
    let now = sim.clock.wall();
    for number in 1..=count {
        let mut types = Map::new();
        types.insert(
            "twilio/text".to_owned(),
            json!({ "body": format!("Mensaje de prueba número {number}.") }),
        );
        sim.contents.add(Content {
            sid: ids::sid("HX", sim.dice.bytes()),
            name: format!("{name}_{number}"),
            language: "es".to_owned(),
            variables: Map::new(),
            types,
            created: now,
            updated: now,
            approval: None,
        });
    }
}
