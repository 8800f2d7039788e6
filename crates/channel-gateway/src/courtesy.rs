//! Small signs for the customer: that we have read, that we are writing. Nothing depends on them.

use domain::inbound::VendorError;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::{
    AnySender, answer::Answer, http, twilio::TwilioSender, verdict::NOT_ANSWERED, whatsapp::CloudSender,
};

/// What the customer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Courtesy {
    /// Blue ticks on their message and all before it.
    Read,
    /// The same, and that we are writing, until our next message or for 25 seconds.
    Typing,
}

impl AnySender {
    /// Shows it beside the customer's message of that vendor id (whatsapp-cloud.md §5.2, twilio.md §10). Says that it was
    /// done, or whether the vendor has no such sign: Twilio can't show reading without typing, and SMS knows neither.
    ///
    /// # Errors
    /// What the vendor said against it. Not worth another try.
    pub async fn show(&self, courtesy: Courtesy, message: &str) -> Result<bool, VendorError> {
        match (self, courtesy) {
            (Self::Cloud(sender), _) => sender.show(courtesy, message).await.map(|()| true),
            (Self::Twilio(sender), Courtesy::Typing) if sender.is_whatsapp() => {
                sender.show_typing(message).await.map(|()| true)
            }
            (Self::Twilio(_), _) => Ok(false),
        }
    }
}

impl CloudSender {
    async fn show(&self, courtesy: Courtesy, message: &str) -> Result<(), VendorError> {
        let mut body = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": message });
        if courtesy == Courtesy::Typing {
            body["typing_indicator"] = json!({ "type": "text" });
        }
        let request = self.http.post(&self.url).bearer_auth(self.token.expose_secret()).json(&body);
        done(http::call(request).await.ok())
    }
}

impl TwilioSender {
    async fn show_typing(&self, message: &str) -> Result<(), VendorError> {
        let form = [("channel", "whatsapp"), ("messageId", message)];
        done(http::call(self.post(&self.typing_url).form(&form)).await.ok())
    }
}

fn done(answer: Option<Answer>) -> Result<(), VendorError> {
    match answer {
        Some(answer) if (200..300).contains(&answer.status) => Ok(()),
        Some(answer) => Err(VendorError { code: -i64::from(answer.status), detail: String::new() }),
        None => Err(VendorError { code: NOT_ANSWERED, detail: String::new() }),
    }
}
