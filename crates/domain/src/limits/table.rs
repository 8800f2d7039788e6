//! How much each channel takes, as data.

use super::{Form, Part};
use crate::ChannelKind;

/// One limit of a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// In messages of which shape.
    pub form: Form,
    /// Of which part.
    pub part: Part,
    /// Characters of a text, or how many of a kind.
    pub most: usize,
    /// Where the vendor says so.
    pub source: &'static str,
    /// Since when it is known to hold (ISO date).
    pub since: &'static str,
}

/// The day on which the references were compiled: what carries no date of its own is known to hold since then.
const READ: &str = "2026-11-21";

const fn limit(form: Form, part: Part, most: usize, source: &'static str) -> Limit {
    Limit { form, part, most, source, since: READ }
}

const BODIES: &str = "whatsapp-cloud.md §5.2";
const QUESTIONS: &str = "whatsapp-cloud.md §5.3";
const TEMPLATES: &str = "whatsapp-cloud.md §5.4, §7.2";
const MESSAGES: &str = "twilio.md §6";
const CONTENTS: &str = "twilio.md §8";

/// WhatsApp through Meta's Cloud API.
const CLOUD: &[Limit] = &[
    limit(Form::Text, Part::Text, 4_096, BODIES),
    limit(Form::Image, Part::Caption, 1_024, BODIES),
    limit(Form::Video, Part::Caption, 1_024, BODIES),
    limit(Form::Document, Part::Caption, 1_024, BODIES),
    limit(Form::Audio, Part::File, 1, BODIES),
    limit(Form::Voice, Part::File, 1, BODIES),
    limit(Form::Sticker, Part::File, 1, BODIES),
    limit(Form::MovingSticker, Part::File, 1, BODIES),
    limit(Form::Location, Part::Place, 1, BODIES),
    limit(Form::Contacts, Part::Cards, 257, BODIES),
    limit(Form::Reaction, Part::Emoji, 1, BODIES),
    limit(Form::Buttons, Part::Header, 60, QUESTIONS),
    limit(Form::Buttons, Part::File, 1, QUESTIONS),
    limit(Form::Buttons, Part::Body, 1_024, QUESTIONS),
    limit(Form::Buttons, Part::Footer, 60, QUESTIONS),
    limit(Form::Buttons, Part::Buttons, 3, QUESTIONS),
    limit(Form::Buttons, Part::ButtonId, 256, QUESTIONS),
    limit(Form::Buttons, Part::ButtonTitle, 20, QUESTIONS),
    limit(Form::List, Part::Header, 60, QUESTIONS),
    limit(Form::List, Part::Body, 4_096, QUESTIONS),
    limit(Form::List, Part::Footer, 60, QUESTIONS),
    limit(Form::List, Part::MenuButton, 20, QUESTIONS),
    limit(Form::List, Part::Sections, 10, QUESTIONS),
    limit(Form::List, Part::SectionTitle, 24, QUESTIONS),
    limit(Form::List, Part::Rows, 10, QUESTIONS),
    limit(Form::List, Part::RowId, 200, QUESTIONS),
    limit(Form::List, Part::RowTitle, 24, QUESTIONS),
    limit(Form::List, Part::RowDescription, 72, QUESTIONS),
    limit(Form::Link, Part::Header, 60, QUESTIONS),
    limit(Form::Link, Part::File, 1, QUESTIONS),
    limit(Form::Link, Part::Body, 1_024, QUESTIONS),
    limit(Form::Link, Part::Footer, 60, QUESTIONS),
    limit(Form::Link, Part::LinkLabel, 20, QUESTIONS),
    limit(Form::Link, Part::LinkAddress, 2_000, QUESTIONS),
    limit(Form::LocationRequest, Part::Body, 1_024, QUESTIONS),
    limit(Form::ContactRequest, Part::Body, 1_024, QUESTIONS),
    limit(Form::Template, Part::Header, 60, TEMPLATES),
    limit(Form::Template, Part::File, 1, TEMPLATES),
    limit(Form::Template, Part::Body, 1_024, TEMPLATES),
    limit(Form::Template, Part::TemplateValue, 1_024, TEMPLATES),
    limit(Form::Template, Part::LinkAddress, 2_000, TEMPLATES),
    // 15 before; coupons are longer than one-time codes.
    Limit { since: "2025-12-01", ..limit(Form::Template, Part::TemplateCode, 20, TEMPLATES) },
];

