//! Why a message did not arrive and what to do: a vendor's code becomes a family, a family two sentences.

use domain::{
    ChannelKind,
    outbound::{Advice, Hold},
};

/// What kind of trouble a failure is. Codes are data; agents read families.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// The address does not exist on the channel, or can't take messages.
    NotReachable,
    /// The customer asked not to be written to, or blocked us.
    OptedOut,
    /// The reply window is closed.
    WindowClosed,
    /// The vendor holds back marketing for this customer.
    HeldBack,
    /// Too many messages at once.
    TooMany,
    /// The vendor itself is in trouble.
    VendorDown,
    /// Our credentials are refused.
    Access,
    /// The account is blocked, restricted or unpaid.
    Account,
    /// The number is not ready or not ours.
    Number,
    /// The file is too big or of a kind that is not taken.
    Media,
    /// The template is missing, paused or filled wrongly.
    Template,
    /// The content is refused.
    Content,
    /// The country or destination is not allowed.
    Destination,
    /// The channel is a test's, and this customer is not on its list.
    TestOnly,
    /// Something is not set up at the vendor.
    Setup,
    /// It must be confirmed who the customer is.
    Identity,
    /// A message of the customer did not arrive whole.
    Theirs,
    /// The channel has no way to send this.
    Unsendable,
    /// Nothing known about the code.
    Unknown,
}

impl Failure {
    /// Every family.
    pub const ALL: [Self; 19] = [
        Self::NotReachable,
        Self::OptedOut,
        Self::WindowClosed,
        Self::HeldBack,
        Self::TooMany,
        Self::VendorDown,
        Self::Access,
        Self::Account,
        Self::Number,
        Self::Media,
        Self::Template,
        Self::Content,
        Self::Destination,
        Self::TestOnly,
        Self::Setup,
        Self::Identity,
        Self::Theirs,
        Self::Unsendable,
        Self::Unknown,
    ];

    /// The family of a vendor's code (whatsapp-cloud.md §5.6, twilio.md §6).
    #[must_use]
    pub const fn of(kind: ChannelKind, code: i64) -> Self {
        match (code, kind) {
            (..0, _) => Self::of_ours(code),
            (_, ChannelKind::WhatsappCloud) => Self::of_meta(code),
            (_, ChannelKind::TwilioWhatsapp | ChannelKind::TwilioSms) => Self::of_twilio(code),
        }
    }

    /// Codes of our own: what happened before a call, and HTTP's words where the vendor had none.
    const fn of_ours(code: i64) -> Self {
        match code {
            -1 | -5 => Self::VendorDown,
            -2 => Self::Unsendable,
            -3 => Self::NotReachable,
            -4 => Self::Setup,
            -401 | -403 | -407 => Self::Access,
            -405..=-300 => Self::Setup,
            -413 => Self::Media,
            -429 => Self::TooMany,
            ..=-500 => Self::VendorDown,
            _ => Self::Unknown,
        }
    }

    const fn of_meta(code: i64) -> Self {
        match code {
            131_021 | 131_026 => Self::NotReachable,
            131_030 => Self::TestOnly,
            130_403 | 131_050 => Self::OptedOut,
            131_047 => Self::WindowClosed,
            130_472 | 131_049 => Self::HeldBack,
            4 | 80_007 | 130_429 | 131_048 | 131_056 => Self::TooMany,
            1 | 2 | 131_000 | 131_016 | 131_057 | 133_000 | 133_004 => Self::VendorDown,
            0 | 3 | 10 | 190 | 200..=299 | 131_005 => Self::Access,
            368 | 131_031 | 131_042 | 131_063 | 131_064 | 134_011 => Self::Account,
            33 | 131_037 | 131_045 | 133_005..=133_016 => Self::Number,
            131_053 => Self::Media,
            131_052 | 131_060 => Self::Theirs,
            131_061 | 132_000..=132_069 | 2_388_019..=2_388_073 | 2_388_293..=2_388_299 => Self::Template,
            100 | 131_008 | 131_009 | 131_051 | 131_062 | 135_000 => Self::Content,
            130_497 => Self::Destination,
            137_000 => Self::Identity,
            131_055
            | 131_059
            | 134_100..=134_102
            | 139_100..=139_103
            | 147_001..=147_005
            | 200_005..=200_007 => Self::Setup,
            2_388_001..=2_388_012 | 2_388_091..=2_388_103 | 2_494_100 | 2_593_107..=2_593_109 => Self::Setup,
            _ => Self::Unknown,
        }
    }

