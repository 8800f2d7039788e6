//! What a vendor's error code means: the vendors' tables are data, read in one way.

use std::ops::RangeInclusive;

use domain::{ChannelKind, outbound::Advice};

use crate::{twilio, whatsapp};

/// Ours, not a vendor's: no connection came about, so nothing was sent.
pub const NOT_CONNECTED: i64 = -1;
/// Ours: this kind of content can't be sent through this channel.
pub const UNSENDABLE: i64 = -2;
/// Ours: the address is of no use on this channel.
pub const UNREACHABLE: i64 = -3;
/// Ours: the channel's settings make no request.
pub const UNUSABLE_SETTINGS: i64 = -4;
/// Ours: a call that may be repeated was not answered.
pub const NOT_ANSWERED: i64 = -5;
// Below -99, `-status`: a refusal with an HTTP status and no code of the vendor.

/// What a code says about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not taken. The machine may try again, not before these seconds; 0 leaves it to the caller's patience.
    Retry(u64),
    /// The vendor itself can't tell what happened. As a late report it is a failure like others; as an answer to a
    /// send it leaves open whether the message was taken.
    Unclear,
    /// Not taken, and not to be repeated by the machine.
    Refused(Advice),
}

/// Codes and what they mean. Looked up from the top.
pub(crate) type Table = &'static [(RangeInclusive<i64>, Verdict)];

pub(crate) fn look_up(table: Table, code: i64) -> Option<Verdict> {
    table.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, verdict)| *verdict)
}

fn verdict(kind: ChannelKind, code: i64) -> Option<Verdict> {
    match kind {
        ChannelKind::WhatsappCloud => look_up(whatsapp::ERRORS, code),
        ChannelKind::TwilioWhatsapp | ChannelKind::TwilioSms => look_up(twilio::ERRORS, code),
    }
}

/// What a person can do about a failure, whether it was the answer to a send or came later in a status.
#[must_use]
pub fn advice_for(kind: ChannelKind, code: i64) -> Advice {
    match code {
        NOT_CONNECTED | NOT_ANSWERED => Advice::Later,
        UNSENDABLE => Advice::FixMessage,
        UNREACHABLE => Advice::Never,
        UNUSABLE_SETTINGS => Advice::FixChannel,
        ..0 => advice_for_status(code.unsigned_abs()),
        _ => match verdict(kind, code) {
            Some(Verdict::Refused(advice)) => advice,
            // A code we don't know may mean anything, so the advice claims nothing: a person looks at it.
            Some(Verdict::Retry(_) | Verdict::Unclear) | None => Advice::Later,
        },
    }
}

/// Whether the machine may send again what a status reported as failed. An unknown code is never repeated.
#[must_use]
pub fn retryable(kind: ChannelKind, code: i64) -> bool {
    matches!(verdict(kind, code), Some(Verdict::Retry(_) | Verdict::Unclear))
}

/// The advice for a refusal of which only the HTTP status is understood.
pub(crate) fn advice_for_status(status: u64) -> Advice {
    match status {
        // Wrong secrets, or an address that leads elsewhere.
        300..=399 | 401 | 403 | 404 | 405 | 407 => Advice::FixChannel,
        413 => Advice::FixMessage,
        _ => Advice::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_in_a_table_twice() {
        for table in [whatsapp::ERRORS, twilio::ERRORS] {
            for (at, (codes, _)) in table.iter().enumerate() {
                let again = table[at + 1..].iter().find(|(others, _)| {
                    others.contains(codes.start()) || codes.contains(others.start()) || codes.is_empty()
                });
                assert_eq!(again, None, "{codes:?}");
            }
        }
    }

    #[test]
    fn the_same_table_reads_late_failures() {
        use Advice::*;
        use ChannelKind::*;
        let told = [
            (WhatsappCloud, 131_047, UseTemplate, false),
            (WhatsappCloud, 131_026, Never, false),
            (WhatsappCloud, 131_049, Later, false),
            (WhatsappCloud, 131_042, FixChannel, false),
            (WhatsappCloud, 131_053, FixMessage, false),
            (WhatsappCloud, 130_429, Later, true),
            (WhatsappCloud, 131_000, Later, true),
            (TwilioWhatsapp, 63_016, UseTemplate, false),
            (TwilioWhatsapp, 63_010, Later, true),
            (TwilioWhatsapp, 63_018, Later, false),
            (TwilioSms, 21_610, Never, false),
            (TwilioSms, 30_001, Later, true),
            (TwilioSms, 30_007, FixMessage, false),
            (TwilioSms, 30_034, FixChannel, false),
        ];
        for (kind, code, advice, again) in told {
            assert_eq!((advice_for(kind, code), retryable(kind, code)), (advice, again), "{kind} {code}");
        }
    }

    #[test]
    fn nobody_knows_an_unknown_code_so_a_person_decides() {
        for kind in ChannelKind::ALL {
            assert_eq!((advice_for(*kind, 999_999), retryable(*kind, 999_999)), (Advice::Later, false));
        }
    }

    #[test]
    fn our_own_codes_have_advice_too() {
        for kind in ChannelKind::ALL {
            assert_eq!(advice_for(*kind, UNSENDABLE), Advice::FixMessage);
            assert_eq!(advice_for(*kind, -404), Advice::FixChannel);
            assert_eq!(advice_for(*kind, -418), Advice::Later);
            assert!(!retryable(*kind, NOT_CONNECTED), "a status never says so");
        }
    }
}
