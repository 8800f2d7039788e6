//! Accounts, senders, numbers and messaging services of Twilio: what they are set to (twilio.md §1, §9).

use domain::checkup::{NumberFacts, ServiceFacts};
use serde_json::{Value, json};

use super::rest::{Rest, TwilioFault};
use crate::Fault;

/// A number or sender, and where its webhooks go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SenderFacts {
    /// What is known of it.
    pub number: NumberFacts,
    /// Where what comes in goes.
    pub inbound_url: Option<String>,
    /// Where what was not taken there goes.
    pub fallback_url: Option<String>,
    /// Where statuses go, when a message does not say.
    pub status_url: Option<String>,
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The account's status: `active`, `suspended`, `closed`. `api` is the API of accounts and messages.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn account_status(api: &Rest, account: &str) -> Result<String, TwilioFault> {
    let body = api.get(&["2010-04-01", "Accounts", &format!("{account}.json")], &[]).await?;
    text(&body["status"]).ok_or(Fault::Unreadable(200))
}

/// A phone number of the account; `None` when it has no such number.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn sms_number(api: &Rest, account: &str, number: &str) -> Result<Option<SenderFacts>, TwilioFault> {
    let path = ["2010-04-01", "Accounts", account, "IncomingPhoneNumbers.json"];
    let all = api.all(&path, &[("PhoneNumber", number)], "incoming_phone_numbers", 3).await?;
    let found = all.iter().find(|one| one["phone_number"].as_str() == Some(number));
    Ok(found.map(|one| SenderFacts {
        number: NumberFacts {
            id: text(&one["sid"]).unwrap_or_default(),
            number: number.to_owned(),
            name: text(&one["friendly_name"]),
            status: text(&one["status"]).or_else(|| Some("in-use".to_owned())),
            ..NumberFacts::default()
        },
        inbound_url: text(&one["sms_url"]),
        fallback_url: text(&one["sms_fallback_url"]),
        status_url: text(&one["status_callback"]),
    }))
}

/// The sender of an address (`whatsapp:+…`); `None` when the account has none. `messaging` is the API of senders.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn whatsapp(messaging: &Rest, address: &str) -> Result<Option<SenderFacts>, TwilioFault> {
    let list = ["v2", "Channels", "Senders"];
    let all = messaging.all(&list, &[("Channel", "whatsapp"), ("PageSize", "100")], "senders", 10).await?;
    let Some(found) = all.iter().find(|one| one["sender_id"].as_str() == Some(address)) else {
        return Ok(None);
    };
    let Some(sid) = text(&found["sid"]) else { return Err(Fault::Unreadable(200)) };
    // Only the sender alone tells its quality, limit and why it is offline.
    let whole = messaging.get(&["v2", "Channels", "Senders", &sid], &[]).await?;
    Ok(Some(facts(&whole)))
}

fn facts(body: &Value) -> SenderFacts {
    let properties = &body["properties"];
    let webhook = &body["webhook"];
    let reasons = body["offline_reasons"].as_array().map(Vec::as_slice).unwrap_or_default();
    SenderFacts {
        number: NumberFacts {
            id: text(&body["sid"]).unwrap_or_default(),
            number: text(&body["sender_id"]).unwrap_or_default(),
            name: text(&body["profile"]["name"]),
            status: text(&body["status"]),
            quality: text(&properties["quality_rating"]),
            limit: text(&properties["messaging_limit"]),
            offline: reasons
                .iter()
                .map(|reason| {
                    let code = text(&reason["code"])
                        .or_else(|| reason["code"].as_i64().map(|code| code.to_string()))
                        .unwrap_or_default();
                    format!("{code} {}", text(&reason["message"]).unwrap_or_default()).trim().to_owned()
                })
                .collect(),
            ..NumberFacts::default()
        },
        inbound_url: text(&webhook["callback_url"]),
        fallback_url: text(&webhook["fallback_url"]),
        status_url: text(&webhook["status_callback_url"]),
    }
}

/// A messaging service.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn service(messaging: &Rest, sid: &str) -> Result<ServiceFacts, TwilioFault> {
    let body = messaging.get(&["v1", "Services", sid], &[]).await?;
    Ok(ServiceFacts {
        inbound_url: text(&body["inbound_request_url"]),
        fallback_url: text(&body["fallback_url"]),
        use_senders: body["use_inbound_webhook_on_number"].as_bool().unwrap_or_default(),
    })
}

/// Asks for a WhatsApp sender; its SID. Twilio sends a code to the number.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn create(
    messaging: &Rest,
    address: &str,
    name: &str,
    waba: Option<&str>,
    inbound_url: &str,
    status_url: &str,
) -> Result<String, TwilioFault> {
    let mut body = json!({
        "sender_id": address,
        "configuration": { "verification_method": "sms" },
        "webhook": {
            "callback_url": inbound_url, "callback_method": "POST",
            "status_callback_url": status_url, "status_callback_method": "POST",
        },
        "profile": { "name": name },
    });
    if let Some(waba) = waba {
        body["configuration"]["waba_id"] = waba.into();
    }
    let answer = messaging.post(&["v2", "Channels", "Senders"], &body).await?;
    text(&answer["sid"]).ok_or(Fault::Unreadable(202))
}

/// Shows the code that came to a sender's number.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn verify(messaging: &Rest, sid: &str, code: &str) -> Result<(), TwilioFault> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let body = json!({ "configuration": { "verification_code": digits } });
    messaging.post(&["v2", "Channels", "Senders", sid], &body).await.map(drop)
}

/// Points a sender's webhooks at us.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn set_webhook(
    messaging: &Rest,
    sid: &str,
    inbound_url: &str,
    status_url: &str,
) -> Result<(), TwilioFault> {
    let body = json!({ "webhook": {
        "callback_url": inbound_url, "callback_method": "POST",
        "status_callback_url": status_url, "status_callback_method": "POST",
    } });
    messaging.post(&["v2", "Channels", "Senders", sid], &body).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_tells_why_it_is_offline() {
        let facts = facts(&json!({"sid": "XE1", "sender_id": "whatsapp:+14155238886", "status": "OFFLINE",
            "profile": {"name": "Sonrisas"}, "properties": {"quality_rating": "HIGH", "messaging_limit": "10K Customers/24hr"},
            "webhook": {"callback_url": "https://inbox.example/webhooks/twilio/messages", "status_callback_url": ""},
            "offline_reasons": [{"code": "63116", "message": "In use", "more_info": "https://…"}, {"code": 7}]}));
        assert_eq!(facts.number.offline, ["63116 In use", "7"]);
        assert_eq!(facts.number.limit.as_deref(), Some("10K Customers/24hr"));
        assert_eq!(facts.status_url, None);
        assert!(facts.inbound_url.is_some());
    }
}
