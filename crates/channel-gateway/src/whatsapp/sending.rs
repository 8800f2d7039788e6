//! `POST /{phone-number-id}/messages`.

use std::time::Duration;

use domain::outbound::{Hold, Outbound, SendOutcome};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::{ERRORS, body::request_body, errors::vendor_error};
use crate::{
    Http, NoBase, Sender,
    answer::{Answer, judge},
    http,
    json::mend,
    sender::endpoint,
};

/// What it takes to send from a number.
#[derive(Debug, Clone)]
pub struct CloudSettings {
    /// `https://graph.facebook.com/v26.0`. Always with a version: without one Meta takes the oldest it has.
    pub base_url: Url,
    /// Meta's id of our number.
    pub phone_number_id: String,
    /// The access token.
    pub token: SecretString,
}

/// Sends from one number of the Cloud API.
#[derive(Debug, Clone)]
pub struct CloudSender {
    pub(crate) http: Http,
    pub(crate) url: Url,
    pub(super) media_url: Url,
    pub(crate) token: SecretString,
}

impl CloudSender {
    /// A sender for a number.
    ///
    /// # Errors
    /// When the base address can't be one.
    pub fn new(http: Http, settings: CloudSettings) -> Result<Self, NoBase> {
        let url = endpoint(&settings.base_url, &[&settings.phone_number_id, "messages"])?;
        let media_url = endpoint(&settings.base_url, &[&settings.phone_number_id, "media"])?;
        Ok(Self { http, url, media_url, token: settings.token })
    }
}

impl Sender for CloudSender {
    async fn send(&self, message: &Outbound) -> SendOutcome {
        let body = match request_body(message) {
            Ok(body) => body,
            Err(refusal) => return refusal,
        };
        let request = self.http.post(&self.url).bearer_auth(self.token.expose_secret()).json(&body);
        match http::call(request).await {
            Ok(answer) => judged(&answer),
            Err(outcome) => outcome,
        }
    }
}

/// What an answer of the Graph API means.
#[must_use]
pub fn classify(http_status: u16, retry_after: Option<Duration>, body: &[u8]) -> SendOutcome {
    judged(&Answer { status: http_status, retry_after, body: body.to_vec() })
}

fn judged(answer: &Answer) -> SendOutcome {
    let body: Value = serde_json::from_str(&mend(&answer.body)).unwrap_or_default();
    let message = &body["messages"][0];
    let id = message["id"].as_str().filter(|id| !id.is_empty());
    let mut outcome = judge(answer, id.map(str::to_owned), vendor_error(&body["error"]), ERRORS);
    if let SendOutcome::Accepted { held, .. } = &mut outcome {
        // Only templates carry the word (§5.1).
        *held = match message["message_status"].as_str() {
            Some("held_for_quality_assessment") => Some(Hold::Quality),
            Some("paused") => Some(Hold::TemplatePaused),
            _ => None,
        };
    }
    outcome
}

#[cfg(test)]
mod tests {
    use domain::{
        inbound::VendorError,
        outbound::Advice::{FixChannel, FixMessage, Later, UseTemplate},
    };
    use serde_json::json;

    use super::*;

    fn error(code: i64) -> String {
        json!({"error": {"message": "(#1) short", "type": "OAuthException", "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": "why"}, "fbtrace_id": "A"}})
        .to_string()
    }

    fn vendor(code: i64) -> VendorError {
        VendorError { code, detail: "why".into() }
    }

    const ACCEPTED: &str = r#"{"messaging_product":"whatsapp","contacts":[{"input":"+573001112233"}],"messages":[{"id":"wamid.NEW"}]}"#;

    #[test]
    fn an_id_is_acceptance_and_a_success_without_one_is_not() {
        let accepted = SendOutcome::Accepted { vendor_id: "wamid.NEW".into(), held: None };
        assert_eq!(classify(200, None, ACCEPTED.as_bytes()), accepted);
        for body in ["", "{}", "<html>", &ACCEPTED[..60], r#"{"messages":[]}"#, r#"{"messages":[{"id":""}]}"#]
        {
            assert!(matches!(classify(200, None, body.as_bytes()), SendOutcome::Uncertain { .. }), "{body}");
        }
    }

    #[test]
    fn an_accepted_template_may_be_held_back() {
        for (word, hold) in [
            ("accepted", None),
            ("held_for_quality_assessment", Some(Hold::Quality)),
            ("paused", Some(Hold::TemplatePaused)),
            ("a new word", None),
        ] {
            let body = json!({"messages": [{"id": "wamid.NEW", "message_status": word}]}).to_string();
            let accepted = SendOutcome::Accepted { vendor_id: "wamid.NEW".into(), held: hold };
            assert_eq!(classify(200, None, body.as_bytes()), accepted, "{word}");
        }
    }

    #[test]
    fn the_code_decides_over_the_status() {
        let refused = |status, code, advice| {
            assert_eq!(
                classify(status, None, error(code).as_bytes()),
                SendOutcome::Refused(vendor(code), advice)
            );
        };
        refused(400, 131_047, UseTemplate);
        refused(401, 190, FixChannel);
        refused(500, 3, FixChannel);
        refused(500, 131_045, FixChannel);
        refused(400, 100, FixMessage);
        refused(403, 368, Later);
        refused(403, 270, FixChannel);
    }

    #[test]
    fn what_was_certainly_not_taken_is_tried_again_when_the_vendor_says() {
        let retried = |status, code, asked: Option<u64>, wait: Option<u64>| {
            let outcome = classify(status, asked.map(Duration::from_secs), error(code).as_bytes());
            let after = wait.map(Duration::from_secs);
            assert_eq!(outcome, SendOutcome::Retry { after, error: vendor(code) }, "{code}");
        };
        retried(400, 130_429, None, None);
        retried(429, 130_429, Some(7), Some(7));
        retried(400, 131_056, None, None);
        retried(400, 131_056, Some(30), Some(30));
        retried(503, 2, None, None);
        retried(500, 131_016, None, None);
        retried(500, 131_057, Some(1), Some(60));
        retried(429, 999_999, Some(9), Some(9));
        retried(400, 130_429, Some(u64::MAX), Some(86_400));
    }

    #[test]
    fn an_unknown_trouble_of_the_server_is_uncertain_and_one_at_the_door_is_not() {
        for (status, body) in
            [(500, error(131_000)), (500, error(1)), (500, error(999_999)), (502, "<html>".into())]
        {
            assert!(
                matches!(classify(status, None, body.as_bytes()), SendOutcome::Uncertain { .. }),
                "{body}"
            );
        }
        assert!(matches!(classify(503, Some(Duration::from_secs(1)), b""), SendOutcome::Uncertain { .. }));
        assert!(matches!(classify(408, None, b""), SendOutcome::Uncertain { .. }));
        assert!(matches!(classify(400, None, error(1).as_bytes()), SendOutcome::Retry { .. }));
        assert!(matches!(classify(429, None, b""), SendOutcome::Retry { .. }));
    }

    #[test]
    fn what_nobody_knows_is_never_repeated_by_the_machine() {
        let told = classify(400, None, error(999_999).as_bytes());
        assert_eq!(told, SendOutcome::Refused(vendor(999_999), Later));
        let silent = |status, advice| {
            let error = VendorError { code: -i64::from(status), detail: String::new() };
            assert_eq!(classify(status, None, b"<html>"), SendOutcome::Refused(error, advice));
        };
        silent(404, FixChannel);
        silent(302, FixChannel);
        silent(413, FixMessage);
        silent(418, Later);
    }
}
