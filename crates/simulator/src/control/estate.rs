//! `/control/number`, `account`, `token`, `app`: put what is owned at Meta into any state.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refuse;
use crate::{
    estate::{Account, Number},
    graph, notices,
    settings::CloudChannel,
    sim::Sim,
};

/// All numbers, their codes and PINs included.
pub async fn numbers(sim: web::Data<Sim>) -> HttpResponse {
    let estate = sim.estate();
    let all: Vec<Value> = estate
        .numbers
        .iter()
        .map(|number| {
            let mut shown = graph::shape(&sim, &estate, number);
            shown["waba"] = json!(number.channel.waba_id);
            shown["name"] = json!(number.channel.name);
            shown["gone"] = json!(number.gone);
            shown["pin"] = json!(number.pin);
            shown["code"] = json!(number.code.as_ref().map(|code| &code.digits));
            shown["code_method"] = json!(number.code.as_ref().map(|code| &code.method));
            shown
        })
        .collect();
    HttpResponse::Ok().json(all)
}

/// What becomes of a number. What is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Which number; without it, the first.
    channel: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    quality: Option<String>,
    /// `CONNECTED`, `FLAGGED`, `RESTRICTED`, `RATE_LIMITED`, `BANNED`, `DISCONNECTED`, …
    status: Option<String>,
    /// `APPROVED`, `DECLINED`, `PENDING_REVIEW`, …
    name_status: Option<String>,
    /// Decide about the name that is under review.
    name_decision: Option<bool>,
    /// `VERIFIED`, `NOT_VERIFIED`, `EXPIRED`.
    verification: Option<String>,
    /// Registered or not.
    registered: Option<bool>,
    /// Another PIN; `""` turns two-step verification off, as only WhatsApp Manager can.
    pin: Option<String>,
    /// `STANDARD`, `HIGH`.
    throughput: Option<String>,
    /// `LIVE`, `SANDBOX`.
    mode: Option<String>,
    /// Recipients of a number in the sandbox.
    allowed: Option<Vec<String>>,
    /// Shared with the app on a phone from now on, or no longer.
    coexistence: Option<bool>,
    /// Coexistence: the owner shares no history.
    history_declined: Option<bool>,
    /// Came to the API so many seconds ago.
    onboarded_seconds_ago: Option<i64>,
    /// Official business account.
    official: Option<bool>,
    /// Say nothing about it to the product.
    #[serde(default)]
    quiet: bool,
}

pub async fn number(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let change: Change = match serde_json::from_slice(&body) {
        Ok(change) => change,
        Err(error) => return refuse(error.to_string()),
    };
    let channel = change.channel.as_deref().map_or_else(|| sim.first(), |wanted| sim.cloud(wanted));
    let Some(channel) = channel else { return refuse("no number at Meta is called that") };
    if let Some(approved) = change.name_decision {
        notices::name_decided(&sim, &channel, approved);
    }
    let (age, wall) = (sim.clock.age(), sim.clock.wall());
    let before = {
        let mut estate = sim.estate();
        let Some(number) = estate.number_mut(&channel.phone_number_id) else {
            return refuse("it moved away");
        };
        let before = number.clone();
        apply(number, &change, age, wall);
        before
    };
    if !change.quiet {
        tell(&sim, &channel, &before, &change);
    }
    let estate = sim.estate();
    match estate.number(&channel.phone_number_id) {
        Some(number) => HttpResponse::Ok().json(graph::shape(&sim, &estate, number)),
        None => refuse("it moved away"),
    }
}

fn apply(number: &mut Number, change: &Change, age: DateTime<Utc>, wall: DateTime<Utc>) {
    let set = |place: &mut String, given: &Option<String>| {
        if let Some(given) = given {
            given.clone_into(place);
        }
    };
    set(&mut number.quality, &change.quality);
    // A number is flagged for low quality until that is better (whatsapp-cloud.md §8.1).
    match (change.quality.as_deref(), number.status.as_str()) {
        (Some("RED"), "CONNECTED") => "FLAGGED".clone_into(&mut number.status),
        (Some("GREEN"), "FLAGGED") => "CONNECTED".clone_into(&mut number.status),
        _ => {}
    }
    set(&mut number.status, &change.status);
    set(&mut number.name_status, &change.name_status);
    set(&mut number.verification, &change.verification);
    set(&mut number.throughput, &change.throughput);
    set(&mut number.mode, &change.mode);
    number.registered = change.registered.unwrap_or(number.registered);
    number.official = change.official.unwrap_or(number.official);
    number.history_declined = change.history_declined.unwrap_or(number.history_declined);
    if let Some(pin) = &change.pin {
        number.pin = (!pin.is_empty()).then(|| pin.clone());
        number.pin_misses = (0, age);
    }
    if let Some(allowed) = &change.allowed {
        number.notes.insert("allowed".to_owned(), json!(allowed));
    }
    if let Some(shared) = change.coexistence {
        number.channel.coexistence = shared;
        number.onboarded = (wall, age);
        number.synced.clear();
    }
    if let Some(ago) = change.onboarded_seconds_ago {
        number.onboarded = (wall - TimeDelta::seconds(ago), age - TimeDelta::seconds(ago));
    }
}

