//! The file of a message: what became of it, and what the bubble shows of it.

use std::time::Duration;

use domain::{FileId, content::Media, file::FileState};

use crate::{Arg, Author, Lang, MessageView, Tx, preview, time};

/// What is known of a message's file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileFacts {
    /// Which.
    pub id: FileId,
    /// Whether it is here.
    pub state: FileState,
    /// Why it is not.
    pub reason: Option<String>,
    /// What its bytes are.
    pub kind: Option<String>,
    /// Its size.
    pub bytes: Option<i64>,
    /// Of a picture.
    pub width: Option<i32>,
    /// Of a picture.
    pub height: Option<i32>,
    /// Of a sound.
    pub seconds: Option<f32>,
    /// Whether there is a small picture.
    pub thumbnail: bool,
    /// Whether fetching it has failed before.
    pub tried: bool,
}

/// How a bubble shows its file.
#[derive(Debug, Clone, PartialEq)]
pub enum Shown<'a> {
    /// A picture that opens in the viewer; its small one keeps its place.
    Picture(&'a FileFacts),
    /// A sticker, without a bubble's frame around it.
    Sticker(&'a FileFacts),
    /// A film with the browser's own player.
    Film(&'a FileFacts),
    /// A sound with ours.
    Sound(&'a FileFacts),
    /// Something to download.
    Paper(&'a FileFacts),
    /// Not here.
    Absent(&'static str),
    /// Nothing is known of it.
    Unknown,
}

impl MessageView {
    /// How to show the file.
    #[must_use]
    pub fn shown(&self, _: &Media) -> Shown<'_> {
        let Some(file) = &self.file else { return Shown::Unknown };
        match file.state {
            FileState::Stored => {}
            FileState::Waiting if file.tried => return Shown::Absent("file-waiting-again"),
            FileState::Waiting => return Shown::Absent("file-waiting"),
            FileState::Expired => return Shown::Absent("file-expired"),
            FileState::Refused => return Shown::Absent("file-too-big"),
            FileState::Failed if file.reason.as_deref() == Some("damaged") => {
                return Shown::Absent("file-damaged");
            }
            FileState::Failed => return Shown::Absent("file-denied"),
        }
        let kind = file.kind.as_deref().unwrap_or_default();
        match (self.said().kind(), kind) {
            ("sticker", "image/webp") => Shown::Sticker(file),
            (_, "image/jpeg" | "image/png" | "image/webp" | "image/gif") if file.thumbnail => {
                Shown::Picture(file)
            }
            (_, "video/mp4" | "video/webm") => Shown::Film(file),
            (_, "audio/mpeg" | "audio/mp4" | "audio/ogg" | "audio/aac") => Shown::Sound(file),
            _ => Shown::Paper(file),
        }
    }

    /// The words for who doesn't see the picture: what, whose, when.
    #[must_use]
    pub fn alt(&self, tx: &Tx, key: &str) -> String {
        let name = match &self.author {
            Author::Contact { name, .. } => crate::person::first_name(name).to_owned(),
            _ => self.author_name(tx),
        };
        tx.with(key, [("name", Arg::Text(&name)), ("time", Arg::Text(&time::clock(&self.at, tx)))])
    }

    /// What the player's button says.
    #[must_use]
    pub fn play(&self, tx: &Tx, media: &Media, file: &FileFacts) -> String {
        let key = if media.voice { "file-play-voice" } else { "file-play" };
        tx.a(key, "time", &file.minutes())
    }

    /// The name a download is offered under.
    #[must_use]
    pub fn file_name(&self, tx: &Tx, media: &Media) -> String {
        media.filename.clone().unwrap_or_else(|| tx.t(preview::word(self.said().kind())))
    }
}

impl FileFacts {
    /// How long it plays, `0:34`; `–:––` where nobody knows yet.
    #[must_use]
    pub fn minutes(&self) -> String {
        match self.seconds {
            Some(seconds) => {
                // Negative and absurd ones become 0.
                let seconds = Duration::try_from_secs_f32(seconds.round()).unwrap_or_default().as_secs();
                format!("{}:{:02}", seconds / 60, seconds % 60)
            }
            None => "–:––".to_owned(),
        }
    }

    /// Seconds for machines; empty where nobody knows yet.
    #[must_use]
    pub fn seconds(&self) -> String {
        self.seconds.map(|seconds| format!("{seconds:.2}")).unwrap_or_default()
    }

    /// Width and height for the page, so that nothing jumps.
    #[must_use]
    pub fn sides(&self) -> (i32, i32) {
        match (self.width, self.height) {
            (Some(width), Some(height)) if width > 0 && height > 0 => (width, height),
            _ => (4, 3),
        }
    }

    /// Its size as people write it: `12 kB`, `1,4 MB`.
    #[must_use]
    pub fn size(&self, tx: &Tx) -> Option<String> {
        Some(size(self.bytes?, tx))
    }
}

/// A size as people write it.
#[must_use]
pub fn size(bytes: i64, tx: &Tx) -> String {
    const MEGA: i64 = 1_000_000;
    if bytes < MEGA {
        return format!("{} kB", (bytes.max(0) + 999) / 1000);
    }
    let tenths = (bytes + MEGA / 20) / (MEGA / 10);
    let comma = if tx.lang == Lang::En { '.' } else { ',' };
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} MB"),
        (whole, tenth) => format!("{whole}{comma}{tenth} MB"),
    }
}
