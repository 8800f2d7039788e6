//! How far a message of ours has come.

use crate::words::words;

words! {
    /// Delivery of one message of ours. It only moves forward, see [`DeliveryState::advance`].
    DeliveryState {
        /// Waits for its turn.
        Queued = "queued",
        /// An attempt was committed; the vendor is being called.
        Sending = "sending",
        /// The vendor may or may not have it. Never repeated by the machine.
        Uncertain = "uncertain",
        /// The vendor took it and gave it an id.
        Accepted = "accepted",
        /// It left the vendor's servers.
        Sent = "sent",
        /// It reached the customer's device.
        Delivered = "delivered",
        /// The customer opened it.
        Read = "read",
        /// The customer played it (voice notes).
        Played = "played",
        /// It will not arrive; a reason stands beside it.
        Failed = "failed",
    }
}

impl DeliveryState {
    /// How far along the road a state is. Failure stands beside the road.
    const fn rank(self) -> u8 {
        match self {
            Self::Queued | Self::Failed => 0,
            Self::Sending => 1,
            Self::Uncertain => 2,
            Self::Accepted => 3,
            Self::Sent => 4,
            Self::Delivered => 5,
            Self::Read => 6,
            Self::Played => 7,
        }
    }

    /// The state after the vendor reports `report`, or `None` when the report tells nothing new.
    ///
    /// Reports come repeated, reversed and with steps left out. Failure is believed only before delivery;
    /// proof of delivery is believed even after a failure (whatsapp-cloud.md §3, twilio.md §5).
    #[must_use]
    pub fn advance(self, report: Self) -> Option<Self> {
        let moves = match (self, report) {
            (Self::Failed, report) => report.rank() >= Self::Delivered.rank(),
            (now, Self::Failed) => now.rank() < Self::Delivered.rank(),
            (now, report) => report.rank() > now.rank(),
        };
        moves.then_some(report)
    }

    /// Order in which a page sees the states of one attempt: what comes later replaces what came before.
    #[must_use]
    pub const fn order_on_screen(self) -> u8 {
        match self {
            Self::Queued => 1,
            Self::Sending => 2,
            Self::Uncertain => 3,
            Self::Accepted => 4,
            Self::Sent => 5,
            Self::Failed => 6,
            Self::Delivered => 7,
            Self::Read => 8,
            Self::Played => 9,
        }
    }

    /// Whether the sender has nothing left to do for it.
    #[must_use]
    pub fn has_left(self) -> bool {
        !matches!(self, Self::Queued | Self::Sending)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::DeliveryState::{self, *};

    fn after(reports: &[DeliveryState]) -> DeliveryState {
        reports.iter().fold(Accepted, |now, report| now.advance(*report).unwrap_or(now))
    }

    #[test]
    fn ticks_end_where_the_furthest_report_stands() {
        assert_eq!(after(&[Sent, Delivered, Read]), Read);
        assert_eq!(after(&[Read, Delivered, Sent]), Read, "reversed");
        assert_eq!(after(&[Read]), Read, "delivered is left out when the customer reads at once");
        assert_eq!(after(&[Sent, Sent, Delivered, Delivered]), Delivered, "repeated");
    }

    #[test]
    fn a_failure_counts_only_before_delivery_and_yields_to_proof_of_it() {
        assert_eq!(after(&[Sent, Failed]), Failed);
        assert_eq!(after(&[Delivered, Failed]), Delivered);
        assert_eq!(after(&[Failed, Delivered]), Delivered);
        assert_eq!(after(&[Failed, Sent]), Failed);
    }

    #[test]
    fn an_uncertain_send_is_settled_by_any_report() {
        assert_eq!(Uncertain.advance(Sent), Some(Sent));
        assert_eq!(Uncertain.advance(Failed), Some(Failed));
        assert_eq!(Uncertain.advance(Sending), None);
    }

    proptest! {
        #[test]
        fn the_order_of_reports_does_not_matter_without_failures(
            mut reports in proptest::collection::vec(prop::sample::select(vec![Accepted, Sent, Delivered, Read, Played]), 0..12)
        ) {
            let forward = after(&reports);
            reports.reverse();
            prop_assert_eq!(forward, after(&reports));
        }
    }
}
