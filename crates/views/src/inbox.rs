//! The inbox: list, thread, contact panel.

use askama::Template;
use domain::PersonId;

use crate::{Counts, Frame, ListView, Side, Thread, Tx};

/// GET /inbox and /inbox/{conversation}.
#[derive(Debug, Template)]
#[template(path = "inbox.html")]
pub struct InboxPage {
    /// What is around it.
    pub frame: Frame,
    /// All lists.
    pub side: Side,
    /// How many each holds.
    pub counts: Counts,
    /// The one that is shown.
    pub list: ListView,
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
}
