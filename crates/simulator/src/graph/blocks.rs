//! `block_users`: people the business does not want to hear from (whatsapp-cloud.md §5.7).

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::{Map, Value, json};

use super::{
    Ids,
    access::{fields, number},
    answer,
    check::product,
    errors::Refusal,
    trace,
};
use crate::sim::Sim;

/// Most users a number can block.
const MOST: usize = 64_000;

pub async fn list(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let outcome = number(&sim, &request, &path.1).map(|channel| {
        let estate = sim.estate();
        let blocked = estate.number(&channel.phone_number_id).map(|number| &number.blocked);
        let users: Vec<Value> = blocked
            .into_iter()
            .flatten()
            .map(|user| json!({ "messaging_product": "whatsapp", "wa_id": user }))
            .collect();
        json!({ "data": [{ "block_users": users }], "paging": { "cursors": { "before": "0", "after": users.len().to_string() } } })
    });
    answer(&sim, outcome)
}

pub async fn block(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: web::Bytes) -> HttpResponse {
    change(&sim, &request, &path.1, &body, true)
}

pub async fn unblock(sim: web::Data<Sim>, request: HttpRequest, path: Ids, body: web::Bytes) -> HttpResponse {
    change(&sim, &request, &path.1, &body, false)
}

fn change(sim: &Sim, request: &HttpRequest, id: &str, body: &[u8], block: bool) -> HttpResponse {
    match alter(sim, request, id, body, block) {
        Ok((done, failed)) => {
            let list = if block { "added_users" } else { "removed_users" };
            let whole = failed.is_empty();
            let mut users = Map::new();
            users.insert(list.to_owned(), json!(done));
            if !whole {
                users.insert("failed_users".to_owned(), json!(failed));
            }
            let mut answer = json!({ "messaging_product": "whatsapp", "block_users": users });
            if whole {
                return HttpResponse::Ok().json(answer);
            }
            answer["error"] = json!({
                "message": "(#139100) Failed to block/unblock users", "type": "OAuthException", "code": 139_100,
                "error_data": { "details": "Failed to block some users, see the block_users response list for details" },
                "fbtrace_id": trace(sim),
            });
            HttpResponse::build(StatusCode::BAD_REQUEST).json(answer)
        }
        Err(refusal) => refusal.answer(&trace(sim)),
    }
}

fn alter(
    sim: &Sim,
    request: &HttpRequest,
    id: &str,
    body: &[u8],
    block: bool,
) -> Result<(Vec<Value>, Vec<Value>), Refusal> {
    let channel = number(sim, request, id)?;
    let given = fields(request, body)?;
    product(&given)?;
    let users = given.get("block_users").and_then(Value::as_array);
    let users = users.filter(|users| !users.is_empty());
    let users = users.ok_or_else(|| Refusal::new(100, "The parameter block_users is required."))?;
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for user in users {
        let input = user["user"].as_str().unwrap_or_default();
        let fail = |code: u32, why: &str| json!({ "input": input, "errors": [{ "message": super::errors::meaning(code).1, "code": code, "error_data": { "details": why } }] });
        let Some(key) = crate::customers::key(input) else {
            failed.push(fail(131_009, "The user is not a phone number or a user id."));
            continue;
        };
        if block && sim.windows.left(id, &key, sim.clock.age()).is_none() {
            failed.push(fail(131_047, "Only users who wrote in the last 24 hours can be blocked."));
            continue;
        }
        let mut estate = sim.estate();
        let Some(number) = estate.number_mut(&channel.phone_number_id) else { continue };
        if block && number.blocked.len() >= MOST {
            failed.push(fail(139_101, "The blocklist is full."));
            continue;
        }
        if block {
            number.blocked.insert(key.clone());
        } else {
            number.blocked.remove(&key);
        }
        done.push(json!({ "input": input, "wa_id": key }));
    }
    Ok((done, failed))
}
