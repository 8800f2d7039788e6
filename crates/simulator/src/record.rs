//! What the vendors received and accepted: the ground truth of a test.

use std::sync::Mutex;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::{customers::canonical, sim::lock};

/// One accepted message.
#[derive(Debug, Clone, Serialize)]
pub struct Sent {
    /// Phone number id, or the sender's address at Twilio.
    pub channel: String,
    /// `+` and digits, or a user id.
    pub to: String,
    /// The vendor's name of the kind: `text`, `template`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The text in it, as far as there is one.
    pub body: String,
    /// `wamid.…` or `SM…`.
    pub vendor_id: String,
    /// The sender's own id: `biz_opaque_callback_data`, or the status URL.
    pub opaque: Option<String>,
    /// When it was accepted.
    pub at: DateTime<Utc>,
    /// As it came.
    pub payload: Value,
}

/// All of them, newest last.
#[derive(Default)]
pub struct Record(Mutex<Vec<Sent>>);

impl Record {
    /// One more.
    pub fn add(&self, sent: Sent) {
        lock(&self.0).push(sent);
    }

    /// Those to this address, or all.
    pub fn list(&self, to: Option<&str>) -> Vec<Sent> {
        let plain =
            |text: &str| crate::customers::key(text).map_or_else(|| text.to_owned(), |key| canonical(&key));
        let to = to.map(plain);
        let wanted = |sent: &Sent| to.as_ref().is_none_or(|to| plain(&sent.to) == *to);
        lock(&self.0).iter().filter(|sent| wanted(sent)).cloned().collect()
    }

    /// Forget them.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }
}
