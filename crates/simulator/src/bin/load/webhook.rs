//! Meta's webhooks, made and signed before the clock runs.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;
use simulator::{
    CloudChannel, signing,
    wire::{ids, meta},
};

use crate::tally::marker;

/// A whole request, ready to be written to a connection.
pub type Request = Vec<u8>;

/// A customer, by number: theirs is the `n`-th phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Customer(pub usize);

impl Customer {
    /// The phone as webhooks show it.
    #[must_use]
    pub fn phone(self) -> String {
        format!("519{:08}", self.0)
    }
}

/// Makes webhooks of the demo's WhatsApp number.
pub struct Meta {
    channel: CloudChannel,
    host: String,
}

impl Meta {
    /// Posting to the server at `host`.
    #[must_use]
    pub fn new(host: String) -> Self {
        Self { channel: CloudChannel::default(), host }
    }

    /// Message `number` of a customer.
    #[must_use]
    pub fn message(&self, number: usize, from: Customer) -> Request {
        let phone = from.phone();
        let text = format!(
            "{} Buenos días, quisiera cambiar mi cita del jueves por la tarde, ¿se puede?",
            marker(number)
        );
        let id = ids::wamid(&phone, rand::random());
        let (message, contact) =
            meta::text_message(&phone, &format!("Cliente {}", from.0), &id, seconds(), &text);
        self.post(meta::change(&self.channel, "messages", vec![message], vec![contact]))
    }

    /// A step of a message of ours, as Meta tells it.
    #[must_use]
    pub fn status(&self, vendor_id: &str, opaque: &str, recipient: &str, state: &str) -> Request {
        let status = json!({
            "id": vendor_id, "status": state, "timestamp": seconds().to_string(), "recipient_id": recipient,
            "biz_opaque_callback_data": opaque,
            "pricing": { "billable": true, "pricing_model": "PMP", "category": "service", "type": "free_customer_service" },
        });
        self.post(meta::change(&self.channel, "statuses", vec![status], Vec::new()))
    }

    fn post(&self, change: serde_json::Value) -> Request {
        let body = meta::to_bytes(&meta::envelope(&self.channel.waba_id, vec![change]));
        let mut request = format!(
            "POST /webhooks/whatsapp HTTP/1.1\r\nhost: {}\r\nuser-agent: facebookexternalua\r\naccept: */*\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nx-hub-signature-256: {}\r\n\r\n",
            self.host,
            body.len(),
            signing::meta(&self.channel.app_secret, &body),
        )
        .into_bytes();
        request.extend_from_slice(&body);
        request
    }
}

fn seconds() -> i64 {
    // A clock before 1970 is nobody's.
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
