//! Error codes of the Graph API and what they mean for a message.

use domain::AlarmKind::{AccountRestricted, NumberOff, SendingBlocked, TokenInvalid, TokenWeak, Unpaid};
use domain::{
    inbound::VendorError,
    outbound::Advice::{FixChannel, FixMessage, Later, Never, UseTemplate},
};
use serde_json::Value;

use crate::{
    json::{self, Fields},
    verdict::{
        Alarms, Table,
        Verdict::{Refused, Rest, Retry, Unclear, Wait},
        critical, warning,
    },
};

/// In seconds.
const HOUR: u64 = 60 * 60;

/// The table, in the order of the codes (whatsapp-cloud.md §5.6, read 2026-11-21).
#[rustfmt::skip]
pub(crate) const ERRORS: Table = &[
    (0..=0, Refused(FixChannel)),              // token invalid
    (1..=1, Unclear),                          // "unknown"
    (2..=2, Retry(0)),                         // service down
    (3..=3, Refused(FixChannel)),              // capability missing, although it comes as a 500
    (4..=4, Rest(60)),                         // calls of the app
    (10..=10, Refused(FixChannel)),            // permission
    (33..=33, Refused(FixChannel)),            // number gone, or not ours
    (100..=100, Refused(FixMessage)),          // parameter
    (190..=190, Refused(FixChannel)),          // token expired or revoked
    (200..=299, Refused(FixChannel)),          // permissions
    (368..=368, Refused(Later)),               // blocked for a time, for policy
    (80_007..=80_007, Rest(60)),               // calls of the account
    (130_403..=130_403, Refused(Never)),       // we blocked this user
    (130_429..=130_429, Rest(0)),              // throughput of the number
    (130_472..=130_472, Refused(Never)),       // user is in an experiment
    (130_497..=130_497, Refused(Never)),       // restricted in that country
    (131_000..=131_000, Unclear),              // "something went wrong"
    (131_005..=131_005, Refused(FixChannel)),  // access denied
    (131_008..=131_009, Refused(FixMessage)),  // parameter missing, invalid
    (131_016..=131_016, Retry(0)),             // service unavailable
    (131_021..=131_021, Refused(Never)),       // to ourselves
    (131_026..=131_026, Refused(Never)),       // no WhatsApp there
    (131_030..=131_030, Refused(FixChannel)),  // test number: recipient not listed
    (131_031..=131_031, Refused(FixChannel)),  // account locked
    (131_037..=131_037, Refused(FixChannel)),  // display name not approved
    (131_042..=131_042, Refused(FixChannel)),  // payment
    (131_045..=131_045, Refused(FixChannel)),  // register again
    (131_047..=131_047, Refused(UseTemplate)), // window closed
    (131_048..=131_048, Refused(Later)),       // spam limit of the number
    (131_049..=131_049, Wait(24 * HOUR)),      // marketing cap: a day or more, never at once
    (131_050..=131_050, Refused(Never)),       // user stopped our marketing
    (131_051..=131_051, Refused(FixMessage)),  // message type
    (131_052..=131_052, Refused(Never)),       // the customer's own file did not arrive: they send it again
    (131_053..=131_053, Refused(FixMessage)),  // file
    (131_055..=131_055, Refused(FixChannel)),  // method not allowed
    (131_056..=131_056, Retry(0)),             // pair: after 1 s, 4 s, 16 s, …, which is the caller's patience
    (131_057..=131_057, Rest(60)),             // throughput upgrade, takes about a minute
    (131_059..=131_059, Refused(Later)),       // paging cursor of a listing
    (131_060..=131_060, Refused(Never)),       // the customer's own message is not available
    (131_061..=131_061, Refused(FixChannel)),  // template of the other endpoint
    (131_062..=131_062, Refused(FixMessage)),  // needs a phone, not a user id
    (131_063..=131_063, Refused(FixChannel)),  // marketing only by the other endpoint
    (131_064..=131_064, Refused(Later)),       // template violations
    (132_000..=132_001, Refused(FixMessage)),  // template parameters, template or language missing
    (132_005..=132_005, Refused(FixMessage)),  // text too long
    (132_007..=132_008, Refused(FixMessage)),  // characters, format
    (132_012..=132_012, Refused(FixMessage)),  // format
    (132_015..=132_015, Wait(3 * HOUR)),       // template paused, three hours the first time (§7.4)
    (132_016..=132_016, Refused(FixMessage)),  // template disabled: take another
    (132_018..=132_018, Refused(FixMessage)),  // template parameters
    (132_068..=132_068, Refused(FixChannel)),  // flow blocked
    (132_069..=132_069, Refused(Later)),       // flow throttled
    (133_000..=133_000, Rest(60)),             // deregistration under way
    (133_004..=133_004, Retry(0)),             // server unavailable for a moment
    (133_005..=133_006, Refused(FixChannel)),  // PIN, verification
    (133_008..=133_009, Refused(Later)),       // PIN guesses
    (133_010..=133_010, Refused(FixChannel)),  // number not registered
    (133_015..=133_015, Wait(5 * 60)),         // just deleted
    (133_016..=133_016, Wait(72 * HOUR)),      // registration limit
    (134_011..=134_011, Refused(FixChannel)),  // payment terms
    (134_100..=134_102, Refused(FixChannel)),  // marketing endpoint not ready
    (135_000..=135_000, Refused(FixMessage)),  // parameters
    (137_000..=137_000, Refused(Later)),       // user's identity changed: verify first
    (139_100..=139_103, Refused(FixChannel)),  // blocking users
    (147_001..=147_005, Refused(FixChannel)),  // username
    (200_005..=200_007, Refused(FixChannel)),  // insights
    (2_388_001..=2_388_012, Refused(FixChannel)), // number migration
    (2_388_019..=2_388_073, Refused(FixMessage)), // template texts
    (2_388_091..=2_388_103, Refused(FixChannel)), // number migration, certificates
    (2_388_293..=2_388_299, Refused(FixMessage)), // template variables
    (2_494_100..=2_494_100, Refused(FixChannel)), // number migration
    (2_593_107..=2_593_109, Refused(FixChannel)), // coexistence
];

