//! Tags of a conversation and how urgent it is: the dialog.

use askama::Template;
use domain::{ConversationId, conversation::Urgency};

use crate::{Tx, system::urgency_word};

/// `GET /conversations/{id}/tags`.
#[derive(Debug, Template)]
#[template(path = "tags.html")]
pub struct TagsDialog {
    /// The words.
    pub tx: Tx,
    /// Which conversation.
    pub conversation: ConversationId,
    /// With whom.
    pub contact_name: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Other tags that are in use.
    pub others: Vec<String>,
    /// Whether the viewer may make new ones.
    pub may_make: bool,
    /// How urgent it is; `None`: not for this viewer to say.
    pub urgency: Option<Urgency>,
    /// The longest tag.
    pub longest: usize,
}

impl TagsDialog {
    fn urgencies(&self) -> &'static [Urgency] {
        Urgency::ALL
    }

    fn word(&self, urgency: &Urgency) -> String {
        self.tx.t(urgency_word(*urgency))
    }

    fn is(&self, urgency: &Urgency) -> bool {
        self.urgency == Some(*urgency)
    }
}
