//! The messages Twilio knows, both ways, for its list.

use std::sync::Mutex;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::sim::lock;

/// One message at Twilio.
#[derive(Debug, Clone)]
pub struct Message {
    /// `SM…` or `MM…`
    pub sid: String,
    /// Sender's address.
    pub from: String,
    /// Receiver's address.
    pub to: String,
    /// Text.
    pub body: String,
    /// `inbound` or `outbound-api`.
    pub direction: &'static str,
    /// Where it is.
    pub status: String,
    /// Why it failed.
    pub error: Option<u32>,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was sent.
    pub sent: Option<DateTime<Utc>>,
    /// When it last changed.
    pub updated: DateTime<Utc>,
    /// Ids of its files.
    pub media: Vec<String>,
    /// SMS it makes.
    pub segments: usize,
    /// Service it was sent by.
    pub service: Option<String>,
    /// What it cost, once that is known; negative.
    pub price: Option<f64>,
}

impl Message {
    /// The message as the API shows it.
    pub fn shape(&self, account: &str) -> Value {
        let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}", self.sid);
        json!({
            "account_sid": account, "api_version": "2010-04-01", "body": self.body,
            "date_created": self.created.to_rfc2822(), "date_sent": self.sent.map(|at| at.to_rfc2822()),
            "date_updated": self.updated.to_rfc2822(), "direction": self.direction,
            "error_code": self.error, "error_message": self.error.map(super::errors::message),
            "from": self.from, "to": self.to, "messaging_service_sid": self.service,
            "num_media": self.media.len().to_string(), "num_segments": self.segments.to_string(),
            "price": self.price.map(|price| format!("{price:.5}")), "price_unit": self.price.map(|_| "USD"),
            "sid": self.sid, "status": self.status,
            "subresource_uris": { "media": format!("{uri}/Media.json") }, "uri": format!("{uri}.json"),
        })
    }
}

/// All messages, oldest first.
#[derive(Default)]
pub struct Store(Mutex<Vec<Message>>);

impl Store {
    /// One more.
    pub fn add(&self, message: Message) {
        lock(&self.0).push(message);
    }

    /// The one with this id.
    pub fn find(&self, sid: &str) -> Option<Message> {
        lock(&self.0).iter().rev().find(|message| message.sid == sid).cloned()
    }

    /// Move a message on; answers how it stands then.
    pub fn progress(
        &self,
        sid: &str,
        status: &str,
        error: Option<u32>,
        at: DateTime<Utc>,
    ) -> Option<Message> {
        let mut all = lock(&self.0);
        let message = all.iter_mut().rev().find(|message| message.sid == sid)?;
        // Callbacks may be told out of order; the message itself only moves forward.
        if rank(status) >= rank(&message.status) {
            status.clone_into(&mut message.status);
        }
        message.error = error.or(message.error);
        message.sent.get_or_insert(at);
        message.updated = at;
        Some(message.clone())
    }

    /// Change one.
    pub fn change(&self, sid: &str, change: impl FnOnce(&mut Message)) {
        if let Some(message) = lock(&self.0).iter_mut().rev().find(|message| message.sid == sid) {
            change(message);
        }
    }

    /// Take one away; answers whether it was there.
    pub fn remove(&self, sid: &str) -> bool {
        let mut all = lock(&self.0);
        let before = all.len();
        all.retain(|message| message.sid != sid);
        all.len() < before
    }

    /// Those that fit, newest first.
    pub fn list(&self, wanted: impl Fn(&Message) -> bool) -> Vec<Message> {
        lock(&self.0).iter().rev().filter(|message| wanted(message)).cloned().collect()
    }

    /// Forget them.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }
}

fn rank(status: &str) -> u8 {
    match status {
        "queued" | "accepted" | "scheduled" => 0,
        "sending" => 1,
        "sent" => 2,
        "delivered" => 3,
        "read" => 4,
        _ => 5,
    }
}
