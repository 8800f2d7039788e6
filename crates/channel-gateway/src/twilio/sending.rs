//! `POST /2010-04-01/Accounts/{AccountSid}/Messages.json`.

use std::{sync::Arc, time::Duration};

use domain::{
    Address, ChannelKind, Content,
    inbound::VendorError,
    outbound::{Outbound, SendOutcome},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::{ERRORS, message::WHATSAPP, status::MESSAGE_PARAMETER};
use crate::{
    Http, NoBase, Sender,
    answer::{Answer, judge},
    http,
    json::{detail, mend},
    sender::{endpoint, refused},
    verdict::{UNREACHABLE, UNSENDABLE},
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
    /// Our address for status callbacks, to which the message's id is added.
    pub status_callback_url: Url,
}

/// Sends from one address of a Twilio account.
#[derive(Debug, Clone)]
pub struct TwilioSender {
    http: Http,
    url: Url,
    // Shared, because senders are cloned into every task.
    settings: Arc<TwilioSettings>,
}

impl TwilioSender {
    /// A sender for an address.
    ///
    /// # Errors
    /// When the base address can't be one.
    pub fn new(http: Http, settings: TwilioSettings) -> Result<Self, NoBase> {
        let path = ["2010-04-01", "Accounts", &settings.account, "Messages.json"];
        let url = endpoint(&settings.base_url, &path)?;
        Ok(Self { http, url, settings: Arc::new(settings) })
    }
}

impl Sender for TwilioSender {
    async fn send(&self, message: &Outbound) -> SendOutcome {
        let form = match request_form(&self.settings, message) {
            Ok(form) => form,
            Err(refusal) => return refusal,
        };
        let token = self.settings.auth_token.expose_secret();
        let request = self.http.post(&self.url).basic_auth(&self.settings.auth_user, Some(token)).form(&form);
        match http::call(request).await {
            Ok(answer) => judged(&answer),
            Err(outcome) => outcome,
        }
    }
}

/// The request for a message, or our refusal. Text alone for now. Twilio can't quote, so `reply_to` is not sent.
fn request_form(
    settings: &TwilioSettings,
    message: &Outbound,
) -> Result<[(&'static str, String); 4], SendOutcome> {
    let by_whatsapp = settings.from.starts_with(WHATSAPP);
    let kind = if by_whatsapp { ChannelKind::TwilioWhatsapp } else { ChannelKind::TwilioSms };
    let Content::Text { body } = &message.content else {
        return Err(refused(kind, UNSENDABLE, "this kind of message cannot be sent here"));
    };
    let to = message.to.strip_prefix(WHATSAPP).unwrap_or(&message.to);
    let address = Address::phone(to).or_else(|| Address::bsuid(to).filter(|_| by_whatsapp));
    let Some(address) = address else {
        return Err(refused(kind, UNREACHABLE, "the address is of no use on this channel"));
    };
    let prefix = if by_whatsapp { WHATSAPP } else { "" };
    let mut callback = settings.status_callback_url.clone();
    callback.query_pairs_mut().append_pair(MESSAGE_PARAMETER, &message.ticket().to_string());
    Ok([
        ("To", format!("{prefix}{}", address.value)),
        ("From", settings.from.clone()),
        ("Body", body.clone()),
        ("StatusCallback", callback.into()),
    ])
}

/// What an answer of Twilio means.
#[must_use]
pub fn classify(http_status: u16, retry_after: Option<Duration>, body: &[u8]) -> SendOutcome {
    judged(&Answer { status: http_status, retry_after, body: body.to_vec() })
}

fn judged(answer: &Answer) -> SendOutcome {
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
    use domain::{
        MessageId,
        outbound::Advice::{self, FixChannel, FixMessage, Later, Never, UseTemplate},
    };
    use serde_json::json;

    use super::*;

    fn settings(from: &str) -> TwilioSettings {
        TwilioSettings {
            base_url: "https://api.twilio.com".parse().unwrap(),
            account: "AC1".into(),
            auth_user: "SK1".into(),
            auth_token: "secret".into(),
            from: from.into(),
            status_callback_url: "https://inbox.example.com/webhooks/twilio/status?c=1".parse().unwrap(),
        }
    }

    fn message(to: &str) -> Outbound {
        let id: MessageId = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001".parse().unwrap();
        Outbound {
            message: id,
            attempt: 1,
            to: to.into(),
            content: Content::Text { body: "Hola".into() },
            reply_to: None,
        }
    }

    fn to(from: &str, to: &str) -> Result<String, (i64, Advice)> {
        match request_form(&settings(from), &message(to)) {
            Ok([(_, to), ..]) => Ok(to),
            Err(SendOutcome::Refused(error, advice)) => Err((error.code, advice)),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_callback_address_carries_our_id() {
        let form =
            request_form(&settings("whatsapp:+14155238886"), &message("whatsapp:+573001112233")).unwrap();
        let callback =
            "https://inbox.example.com/webhooks/twilio/status?c=1&m=0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001.1";
        let expected = [
            ("To", "whatsapp:+573001112233"),
            ("From", "whatsapp:+14155238886"),
            ("Body", "Hola"),
            ("StatusCallback", callback),
        ];
        assert_eq!(form.each_ref().map(|(name, value)| (*name, value.as_str())), expected);
    }

    #[test]
    fn the_address_speaks_what_the_channel_speaks() {
        let (whatsapp, sms) = ("whatsapp:+14155238886", "+14155550100");
        assert_eq!(to(whatsapp, "573001112233").as_deref(), Ok("whatsapp:+573001112233"));
        assert_eq!(to(whatsapp, "whatsapp:CO.401").as_deref(), Ok("whatsapp:CO.401"));
        assert_eq!(to(sms, "+573001112233").as_deref(), Ok("+573001112233"));
        assert_eq!(to(sms, "whatsapp:+573001112233").as_deref(), Ok("+573001112233"));
        assert_eq!(to(sms, "whatsapp:CO.401"), Err((UNREACHABLE, Never)));
        assert_eq!(to(whatsapp, "nobody"), Err((UNREACHABLE, Never)));
    }

    fn error(code: i64) -> String {
        json!({"code": code, "message": "why", "more_info": "https://a.example", "status": 400}).to_string()
    }

    fn vendor(code: i64) -> VendorError {
        VendorError { code, detail: "why".into() }
    }

    #[test]
    fn a_sid_is_acceptance_and_a_success_without_one_is_not() {
        let accepted = SendOutcome::Accepted { vendor_id: "SM1".into() };
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