/// What Meta would have said about it.
fn tell(sim: &Arc<Sim>, channel: &CloudChannel, before: &Number, change: &Change) {
    let say = |name: &str, more: Value| {
        if let Some((field, value)) = notices::change(name, channel, &more) {
            notices::tell(sim, channel, field, value, format!("{field} · {name}"));
        }
    };
    match change.quality.as_deref() {
        Some("RED" | "YELLOW") if before.quality == "GREEN" => say("phone_flagged", json!({})),
        Some("GREEN") if before.quality != "GREEN" => say("phone_unflagged", json!({})),
        _ => {}
    }
    if change.throughput.as_deref() == Some("HIGH") && before.throughput != "HIGH" {
        say("throughput_upgrade", json!({}));
    }
    match change.name_status.as_deref() {
        Some("DECLINED") => say(
            "phone_name",
            json!({ "decision": "REJECTED", "rejection_reason": "NAME_FORMAT_UNACCEPTABLE" }),
        ),
        Some("APPROVED") if before.name_status != "APPROVED" => say("phone_name", json!({})),
        _ => {}
    }
    if change.pin.as_ref().is_some_and(|pin| !pin.is_empty()) {
        say("security", json!({ "event": "PIN_CHANGED" }));
    }
}

/// What becomes of an account. What is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Its id; without it, the first one's. One nobody knows is made, with the first one's app and token.
    waba: Option<String>,
    /// `ACTIVE`, `DISABLED`, …
    status: Option<String>,
    /// `APPROVED`, `PENDING`, `REJECTED`.
    review: Option<String>,
    /// `verified`, `not_verified`, …
    verification: Option<String>,
    /// `TIER_250`, `TIER_2K`, …
    tier: Option<String>,
    /// Currency of its bills.
    currency: Option<String>,
    /// Has a way to pay.
    pays: Option<bool>,
    /// A partner pays, and costs are hidden.
    partner_pays: Option<bool>,
    /// The app listens to it.
    subscribed: Option<bool>,
    /// Restrictions in force.
    restrictions: Option<Vec<String>>,
    /// Most numbers it may hold.
    most_numbers: Option<usize>,
    /// Most templates it may hold.
    most_templates: Option<usize>,
    /// Say nothing about it to the product.
    #[serde(default)]
    quiet: bool,
}

pub async fn account(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let sim = sim.into_inner();
    let change: AccountChange = match serde_json::from_slice(&body) {
        Ok(change) => change,
        Err(error) => return refuse(error.to_string()),
    };
    let Some(first) = sim.first() else { return refuse("there is no account") };
    let id = change.waba.clone().unwrap_or_else(|| first.waba_id.clone());
    let (before, now) = {
        let mut estate = sim.estate();
        if estate.account(&id).is_none() {
            estate.accounts.push(Account::of(&CloudChannel { waba_id: id.clone(), ..first }));
        }
        let Some(account) = estate.account_mut(&id) else { return refuse("there is no account") };
        let before = account.clone();
        let set = |place: &mut String, given: &Option<String>| {
            if let Some(given) = given {
                given.clone_into(place);
            }
        };
        set(&mut account.status, &change.status);
        set(&mut account.review, &change.review);
        set(&mut account.verification, &change.verification);
        set(&mut account.tier, &change.tier);
        set(&mut account.currency, &change.currency);
        account.pays = change.pays.unwrap_or(account.pays);
        account.partner_pays = change.partner_pays.unwrap_or(account.partner_pays);
        account.subscribed = change.subscribed.unwrap_or(account.subscribed);
        account.most_numbers = change.most_numbers.unwrap_or(account.most_numbers);
        account.most_templates = change.most_templates.unwrap_or(account.most_templates);
        if let Some(restrictions) = &change.restrictions {
            account.restrictions.clone_from(restrictions);
        }
        (before, account.clone())
    };
    if !change.quiet {
        tell_account(&sim, &before, &now);
    }
    HttpResponse::Ok().json(json!({
        "waba": now.id, "status": now.status, "review": now.review, "verification": now.verification,
        "tier": now.tier, "currency": now.currency, "pays": now.pays, "subscribed": now.subscribed,
        "restrictions": now.restrictions, "most_numbers": now.most_numbers, "most_templates": now.most_templates,
    }))
}

