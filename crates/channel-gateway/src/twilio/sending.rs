//! `POST /2010-04-01/Accounts/{AccountSid}/Messages.json`.

use std::{sync::Arc, time::Duration};

use domain::{
    inbound::VendorError,
    outbound::{Outbound, SendOutcome},
};
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::{ERRORS, form_body::request_form, message::WHATSAPP};
use crate::{
    Http, NoBase, Sender,
    answer::{Answer, judge},
    http,
    json::{detail, mend},
    sender::endpoint,
};

/// What it takes to send from an address.
#[derive(Debug, Clone)]
pub struct TwilioSettings {
    /// `https://api.twilio.com`.
    pub base_url: Url,
    /// The account SID; it stands in the address, whoever signs in.
    pub account: String,
    /// Who signs in: the account SID or an API key.
    pub auth_user: String,
    /// The auth token or the key's secret.
    pub auth_token: SecretString,
    /// Our address, `+…` or `whatsapp:+…`. The prefix decides what the channel speaks.
    pub from: String,
    /// The Messaging Service (`MG…`) through which it is sent, if any; the address must be in its pool.
    pub messaging_service: Option<String>,
    /// Our address for status callbacks, to which the message's id is added.
    pub status_callback_url: Url,
    /// `https://content.twilio.com`: questions are made into contents there.
    pub content_url: Url,
    /// `https://messaging.twilio.com`: shows the customer that we type.
    pub messaging_url: Url,
}

/// Sends from one address of a Twilio account.
#[derive(Debug, Clone)]
pub struct TwilioSender {
    pub(super) http: Http,
    url: Url,
    pub(super) content_url: Url,
    pub(crate) typing_url: Url,
    // Shared, because senders are cloned into every task.
    pub(super) settings: Arc<TwilioSettings>,
}

impl TwilioSender {
    /// A sender for an address.
    ///
    /// # Errors
    /// When the base address can't be one.
    pub fn new(http: Http, settings: TwilioSettings) -> Result<Self, NoBase> {
        let path = ["2010-04-01", "Accounts", &settings.account, "Messages.json"];
        let url = endpoint(&settings.base_url, &path)?;
        let content_url = endpoint(&settings.content_url, &["v1", "Content"])?;
        let typing_url = endpoint(&settings.messaging_url, &["v2", "Indicators", "Typing.json"])?;
        Ok(Self { http, url, content_url, typing_url, settings: Arc::new(settings) })
    }

    /// The request, signed in.
    /// Whether it speaks WhatsApp, not SMS.
    pub(crate) fn is_whatsapp(&self) -> bool {
        self.settings.from.starts_with(WHATSAPP)
    }

    pub(crate) fn post(&self, url: &Url) -> RequestBuilder {
        let token = self.settings.auth_token.expose_secret();
        self.http.post(url).basic_auth(&self.settings.auth_user, Some(token))
    }
}

impl Sender for TwilioSender {
    async fn send(&self, message: &Outbound) -> SendOutcome {
        let form = match request_form(&self.settings, message) {
            Ok(form) => form,
            Err(refusal) => return refusal,
        };
        match http::call(self.post(&self.url).form(&form)).await {
            Ok(answer) => judged(&answer),
            Err(outcome) => outcome,
        }
    }
}

/// What an answer of Twilio means.
#[must_use]
pub fn classify(http_status: u16, retry_after: Option<Duration>, body: &[u8]) -> SendOutcome {
    judged(&Answer { status: http_status, retry_after, body: body.to_vec() })
}

pub(super) fn judged(answer: &Answer) -> SendOutcome {
    let body: Value = serde_json::from_str(&mend(&answer.body)).unwrap_or_default();
    let told = |code: &Value, words: &Value| {
        code.as_i64().map(|code| VendorError { code, detail: detail(words.as_str()) })
    };
    let mut sid = body["sid"].as_str().filter(|sid| !sid.is_empty());
    let mut error = told(&body["code"], &body["message"]);
    if matches!(body["status"].as_str(), Some("failed" | "undelivered" | "canceled")) {
        // Created, and dead at once: it has an id, but nobody will get it.
        error = told(&body["error_code"], &body["error_message"]);
        sid = sid.filter(|_| error.is_none());
    }
    judge(answer, sid.map(str::to_owned), error, ERRORS)
}

#[cfg(test)]
mod tests {
    use domain::outbound::Advice::{FixChannel, FixMessage, Later, Never, UseTemplate};
    use serde_json::json;

    use super::*;

    fn error(code: i64) -> String {
        json!({"code": code, "message": "why", "more_info": "https://a.example", "status": 400}).to_string()
    }

    fn vendor(code: i64) -> VendorError {
        VendorError { code, detail: "why".into() }
    }

    #[test]
    fn a_sid_is_acceptance_and_a_success_without_one_is_not() {
        let accepted = SendOutcome::Accepted { vendor_id: "SM1".into(), held: None };
        assert_eq!(classify(201, None, br#"{"sid":"SM1","status":"queued","error_code":null}"#), accepted);
        assert_eq!(classify(201, None, br#"{"sid":"SM1","status":"failed","error_code":null}"#), accepted);
        for body in ["", "{}", r#"{"sid":"SM1"#, r#"{"sid":""}"#] {
            assert!(matches!(classify(201, None, body.as_bytes()), SendOutcome::Uncertain { .. }), "{body}");
        }
    }

    #[test]
    fn a_message_that_failed_at_once_is_refused_though_it_has_an_id() {
        let body = br#"{"sid":"SM1","status":"failed","error_code":63016,"error_message":"why"}"#;
        assert_eq!(classify(201, None, body), SendOutcome::Refused(vendor(63_016), UseTemplate));
    }

    #[test]
    fn refusals_say_what_can_be_done() {
        let told = [
            (401, 20_003, FixChannel),
            (400, 21_211, Never),
            (400, 21_610, Never),
            (400, 21_617, FixMessage),
            (400, 63_007, FixChannel),
            (400, 99_999, Later),
            (403, 99_999, FixChannel),
        ];
        for (status, code, advice) in told {
            assert_eq!(
                classify(status, None, error(code).as_bytes()),
                SendOutcome::Refused(vendor(code), advice)
            );
        }
    }

    #[test]
    fn too_many_requests_are_tried_again_when_asked_to() {
        let after = Some(Duration::from_secs(3));
        let expected = SendOutcome::Retry { after, error: vendor(20_429) };
        assert_eq!(classify(429, after, error(20_429).as_bytes()), expected);
        assert!(matches!(classify(429, None, b""), SendOutcome::Retry { after: None, .. }));
    }

    #[test]
    fn trouble_inside_the_server_is_uncertain() {
        for (status, body) in
            [(500, error(20_500)), (500, error(63_010)), (503, String::new()), (504, "<html>".into())]
        {
            assert!(
                matches!(classify(status, None, body.as_bytes()), SendOutcome::Uncertain { .. }),
                "{body}"
            );
        }
    }
}
