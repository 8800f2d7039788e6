//! Which files each channel takes, as data (whatsapp-cloud.md §6, twilio.md §7).

use super::{Flaw, Form, Part, Problem};
use crate::ChannelKind;

/// Which files a channel takes in one shape of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileRule {
    /// In messages of which shape.
    pub form: Form,
    /// Types of bytes, without parameters.
    pub types: &'static [&'static str],
    /// The biggest, in bytes.
    pub most: u64,
    /// Where the vendor says so.
    pub source: &'static str,
    /// Since when it is known to hold (ISO date).
    pub since: &'static str,
}

const KB: u64 = 1_024;
const MB: u64 = 1_024 * KB;
const META: &str = "whatsapp-cloud.md §6";
const TWILIO: &str = "twilio.md §7";

const PICTURES: &[&str] = &["image/jpeg", "image/png"];
const SOUNDS: &[&str] = &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"];
const FILMS: &[&str] = &["video/mp4", "video/3gpp"];
const WEBP: &[&str] = &["image/webp"];
const OGG: &[&str] = &["audio/ogg"];
const DOCUMENTS: &[&str] = &[
    "text/plain",
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
];
const TWILIO_DOCUMENTS: &[&str] = &[
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "text/vcard",
];

const fn rule(form: Form, types: &'static [&'static str], most: u64, source: &'static str) -> FileRule {
    FileRule { form, types, most, source, since: "2026-11-21" }
}

const CLOUD: &[FileRule] = &[
    rule(Form::Image, PICTURES, 5 * MB, META),
    rule(Form::Video, FILMS, 16 * MB, META),
    rule(Form::Audio, SOUNDS, 16 * MB, META),
    // Above 512 KB it arrives as a sound file without the play icon; it does arrive.
    rule(Form::Voice, OGG, 16 * MB, META),
    rule(Form::Document, DOCUMENTS, 100 * MB, META),
    rule(Form::Sticker, WEBP, 100 * KB, META),
    rule(Form::MovingSticker, WEBP, 500 * KB, META),
];

// Meta's own limit for documents is 100 MB; Twilio's 16 wins here.
const TWILIO_WHATSAPP: &[FileRule] = &[
    rule(Form::Image, PICTURES, 5 * MB, TWILIO),
    rule(Form::Video, &["video/mp4"], 16 * MB, TWILIO),
    rule(Form::Audio, &["audio/ogg", "audio/amr", "audio/3gpp", "audio/aac", "audio/mpeg"], 16 * MB, TWILIO),
    rule(Form::Voice, OGG, 16 * MB, TWILIO),
    rule(Form::Document, TWILIO_DOCUMENTS, 16 * MB, TWILIO),
    rule(Form::Sticker, WEBP, 100 * KB, META),
    rule(Form::MovingSticker, WEBP, 500 * KB, META),
];

const MMS: &[FileRule] = &[
    rule(Form::Image, &["image/jpeg", "image/png", "image/gif"], 5 * MB, TWILIO),
    rule(Form::Video, FILMS, 500 * KB, TWILIO),
    rule(Form::Audio, SOUNDS, 500 * KB, TWILIO),
    rule(Form::Document, &["application/pdf", "text/vcard", "text/plain"], 500 * KB, TWILIO),
];

/// All rules of a channel.
#[must_use]
pub const fn of(kind: ChannelKind) -> &'static [FileRule] {
    match kind {
        ChannelKind::WhatsappCloud => CLOUD,
        ChannelKind::TwilioWhatsapp => TWILIO_WHATSAPP,
        ChannelKind::TwilioSms => MMS,
    }
}

/// The rule for files in messages of this shape; `None` when the channel takes none.
#[must_use]
pub fn rule_for(kind: ChannelKind, form: Form) -> Option<&'static FileRule> {
    of(kind).iter().find(|rule| rule.form == form)
}

/// Whether the channel takes such a file. `mime` is what the bytes are, with or without parameters.
///
/// # Errors
/// What is wrong with it.
pub fn check_file(kind: ChannelKind, form: Form, mime: &str, bytes: u64) -> Result<(), Flaw> {
    let wrong = |problem| Err(Flaw { part: Part::File, problem });
    let Some(rule) = rule_for(kind, form) else { return wrong(Problem::NotTaken) };
    let mime = mime.split(';').next().unwrap_or_default().trim();
    if !rule.types.iter().any(|taken| taken.eq_ignore_ascii_case(mime)) {
        return wrong(Problem::WrongType);
    }
    match bytes {
        0 => wrong(Problem::Missing),
        bytes if bytes > rule.most => wrong(Problem::TooBig { bytes, most: rule.most }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(kind: ChannelKind, form: Form, mime: &str, bytes: u64) -> Option<Problem> {
        check_file(kind, form, mime, bytes).err().map(|flaw| flaw.problem)
    }

    #[test]
    fn a_picture_fits_to_its_last_byte_and_a_phone_camera_s_own_format_does_not() {
        use ChannelKind::*;
        let limit = 5 * MB;
        assert_eq!(problem(WhatsappCloud, Form::Image, "image/jpeg", limit), None);
        let over = Problem::TooBig { bytes: limit + 1, most: limit };
        assert_eq!(problem(WhatsappCloud, Form::Image, "image/jpeg", limit + 1), Some(over));
        assert_eq!(problem(WhatsappCloud, Form::Image, "image/heic", 9), Some(Problem::WrongType));
        assert_eq!(problem(WhatsappCloud, Form::Image, "image/webp", 9), Some(Problem::WrongType));
        assert_eq!(problem(WhatsappCloud, Form::Image, "image/png", 0), Some(Problem::Missing));
    }

    #[test]
    fn each_way_to_whatsapp_has_its_own_size_and_sms_takes_no_stickers() {
        use ChannelKind::*;
        let pdf = |kind, bytes| problem(kind, Form::Document, "application/pdf", bytes);
        assert_eq!(pdf(WhatsappCloud, 100 * MB), None);
        let over = Problem::TooBig { bytes: 16 * MB + 1, most: 16 * MB };
        assert_eq!(pdf(TwilioWhatsapp, 16 * MB + 1), Some(over));
        assert_eq!(problem(TwilioSms, Form::Sticker, "image/webp", 9), Some(Problem::NotTaken));
    }

    #[test]
    fn a_voice_note_is_ogg_whatever_stands_behind_the_type() {
        let voice = |mime| problem(ChannelKind::WhatsappCloud, Form::Voice, mime, 9);
        assert_eq!(voice("audio/ogg; codecs=opus"), None);
        assert_eq!(voice("audio/mp4"), Some(Problem::WrongType));
    }
}
