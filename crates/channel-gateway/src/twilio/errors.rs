//! Error codes of Twilio and what they mean for a message.

use domain::AlarmKind::{AccountRestricted, NumberOff, SendingBlocked, TokenInvalid};
use domain::outbound::Advice::{FixChannel, FixMessage, Later, Never, UseTemplate};

use crate::verdict::{
    Alarms, Table,
    Verdict::{Refused, Rest, Retry, Unclear, Wait},
    critical, warning,
};

/// In seconds.
const HOUR: u64 = 60 * 60;

/// The table, in the order of the codes (twilio.md §6, read 2026-11-21). What helps only hours later is left to a person: by then the customer may
/// have been answered otherwise. Codes that the reference's table does not hold (20001, 21603–21604, 21609, 21619,
/// 21654–21656, 21703–21705, 21910) are Twilio's words for what a request of ours could be.
#[rustfmt::skip]
pub(crate) const ERRORS: Table = &[
    (20_001..=20_001, Refused(FixMessage)),  // a parameter
    (20_003..=20_003, Refused(FixChannel)),  // authentication
    (20_404..=20_404, Refused(FixChannel)),  // no such account
    (20_429..=20_429, Rest(0)),              // too many requests
    (21_211..=21_211, Refused(Never)),       // no phone number
    (21_408..=21_408, Refused(FixChannel)),  // region not enabled
    (21_603..=21_603, Refused(FixChannel)),  // no sender
    (21_604..=21_604, Refused(Never)),       // no recipient
    (21_606..=21_606, Refused(FixChannel)),  // sender not usable
    (21_608..=21_608, Refused(FixChannel)),  // trial account
    (21_609..=21_609, Refused(FixChannel)),  // address of the callback
    (21_610..=21_610, Refused(Never)),       // STOP
    (21_612..=21_612, Refused(Never)),       // no route
    (21_614..=21_614, Refused(Never)),       // not a mobile
    (21_617..=21_617, Refused(FixMessage)),  // too long
    (21_619..=21_620, Refused(FixMessage)),  // neither text nor file, media address
    (21_623..=21_623, Refused(FixMessage)),  // media
    (21_654..=21_656, Refused(FixMessage)),  // content: its id, its values
    (21_659..=21_660, Refused(FixChannel)),  // sender not ours
    (21_703..=21_705, Refused(FixChannel)),  // messaging service: none, empty, unknown
    (21_910..=21_910, Refused(FixChannel)),  // sender and recipient of two channels
    (30_001..=30_001, Retry(60)),            // queue overflow
    (30_002..=30_002, Refused(FixChannel)),  // account suspended
    (30_003..=30_003, Wait(HOUR)),           // handset off: hours
    (30_004..=30_006, Refused(Never)),       // blocked, unknown, landline
    (30_007..=30_007, Refused(FixMessage)),  // filtered by the carrier
    (30_008..=30_008, Refused(Later)),       // unknown to the carrier, may even have arrived
    (30_034..=30_034, Refused(FixChannel)),  // US registration
    (30_036..=30_036, Refused(Later)),       // too old when its turn came
    (63_003..=63_003, Refused(Never)),       // not on WhatsApp
    (63_005..=63_005, Refused(FixMessage)),  // content refused
    (63_007..=63_007, Refused(FixChannel)),  // no such sender
    (63_010..=63_010, Unclear),              // internal error of Twilio
    (63_012..=63_012, Unclear),              // internal error of Meta
    (63_013..=63_013, Refused(FixMessage)),  // policy
    (63_014..=63_014, Refused(Never)),       // blocked by the user
    (63_015..=63_015, Refused(Later)),       // sandbox: the recipient must join
    (63_016..=63_016, Refused(UseTemplate)), // window closed
    (63_018..=63_018, Refused(Later)),       // messaging limit: up to a day
    (63_019..=63_019, Refused(FixMessage)),  // media could not be fetched
    (63_020..=63_020, Refused(FixChannel)),  // invitation not accepted
    (63_021..=63_021, Refused(FixMessage)),  // invalid content
    (63_022..=63_022, Refused(FixChannel)),  // set-up at Meta
    (63_023..=63_023, Refused(Later)),       // generic
    (63_024..=63_024, Refused(Never)),       // invalid recipient
    (63_027..=63_030, Refused(FixMessage)),  // template
    (63_032..=63_032, Refused(Never)),       // user is in an experiment
    (63_038..=63_038, Wait(24 * HOUR)),      // cap of the day
    (63_049..=63_049, Wait(24 * HOUR)),      // marketing cap
    (63_051..=63_051, Refused(Never)),       // not a WhatsApp user
    (63_062..=63_062, Refused(FixChannel)),  // marketing terms
];

/// What concerns the whole sender or account (twilio.md §6, read 2026-11-21).
#[rustfmt::skip]
pub(crate) const ALARMS: Alarms = &[
    (20_003..=20_003, critical(TokenInvalid)),
    (20_404..=20_404, critical(NumberOff)),
    (21_408..=21_408, warning(SendingBlocked)),
    (21_606..=21_606, critical(NumberOff)),
    (21_659..=21_660, critical(NumberOff)),
    (30_002..=30_002, critical(AccountRestricted)),
    (30_034..=30_034, critical(NumberOff)),
    (63_007..=63_007, critical(NumberOff)),
    (63_018..=63_018, warning(SendingBlocked)),
    (63_022..=63_022, warning(SendingBlocked)),
    (63_038..=63_038, warning(SendingBlocked)),
    (63_062..=63_062, warning(SendingBlocked)),
];
