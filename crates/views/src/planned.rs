//! Answers that go out later: the cards under a thread, and the dialog that plans one.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{Content, ConversationId, FileId, PlannedId, content::Media, limits::Form, planned::Doubt};
use serde::Serialize;

use crate::{Arg, Tx, preview, time};

/// One that is planned.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedView {
    /// Which.
    pub id: PlannedId,
    /// Whose answer it will be, by name.
    pub author: String,
    /// What it says.
    pub content: Content,
    /// Its file, while that is there.
    pub file: Option<FileId>,
    /// When it goes out.
    pub due: DateTime<Utc>,
    /// Why it does not, and somebody is asked.
    pub doubt: Option<Doubt>,
}

impl PlannedView {
    /// Its words, or what it is.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        if let Content::Text { body } = &self.content {
            return body.clone();
        }
        let kind = tx.t(preview::word(self.content.kind()));
        match (self.media(), self.content.text()) {
            (Some(media), _) => {
                let mut words = kind;
                for more in [&media.filename, &media.caption].into_iter().flatten() {
                    words = format!("{words} · {more}");
                }
                if self.file.is_none() {
                    words = format!("{words} {}", tx.t("planned-file-missing"));
                }
                words
            }
            (None, Some(text)) => format!("{kind}: {text}"),
            (None, None) => kind,
        }
    }

    /// The file of ours that it sends.
    fn media(&self) -> Option<&Media> {
        self.content.media().filter(|media| media.file.is_some())
    }

    /// What goes back into the field, where it can: its words.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match (&self.content, self.media()) {
            (Content::Text { body }, _) => Some(body),
            (
                Content::Image(_) | Content::Video(_) | Content::Document(_) | Content::Audio(_),
                Some(media),
            ) if self.file.is_some() => Some(media.caption.as_deref().unwrap_or_default()),
            _ => None,
        }
    }

    /// What goes back into the tray beside them, as an upload answers it.
    #[must_use]
    pub fn tray(&self) -> Option<String> {
        #[derive(Serialize)]
        struct Tray<'a> {
            id: FileId,
            kind: &'static str,
            name: Option<&'a str>,
            voice: bool,
            caption: bool,
        }
        let media = self.media()?;
        let form = self.content.form();
        let tray = Tray {
            id: self.file?,
            kind: self.content.kind(),
            name: media.filename.as_deref(),
            voice: media.voice,
            caption: matches!(form, Some(Form::Image | Form::Video | Form::Document)),
        };
        serde_json::to_string(&tray).ok()
    }

    /// Whether a template is the way now.
    #[must_use]
    pub const fn wants_template(&self) -> bool {
        matches!(self.doubt, Some(Doubt::WindowClosed))
    }

    /// When it goes out and whose it is, or why it did not.
    #[must_use]
    pub fn line(&self, tx: &Tx) -> String {
        let when = time::moment(&self.due, tx);
        match self.doubt {
            None => tx.with("planned-at", [("when", Arg::Text(&when)), ("name", Arg::Text(&self.author))]),
            Some(doubt) => tx.t(doubt_word(doubt)),
        }
    }
}

const fn doubt_word(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::CustomerWrote => "planned-customer-wrote",
        Doubt::Closed => "planned-closed",
        Doubt::NotTheirs => "planned-not-theirs",
        Doubt::WindowClosed => "planned-window-closed",
        Doubt::Unwanted => "planned-unwanted",
        Doubt::FileGone => "planned-file-gone",
        Doubt::Refused => "planned-refused",
    }
}

/// `#planned-{conversation}`, whole.
#[derive(Debug, Template)]
#[template(path = "planned.html")]
pub struct PlannedFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Grows with every change of the conversation.
    pub version: i64,
    /// What is planned, the next one first.
    pub planned: &'a [PlannedView],
}

/// The dialog that plans one.
#[derive(Debug, Template)]
#[template(path = "later.html")]
pub struct LaterDialog {
    /// The words.
    pub tx: Tx,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Whether it is a template, which may be sent at any time.
    pub template: bool,
    /// Until when free text may be sent; `None` where it always may.
    pub until: Option<DateTime<Utc>>,
    /// The same, as the field holds it; empty where it always may.
    pub closes: String,
    /// Times that are often meant: as the field holds them, and in words.
    pub often: Vec<(String, String)>,
    /// The earliest and the latest time, as the field holds them.
    pub between: (String, String),
}

impl LaterDialog {
    fn about(&self) -> String {
        match &self.until {
            _ if self.template => self.tx.t("later-template"),
            Some(until) => self.tx.a("later-until", "when", &time::moment(until, &self.tx)),
            None => self.tx.t("later-always"),
        }
    }
}