/// WhatsApp through Twilio. Links, requests and cards need approval even inside the window, or have no type at all.
const TWILIO_WHATSAPP: &[Limit] = &[
    limit(Form::Text, Part::Text, 1_600, MESSAGES),
    // Twilio would take 1,600, and WhatsApp behind it refuse more than this.
    limit(Form::Image, Part::Caption, 1_024, BODIES),
    limit(Form::Video, Part::Caption, 1_024, BODIES),
    limit(Form::Document, Part::Caption, 1_024, BODIES),
    limit(Form::Audio, Part::File, 1, MESSAGES),
    limit(Form::Voice, Part::File, 1, MESSAGES),
    limit(Form::Sticker, Part::File, 1, MESSAGES),
    limit(Form::MovingSticker, Part::File, 1, MESSAGES),
    limit(Form::Location, Part::Place, 1, MESSAGES),
    limit(Form::Buttons, Part::Body, 1_024, CONTENTS),
    limit(Form::Buttons, Part::Buttons, 3, CONTENTS),
    limit(Form::Buttons, Part::ButtonId, 256, QUESTIONS),
    limit(Form::Buttons, Part::ButtonTitle, 20, QUESTIONS),
    limit(Form::List, Part::Body, 1_024, CONTENTS),
    limit(Form::List, Part::MenuButton, 20, CONTENTS),
    // Items stand in one line there: a single part without a heading.
    limit(Form::List, Part::Sections, 1, CONTENTS),
    limit(Form::List, Part::Rows, 10, CONTENTS),
    limit(Form::List, Part::RowId, 200, CONTENTS),
    limit(Form::List, Part::RowTitle, 24, CONTENTS),
    limit(Form::List, Part::RowDescription, 72, CONTENTS),
    limit(Form::Template, Part::Header, 60, TEMPLATES),
    limit(Form::Template, Part::File, 1, CONTENTS),
    limit(Form::Template, Part::Body, 1_024, MESSAGES),
    limit(Form::Template, Part::TemplateValue, 1_024, MESSAGES),
    limit(Form::Template, Part::LinkAddress, 2_000, TEMPLATES),
    limit(Form::Template, Part::TemplateCode, 20, TEMPLATES),
];

/// SMS, and MMS where the country has it.
const TWILIO_SMS: &[Limit] = &[
    limit(Form::Text, Part::Text, 1_600, MESSAGES),
    limit(Form::Image, Part::Caption, 1_600, MESSAGES),
    limit(Form::Video, Part::Caption, 1_600, MESSAGES),
    limit(Form::Document, Part::Caption, 1_600, MESSAGES),
    limit(Form::Audio, Part::Caption, 1_600, MESSAGES),
    limit(Form::Template, Part::Body, 1_600, MESSAGES),
    limit(Form::Template, Part::TemplateValue, 1_600, MESSAGES),
    limit(Form::Template, Part::LinkAddress, 2_000, MESSAGES),
    limit(Form::Template, Part::TemplateCode, 20, MESSAGES),
];

/// All limits of a channel.
#[must_use]
pub const fn of(kind: ChannelKind) -> &'static [Limit] {
    match kind {
        ChannelKind::WhatsappCloud => CLOUD,
        ChannelKind::TwilioWhatsapp => TWILIO_WHATSAPP,
        ChannelKind::TwilioSms => TWILIO_SMS,
    }
}

/// How much of a part a message of this shape may have; `None` when the channel does not take the part.
#[must_use]
pub fn most(kind: ChannelKind, form: Form, part: Part) -> Option<usize> {
    of(kind).iter().find(|limit| (limit.form, limit.part) == (form, part)).map(|limit| limit.most)
}

/// Whether the channel takes messages of this shape.
#[must_use]
pub fn takes(kind: ChannelKind, form: Form) -> bool {
    of(kind).iter().any(|limit| limit.form == form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_stands_once_and_says_where_it_is_from_and_since_when() {
        for kind in ChannelKind::ALL {
            let limits = of(*kind);
            for (at, limit) in limits.iter().enumerate() {
                let again = limits[at + 1..].iter().any(|l| (l.form, l.part) == (limit.form, limit.part));
                assert!(!again, "{kind}: {limit:?}");
                assert!(limit.source.contains(".md §") && limit.most > 0, "{limit:?}");
                assert!(chrono::NaiveDate::parse_from_str(limit.since, "%Y-%m-%d").is_ok(), "{limit:?}");
            }
        }
    }
}
