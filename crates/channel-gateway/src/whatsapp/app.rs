//! The app behind an account: what its tokens may do, where its webhooks go, who listens (whatsapp-cloud.md §1.6, §8.4).

use chrono::DateTime;
use domain::checkup::{TokenFacts, WebhookFacts};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::graph::{Graph, GraphFault};
use crate::{Fault, Http};

/// What an app's webhooks are about.
const OBJECT: &str = "whatsapp_business_account";

/// Calls as the app itself, with the token that its id and secret make together.
#[must_use]
pub fn as_app(http: Http, base_url: Url, app: &str, secret: &SecretString) -> Graph {
    Graph::new(http, base_url, SecretString::from(format!("{app}|{}", secret.expose_secret())))
}

/// What a token is good for. `asker` may be the token itself; one that no longer works has to be asked about by its app.
///
/// # Errors
/// See [`GraphFault`].
pub async fn debug_token(asker: &Graph, token: &SecretString) -> Result<TokenFacts, GraphFault> {
    let body = asker.get(&["debug_token"], &[("input_token", token.expose_secret())]).await?;
    let data = &body["data"];
    if !data.is_object() {
        return Err(Fault::Unreadable(200));
    }
    Ok(token_facts(data))
}

fn texts(value: &Value) -> impl Iterator<Item = String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

fn token_facts(data: &Value) -> TokenFacts {
    let text = |name: &str| data[name].as_str().map(str::to_owned);
    // Meta writes it as text or as a number.
    let app = text("app_id").or_else(|| data["app_id"].as_u64().map(|id| id.to_string()));
    let granular = data["granular_scopes"].as_array().into_iter().flatten();
    TokenFacts {
        valid: data["is_valid"].as_bool().unwrap_or_default(),
        error: data["error"]["message"].as_str().map(str::to_owned),
        // 0 is for ever.
        expires_at: data["expires_at"]
            .as_i64()
            .filter(|at| *at > 0)
            .and_then(|at| DateTime::from_timestamp(at, 0)),
        kind: text("type").unwrap_or_default(),
        app: app.unwrap_or_default(),
        scopes: texts(&data["scopes"]).collect(),
        // Without a list of targets the permission holds for all assets.
        targets: granular
            .filter(|one| one["target_ids"].is_array())
            .filter_map(|one| Some((one["scope"].as_str()?.to_owned(), texts(&one["target_ids"]).collect())))
            .collect(),
    }
}

/// Where the app's webhooks go, and which fields are subscribed. To be asked as the app ([`as_app`]).
///
/// # Errors
/// See [`GraphFault`].
pub async fn webhook(app_graph: &Graph, app: &str) -> Result<WebhookFacts, GraphFault> {
    let body = app_graph.get(&[app, "subscriptions"], &[]).await?;
    let all = body["data"].as_array().ok_or(Fault::Unreadable(200))?;
    let ours = all.iter().find(|one| one["object"] == OBJECT);
    Ok(ours.map_or_else(WebhookFacts::default, |one| WebhookFacts {
        url: one["callback_url"].as_str().map(str::to_owned),
        active: one["active"].as_bool().unwrap_or_default(),
        fields: one["fields"]
            .as_array()
            .into_iter()
            .flatten()
            // Older answers list names alone.
            .filter_map(|field| field["name"].as_str().or_else(|| field.as_str()).map(str::to_owned))
            .collect(),
    }))
}

/// Sets where the app's webhooks go and which fields come; Meta asks the address at once. To be asked as the app.
///
/// # Errors
/// See [`GraphFault`].
pub async fn set_webhook(
    app_graph: &Graph,
    app: &str,
    url: &str,
    verify_token: &SecretString,
    fields: &[&str],
) -> Result<(), GraphFault> {
    let body = json!({
        "object": OBJECT, "callback_url": url, "verify_token": verify_token.expose_secret(), "fields": fields.join(","),
        "include_values": true,
    });
    app_graph.post(&[app, "subscriptions"], &body).await.map(drop)
}

/// The apps that listen to an account.
///
/// # Errors
/// See [`GraphFault`].
pub async fn listening(graph: &Graph, waba: &str) -> Result<Vec<String>, GraphFault> {
    let all = graph.all(&[waba, "subscribed_apps"], &[], 5).await?;
    let id = |one: &Value| one["whatsapp_business_api_data"]["id"].as_str().map(str::to_owned);
    Ok(all.iter().filter_map(id).collect())
}

/// Lets the app of this token listen to an account.
///
/// # Errors
/// See [`GraphFault`].
pub async fn listen(graph: &Graph, waba: &str) -> Result<(), GraphFault> {
    graph.post_query(&[waba, "subscribed_apps"], &[]).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_with_its_end_its_permissions_and_their_bounds() {
        let facts =
            token_facts(&json!({"app_id": 400, "type": "SYSTEM_USER", "expires_at": 0, "is_valid": true,
            "scopes": ["whatsapp_business_messaging"],
            "granular_scopes": [{"scope": "whatsapp_business_messaging", "target_ids": ["100"]},
                {"scope": "whatsapp_business_management"}]}));
        assert_eq!((facts.app.as_str(), facts.expires_at, facts.valid), ("400", None, true));
        assert_eq!(facts.targets, [("whatsapp_business_messaging".to_owned(), vec!["100".to_owned()])]);
        let ends = token_facts(
            &json!({"expires_at": 1_800_000_000, "is_valid": false, "error": {"message": "over"}}),
        );
        assert_eq!(ends.expires_at.unwrap().timestamp(), 1_800_000_000);
        assert_eq!(ends.error.as_deref(), Some("over"));
    }
}
