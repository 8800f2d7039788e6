//! Words of vendors about numbers and accounts (whatsapp-cloud.md §8.1, twilio.md §9) in ours.

use crate::Tx;

/// Those we have words for, as their keys end.
pub const KNOWN: &[&str] = &[
    "approved",
    "declined",
    "rejected",
    "pending",
    "pending-review",
    "available-without-review",
    "expired",
    "deferred",
    "none",
    "non-exists",
    "connected",
    "disconnected",
    "online",
    "offline",
    "flagged",
    "restricted",
    "rate-limited",
    "banned",
    "deleted",
    "migrated",
    "unverified",
    "verified",
    "not-verified",
    "failed",
    "pending-need-more-info",
    "pending-submission",
    "revoked",
    "cloud-api",
    "on-premise",
    "not-applicable",
    "live",
    "sandbox",
    "available",
    "limited",
    "blocked",
    "phone-number",
    "waba",
    "business",
    "app",
    "message-template",
    "unknown",
    "in-use",
];

/// A vendor's word in the person's language. One we don't know stays as it came: better than nothing.
#[must_use]
pub fn word(tx: &Tx, word: &str) -> String {
    if let Some(tier) = word.strip_prefix("TIER_") {
        return limit(tx, tier).unwrap_or_else(|| word.to_owned());
    }
    let key = word.to_ascii_lowercase().replace([' ', '_', ':'], "-");
    if KNOWN.contains(&key.as_str()) { tx.t(&format!("vendor-{key}")) } else { word.to_owned() }
}

/// `2K` → up to 2,000 customers a day.
fn limit(tx: &Tx, tier: &str) -> Option<String> {
    if tier == "UNLIMITED" {
        return Some(tx.t("vendor-limit-none"));
    }
    let customers: i64 = match tier.strip_suffix('K') {
        Some(thousands) => thousands.parse::<i64>().ok()?.checked_mul(1_000)?,
        None => tier.parse().ok()?,
    };
    Some(tx.a("vendor-limit", "n", &crate::money::grouped(customers, tx)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lang, sample};

    #[test]
    fn what_is_known_is_told_in_words_and_the_rest_as_it_came() {
        let tx = sample::tx(Lang::Es);
        assert_eq!(word(&tx, "PENDING_REVIEW"), "en revisión");
        assert_eq!(word(&tx, "TIER_2K"), "hasta 2,000 clientes en 24 h");
        assert_eq!(word(&tx, "TIER_UNLIMITED"), "sin límite");
        assert_eq!(word(&tx, "TIER_MANY"), "TIER_MANY");
        assert_eq!(word(&tx, "SOMETHING_NEW"), "SOMETHING_NEW");
        for key in KNOWN {
            let key = format!("vendor-{key}");
            assert_ne!(tx.t(&key), key);
        }
    }
}
