//! An alarm in words: what is wrong and what to do.

use chrono::{DateTime, Utc};
use domain::{AlarmKind, Severity};

use crate::{Arg, Tx};

/// An open alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmLine {
    /// Which.
    pub id: String,
    /// The channel's or account's name.
    pub about: String,
    /// Where to look into it.
    pub href: String,
    /// What is wrong; `None` for a word this version does not know.
    pub kind: Option<AlarmKind>,
    /// The stored word, for those.
    pub word: String,
    /// How soon somebody has to look.
    pub severity: Severity,
    /// The vendor's words, a name or a number that belongs into the sentence.
    pub detail: String,
    /// Since when.
    pub raised_at: DateTime<Utc>,
}

impl AlarmLine {
    /// The class of the box.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        match self.severity {
            Severity::Critical => "bad",
            Severity::Warning => "warn",
            Severity::Info => "info",
        }
    }

    /// What is wrong, with the channel's name.
    #[must_use]
    pub fn title(&self, tx: &Tx) -> String {
        let key = self.kind.map_or("alarm-other", title_key);
        tx.with(key, [("about", Arg::Text(&self.about)), ("detail", Arg::Text(&self.detail))])
    }

    /// What to do.
    #[must_use]
    pub fn to_do(&self, tx: &Tx) -> String {
        let key = self.kind.map_or("alarm-other-todo", to_do_key);
        let detail = if self.kind.is_none() { &self.word } else { &self.detail };
        tx.with(key, [("about", Arg::Text(&self.about)), ("detail", Arg::Text(detail))])
    }
}

macro_rules! keys {
    ($($case:ident = $key:literal,)+) => {
        /// The key of what is wrong.
        #[must_use]
        pub const fn title_key(kind: AlarmKind) -> &'static str {
            match kind { $(AlarmKind::$case => concat!("alarm-", $key),)+ }
        }

        /// The key of what to do.
        #[must_use]
        pub const fn to_do_key(kind: AlarmKind) -> &'static str {
            match kind { $(AlarmKind::$case => concat!("alarm-", $key, "-todo"),)+ }
        }
    };
}
keys! {
    TokenInvalid = "token-invalid",
    TokenExpiring = "token-expiring",
    TokenWeak = "token-weak",
    WebhookLost = "webhook-lost",
    WebhookPartial = "webhook-partial",
    Silent = "silent",
    QualityLow = "quality-low",
    NumberFlagged = "number-flagged",
    NumberOff = "number-off",
    Unpaid = "unpaid",
    SendingBlocked = "sending-blocked",
    NameRejected = "name-rejected",
    PinReset = "pin-reset",
    PinChanged = "pin-changed",
    AccountRestricted = "account-restricted",
    AccountBanned = "account-banned",
    AccountViolation = "account-violation",
    AccountReview = "account-review",
    AccountGone = "account-gone",
    VendorAlert = "vendor-alert",
    Clock = "clock",
    AddressUnreachable = "address-unreachable",
    ListingFailed = "listing-failed",
    LedgerGap = "ledger-gap",
}
