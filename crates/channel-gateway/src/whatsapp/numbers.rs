//! Numbers of an account: what Meta knows of them, and the calls of their life (whatsapp-cloud.md §8.1, §8.2, §8.5).

use domain::checkup::{Health, NumberFacts};
use serde_json::{Value, json};

use super::graph::{Graph, GraphFault};
use crate::Fault;

/// What is asked of a number.
const FIELDS: &str = "id,display_phone_number,verified_name,quality_rating,code_verification_status,name_status,\
    new_name_status,status,platform_type,throughput,whatsapp_business_manager_messaging_limit,account_mode,\
    is_official_business_account,is_pin_enabled,is_on_biz_app,last_onboarded_time,webhook_configuration,health_status";
/// What is asked of an account.
const ACCOUNT: &str =
    "id,name,status,currency,business_verification_status,account_review_status,health_status";
/// An account holds at most a few dozen numbers.
const PAGES: usize = 10;

/// An account, as Meta knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountFacts {
    /// Meta's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// `ACTIVE`…
    pub status: Option<String>,
    /// Decides the rate card.
    pub currency: Option<String>,
    /// Whether the business was verified.
    pub business: Option<String>,
    /// How its review ended.
    pub review: Option<String>,
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// An account.
///
/// # Errors
/// See [`GraphFault`].
pub async fn account(graph: &Graph, waba: &str) -> Result<AccountFacts, GraphFault> {
    let body = graph.get(&[waba], &[("fields", ACCOUNT)]).await?;
    Ok(AccountFacts {
        id: text(&body["id"]).ok_or(Fault::Unreadable(200))?,
        name: text(&body["name"]),
        status: text(&body["status"]),
        currency: text(&body["currency"]),
        business: text(&body["business_verification_status"]),
        review: text(&body["account_review_status"]),
    })
}

/// A number.
///
/// # Errors
/// See [`GraphFault`].
pub async fn read(graph: &Graph, number: &str) -> Result<NumberFacts, GraphFault> {
    let body = graph.get(&[number], &[("fields", FIELDS)]).await?;
    facts(&body).ok_or(Fault::Unreadable(200))
}

/// All numbers of an account.
///
/// # Errors
/// See [`GraphFault`].
pub async fn list(graph: &Graph, waba: &str) -> Result<Vec<NumberFacts>, GraphFault> {
    let all = graph.all(&[waba, "phone_numbers"], &[("fields", FIELDS), ("limit", "100")], PAGES).await?;
    Ok(all.iter().filter_map(facts).collect())
}

fn facts(body: &Value) -> Option<NumberFacts> {
    let webhook = &body["webhook_configuration"];
    Some(NumberFacts {
        id: text(&body["id"])?,
        number: text(&body["display_phone_number"]).unwrap_or_default(),
        name: text(&body["verified_name"]),
        name_status: text(&body["name_status"]),
        new_name_status: text(&body["new_name_status"]).filter(|word| word != "NONE"),
        quality: text(&body["quality_rating"]),
        // Some answers still hold the older field (whatsapp-cloud.md §8.1).
        limit: text(&body["whatsapp_business_manager_messaging_limit"])
            .or_else(|| text(&body["messaging_limit_tier"])),
        portfolio_id: portfolio(&body["health_status"]),
        throughput: text(&body["throughput"]["level"]),
        verification: text(&body["code_verification_status"]),
        status: text(&body["status"]),
        platform: text(&body["platform_type"]).or_else(|| text(&body["host_platform"])),
        mode: text(&body["account_mode"]),
        official: body["is_official_business_account"].as_bool().unwrap_or_default(),
        pin: body["is_pin_enabled"].as_bool(),
        on_app: body["is_on_biz_app"].as_bool().unwrap_or_default(),
        onboarded: text(&body["last_onboarded_time"]),
        number_webhook: text(&webhook["phone_number"]),
        account_webhook: text(&webhook["whatsapp_business_account"]),
        health: health(&body["health_status"]),
        ..NumberFacts::default()
    })
}

/// The portfolio is one of those whose health counts.
fn portfolio(status: &Value) -> Option<String> {
    let entities = status["entities"].as_array()?;
    text(&entities.iter().find(|entity| entity["entity_type"] == "BUSINESS")?["id"])
}

fn health(status: &Value) -> Vec<Health> {
    let entities = status["entities"].as_array().map(Vec::as_slice).unwrap_or_default();
    entities
        .iter()
        .map(|entity| {
            let errors = entity["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
            let more = entity["additional_info"].as_array().map(Vec::as_slice).unwrap_or_default();
            let problems = errors
                .iter()
                .map(|error| {
                    let code =
                        error["error_code"].as_i64().map(|code| format!("({code}) ")).unwrap_or_default();
                    let said = text(&error["error_description"]).unwrap_or_default();
                    let advice = text(&error["possible_solution"]).map(|text| format!(" → {text}"));
                    format!("{code}{said}{}", advice.unwrap_or_default())
                })
                .chain(more.iter().filter_map(text))
                .collect();
            Health {
                entity: text(&entity["entity_type"]).unwrap_or_default(),
                state: text(&entity["can_send_message"]).unwrap_or_default(),
                problems,
            }
        })
        .collect()
}

/// How a code reaches whoever answers the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeBy {
    /// A text message.
    Sms,
    /// A call.
    Voice,
}

