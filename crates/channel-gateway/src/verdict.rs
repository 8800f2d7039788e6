//! What a vendor's error code means: the vendors' tables are data, read in one way.

use std::{ops::RangeInclusive, time::Duration};

use domain::{AlarmKind, ChannelKind, Severity, consent::Purpose, outbound::Advice};

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
/// Attempts at what the vendor can't explain: they take 1 + 4 + 16 + 64 s.
const FEW: i32 = 5;
/// HTTP's own word for it, without one of the vendor.
const TOO_MANY: i64 = -429;
// Below -99, `-status`: a refusal with an HTTP status and no code of the vendor.

/// What a code says about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not taken. The machine may try again, not before these seconds; 0 leaves it to the caller's patience.
    Retry(u64),
    /// The same, and the whole number has to rest until then: the next message would be refused too.
    Rest(u64),
    /// The vendor itself can't tell what happened. As a late report it is a failure like others; as an answer to a
    /// send it leaves open whether the message was taken.
    Unclear,
    /// Not taken, and not to be repeated by the machine.
    Refused(Advice),
    /// Refused, and not to be repeated by anybody before these seconds have passed.
    Wait(u64),
}

/// What an admin has to be told of, beside the person who wrote the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alarm {
    /// What is wrong.
    pub kind: AlarmKind,
    /// How bad it is.
    pub severity: Severity,
}

/// Codes that concern a whole number or account. Looked up from the top.
pub(crate) type Alarms = &'static [(RangeInclusive<i64>, Alarm)];

/// Nothing leaves any more.
pub(crate) const fn critical(kind: AlarmKind) -> Alarm {
    Alarm { kind, severity: Severity::Critical }
}

/// Something leaves no more, or not to everybody.
pub(crate) const fn warning(kind: AlarmKind) -> Alarm {
    Alarm { kind, severity: Severity::Warning }
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
            Some(Verdict::Retry(_) | Verdict::Rest(_) | Verdict::Wait(_) | Verdict::Unclear) | None => {
                Advice::Later
            }
        },
    }
}

/// Whether the machine may send again what a status reported as failed. An unknown code is never repeated.
#[must_use]
pub fn retryable(kind: ChannelKind, code: i64) -> bool {
    matches!(verdict(kind, code), Some(Verdict::Retry(_) | Verdict::Rest(_) | Verdict::Unclear))
}

/// How many attempts a failure with this code is worth, where the vendor itself can't tell what is wrong: "back off and
/// retry, few" (whatsapp-cloud.md §5.6). `None`: until the message is too old.
#[must_use]
pub fn most_attempts(kind: ChannelKind, code: i64) -> Option<i32> {
    matches!(verdict(kind, code), Some(Verdict::Unclear)).then_some(FEW)
}

/// Whether a refusal with this code concerns the whole number, so that nothing else should be tried meanwhile.
#[must_use]
pub fn rests(kind: ChannelKind, code: i64) -> bool {
    code == TOO_MANY || matches!(verdict(kind, code), Some(Verdict::Rest(_)))
}

/// How long after a failure with this code nobody should try again.
#[must_use]
pub fn not_before(kind: ChannelKind, code: i64) -> Option<Duration> {
    match verdict(kind, code) {
        Some(Verdict::Wait(seconds)) => Some(Duration::from_secs(seconds)),
        _ => None,
    }
}

/// What an admin has to be told about a failure with this code.
#[must_use]
pub fn alarm_for(kind: ChannelKind, code: i64) -> Option<Alarm> {
    let alarms = match kind {
        ChannelKind::WhatsappCloud => whatsapp::ALARMS,
        ChannelKind::TwilioWhatsapp | ChannelKind::TwilioSms => twilio::ALARMS,
    };
    alarms.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, alarm)| *alarm)
}

/// What a refusal with this code tells about the customer's wish: one who stopped us at the carrier or the vendor wants
/// no more (twilio.md §6, whatsapp-cloud.md §10).
#[must_use]
pub fn opts_out(kind: ChannelKind, code: i64) -> Option<Purpose> {
    match (kind, code) {
        (ChannelKind::TwilioSms | ChannelKind::TwilioWhatsapp, 21_610) => Some(Purpose::Anything),
        (ChannelKind::WhatsappCloud, 131_050) => Some(Purpose::Marketing),
        _ => None,
    }
}

/// Every code in the table of a vendor, both ends of each range, and ours.
pub fn codes(kind: ChannelKind) -> impl Iterator<Item = i64> {
    let table = match kind {
        ChannelKind::WhatsappCloud => whatsapp::ERRORS,
        ChannelKind::TwilioWhatsapp | ChannelKind::TwilioSms => twilio::ERRORS,
    };
    let theirs = table.iter().flat_map(|(codes, _)| [*codes.start(), *codes.end()]);
    theirs.chain([NOT_CONNECTED, UNSENDABLE, UNREACHABLE, UNUSABLE_SETTINGS, NOT_ANSWERED])
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
            (TwilioSms, 30_003, Later, false),
        ];
        for (kind, code, advice, again) in told {
            assert_eq!((advice_for(kind, code), retryable(kind, code)), (advice, again), "{kind} {code}");
        }
    }

    #[test]
    fn what_helps_only_later_says_how_much_later() {
        let hours = |kind, code| not_before(kind, code).map(|wait| wait.as_secs() / 3600);
        assert_eq!(hours(ChannelKind::WhatsappCloud, 131_049), Some(24));
        assert_eq!(hours(ChannelKind::TwilioWhatsapp, 63_049), Some(24));
        assert_eq!(hours(ChannelKind::WhatsappCloud, 133_016), Some(72));
        assert_eq!(hours(ChannelKind::WhatsappCloud, 131_026), None);
    }

    #[test]
    fn the_number_rests_when_it_is_the_number_that_sent_too_much_and_not_for_one_customer() {
        assert!(rests(ChannelKind::WhatsappCloud, 130_429));
        assert!(rests(ChannelKind::TwilioSms, 20_429));
        assert!(rests(ChannelKind::WhatsappCloud, -429));
        assert!(!rests(ChannelKind::WhatsappCloud, 131_056), "the pair alone");
        assert!(!rests(ChannelKind::WhatsappCloud, 131_026));
    }

    #[test]
    fn an_admin_is_told_of_what_no_agent_can_mend() {
        let told = |kind, code| alarm_for(kind, code).map(|alarm| (alarm.kind, alarm.severity));
        assert_eq!(
            told(ChannelKind::WhatsappCloud, 190),
            Some((AlarmKind::TokenInvalid, Severity::Critical))
        );
        assert_eq!(told(ChannelKind::WhatsappCloud, 131_042), Some((AlarmKind::Unpaid, Severity::Critical)));
        assert_eq!(told(ChannelKind::TwilioSms, 20_003), Some((AlarmKind::TokenInvalid, Severity::Critical)));
        assert_eq!(told(ChannelKind::WhatsappCloud, 131_026), None);
        for (kind, alarms) in
            [(ChannelKind::WhatsappCloud, whatsapp::ALARMS), (ChannelKind::TwilioSms, twilio::ALARMS)]
        {
            for (codes, alarm) in alarms {
                let known = verdict(kind, *codes.start()).is_some();
                assert!(known, "{} of {codes:?} is in no table of errors", alarm.kind);
            }
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
