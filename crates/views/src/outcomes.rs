//! With what conversations are closed: deciding it, and choosing it.

use askama::Template;
use domain::{ContactId, ConversationId, OutcomeId};

use crate::{Frame, Tx, card::CardField};

/// An outcome in the order of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutcomeLine {
    /// Which.
    pub id: OutcomeId,
    /// Its name.
    pub name: String,
    /// Its name after those of its groups.
    pub path: String,
    /// How many groups it is in.
    pub depth: usize,
    /// Whether there is something in it.
    pub is_group: bool,
    /// Names of the fields that have to be filled in.
    pub required: Vec<String>,
    /// The same fields by key.
    pub asks: Vec<String>,
}

impl OutcomeLine {
    /// The groups it is in, in words; nothing at the top.
    #[must_use]
    pub fn groups(&self) -> &str {
        self.path.strip_suffix(&self.name).unwrap_or_default().trim_end_matches([' ', '›'])
    }
}

/// What stands in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutcomeForm {
    /// The one that is changed; `None`: a new one.
    pub id: Option<OutcomeId>,
    /// Its name.
    pub name: String,
    /// The group it is in.
    pub parent: Option<OutcomeId>,
    /// Keys of fields.
    pub required: Vec<String>,
}

/// GET /admin/outcomes.
#[derive(Debug, Template)]
#[template(path = "outcomes.html")]
pub struct OutcomesPage {
    /// What is around it.
    pub frame: Frame,
    /// The outcomes there are.
    pub outcomes: Vec<OutcomeLine>,
    /// Fields of contacts: key and name.
    pub fields: Vec<(String, String)>,
    /// Whether closing asks for an outcome.
    pub outcome_required: bool,
    /// Keys of the fields that closing asks for, whatever the outcome.
    pub required: Vec<String>,
    /// The form.
    pub form: OutcomeForm,
    /// What was just done: its key.
    pub done: Option<&'static str>,
    /// Why something was not done, in a sentence.
    pub refused: Option<String>,
}

impl OutcomesPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    /// Groups that something may be put into: neither the changed one nor what is as deep as can be.
    fn groups(&self) -> impl Iterator<Item = &OutcomeLine> {
        self.outcomes.iter().filter(|one| one.depth < 2 && Some(one.id) != self.form.id)
    }

    fn is_in(&self, id: &OutcomeId) -> bool {
        self.form.parent == Some(*id)
    }

    fn asks(&self, key: &str) -> bool {
        self.form.required.iter().any(|one| one == key)
    }

    fn always_asks(&self, key: &str) -> bool {
        self.required.iter().any(|one| one == key)
    }
}

/// `GET /conversations/{id}/close`.
#[derive(Debug, Template)]
#[template(path = "close.html")]
pub struct CloseDialog {
    /// The words.
    pub tx: Tx,
    /// Which conversation.
    pub conversation: ConversationId,
    /// Of whom.
    pub contact: ContactId,
    /// With whom.
    pub contact_name: String,
    /// The leaves, in the order of the tree.
    pub outcomes: Vec<OutcomeLine>,
    /// Whether one has to be chosen.
    pub outcome_required: bool,
    /// Fields that are empty and that some way of closing asks for; none, where the viewer may not write on the contact.
    pub fields: Vec<CardField>,
    /// Keys of those that closing asks for, whatever the outcome.
    pub always: Vec<String>,
    /// Whether the viewer may fill in what is missing.
    pub may_update: bool,
    /// The longest note.
    pub longest: usize,
}

impl CloseDialog {
    fn is_always(&self, key: &str) -> bool {
        self.always.iter().any(|one| one == key)
    }
}