impl CodeBy {
    const fn word(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Voice => "VOICE",
        }
    }
}

/// Puts a number into an account, under a name or moved from another account; its new id.
///
/// # Errors
/// See [`GraphFault`].
pub async fn add(
    graph: &Graph,
    waba: &str,
    country_code: &str,
    local: &str,
    name: Option<&str>,
) -> Result<String, GraphFault> {
    let mut body = json!({ "cc": country_code, "phone_number": local });
    match name {
        Some(name) => body["verified_name"] = name.into(),
        None => body["migrate_phone_number"] = true.into(),
    }
    let answer = graph.post(&[waba, "phone_numbers"], &body).await?;
    text(&answer["id"]).ok_or(Fault::Unreadable(200))
}

/// Has a code sent to the number.
///
/// # Errors
/// See [`GraphFault`].
pub async fn request_code(graph: &Graph, number: &str, by: CodeBy, language: &str) -> Result<(), GraphFault> {
    let body = json!({ "code_method": by.word(), "language": language });
    graph.post(&[number, "request_code"], &body).await.map(drop)
}

/// Shows the code that came; hyphens and blanks are left out.
///
/// # Errors
/// See [`GraphFault`].
pub async fn verify_code(graph: &Graph, number: &str, code: &str) -> Result<(), GraphFault> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    graph.post(&[number, "verify_code"], &json!({ "code": digits })).await.map(drop)
}

/// Registers the number with the Cloud API. The PIN becomes its two-step PIN, or has to be it.
///
/// # Errors
/// See [`GraphFault`].
pub async fn register(graph: &Graph, number: &str, pin: &str) -> Result<(), GraphFault> {
    graph.post(&[number, "register"], &json!({ "messaging_product": "whatsapp", "pin": pin })).await.map(drop)
}

/// Takes the number out of the Cloud API; messages under way fail.
///
/// # Errors
/// See [`GraphFault`].
pub async fn deregister(graph: &Graph, number: &str) -> Result<(), GraphFault> {
    graph.post(&[number, "deregister"], &json!({})).await.map(drop)
}

/// Changes the two-step PIN.
///
/// # Errors
/// See [`GraphFault`].
pub async fn change_pin(graph: &Graph, number: &str, pin: &str) -> Result<(), GraphFault> {
    graph.post(&[number], &json!({ "pin": pin })).await.map(drop)
}

/// Asks for another display name; Meta reviews it.
///
/// # Errors
/// See [`GraphFault`].
pub async fn rename(graph: &Graph, number: &str, name: &str) -> Result<(), GraphFault> {
    graph.post(&[number], &json!({ "new_display_name": name })).await.map(drop)
}

/// Sends this number's messages to another address than the app's; `None` ends that (whatsapp-cloud.md §1.6).
///
/// # Errors
/// See [`GraphFault`].
pub async fn set_webhook(
    graph: &Graph,
    number: &str,
    url_and_token: Option<(&str, &str)>,
) -> Result<(), GraphFault> {
    let (url, token) = url_and_token.unwrap_or_default();
    let body = json!({ "webhook_configuration": { "override_callback_uri": url, "verify_token": token } });
    graph.post(&[number], &body).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_meta_writes_it() {
        let body = json!({"id":"200000000000001","display_phone_number":"+57 301 5550100","verified_name":"Mi Tienda",
            "quality_rating":"GREEN","code_verification_status":"VERIFIED","name_status":"APPROVED",
            "new_name_status":"NONE","status":"CONNECTED","platform_type":"CLOUD_API",
            "throughput":{"level":"STANDARD"},"whatsapp_business_manager_messaging_limit":"TIER_2K",
            "account_mode":"LIVE","is_official_business_account":false,"is_pin_enabled":true,"is_on_biz_app":false,
            "webhook_configuration":{"application":"https://inbox.example","phone_number":"https://old.example"},
            "health_status":{"can_send_message":"BLOCKED","entities":[
                {"entity_type":"PHONE_NUMBER","id":"2","can_send_message":"AVAILABLE"},
                {"entity_type":"BUSINESS","id":"5","can_send_message":"BLOCKED","errors":[
                    {"error_code":141_006,"error_description":"No payment method.","possible_solution":"Add one."}]},
                {"entity_type":"WABA","id":"1","can_send_message":"LIMITED","additional_info":["Not verified."]}]}});
        let facts = facts(&body).unwrap();
        assert_eq!((facts.limit.as_deref(), facts.portfolio_id.as_deref()), (Some("TIER_2K"), Some("5")));
        assert_eq!((facts.new_name_status, facts.pin), (None, Some(true)));
        assert_eq!(facts.number_webhook.as_deref(), Some("https://old.example"));
        assert_eq!(facts.health[1].problems, ["(141006) No payment method. → Add one."]);
        assert_eq!(facts.health[2].problems, ["Not verified."]);
    }

    #[test]
    fn an_answer_of_another_shape_is_no_number() {
        assert_eq!(facts(&json!({"data": []})), None);
        let odd = json!({"id": "1", "throughput": "HIGH", "health_status": {"entities": "all well"}, "is_pin_enabled": 1});
        let facts = facts(&odd).unwrap();
        assert_eq!((facts.throughput, facts.pin, facts.health.len()), (None, None, 0));
    }
}
