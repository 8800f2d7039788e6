//! One thing done to many: the bar of what was chosen, the choices, and how far it is.

use askama::Template;
use domain::ConversationId;

use crate::{Arg, Tx};

/// What a viewer may do to many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BulkMay {
    /// Tag them.
    pub tag: bool,
    /// Give them to somebody.
    pub assign: bool,
    /// Move them to another queue.
    pub transfer: bool,
    /// Put them aside.
    pub snooze: bool,
    /// Close them.
    pub close: bool,
}

/// `GET /bulk`: the bar.
#[derive(Debug, Template)]
#[template(path = "bulk_bar.html")]
pub struct BulkBar {
    /// The words.
    pub tx: Tx,
    /// What may be done.
    pub may: BulkMay,
    /// How many may be chosen.
    pub most: usize,
}

/// One choice: what is posted, and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkChoice {
    /// The deed, as JSON.
    pub deed: String,
    /// Its name.
    pub name: String,
    /// More about it.
    pub about: String,
}

/// Choices of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkGroup {
    /// The key of its title.
    pub title: &'static str,
    /// What there is.
    pub choices: Vec<BulkChoice>,
}

/// `GET /bulk/choices/{what}`.
#[derive(Debug, Template)]
#[template(path = "bulk_choices.html")]
pub struct BulkDialog {
    /// The words.
    pub tx: Tx,
    /// The key of the title.
    pub title: &'static str,
    /// What there is.
    pub groups: Vec<BulkGroup>,
    /// To how many it is done, where that is not what the page has counted itself.
    pub how_many: Option<i64>,
    /// Why it can't be done, or empty.
    pub refused: String,
}

/// A conversation to which it was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkNotDone {
    /// Which.
    pub conversation: ConversationId,
    /// With whom; empty when the viewer may not see it.
    pub name: String,
    /// The word of the refusal.
    pub why: String,
}

/// `GET /bulk/{id}`: how far it is.
#[derive(Debug, Template)]
#[template(path = "bulk_progress.html")]
pub struct BulkProgress {
    /// The words.
    pub tx: Tx,
    /// Which.
    pub id: String,
    /// How many.
    pub total: i64,
    /// Done.
    pub done: i64,
    /// Not done.
    pub refused: i64,
    /// Left when it was cancelled.
    pub cancelled: i64,
    /// Whether it is over.
    pub ended: bool,
    /// Whether it can be taken back.
    pub undoable: bool,
    /// Of those that were not done the first.
    pub not_done: Vec<BulkNotDone>,
}

/// Every word a row can end with, but for those that are no refusal. Each has its sentence.
pub const REFUSALS: &[&str] = &[
    "not_found",
    "closed",
    "changed",
    "bad_tag",
    "tag_not_in_use",
    "too_many_tags",
    "target_outside_queue",
    "other_team",
    "target_offline",
    "full",
    "no_such_target",
    "outcome_required",
    "no_such_outcome",
    "fields_missing",
    "reopen_too_late",
    "another_open",
    "contact_blocked",
    "snooze_time",
    "failed",
];

impl BulkProgress {
    fn looked_at(&self) -> i64 {
        self.done + self.refused + self.cancelled
    }

    /// How far it is, in a sentence.
    fn words(&self) -> String {
        let number = |key, number| self.tx.with(key, [("count", Arg::Number(number))]);
        if !self.ended {
            return self.tx.with(
                "bulk-running",
                [("count", Arg::Number(self.looked_at())), ("total", Arg::Number(self.total))],
            );
        }
        let mut words = vec![number("bulk-done", self.done)];
        if self.refused > 0 {
            words.push(number("bulk-refused", self.refused));
        }
        if self.cancelled > 0 {
            words.push(number("bulk-cancelled", self.cancelled));
        }
        words.join(", ")
    }

    fn why(&self, one: &BulkNotDone) -> String {
        let known = REFUSALS.iter().find(|word| **word == one.why).unwrap_or(&"failed");
        self.tx.t(&format!("bulk-why-{}", known.replace('_', "-")))
    }

    fn unnamed(&self) -> i64 {
        self.refused - i64::try_from(self.not_done.len()).unwrap_or_default()
    }
}
