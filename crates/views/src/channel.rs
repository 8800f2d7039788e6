//! How a channel is drawn: the glyph and the kind's name.

use domain::ChannelKind;

/// A channel in a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelTag {
    /// What it speaks.
    pub kind: ChannelKind,
    /// The name the admin gave it.
    pub name: String,
}

impl ChannelTag {
    /// The class of the round glyph.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        class(self.kind)
    }

    /// The kind's own name; a mark, so not translated.
    #[must_use]
    pub const fn kind_name(&self) -> &'static str {
        kind_name(self.kind)
    }
}

/// The class of a kind's glyph.
#[must_use]
pub const fn class(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::WhatsappCloud | ChannelKind::TwilioWhatsapp => "wa",
        ChannelKind::TwilioSms => "sm",
    }
}

/// The name of a kind.
#[must_use]
pub const fn kind_name(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::WhatsappCloud | ChannelKind::TwilioWhatsapp => "WhatsApp",
        ChannelKind::TwilioSms => "SMS",
    }
}
