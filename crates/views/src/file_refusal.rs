//! Why a file can't be attached: before it is sent, and with what would do instead.

use domain::{
    ChannelKind,
    limits::{Flaw, Problem},
};

use crate::{Tx, file::size};

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileRefusal {
    /// It is larger than the channel takes.
    TooBig {
        /// The limit, in bytes.
        most: u64,
    },
    /// There is nothing in it.
    Empty,
    /// An iPhone's own pictures.
    Heic,
    /// WhatsApp takes webp for stickers alone.
    Webp,
    /// Moving pictures of the web.
    Gif,
    /// A film in a box that WhatsApp does not open.
    Film,
    /// A sound that WhatsApp does not play.
    Sound,
    /// Any other type that the channel does not take.
    Type,
    /// The channel takes no files of this kind.
    NotTaken,
    /// What was recorded is no recording.
    NotANote,
    /// Nothing was recorded.
    SilentNote,
    /// It has two channels.
    StereoNote,
}

impl FileRefusal {
    /// The refusal that a flaw means for a file of this type.
    #[must_use]
    pub fn of(flaw: Flaw, channel: ChannelKind, mime: &str) -> Self {
        match flaw.problem {
            // A webp above a sticker's size is a picture that somebody saved from the web.
            Problem::TooBig { .. } if mime == "image/webp" => Self::Webp,
            Problem::TooBig { most, .. } => Self::TooBig { most },
            Problem::Missing => Self::Empty,
            Problem::NotTaken if mime == "image/webp" && channel == ChannelKind::TwilioSms => Self::Webp,
            Problem::NotTaken => Self::NotTaken,
            _ if mime == "image/heic" => Self::Heic,
            _ if mime == "image/webp" => Self::Webp,
            _ if mime == "image/gif" => Self::Gif,
            _ if mime.starts_with("video/") => Self::Film,
            _ if mime.starts_with("audio/") => Self::Sound,
            _ => Self::Type,
        }
    }

    /// The word for scripts.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooBig { .. } => "file_too_big",
            Self::Empty => "file_empty",
            Self::Heic | Self::Webp | Self::Gif | Self::Film | Self::Sound | Self::Type => "file_type",
            Self::NotTaken => "file_not_taken",
            Self::NotANote => "not_a_note",
            Self::SilentNote => "silent_note",
            Self::StereoNote => "stereo_note",
        }
    }

    /// The sentence for people: what is wrong, and what to do.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        match self {
            Self::TooBig { most } => {
                let most = size(i64::try_from(*most).unwrap_or(i64::MAX), tx);
                tx.a("file-refused-too-big", "most", &most)
            }
            Self::Empty => tx.t("file-refused-empty"),
            Self::Heic => tx.t("file-refused-heic"),
            Self::Webp => tx.t("file-refused-webp"),
            Self::Gif => tx.t("file-refused-gif"),
            Self::Film => tx.t("file-refused-film"),
            Self::Sound => tx.t("file-refused-sound"),
            Self::Type => tx.t("file-refused-type"),
            Self::NotTaken => tx.t("file-refused-not-taken"),
            Self::NotANote => tx.t("file-refused-note"),
            Self::SilentNote => tx.t("file-refused-silent"),
            Self::StereoNote => tx.t("file-refused-stereo"),
        }
    }
}
