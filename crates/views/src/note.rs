//! Notes of colleagues between the messages of a thread.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{ConversationId, NoteId, PersonId, note};

use crate::{Arg, PersonTag, Tx, linkify, person, time};

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteView {
    /// Which.
    pub id: NoteId,
    /// Made by the browser that wrote it.
    pub client_id: String,
    /// Who wrote it.
    pub author: PersonTag,
    /// What it says.
    pub body: String,
    /// Whom it names.
    pub mentions: Vec<(PersonId, String)>,
    /// When.
    pub at: DateTime<Utc>,
    /// Its place in the thread.
    pub seq: String,
}

impl NoteView {
    /// The author's initials.
    #[must_use]
    pub fn initials(&self) -> String {
        person::initials(&self.author.name)
    }

    /// The author's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        person::hue(self.author.id.0.as_bytes())
    }

    /// When, for machines.
    #[must_use]
    pub fn iso(&self) -> String {
        time::iso(&self.at)
    }

    /// Whom it names, for scripts.
    #[must_use]
    pub fn named(&self) -> String {
        self.mentions.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(" ")
    }

    /// The text with its addresses as links and the names in it marked.
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = String::with_capacity(self.body.len() + 64);
        let mut done = 0;
        for (at, _) in note::named(&self.body, &self.mentions) {
            html.push_str(&linkify::linkify(&self.body[done..at.start]));
            html.push_str("<b class=\"at\">");
            html.push_str(&linkify::linkify(&self.body[at.clone()]));
            html.push_str("</b>");
            done = at.end;
        }
        html.push_str(&linkify::linkify(&self.body[done..]));
        html
    }
}

/// The note as a fragment, for `#thread-{conversation}`.
#[derive(Debug, Template)]
#[template(path = "note.html")]
pub struct NoteFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub note: &'a NoteView,
}

/// Somebody named the viewer in a note; for `#offers`. One for each conversation: the newest.
#[derive(Debug, Template)]
#[template(path = "mention.html")]
pub struct MentionFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// In which conversation.
    pub conversation: ConversationId,
    /// Of whom.
    pub contact_name: &'a str,
    /// The note.
    pub note: &'a NoteView,
    /// Grows from note to note.
    pub version: i64,
}

impl MentionFragment<'_> {
    /// Who named the viewer where.
    #[must_use]
    pub fn said(&self) -> String {
        let values = [("name", Arg::Text(&self.note.author.name)), ("contact", Arg::Text(self.contact_name))];
        self.tx.with("mention-said", values)
    }
}
