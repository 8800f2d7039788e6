//! What can be known of a channel.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What came of asking the vendor one thing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Asked<T> {
    /// It was not asked: it does not concern this kind of channel, or another answer made it pointless.
    #[default]
    Not,
    /// The answer.
    Got(T),
    /// The vendor refused, in its words.
    Refused(String),
    /// No answer came, in ours.
    Silent(String),
    /// The vendor has no list to look in, as with some accounts and regions.
    NoList,
    /// It is not in the vendor's list: what was looked for.
    Absent(String),
}

impl<T> Asked<T> {
    /// The answer, if there is one.
    #[must_use]
    pub const fn got(&self) -> Option<&T> {
        match self {
            Self::Got(value) => Some(value),
            _ => None,
        }
    }
}

/// A token as its vendor sees it (whatsapp-cloud.md §8.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenFacts {
    /// Whether it works.
    pub valid: bool,
    /// Why not.
    pub error: Option<String>,
    /// Until when; `None`: for ever.
    pub expires_at: Option<DateTime<Utc>>,
    /// `USER`, `SYSTEM_USER`…
    pub kind: String,
    /// The app it was made with.
    pub app: String,
    /// What it may do.
    pub scopes: BTreeSet<String>,
    /// To which assets, by permission; a permission that is not here has no bounds.
    pub targets: Vec<(String, Vec<String>)>,
}

/// Where an app sends its webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebhookFacts {
    /// The address.
    pub url: Option<String>,
    /// Whether it is in use.
    pub active: bool,
    /// The subscribed fields.
    pub fields: BTreeSet<String>,
}

/// What the vendor knows about a number. The vendors' words stay text: they are shown, and compared where a check does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NumberFacts {
    /// The vendor's id.
    pub id: String,
    /// The number, as the vendor writes it.
    pub number: String,
    /// The name customers see.
    pub name: Option<String>,
    /// `APPROVED`, `PENDING_REVIEW`, `DECLINED`…
    pub name_status: Option<String>,
    /// The same of a name that was asked for.
    pub new_name_status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`; `HIGH`…
    pub quality: Option<String>,
    /// `TIER_2K`…: customers a day for the whole portfolio.
    pub limit: Option<String>,
    /// The portfolio's id, where the vendor tells it: its numbers share the limit.
    pub portfolio_id: Option<String>,
    /// `STANDARD`, `HIGH`.
    pub throughput: Option<String>,
    /// Whether the number was proved to be ours: `VERIFIED`…
    pub verification: Option<String>,
    /// `CONNECTED`, `PENDING`…; `ONLINE`, `OFFLINE`…
    pub status: Option<String>,
    /// `CLOUD_API`…
    pub platform: Option<String>,
    /// `LIVE`, `SANDBOX`.
    pub mode: Option<String>,
    /// With the official badge.
    pub official: bool,
    /// Two-step PIN set.
    pub pin: Option<bool>,
    /// Used in the app on a phone at the same time (coexistence).
    pub on_app: bool,
    /// Since when it is with the API.
    pub onboarded: Option<String>,
    /// Whether the business was verified.
    pub business: Option<String>,
    /// The account's name.
    pub account: Option<String>,
    /// The account's currency.
    pub currency: Option<String>,
    /// The account's review.
    pub review: Option<String>,
    /// Where webhooks of this number go, when not to the app's address.
    pub number_webhook: Option<String>,
    /// The same of the account.
    pub account_webhook: Option<String>,
    /// What may be sent, by entity.
    pub health: Vec<Health>,
    /// Why it is offline, in the vendor's words.
    pub offline: Vec<String>,
}

/// What the vendor says of one thing that sending depends on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    /// `PHONE_NUMBER`, `WABA`, `BUSINESS`, `APP`…
    pub entity: String,
    /// `AVAILABLE`, `LIMITED`, `BLOCKED`.
    pub state: String,
    /// What is wrong, and the vendor's advice.
    pub problems: Vec<String>,
}

/// A messaging service in front of a sender (twilio.md §9).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceFacts {
    /// Where it sends what comes in.
    pub inbound_url: Option<String>,
    /// Where it sends what that address did not take.
    pub fallback_url: Option<String>,
    /// Whether the sender's own addresses count instead.
    pub use_senders: bool,
}

/// Everything that was gathered about a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gathered {
    /// The addresses webhooks may go to; the first is the one to name.
    pub our_urls: Vec<String>,
    /// The vendor's id of the account.
    pub account: String,
    /// The vendor's id of our app, when known.
    pub app: Option<String>,
    /// The token.
    pub token: Asked<TokenFacts>,
    /// The app's webhook.
    pub webhook: Asked<WebhookFacts>,
    /// The apps that listen to the account.
    pub apps: Asked<Vec<String>>,
    /// The number, or the sender.
    pub number: Asked<NumberFacts>,
    /// What our own public address answered: `None` = as it should, else what it said.
    pub address: Asked<Option<String>>,
    /// The vendor's clock.
    pub vendor_time: Option<DateTime<Utc>>,
    /// The account's status, where a key belongs to an account and not to an app.
    pub credentials: Asked<String>,
    /// Where incoming messages go, where that is set at the sender.
    pub inbound: Asked<Option<String>>,
    /// Where those go that were not taken there, where that is set at the sender.
    pub fallback: Asked<Option<String>>,
    /// The messaging service, where there is one.
    pub service: Asked<ServiceFacts>,
    /// When a message, a status and a notice last came.
    pub heard: [Option<DateTime<Utc>>; 3],
}
