//! Misbehaviour on request.

use serde::{Deserialize, Serialize};

/// What goes wrong, as set by `POST /control/faults`. Shares are of 1; what is absent is off.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Share of webhooks that are posted twice.
    pub duplicate: f64,
    /// Webhooks overtake each other, and so do the items inside a batch.
    pub reorder: bool,
    /// Delay of every webhook, drawn between the two ends.
    pub delay_ms: Option<(u64, u64)>,
    /// Most updates put into one webhook (Meta only); 0 and 1 mean one each.
    pub batch: usize,
    /// Share of calls refused for their rate, with HTTP 429.
    pub status_429: f64,
    /// `Retry-After` of those, in seconds.
    pub retry_after: Option<u64>,
    /// Share of calls answered with HTTP 500.
    pub status_500: f64,
    /// Share of calls that change something, are accepted and carried out, and never answered.
    pub timeout_after_accept: f64,
    /// Time before every answer of a vendor, drawn between the two ends.
    pub answer_ms: Option<(u64, u64)>,
    /// Pieces of paths: the three shares above concern only calls whose path has one of them. Empty: every call.
    pub only: Vec<String>,
    /// Share of status webhooks that are never posted.
    pub lose_status: f64,
    /// Time added before every status.
    pub status_delay_ms: u64,
    /// Every delivery fails with this code.
    pub fail_delivery_code: Option<u32>,
    /// The statuses of a message come last first.
    pub reorder_statuses: bool,
    /// Messages are delivered and never read.
    pub no_read: bool,
    /// `delivered` is left out: a customer who reads at once.
    pub skip_delivered: bool,
    /// Share of webhooks that carry keys, fields and parameters nobody has documented.
    pub noise: f64,
    /// The customer has blocked the business: nothing arrives, and the number's quality drops.
    pub block: bool,
}

impl Faults {
    /// Whether the faults of calls concern this path.
    pub fn concerns(&self, path: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|piece| path.contains(piece.as_str()))
    }

    /// Refuse what can't be meant.
    pub fn check(&self) -> Result<(), String> {
        let shares = [
            ("duplicate", self.duplicate),
            ("status_429", self.status_429),
            ("status_500", self.status_500),
            ("timeout_after_accept", self.timeout_after_accept),
            ("lose_status", self.lose_status),
            ("noise", self.noise),
        ];
        for (name, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return Err(format!("{name} is a share between 0 and 1"));
            }
        }
        for (name, range) in [("delay_ms", self.delay_ms), ("answer_ms", self.answer_ms)] {
            if range.is_some_and(|(low, high)| low > high) {
                return Err(format!("{name} is [shortest, longest]"));
            }
        }
        Ok(())
    }
}
