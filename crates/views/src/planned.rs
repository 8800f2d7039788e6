//! Answers that go out later: the cards under a thread, and the dialog that plans one.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{Content, ConversationId, PlannedId, planned::Doubt};

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
    /// When it goes out.
    pub due: DateTime<Utc>,
    /// Why it does not, and somebody is asked.
    pub doubt: Option<Doubt>,
}

impl PlannedView {
    /// Its words, or what it is.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        match &self.content {
            Content::Text { body } => body.clone(),
            other => match other.text() {
                Some(text) => format!("{}: {text}", tx.t(preview::word(other.kind()))),
                None => tx.t(preview::word(other.kind())),
            },
        }
    }

    /// Whether its words can go back into the field.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self.content, Content::Text { .. })
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
    /// Until when free text may be sent; `None` where it always may.
    pub until: Option<DateTime<Utc>>,
    /// Times that are often meant: as the field holds them, and in words.
    pub often: Vec<(String, String)>,
    /// The earliest and the latest time, as the field holds them.
    pub between: (String, String),
}

impl LaterDialog {
    fn about(&self) -> String {
        match &self.until {
            Some(until) => self.tx.a("later-until", "when", &time::moment(until, &self.tx)),
            None => self.tx.t("later-always"),
        }
    }
}
