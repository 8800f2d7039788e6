//! Who calls, what they may do, and what they say.

use actix_web::HttpRequest;
use serde_json::{Map, Value, json};

use super::errors::Refusal;
use crate::{
    estate::{App, MANAGEMENT, MESSAGING, Token},
    settings::CloudChannel,
    sim::Sim,
};

/// Somebody with a token that works.
pub struct Caller {
    token: Token,
}

/// The token of a call, from the header or the query.
pub fn bearer(request: &HttpRequest) -> String {
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    match header {
        Some(header) => {
            let plain = header.strip_prefix("Bearer ").or_else(|| header.strip_prefix("OAuth "));
            plain.unwrap_or_default().to_owned()
        }
        None => parameter(request, "access_token").unwrap_or_default(),
    }
}

/// Whoever has this token; refuses tokens that are unknown, revoked or too old (190).
pub fn caller(sim: &Sim, request: &HttpRequest) -> Result<Caller, Refusal> {
    let value = bearer(request);
    let estate = sim.estate();
    if let Some(app) = app_of(&estate.apps, &value) {
        let token = Token {
            value: value.clone(),
            app_id: app.id.clone(),
            valid: true,
            expires: None,
            scopes: Vec::new(),
            assets: None,
        };
        return Ok(Caller { token });
    }
    let Some(token) = estate.tokens.iter().find(|token| token.value == value && !value.is_empty()) else {
        return Err(Refusal::new(190, "Invalid OAuth access token - Cannot parse access token"));
    };
    if !token.valid {
        let why = "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.";
        return Err(Refusal { subcode: Some(460), ..Refusal::new(190, why) });
    }
    if !token.works(sim.clock.wall()) {
        let why = "Error validating access token: Session has expired.";
        return Err(Refusal { subcode: Some(463), ..Refusal::new(190, why) });
    }
    Ok(Caller { token: token.clone() })
}

/// The app whose own token this is.
pub fn app_of<'estate>(apps: &'estate [App], token: &str) -> Option<&'estate App> {
    let (id, secret) = token.split_once('|')?;
    apps.iter().find(|app| app.id == id && app.secret == secret)
}

impl Caller {
    /// The app the token was made with.
    pub fn app_id(&self) -> &str {
        &self.token.app_id
    }

    /// Refuse a token that lacks a permission.
    pub fn needs(&self, scope: &str) -> Result<(), Refusal> {
        if self.token.scopes.iter().any(|own| own == scope) {
            return Ok(());
        }
        let code = if scope == MESSAGING { 10 } else { 200 };
        Err(Refusal::new(code, format!("The access token does not have the permission {scope}.")))
    }

    fn holds(&self, account: &str) -> bool {
        self.token.assets.as_ref().is_none_or(|assets| assets.iter().any(|one| one == account))
    }

    /// The numbers the token may use.
    pub fn channels(&self, sim: &Sim) -> Vec<CloudChannel> {
        let all = sim.estate().channels();
        all.into_iter()
            .filter(|channel| channel.access_token == self.token.value && self.holds(&channel.waba_id))
            .collect()
    }

    /// The accounts the token may see.
    pub fn accounts(&self, sim: &Sim) -> Vec<String> {
        let estate = sim.estate();
        let own = estate.accounts.iter().filter(|account| account.seed.access_token == self.token.value);
        own.map(|account| account.id.clone()).filter(|id| self.holds(id)).collect()
    }
}

/// The numbers this call's token may use.
pub fn allowed(sim: &Sim, request: &HttpRequest) -> Result<Vec<CloudChannel>, Refusal> {
    Ok(caller(sim, request)?.channels(sim))
}

/// The number with this id, for messages and files.
pub fn number(sim: &Sim, request: &HttpRequest, id: &str) -> Result<CloudChannel, Refusal> {
    let caller = caller(sim, request)?;
    caller.needs(MESSAGING)?;
    let found = caller.channels(sim).into_iter().find(|channel| channel.phone_number_id == id);
    found.ok_or_else(|| Refusal::unknown_object(id))
}

/// The number with this id, for its settings; counts against the account's calls.
pub fn managed(sim: &Sim, request: &HttpRequest, id: &str) -> Result<CloudChannel, Refusal> {
    let caller = caller(sim, request)?;
    caller.needs(MANAGEMENT)?;
    let found = caller.channels(sim).into_iter().find(|channel| channel.phone_number_id == id);
    let found = found.ok_or_else(|| Refusal::unknown_object(id))?;
    count(sim, &found.waba_id)?;
    Ok(found)
}

