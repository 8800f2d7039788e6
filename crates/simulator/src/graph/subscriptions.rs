//! Which webhooks go where: `subscribed_apps` of an account, `subscriptions` of an app (whatsapp-cloud.md §1.6).

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::{
    Ids,
    access::{account, bearer, caller, fields},
    answer, done,
    errors::Refusal,
};
use crate::{
    courier,
    estate::{App, FIELDS, Override},
    sim::Sim,
};

pub async fn of_account(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let read = || {
        let seed = account(&sim, &request, &path.1)?;
        let estate = sim.estate();
        let found = estate.account(&path.1).filter(|account| account.subscribed);
        let data: Vec<Value> = found
            .map(|account| {
                let name = estate.apps.iter().find(|app| app.id == seed.app_id).map(|app| app.name.as_str());
                let mut entry = json!({ "whatsapp_business_api_data": {
                    "id": seed.app_id, "link": format!("https://www.facebook.com/games/?app_id={}", seed.app_id),
                    "name": name,
                } });
                if let Some(callback) = &account.callback {
                    entry["override_callback_uri"] = json!(callback.uri);
                }
                entry
            })
            .into_iter()
            .collect();
        Ok(json!({ "data": data }))
    };
    answer(&sim, read())
}

pub async fn subscribe(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: Ids,
    body: web::Bytes,
) -> HttpResponse {
    let sim = sim.into_inner();
    let outcome = async {
        account(&sim, &request, &path.1)?;
        let callback = callback(&sim, &fields(&request, &body)?).await?;
        if let Some(account) = sim.estate().account_mut(&path.1) {
            account.subscribed = true;
            // An empty call takes the override away again.
            account.callback = callback;
        }
        Ok(done())
    };
    let outcome = outcome.await;
    answer(&sim, outcome)
}

pub async fn unsubscribe(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let outcome = account(&sim, &request, &path.1).map(|_| {
        if let Some(account) = sim.estate().account_mut(&path.1) {
            account.subscribed = false;
            account.callback = None;
        }
        done()
    });
    answer(&sim, outcome)
}

/// An override as given, after its address has answered Meta's question. `None`: none, or taken away (`""`).
pub async fn callback(sim: &Arc<Sim>, fields: &Map<String, Value>) -> Result<Option<Override>, Refusal> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (uri, verify_token) = (text("override_callback_uri"), text("verify_token"));
    if uri.is_empty() {
        return Ok(None);
    }
    if uri.chars().count() > 200 || !(uri.starts_with("https://") || uri.starts_with("http://")) {
        return Err(Refusal::new(
            100,
            "Param override_callback_uri must be a valid URI of at most 200 characters.",
        ));
    }
    if verify_token.is_empty() {
        return Err(Refusal::new(100, "The parameter verify_token is required."));
    }
    let callback = Override { uri, verify_token };
    verify(sim, &callback).await?;
    Ok(Some(callback))
}

/// Ask an address Meta's question; whoever fails is not set.
pub async fn verify(sim: &Arc<Sim>, callback: &Override) -> Result<(), Refusal> {
    let (holds, status) = courier::question(sim, "", callback).await;
    if holds {
        return Ok(());
    }
    let why = match status {
        Some(200) => "The URL did not echo hub.challenge.".to_owned(),
        Some(status) => format!("HTTP Status Code = {status}"),
        None => "curl_errno = 7; curl_error = Failed to connect".to_owned(),
    };
    let details = format!("(#2200) Callback verification failed with the following errors: {why}");
    Err(Refusal { plain: true, ..Refusal::new(2_200, details) })
}

/// The app with this id, if this call comes from it: with its own token, or with one that was made with it.
fn app(sim: &Sim, request: &HttpRequest, id: &str) -> Result<App, Refusal> {
    let caller = caller(sim, request)?;
    if caller.app_id() != id {
        return Err(Refusal::unknown_object(id));
    }
    let found = sim.estate().apps.iter().find(|app| app.id == id).cloned();
    found.ok_or_else(|| Refusal::unknown_object(id))
}

pub async fn of_app(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let version = path.0.clone();
    let outcome = app(&sim, &request, &path.1).map(|app| {
        let fields: Vec<Value> =
            app.fields.iter().map(|name| json!({ "name": name, "version": version })).collect();
        let mut data = Vec::new();
        if !app.callback.is_empty() {
            data.push(json!({
                "object": "whatsapp_business_account", "callback_url": app.callback, "active": true,
                "fields": fields,
            }));
        }
        json!({ "data": data })
    });
    answer(&sim, outcome)
}

/// Set the app's address and fields: verified first, as when it is saved on the dashboard.
pub async fn set_app(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let outcome = change_app(&sim, &request, &path.1, &body).await;
    answer(&sim, outcome)
}

async fn change_app(sim: &Arc<Sim>, request: &HttpRequest, id: &str, body: &[u8]) -> Result<Value, Refusal> {
    if !bearer(request).contains('|') {
        let details = "(#15) This method must be called with an app access_token.";
        return Err(Refusal { plain: true, ..Refusal::new(15, details) });
    }
    app(sim, request, id)?;
    let given = fields(request, body)?;
    if given.get("object").and_then(Value::as_str) != Some("whatsapp_business_account") {
        return Err(Refusal::new(100, "Param object must be one of {whatsapp_business_account}."));
    }
    let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
    let names: Vec<String> = match given.get("fields") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(list)) => list.split(',').map(|name| name.trim().to_owned()).collect(),
        _ => Vec::new(),
    };
    if let Some(unknown) = names.iter().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(Refusal::new(100, format!("Param fields has no value \"{unknown}\".")));
    }
    let callback = text("callback_url")
        .map(|uri| Override { uri, verify_token: text("verify_token").unwrap_or_default() });
    if let Some(callback) = &callback {
        verify(sim, callback).await?;
    }
    if let Some(app) = sim.estate().app_mut(id) {
        if let Some(callback) = callback {
            app.callback = callback.uri;
            app.verify_token = Some(callback.verify_token);
        }
        if !names.is_empty() {
            app.fields = names.into_iter().collect();
        }
    }
    Ok(done())
}
