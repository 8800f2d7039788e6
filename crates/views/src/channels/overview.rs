//! GET /admin/channels/{id}.

use askama::Template;
use chrono::{DateTime, Utc};

use super::{AlarmLine, ChannelHead, ChannelTab, PastLine, list::Quality, reopening};
use crate::{Frame, Tx};

/// A channel at a glance.
#[derive(Debug, Template)]
#[template(path = "channel_overview.html")]
pub struct ChannelPage {
    /// What is around it.
    pub frame: Frame,
    /// The channel.
    pub head: ChannelHead,
    /// Which tab this is.
    pub tab: ChannelTab,
    /// What somebody has to look at.
    pub alarms: Vec<AlarmLine>,
    /// The vendor's rating.
    pub quality: Option<Quality>,
    /// The queue where its conversations begin.
    pub queue: String,
    /// Messages a second, at most.
    pub per_second: i32,
    /// For how many seconds after closing a customer's message reopens.
    pub reopen_within: i32,
    /// When a message, a status and a notice last came.
    pub heard: [Option<DateTime<Utc>>; 3],
    /// Where the vendor sends what comes in.
    pub webhook_url: String,
    /// The end of the verify token, where there is one.
    pub verify_token: Option<String>,
    /// What the vendor told, the newest first.
    pub notices: Vec<NoticeLine>,
    /// The import of what was said before the connection; `None` where there is none.
    pub past: Option<PastLine>,
    /// Customers that may be written to first in a day: the vendor's word.
    pub limit: Option<String>,
    /// What was just done: `done-…`.
    pub done: Option<&'static str>,
}

/// A notice of the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeLine {
    /// The vendor's name of it.
    pub field: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether this version knows what it means.
    pub known: bool,
    /// All of it.
    pub raw: String,
}

/// The vendor's names that have words, as their keys end.
pub const NOTICES: &[&str] = &[
    "phone-number-quality-update",
    "phone-number-name-update",
    "security",
    "account-update",
    "account-alerts",
    "account-review-update",
    "business-capability-update",
    "message-template-status-update",
    "message-template-quality-update",
    "message-template-components-update",
    "template-category-update",
    "user-preferences",
    "business-username-update",
    "payment-configuration-update",
    "partner-solutions",
    "automatic-events",
    "group-message",
];

impl NoticeLine {
    /// What it is about, in words where there are any.
    #[must_use]
    pub fn title(&self, tx: &Tx) -> String {
        let key = self.field.replace('_', "-");
        let known = NOTICES.contains(&key.as_str());
        tx.t(&if known { format!("notice-{key}") } else { "channel-notice-other".to_owned() })
    }
}

impl ChannelPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    fn reopening(&self) -> String {
        reopening::words(self.reopen_within, &self.tx())
    }
}