fn tell_account(sim: &Arc<Sim>, before: &Account, now: &Account) {
    let say = |name: &str, more: Value| {
        if let Some((field, value)) = notices::change(name, &now.seed, &more) {
            notices::tell(sim, &now.seed, field, value, format!("{field} · {name}"));
        }
    };
    if before.status != now.status {
        say(if now.status == "ACTIVE" { "account_reinstated" } else { "account_ban" }, json!({}));
    }
    if before.review != now.review {
        say("account_review", json!({ "decision": now.review }));
    }
    for restriction in now.restrictions.iter().filter(|one| !before.restrictions.contains(one)) {
        let until = (Utc::now() + TimeDelta::days(7)).timestamp();
        say(
            "account_restriction",
            json!({ "restriction_info": [{ "restriction_type": restriction, "expiration": until }] }),
        );
    }
    if before.tier != now.tier {
        let most = i64::try_from(now.limit()).ok().filter(|most| *most < i64::MAX).unwrap_or(-1);
        say("capability", json!({ "max_daily_conversations_per_business": most }));
    }
}

/// What becomes of a token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenChange {
    /// The token; without it, the first number's.
    token: Option<String>,
    /// `false`: revoked.
    valid: Option<bool>,
    /// Expires in so many seconds; negative: since then. `0`: never.
    expires_in: Option<i64>,
    /// Its permissions.
    scopes: Option<Vec<String>>,
    /// The accounts it was given.
    assets: Option<Vec<String>>,
}

pub async fn token(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let change: TokenChange = match serde_json::from_slice(&body) {
        Ok(change) => change,
        Err(error) => return refuse(error.to_string()),
    };
    let Some(value) = change.token.clone().or_else(|| sim.first().map(|channel| channel.access_token)) else {
        return refuse("there is no token");
    };
    let wall = sim.clock.wall();
    let mut estate = sim.estate();
    let Some(token) = estate.tokens.iter_mut().find(|token| token.value == value) else {
        return refuse("nobody has this token");
    };
    token.valid = change.valid.unwrap_or(token.valid);
    if let Some(seconds) = change.expires_in {
        token.expires = (seconds != 0).then(|| wall + TimeDelta::seconds(seconds));
    }
    if let Some(scopes) = change.scopes {
        token.scopes = scopes;
    }
    if change.assets.is_some() {
        token.assets = change.assets;
    }
    HttpResponse::Ok().json(json!({
        "valid": token.works(wall), "expires": token.expires, "scopes": token.scopes, "assets": token.assets,
    }))
}

/// What becomes of an app.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppChange {
    /// Its id; without it, the first number's.
    app: Option<String>,
    /// Subscribed fields.
    fields: Option<Vec<String>>,
    /// Where its webhooks go; `""`: nowhere is configured.
    callback: Option<String>,
    /// Answer to the verification question.
    verify_token: Option<String>,
}

pub async fn app(sim: web::Data<Sim>, body: web::Bytes) -> HttpResponse {
    let change: AppChange = match serde_json::from_slice(&body) {
        Ok(change) => change,
        Err(error) => return refuse(error.to_string()),
    };
    let Some(id) = change.app.clone().or_else(|| sim.first().map(|channel| channel.app_id)) else {
        return refuse("there is no app");
    };
    let mut estate = sim.estate();
    let Some(app) = estate.app_mut(&id) else { return refuse("no app has this id") };
    if let Some(fields) = change.fields {
        app.fields = fields.into_iter().collect();
    }
    if let Some(callback) = change.callback {
        app.callback = callback;
    }
    if change.verify_token.is_some() {
        app.verify_token = change.verify_token;
    }
    HttpResponse::Ok().json(json!({ "app": app.id, "fields": app.fields, "callback": app.callback }))
}