    const fn of_twilio(code: i64) -> Self {
        match code {
            21_211 | 21_604 | 21_614 | 30_003 | 30_005 | 30_006 | 63_003 | 63_024 | 63_051 => {
                Self::NotReachable
            }
            21_608 | 63_015 => Self::TestOnly,
            21_610 | 63_014 => Self::OptedOut,
            63_016 => Self::WindowClosed,
            63_032 | 63_049 => Self::HeldBack,
            20_429 | 30_001 | 63_018 | 63_038 => Self::TooMany,
            30_008 | 30_036 | 63_010 | 63_012 | 63_023 => Self::VendorDown,
            20_003 => Self::Access,
            30_002 | 30_004 | 30_034 | 63_020 | 63_022 | 63_062 => Self::Account,
            20_404 | 21_606 | 21_659 | 21_660 | 63_007 => Self::Number,
            21_620 | 21_623 | 63_019 => Self::Media,
            21_654..=21_656 | 63_021 | 63_027..=63_030 => Self::Template,
            20_001 | 21_617 | 21_619 | 30_007 | 63_005 | 63_013 => Self::Content,
            21_408 | 21_612 => Self::Destination,
            21_603 | 21_609 | 21_703..=21_705 | 21_910 => Self::Setup,
            _ => Self::Unknown,
        }
    }

    /// The key of the sentence that says why.
    #[must_use]
    pub const fn why(self) -> &'static str {
        match self {
            Self::NotReachable => "failure-not-reachable",
            Self::OptedOut => "failure-opted-out",
            Self::WindowClosed => "failure-window-closed",
            Self::HeldBack => "failure-held-back",
            Self::TooMany => "failure-too-many",
            Self::VendorDown => "failure-vendor-down",
            Self::Access => "failure-access",
            Self::Account => "failure-account",
            Self::Number => "failure-number",
            Self::Media => "failure-media",
            Self::Template => "failure-template",
            Self::Content => "failure-content",
            Self::Destination => "failure-destination",
            Self::TestOnly => "failure-test-only",
            Self::Setup => "failure-setup",
            Self::Identity => "failure-identity",
            Self::Theirs => "failure-theirs",
            Self::Unsendable => "failure-unsendable",
            Self::Unknown => "failure-unknown",
        }
    }

    /// What a person can do when the vendor's adapter gave no advice of its own.
    #[must_use]
    pub const fn usual_advice(self) -> Advice {
        match self {
            Self::NotReachable | Self::OptedOut | Self::Destination | Self::Theirs => Advice::Never,
            Self::WindowClosed => Advice::UseTemplate,
            Self::HeldBack | Self::TooMany | Self::VendorDown | Self::Identity | Self::Unknown => {
                Advice::Later
            }
            Self::Access | Self::Account | Self::Number | Self::Setup | Self::TestOnly => Advice::FixChannel,
            Self::Media | Self::Template | Self::Content | Self::Unsendable => Advice::FixMessage,
        }
    }
}

/// The key of the sentence that says why a message waits; it may tell `$when`.
#[must_use]
pub const fn held(hold: Hold) -> &'static str {
    match hold {
        Hold::Quality => "held-for-quality",
        Hold::TemplatePaused => "held-template-paused",
        Hold::CustomersADay => "held-customers-a-day",
    }
}

/// The key of the sentence that says what to do.
#[must_use]
pub const fn what_to_do(advice: Advice) -> &'static str {
    match advice {
        Advice::Never => "advice-never",
        Advice::UseTemplate => "advice-use-template",
        Advice::Later => "advice-later",
        Advice::FixChannel => "advice-fix-channel",
        Advice::FixMessage => "advice-fix-message",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_trouble_reads_the_same_at_both_vendors() {
        let (meta, twilio) = (ChannelKind::WhatsappCloud, ChannelKind::TwilioWhatsapp);
        for (meta_code, twilio_code, family) in [
            (131_047, 63_016, Failure::WindowClosed),
            (131_026, 63_003, Failure::NotReachable),
            (131_049, 63_049, Failure::HeldBack),
            (190, 20_003, Failure::Access),
            (130_429, 20_429, Failure::TooMany),
        ] {
            assert_eq!(Failure::of(meta, meta_code), family, "Meta {meta_code}");
            assert_eq!(Failure::of(twilio, twilio_code), family, "Twilio {twilio_code}");
        }
        assert_eq!(Failure::of(meta, 63_016), Failure::Unknown, "codes belong to their vendor");
    }

    #[test]
    fn a_closed_window_advises_a_template() {
        assert_eq!(Failure::WindowClosed.usual_advice(), Advice::UseTemplate);
    }
}
