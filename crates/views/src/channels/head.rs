//! What is above the tabs of every page about one channel.

use domain::{ChannelId, ChannelKind};

use crate::ChannelTag;

/// A channel's state in one word: its worst open alarm, unless it is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// In use, nothing to say.
    Well,
    /// In use, somebody should look.
    Attention,
    /// In use, and in trouble.
    Trouble,
    /// Not in use.
    Off,
}

impl Condition {
    /// The class of the state's dot.
    #[must_use]
    pub const fn dot(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Attention => "warn",
            Self::Trouble => "bad",
            Self::Off => "off",
        }
    }

    /// The class of the state's text.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Well | Self::Off => "",
            Self::Attention => "warn-t",
            Self::Trouble => "bad-t",
        }
    }

    /// The key of the state's word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Well => "channel-connected",
            Self::Attention => "channel-attention",
            Self::Trouble => "channel-trouble",
            Self::Off => "admin-channel-disabled",
        }
    }
}

/// A channel, as the head of its pages shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelHead {
    /// Which.
    pub id: ChannelId,
    /// What it speaks, and its name.
    pub tag: ChannelTag,
    /// Our own number, as people write it.
    pub address: String,
    /// How it is.
    pub condition: Condition,
}

impl ChannelHead {
    /// By whom the channel runs.
    #[must_use]
    pub const fn vendor(&self) -> &'static str {
        vendor(self.tag.kind)
    }

    /// Whether it is out of use.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.condition == Condition::Off
    }

    /// The tabs of this channel, with their addresses.
    #[must_use]
    pub fn tabs(&self) -> Vec<(ChannelTab, String)> {
        ChannelTab::ALL
            .into_iter()
            .filter(|tab| *tab != ChannelTab::Templates || self.tag.kind != ChannelKind::TwilioSms)
            .map(|tab| (tab, format!("/admin/channels/{}{}", self.id, tab.path())))
            .collect()
    }
}

/// The vendor's product behind a kind; a mark, so not translated.
#[must_use]
pub const fn vendor(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::WhatsappCloud => "WhatsApp Cloud API",
        ChannelKind::TwilioWhatsapp => "WhatsApp (Twilio)",
        ChannelKind::TwilioSms => "SMS (Twilio)",
    }
}

/// A page about a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelTab {
    /// How it is, at a glance.
    Overview,
    /// The number and the business profile.
    Number,
    /// Its templates.
    Templates,
    /// What it costs.
    Costs,
    /// What was heard of it, raw.
    Ledger,
    /// The troubleshooter.
    Checks,
}

impl ChannelTab {
    /// In the order they are shown.
    pub const ALL: [Self; 6] =
        [Self::Overview, Self::Number, Self::Templates, Self::Costs, Self::Ledger, Self::Checks];

    /// What follows the channel's address.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Number => "/number",
            Self::Templates => "/templates",
            Self::Costs => "/costs",
            Self::Ledger => "/ledger",
            Self::Checks => "/checks",
        }
    }

    /// The key of its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overview => "channel-tab-overview",
            Self::Number => "channel-tab-number",
            Self::Templates => "channel-tab-templates",
            Self::Costs => "channel-tab-costs",
            Self::Ledger => "channel-tab-ledger",
            Self::Checks => "channel-tab-checks",
        }
    }
}
