//! `GET /debug_token`: what a token is good for (whatsapp-cloud.md §8.4).

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{
    access::{app_of, caller, parameter},
    answer,
    errors::Refusal,
};
use crate::{
    estate::{Estate, MANAGEMENT, MESSAGING, Token},
    sim::Sim,
};

pub async fn debug(sim: web::Data<Sim>, request: HttpRequest) -> HttpResponse {
    answer(&sim, look(&sim, &request))
}

/// Asked with the token itself, with another one of the same app, or with the app's own.
fn look(sim: &Sim, request: &HttpRequest) -> Result<Value, Refusal> {
    let input = parameter(request, "input_token")
        .ok_or_else(|| Refusal::new(100, "The parameter input_token is required."))?;
    let itself = super::access::bearer(request) == input;
    // A token that no longer works may still be asked about by an app, never by itself.
    let caller = caller(sim, request)?;
    let estate = sim.estate();
    let Some(token) = estate.tokens.iter().find(|token| token.value == input) else {
        if let Some(app) = app_of(&estate.apps, &input) {
            return Ok(
                json!({ "data": { "app_id": app.id, "type": "APP", "application": app.name, "is_valid": true, "scopes": [] } }),
            );
        }
        return Ok(json!({ "data": {
            "error": { "code": 190, "message": "Malformed access token" }, "is_valid": false, "scopes": [],
        } }));
    };
    if !itself && caller.app_id() != token.app_id {
        return Err(Refusal {
            plain: true,
            ..Refusal::new(100, "(#100) The App_id in the input_token did not match the Viewing App")
        });
    }
    Ok(json!({ "data": shape(sim, &estate, token) }))
}

fn shape(sim: &Sim, estate: &Estate, token: &Token) -> Value {
    let works = token.works(sim.clock.wall());
    let own = estate.accounts.iter().filter(|account| account.seed.access_token == token.value);
    let targets: Vec<String> = own
        .map(|account| account.id.clone())
        .filter(|id| token.assets.as_ref().is_none_or(|assets| assets.contains(id)))
        .collect();
    let granular: Vec<Value> = token
        .scopes
        .iter()
        .filter(|scope| [MANAGEMENT, MESSAGING].contains(&scope.as_str()))
        .map(|scope| json!({ "scope": scope, "target_ids": targets }))
        .collect();
    let app = estate.apps.iter().find(|app| app.id == token.app_id);
    let mut data = json!({
        "app_id": token.app_id, "type": "SYSTEM_USER", "application": app.map(|app| app.name.as_str()),
        "data_access_expires_at": 0, "expires_at": token.expires.map_or(0, |end| end.timestamp()),
        "is_valid": works, "issued_at": 1_763_000_000, "scopes": token.scopes, "granular_scopes": granular,
        "user_id": "122000000000001",
    });
    if !works {
        data["error"] = if token.valid {
            json!({ "code": 190, "message": "Error validating access token: Session has expired.", "subcode": 463 })
        } else {
            json!({ "code": 190, "message": "The session has been invalidated.", "subcode": 460 })
        };
    }
    data
}
