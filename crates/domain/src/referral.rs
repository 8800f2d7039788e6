//! Where a customer came from: the ad or post that opened the chat (whatsapp-cloud.md §2.8, twilio.md §3).

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The ad or post behind a first message. Kept for attribution and for the free entry point.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Referral {
    /// `ad` or `post`.
    pub source: Option<String>,
    /// The vendor's id of it.
    pub source_id: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// `image` or `video`.
    pub media_type: Option<String>,
    /// Address of its picture, film or thumbnail.
    pub media_url: Option<String>,
    /// The click's id, for the vendor's conversions API; missing for ads in Status.
    pub click_id: Option<String>,
    /// The greeting the customer saw.
    pub welcome: Option<String>,
    /// All of it, as it came.
    pub raw: Value,
}
