//! Other conversations of a contact, above the open one and in its midst, and the files of all of them.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, ConversationState, FileId, MessageId};

use crate::{Arg, ChannelTag, Entry, Tx, file, time};

/// A former conversation, for above the open one: a stretch of it, and the line that says what it was.
#[derive(Debug, Template)]
#[template(path = "past_talk.html")]
pub struct PastTalk<'a> {
    /// The words.
    pub tx: Tx,
    /// Which.
    pub conversation: ConversationId,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// Where it stands.
    pub state: ConversationState,
    /// Its channel.
    pub channel: ChannelTag,
    /// Its queue.
    pub queue: &'a str,
    /// Who closed it.
    pub closed_by: Option<&'a str>,
    /// What was said, oldest first.
    pub entries: &'a [Entry],
    /// The place before which there is more of it; `None` at its beginning.
    pub earlier: Option<&'a str>,
}

impl PastTalk<'_> {
    /// The sentence of the line, but for the day.
    #[must_use]
    pub fn what(&self) -> String {
        let channel = self.channel.name.as_str();
        let state = match (self.state, self.closed_by) {
            (ConversationState::Closed, Some(name)) => self.tx.a("past-closed-by", "name", name),
            (ConversationState::Closed, None) => self.tx.t("past-closed"),
            _ => self.tx.t("past-open"),
        };
        self.tx.with(
            "past-what",
            [("channel", Arg::Text(channel)), ("queue", Arg::Text(self.queue)), ("state", Arg::Text(&state))],
        )
    }
}

/// A conversation of the same contact that began after the open one, as a line of its thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParallelTalk {
    /// Which.
    pub conversation: ConversationId,
    /// Place in the thread, made by [`time::seq`].
    pub seq: String,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// Where it stands.
    pub state: ConversationState,
    /// Its channel.
    pub channel: ChannelTag,
    /// Its queue.
    pub queue: String,
    /// Who holds it.
    pub holder: Option<String>,
}

impl ParallelTalk {
    /// The sentence of the line.
    #[must_use]
    pub fn what(&self, tx: &Tx) -> String {
        let state = match (self.state, &self.holder) {
            (ConversationState::Closed, _) => tx.t("past-closed"),
            (_, Some(name)) => tx.a("parallel-with", "name", name),
            (_, None) => tx.t("past-open"),
        };
        tx.with(
            "parallel-what",
            [
                ("channel", Arg::Text(&self.channel.name)),
                ("queue", Arg::Text(&self.queue)),
                ("state", Arg::Text(&state)),
            ],
        )
    }
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
