//! The inbox: list, thread, contact panel.

use std::collections::BTreeMap;

use askama::Template;
use domain::{ConversationId, PersonId};

use crate::{ConversationRow, Frame, NextUp, Thread, Tx};

/// GET /inbox and /inbox/{conversation}.
#[derive(Debug, Template)]
#[template(path = "inbox.html")]
pub struct InboxPage {
    /// What is around it.
    pub frame: Frame,
    /// The person's conversations, newest activity first (by descending `seq`), or by `due_place` before that.
    pub rows: Vec<ConversationRow>,
    /// Whether what falls due first stands first.
    pub by_due: bool,
    /// How many of each conversation's inbound messages the person has read; what is missing counts as none.
    pub reads: BTreeMap<ConversationId, i32>,
    /// What waits in the queues they take from; `None` for those who take nothing.
    pub next: Option<NextUp>,
    /// The open conversation.
    pub thread: Option<Thread>,
}

impl InboxPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    const fn viewer(&self) -> PersonId {
        self.frame.viewer.id
    }

    fn thread(&self) -> Option<&Thread> {
        self.thread.as_ref()
    }

    /// The reads as JSON for `data-read`.
    #[must_use]
    pub fn reads_json(&self) -> String {
        serde_json::to_string(&self.reads).unwrap_or_else(|_| "{}".to_owned())
    }

    /// The rows of one list, as a number for its title.
    #[must_use]
    pub fn count(&self) -> i64 {
        i64::try_from(self.rows.len()).unwrap_or(i64::MAX)
    }
}