/// The account with this id, by the credentials of its numbers; counts against its calls.
pub fn account(sim: &Sim, request: &HttpRequest, id: &str) -> Result<CloudChannel, Refusal> {
    let caller = caller(sim, request)?;
    caller.needs(MANAGEMENT)?;
    if !caller.accounts(sim).iter().any(|own| own == id) {
        return Err(Refusal::unknown_object(id));
    }
    count(sim, id)?;
    let seed = sim.estate().account(id).map(|account| account.seed.clone());
    seed.ok_or_else(|| Refusal::unknown_object(id))
}

/// 5,000 calls an hour for an account with a registered number (whatsapp-cloud.md §5.5).
fn count(sim: &Sim, account: &str) -> Result<(), Refusal> {
    if sim.management.take(account, sim.clock.age()) {
        return Ok(());
    }
    Err(Refusal::new(80_007, "There have been too many calls to this WhatsApp Business account."))
}

/// A parameter of the query.
pub fn parameter(request: &HttpRequest, name: &str) -> Option<String> {
    url::form_urlencoded::parse(request.query_string().as_bytes())
        .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

/// What a call says: its JSON body or form, and the query beside it.
pub fn fields(request: &HttpRequest, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let mut all = Map::new();
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        // Who calls, and the proof of it, are no fields of what is asked for.
        if name != "access_token" && name != "appsecret_proof" {
            all.insert(name.into_owned(), json!(value));
        }
    }
    let trimmed = body.trim_ascii_start();
    if trimmed.is_empty() {
        return Ok(all);
    }
    if trimmed.starts_with(b"{") || trimmed.starts_with(b"[") {
        let body: Value =
            serde_json::from_slice(trimmed).map_err(|_| Refusal::new(100, "The body is not valid JSON."))?;
        let body = body.as_object().ok_or_else(|| Refusal::new(100, "The body must be a JSON object."))?;
        all.extend(body.clone());
        return Ok(all);
    }
    for (name, value) in url::form_urlencoded::parse(trimmed) {
        // Objects travel as JSON inside a form.
        let value = if value.starts_with(['{', '[']) {
            serde_json::from_str(&value).unwrap_or_else(|_| json!(value))
        } else {
            json!(value)
        };
        all.insert(name.into_owned(), value);
    }
    Ok(all)
}

/// The wanted fields of an object, or Meta's complaint about one that doesn't exist.
///
/// `id` is always there. Without `fields`, the usual ones are given.
pub fn pick(
    request: &HttpRequest,
    full: &Value,
    node: &str,
    usual: &[&str],
    known: &[&str],
) -> Result<Value, Refusal> {
    let wanted = parameter(request, "fields");
    let names: Vec<String> = match &wanted {
        Some(list) => split(list),
        None => usual.iter().map(|name| (*name).to_owned()).collect(),
    };
    let mut picked = Map::new();
    for name in names {
        match full.get(&name) {
            Some(value) => drop(picked.insert(name, value.clone())),
            None if known.contains(&name.as_str()) => {}
            None => {
                let details =
                    format!("(#100) Tried accessing nonexisting field ({name}) on node type ({node})");
                return Err(Refusal { plain: true, ..Refusal::new(100, details) });
            }
        }
    }
    picked.insert("id".to_owned(), full["id"].clone());
    Ok(Value::Object(picked))
}

/// `a,b{c,d},e.limit(3)` are the fields a, b and e.
fn split(list: &str) -> Vec<String> {
    let name = |field: &str| field.split(['.', '{', '(']).next().unwrap_or_default().to_owned();
    pieces(list).iter().map(|field| name(field)).filter(|name| !name.is_empty()).collect()
}

/// A field of `fields` with its arguments, as it was asked for.
pub fn asked_for(request: &HttpRequest, name: &str) -> Option<String> {
    let list = parameter(request, "fields")?;
    let is_it = |field: &String| {
        field.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    pieces(&list).into_iter().find(is_it)
}

/// The list, taken apart at the commas that are in no brackets.
fn pieces(list: &str) -> Vec<String> {
    let mut depth = 0_i32;
    let mut all = vec![String::new()];
    for character in list.chars() {
        match character {
            '{' | '(' => depth += 1,
            '}' | ')' => depth -= 1,
            ',' if depth == 0 => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = all.last_mut() {
            last.push(character);
        }
    }
    all.iter().map(|field| field.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_fields_and_arguments_are_not_names() {
        assert_eq!(
            split("id, health_status{entities},throughput.limit(1,2)"),
            ["id", "health_status", "throughput"]
        );
    }
}