/// What concerns the whole number or account (whatsapp-cloud.md §5.6, read 2026-11-21).
#[rustfmt::skip]
pub(crate) const ALARMS: Alarms = &[
    (0..=0, critical(TokenInvalid)),
    (3..=3, critical(TokenWeak)),
    (10..=10, critical(TokenWeak)),
    (33..=33, critical(NumberOff)),
    (190..=190, critical(TokenInvalid)),
    (200..=299, critical(TokenWeak)),
    (368..=368, critical(AccountRestricted)),
    (131_005..=131_005, critical(TokenWeak)),
    (131_031..=131_031, critical(AccountRestricted)),
    (131_037..=131_037, warning(SendingBlocked)),
    (131_042..=131_042, critical(Unpaid)),
    (131_045..=131_045, critical(NumberOff)),
    (131_048..=131_048, warning(SendingBlocked)),
    (131_063..=131_063, warning(SendingBlocked)),
    (131_064..=131_064, warning(SendingBlocked)),
    (133_006..=133_006, critical(NumberOff)),
    (133_010..=133_010, critical(NumberOff)),
    (134_011..=134_011, warning(SendingBlocked)),
];

/// An error object, from a status, a message or an answer.
pub(super) fn vendor_error(error: &Value) -> Option<VendorError> {
    let code = error.get("code")?;
    let code = code.as_i64().or_else(|| code.as_str()?.parse().ok())?;
    let data = error.get("error_data");
    let detail = data
        .and_then(|data| data.get("details"))
        // Sometimes the data is the text itself.
        .or(data)
        .and_then(Value::as_str)
        .or_else(|| error.get("message").and_then(Value::as_str))
        .or_else(|| error.get("title").and_then(Value::as_str));
    Some(VendorError { code, detail: json::detail(detail) })
}

/// The first of an item's `errors`.
pub(super) fn first_error(fields: &Fields<'_>) -> Option<VendorError> {
    fields.list("errors")?.into_iter().find_map(|error| vendor_error(&json::keep(error)))
}
