//! `POST /{phone-number-id}/media`: a file is handed over before the message that names it.

use domain::outbound::SendOutcome;
use reqwest::multipart::{Form, Part};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::{ERRORS, errors::vendor_error, sending::CloudSender};
use crate::{
    answer::{Answer, judge, repeatable},
    http,
    json::mend,
    sender::refused,
    verdict::UNSENDABLE,
};

impl CloudSender {
    /// Hands a file over and answers with Meta's id of it, good for 30 days and for this number alone
    /// (whatsapp-cloud.md §6). `mime` is the type of the bytes, as `image/jpeg`.
    ///
    /// # Errors
    /// What its message's outcome is then: a refusal, or a retry. An upload whose fate is unknown is a retry too,
    /// because a file that was handed over twice reaches nobody.
    pub async fn upload(&self, name: &str, mime: &str, bytes: Vec<u8>) -> Result<String, SendOutcome> {
        let file = Part::bytes(bytes).file_name(name.to_owned()).mime_str(mime);
        let Ok(file) = file else {
            let kind = domain::ChannelKind::WhatsappCloud;
            return Err(refused(kind, UNSENDABLE, "the file's type is none"));
        };
        let form = Form::new()
            .text("messaging_product", "whatsapp")
            .text("type", mime.to_owned())
            .part("file", file);
        let request = self.http.post(&self.media_url).bearer_auth(self.token.expose_secret()).multipart(form);
        match http::call(request).await {
            Ok(answer) => judged(&answer),
            Err(outcome) => repeatable(outcome),
        }
    }
}

fn judged(answer: &Answer) -> Result<String, SendOutcome> {
    let body: Value = serde_json::from_str(&mend(&answer.body)).unwrap_or_default();
    let id = body["id"].as_str().filter(|id| !id.is_empty());
    repeatable(judge(answer, id.map(str::to_owned), vendor_error(&body["error"]), ERRORS))
}

#[cfg(test)]
mod tests {
    use domain::outbound::Advice;

    use super::*;

    fn answered(status: u16, body: &str) -> Result<String, SendOutcome> {
        judged(&Answer { status, retry_after: None, body: body.into() })
    }

    #[test]
    fn an_upload_ends_with_an_id_a_refusal_or_another_try_and_never_in_doubt() {
        assert_eq!(answered(200, r#"{"id":"900"}"#).as_deref(), Ok("900"));
        let too_big = answered(400, r#"{"error":{"code":131053,"message":"m"}}"#);
        assert!(matches!(too_big, Err(SendOutcome::Refused(_, Advice::FixMessage))), "{too_big:?}");
        for (status, body) in [(200, "{}"), (502, "<html>"), (500, r#"{"error":{"code":131000}}"#)] {
            let again = answered(status, body);
            assert!(matches!(again, Err(SendOutcome::Retry { .. })), "{again:?}");
        }
    }
}
