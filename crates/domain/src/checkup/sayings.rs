//! The sentences that findings say.

/// Every sentence a finding can say, so that a test can ask for its words.
pub const SAYINGS: &[&str] = &[
    "refused",
    "no-answer",
    "no-list",
    "absent",
    "token-invalid",
    "token-valid",
    "token-until",
    "token-ends",
    "permissions-all",
    "permissions-missing",
    "assets-given",
    "assets-missing",
    "credentials-valid",
    "account-not-active",
    "credentials-refused",
    "webhook-none",
    "webhook-elsewhere",
    "webhook-off",
    "webhook-ours",
    "fields-all",
    "fields-missing",
    "subscribed",
    "not-subscribed",
    "override-none",
    "override-ours",
    "override-elsewhere",
    "inbound-none",
    "inbound-ours",
    "inbound-once",
    "inbound-elsewhere",
    "service-senders",
    "service-ours",
    "service-elsewhere",
    "service-drops",
    "fallback-none",
    "fallback-ours",
    "fallback-elsewhere",
    "address-answers",
    "address-wrong",
    "address-heard",
    "address-silent",
    "signed-lately",
    "signed-long-ago",
    "signed-never",
    "heard-lately",
    "heard-long-ago",
    "heard-never",
    "quality-good",
    "quality-middling",
    "quality-bad",
    "quality-unrated",
    "limit-is",
    "number-on",
    "number-owned",
    "number-flagged",
    "number-waits",
    "number-off",
    "number-unverified",
    "registered",
    "not-registered",
    "name-approved",
    "name-declined",
    "name-expired",
    "name-waits",
    "health-blocked",
    "health-limited",
    "health-good",
    "clock-wrong",
    "clock-right",
];

/// Whether a saying asks nobody to do anything.
#[must_use]
pub fn is_fine(says: &str) -> bool {
    matches!(
        says,
        "token-valid"
            | "token-until"
            | "permissions-all"
            | "assets-given"
            | "credentials-valid"
            | "webhook-ours"
            | "fields-all"
            | "subscribed"
            | "override-none"
            | "override-ours"
            | "inbound-ours"
            | "service-senders"
            | "service-ours"
            | "fallback-ours"
            | "address-answers"
            | "address-heard"
            | "signed-lately"
            | "heard-lately"
            | "quality-good"
            | "quality-unrated"
            | "limit-is"
            | "number-on"
            | "number-owned"
            | "registered"
            | "name-approved"
            | "health-good"
            | "clock-right"
    )
}
