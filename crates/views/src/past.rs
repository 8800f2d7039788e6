//! Other conversations of a contact, above the open one and in its midst, and the files of all of them.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, ConversationState, FileId, MessageId};

use crate::{Arg, ChannelTag, Entry, Tx, file, time};

/// Another conversation of the contact, as the line of it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkLine {
    /// Which.
    pub conversation: ConversationId,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// Where it stands.
    pub state: ConversationState,
    /// Its channel.
    pub channel: ChannelTag,
    /// Its queue.
    pub queue: String,
    /// Who holds it; where it is over, who closed it.
    pub person: Option<String>,
}

impl TalkLine {
    /// By what it went, and where it stands.
    #[must_use]
    pub fn what(&self, tx: &Tx) -> String {
        let is_over = self.state == ConversationState::Closed;
        let state = match &self.person {
            Some(name) => tx.a(if is_over { "past-closed-by" } else { "past-open-with" }, "name", name),
            None => tx.t(if is_over { "past-closed" } else { "past-open" }),
        };
        let channel = Arg::Text(&self.channel.name);
        tx.with(
            "past-what",
            [("channel", channel), ("queue", Arg::Text(&self.queue)), ("state", Arg::Text(&state))],
        )
    }
}

/// A former conversation, for above the open one: a stretch of it, and the line that says what it was.
#[derive(Debug, Template)]
#[template(path = "past_talk.html")]
pub struct PastTalk<'a> {
    /// The words.
    pub tx: Tx,
    /// What it was.
    pub talk: &'a TalkLine,
    /// What was said, oldest first.
    pub entries: &'a [Entry],
    /// The place before which there is more of it; `None` at its beginning.
    pub earlier: Option<&'a str>,
}

/// A conversation of the same contact that began after the open one, in its thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParallelTalk {
    /// Place in the thread, made by [`time::seq`].
    pub seq: String,
    /// What it is.
    pub talk: TalkLine,
}

/// A file of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactFile {
    /// Which.
    pub id: FileId,
    /// In which message.
    pub message: MessageId,
    /// In which conversation.
    pub conversation: ConversationId,
    /// What its bytes are.
    pub kind: Option<String>,
    /// The sender's name for it.
    pub name: Option<String>,
    /// Its size.
    pub bytes: Option<i64>,
    /// Whether there is a small picture.
    pub thumbnail: bool,
    /// When.
    pub at: DateTime<Utc>,
}

impl ContactFile {
    /// Its name, or what it is.
    #[must_use]
    pub fn title(&self, tx: &Tx) -> String {
        self.name.clone().unwrap_or_else(|| tx.t(self.word()))
    }

    /// The key of what it is.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.kind.as_deref().and_then(|kind| kind.split('/').next()) {
            Some("image") => "kind-image",
            Some("video") => "kind-video",
            Some("audio") => "kind-audio",
            _ => "kind-document",
        }
    }

    /// Its picture in the sprite.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        match self.word() {
            "kind-image" => "image",
            "kind-video" => "video",
            "kind-audio" => "mic",
            _ => "file-text",
        }
    }

    /// Its size as people write it.
    #[must_use]
    pub fn size(&self, tx: &Tx) -> Option<String> {
        Some(file::size(self.bytes?, tx))
    }
}

/// `GET /contacts/{id}/files`: a page of them, newest first.
#[derive(Debug, Template)]
#[template(path = "contact_files.html")]
pub struct ContactFiles<'a> {
    /// The words.
    pub tx: Tx,
    /// Whose.
    pub contact: ContactId,
    /// The files.
    pub files: &'a [ContactFile],
    /// The file before which there may be more.
    pub more: Option<FileId>,
}

/// `GET /contacts/{id}/consent`: noting down what a contact said.
#[derive(Debug, Template)]
#[template(path = "consent.html")]
pub struct ConsentDialog {
    /// The words.
    pub tx: Tx,
    /// Whose.
    pub contact: ContactId,
    /// How long a proof may be.
    pub longest: usize,
}
