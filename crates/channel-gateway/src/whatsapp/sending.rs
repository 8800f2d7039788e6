//! `POST /{phone-number-id}/messages`.

use std::time::Duration;

use domain::{
    Address, ChannelKind, Content, IdentityKind,
    outbound::{Outbound, SendOutcome},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::{ERRORS, errors::vendor_error};
use crate::{
    Http, NoBase, Sender,
    answer::{Answer, judge},
    http,
    json::mend,
    sender::{endpoint, refused},
    verdict::{UNREACHABLE, UNSENDABLE},
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
    pub(super) http: Http,
    pub(super) url: Url,
    pub(super) media_url: Url,
    pub(super) token: SecretString,
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

/// The request for a message, or our refusal. Text alone for now: files and templates come with their own screens.
fn request_body(message: &Outbound) -> Result<Value, SendOutcome> {
    let refused = |code, detail| Err(refused(ChannelKind::WhatsappCloud, code, detail));
    let Content::Text { body } = &message.content else {
        return refused(UNSENDABLE, "this kind of message cannot be sent here");
    };
    let Some(to) = Address::phone(&message.to).or_else(|| Address::bsuid(&message.to)) else {
        return refused(UNREACHABLE, "the address is neither a phone nor a user id");
    };
    let mut request = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": "text",
        "text": { "body": body, "preview_url": false },
        // Comes back in every status, also in one that overtakes the answer.
        "biz_opaque_callback_data": message.ticket().to_string(),
    });
    match to.kind {
        // With `+`: without it our own country code may be put in front.
        IdentityKind::Phone => request["to"] = to.value.into(),
        IdentityKind::Bsuid | IdentityKind::ParentBsuid => request["recipient"] = to.value.into(),
    }
    if let Some(quoted) = &message.reply_to {
        request["context"] = json!({ "message_id": quoted });
    }
    Ok(request)
}

/// What an answer of the Graph API means.
#[must_use]
pub fn classify(http_status: u16, retry_after: Option<Duration>, body: &[u8]) -> SendOutcome {
    judged(&Answer { status: http_status, retry_after, body: body.to_vec() })
}

fn judged(answer: &Answer) -> SendOutcome {
    let body: Value = serde_json::from_str(&mend(&answer.body)).unwrap_or_default();
    let id = body["messages"][0]["id"].as_str().filter(|id| !id.is_empty());
    judge(answer, id.map(str::to_owned), vendor_error(&body["error"]), ERRORS)
}

#[cfg(test)]
mod tests {
    use domain::{
        MessageId,
        inbound::VendorError,
        outbound::Advice::{self, FixChannel, FixMessage, Later, UseTemplate},
    };

    use super::*;

    fn message(to: &str) -> Outbound {
        let id: MessageId = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001".parse().unwrap();
        let content = Content::Text { body: "Hola".into() };
        Outbound { message: id, attempt: 1, to: to.into(), content, reply_to: None }
    }

    #[test]
    fn a_phone_gets_its_plus_and_a_user_id_its_own_field() {
        let body =
            request_body(&Outbound { reply_to: Some("wamid.Q".into()), ..message("573001112233") }).unwrap();
        let expected = json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+573001112233",
            "type": "text", "text": {"body": "Hola", "preview_url": false},
            "context": {"message_id": "wamid.Q"},
            "biz_opaque_callback_data": "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0001.1",
        });
        assert_eq!(body, expected);

        let body = request_body(&message("CO.40123456789012345678")).unwrap();
        assert_eq!((&body["recipient"], body.get("to")), (&json!("CO.40123456789012345678"), None));
        assert_eq!(body.get("context"), None);
    }

    #[test]
    fn what_cannot_be_sent_is_refused_before_any_call() {
        let code = |message: &Outbound| match request_body(message) {
            Err(SendOutcome::Refused(error, advice)) => (error.code, advice),
            other => panic!("{other:?}"),
        };
        assert_eq!(code(&message("nobody")), (UNREACHABLE, Advice::Never));
        let welcome = Outbound { content: Content::Welcome, ..message("573001112233") };
        assert_eq!(code(&welcome), (UNSENDABLE, FixMessage));
    }

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
        let accepted = SendOutcome::Accepted { vendor_id: "wamid.NEW".into() };
        assert_eq!(classify(200, None, ACCEPTED.as_bytes()), accepted);
        for body in ["", "{}", "<html>", &ACCEPTED[..60], r#"{"messages":[]}"#, r#"{"messages":[{"id":""}]}"#]
        {
            assert!(matches!(classify(200, None, body.as_bytes()), SendOutcome::Uncertain { .. }), "{body}");
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
        retried(400, 131_056, None, Some(6));
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
