//! Every code of the vendors' tables of errors, typed off once more: what the machine does with it, and whether an admin
//! hears of it (whatsapp-cloud.md §5.6, twilio.md §6).

use channel_gateway::{
    advice_for, retryable,
    verdict::{alarm_for, codes, most_attempts, not_before, rests},
};
use domain::{ChannelKind, outbound::Advice};

/// What the reference says of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// The machine tries again: for a day, or a few times only.
    Again { few: bool },
    /// The machine tries again, and the whole number rests meanwhile.
    Rests,
    /// Refused; a person may try later, after these hours.
    Later { hours: u64 },
    /// Refused, and nothing will help for this customer.
    Never,
    /// Refused: a template is the way.
    Template,
    /// Refused until the message is another.
    Message,
    /// Refused until the channel is mended.
    Channel,
}
use Says::{Again, Channel, Later, Message, Never, Rests, Template};

const SOON: Says = Later { hours: 0 };
const FEW: Says = Again { few: true };
const DAY: Says = Again { few: false };

const META: &[(&[i64], Says)] = &[
    (&[2, 131_016, 131_056, 133_004], DAY),
    (&[1, 131_000], FEW),
    (&[4, 80_007, 130_429, 131_057, 133_000], Rests),
    (&[368, 131_048, 131_059, 131_064, 132_069, 133_008, 133_009, 133_015, 137_000], SOON),
    (&[132_015], Later { hours: 3 }),
    (&[131_049], Later { hours: 24 }),
    (&[133_016], Later { hours: 72 }),
    (&[130_403, 130_472, 130_497, 131_021, 131_026, 131_050, 131_052, 131_060], Never),
    (&[131_047], Template),
    (
        &[100, 131_008, 131_009, 131_051, 131_053, 131_062, 132_000, 132_001, 132_005, 132_007, 132_008],
        Message,
    ),
    (&[132_012, 132_016, 132_018, 135_000, 2_388_019, 2_388_040, 2_388_047, 2_388_072, 2_388_073], Message),
    (&[2_388_293, 2_388_299], Message),
    (
        &[0, 3, 10, 33, 190, 200, 250, 299, 131_005, 131_030, 131_031, 131_037, 131_042, 131_045, 131_055],
        Channel,
    ),
    (&[131_061, 131_063, 132_068, 133_005, 133_006, 133_010, 134_011, 134_100, 134_101, 134_102], Channel),
    (&[139_100, 139_101, 139_102, 139_103, 147_001, 147_002, 147_003, 147_004, 147_005], Channel),
    (&[200_005, 200_006, 200_007, 2_388_001, 2_388_012, 2_388_091, 2_388_093, 2_388_103, 2_494_100], Channel),
    (&[2_593_107, 2_593_108, 2_593_109], Channel),
];

const TWILIO: &[(&[i64], Says)] = &[
    (&[30_001], DAY),
    (&[63_010, 63_012], FEW),
    (&[20_429], Rests),
    (&[30_008, 30_036, 63_015, 63_018, 63_023], SOON),
    (&[30_003], Later { hours: 1 }),
    (&[63_038, 63_049], Later { hours: 24 }),
    (
        &[21_211, 21_610, 21_612, 21_614, 30_004, 30_005, 30_006, 63_003, 63_014, 63_024, 63_032, 63_051],
        Never,
    ),
    (&[63_016], Template),
    (
        &[21_617, 21_620, 21_623, 30_007, 63_005, 63_013, 63_019, 63_021, 63_027, 63_028, 63_029, 63_030],
        Message,
    ),
    (
        &[20_003, 20_404, 21_408, 21_606, 21_608, 21_659, 21_660, 30_002, 30_034, 63_007, 63_020, 63_022],
        Channel,
    ),
    (&[63_062], Channel),
];

/// Credentials, standing, payment and numbers: what no agent can mend.
const META_TELLS: &[i64] = &[
    0, 3, 10, 33, 190, 200, 250, 299, 368, 131_005, 131_031, 131_037, 131_042, 131_045, 131_048, 131_063,
    131_064, 133_006, 133_010, 134_011,
];
const TWILIO_TELLS: &[i64] =
    &[20_003, 20_404, 21_408, 21_606, 21_659, 21_660, 30_002, 30_034, 63_007, 63_018, 63_022, 63_038, 63_062];

fn says(kind: ChannelKind, code: i64) -> Says {
    let hours = not_before(kind, code).map_or(0, |wait| wait.as_secs() / 3_600);
    match advice_for(kind, code) {
        _ if rests(kind, code) => Rests,
        _ if retryable(kind, code) => Again { few: most_attempts(kind, code).is_some() },
        Advice::Later => Later { hours },
        Advice::Never => Never,
        Advice::UseTemplate => Template,
        Advice::FixMessage => Message,
        Advice::FixChannel => Channel,
    }
}

#[test]
fn every_code_of_the_references_is_judged_as_they_say() {
    for (kind, table, tells) in [
        (ChannelKind::WhatsappCloud, META, META_TELLS),
        (ChannelKind::TwilioWhatsapp, TWILIO, TWILIO_TELLS),
        (ChannelKind::TwilioSms, TWILIO, TWILIO_TELLS),
    ] {
        for (all, wanted) in table {
            for code in *all {
                assert_eq!(says(kind, *code), *wanted, "{kind} {code}");
                let told = alarm_for(kind, *code).is_some();
                assert_eq!(told, tells.contains(code), "{kind} {code}: is an admin told?");
            }
        }
    }
}

#[test]
fn no_code_is_judged_that_stands_in_no_reference_but_for_these() {
    let beside = [20_001, 21_603, 21_604, 21_609, 21_619, 21_654, 21_656, 21_703, 21_705, 21_910];
    for (kind, table) in [(ChannelKind::WhatsappCloud, META), (ChannelKind::TwilioSms, TWILIO)] {
        let known: Vec<i64> = table.iter().flat_map(|(all, _)| *all).copied().collect();
        for code in codes(kind).filter(|code| *code >= 0) {
            assert!(known.contains(&code) || beside.contains(&code), "{kind} {code} stands in no reference");
        }
    }
}
