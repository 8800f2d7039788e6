//! Channels: one connected number or account of a vendor.

use chrono::TimeDelta;

use crate::{IdentityKind, words::words};

words! {
    /// What a channel speaks.
    ChannelKind {
        /// WhatsApp through Meta's Cloud API.
        WhatsappCloud = "whatsapp_cloud",
        /// WhatsApp through Twilio.
        TwilioWhatsapp = "twilio_whatsapp",
        /// SMS through Twilio.
        TwilioSms = "twilio_sms",
    }
}

impl ChannelKind {
    /// For how long after a customer's message free text may be sent; `None` = always.
    /// (whatsapp-cloud.md §10; SMS knows no window.)
    #[must_use]
    pub fn reply_window(self) -> Option<TimeDelta> {
        match self {
            Self::WhatsappCloud | Self::TwilioWhatsapp => Some(TimeDelta::hours(24)),
            Self::TwilioSms => None,
        }
    }

    /// The longest text the vendor takes, in characters (whatsapp-cloud.md §5.2, twilio.md §6).
    #[must_use]
    pub fn longest_text(self) -> usize {
        match self {
            Self::WhatsappCloud => 4096,
            Self::TwilioWhatsapp | Self::TwilioSms => 1600,
        }
    }

    /// Whether the vendor ever reports that the customer has read a message.
    #[must_use]
    pub fn reports_reading(self) -> bool {
        !matches!(self, Self::TwilioSms)
    }

    /// The kinds of identity that can be written to through this channel, best first.
    #[must_use]
    pub fn reachable_by(self) -> &'static [IdentityKind] {
        match self {
            Self::WhatsappCloud | Self::TwilioWhatsapp => &[IdentityKind::Phone, IdentityKind::Bsuid],
            Self::TwilioSms => &[IdentityKind::Phone],
        }
    }
}
