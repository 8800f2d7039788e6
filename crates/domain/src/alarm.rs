//! What an admin has to look at: one open alarm of a kind per channel or account.

use crate::words::words;

words! {
    /// How soon somebody has to look.
    Severity {
        /// Messages are lost, refused or late now.
        Critical = "critical",
        /// They will be, or something works worse than it should.
        Warning = "warning",
        /// Good to know.
        Info = "info",
    }
}

words! {
    /// What is wrong. Each has a title and what to do in every language (`alarm-…`, `alarm-…-todo`).
    AlarmKind {
        /// The vendor refuses the token or key.
        TokenInvalid = "token_invalid",
        /// The token ends soon: 14 days before, and again 3 days before.
        TokenExpiring = "token_expiring",
        /// The token lacks a permission or the asset.
        TokenWeak = "token_weak",
        /// The app is not subscribed to the account: no webhooks come.
        WebhookLost = "webhook_lost",
        /// Webhooks come for less than we need.
        WebhookPartial = "webhook_partial",
        /// A number that is usually busy is silent.
        Silent = "silent",
        /// Customers block or report the number.
        QualityLow = "quality_low",
        /// The number is flagged: its limit may shrink.
        NumberFlagged = "number_flagged",
        /// The number can't send or receive.
        NumberOff = "number_off",
        /// The vendor keeps messages from being sent, or some of them.
        SendingBlocked = "sending_blocked",
        /// The account has no valid payment method, or owes.
        Unpaid = "unpaid",
        /// The display name was turned down.
        NameRejected = "name_rejected",
        /// Somebody asked for the two-step PIN to be reset.
        PinReset = "pin_reset",
        /// The PIN was changed.
        PinChanged = "pin_changed",
        /// The account may not do everything any more.
        AccountRestricted = "account_restricted",
        /// The account is shut, or will be.
        AccountBanned = "account_banned",
        /// The account broke a rule.
        AccountViolation = "account_violation",
        /// The account's review failed.
        AccountReview = "account_review",
        /// The account was removed or disconnected.
        AccountGone = "account_gone",
        /// The vendor's own alert.
        VendorAlert = "vendor_alert",
        /// Our clock or the vendor's is wrong.
        Clock = "clock",
        /// Our public address does not lead to us.
        AddressUnreachable = "address_unreachable",
        /// The vendor's list of messages can't be read: what its webhooks miss stays missed.
        ListingFailed = "listing_failed",
        /// Something may have been missed.
        LedgerGap = "ledger_gap",
    }
}

impl Severity {
    /// The more urgent of two.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        self.min(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_comes_first() {
        assert_eq!(Severity::Info.worst(Severity::Critical), Severity::Critical);
        assert_eq!(Severity::Warning.worst(Severity::Info), Severity::Warning);
    }
}
