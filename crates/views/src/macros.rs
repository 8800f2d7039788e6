//! Quick replies: those a person may change, and the form.

use askama::Template;
use domain::{MacroId, QueueId, macros::Action};

use crate::{Frame, Tx};

/// One in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacroLine {
    /// Which.
    pub id: MacroId,
    /// What is typed after `/`.
    pub name: String,
    /// The text, with places.
    pub body: String,
    /// What is done after it, in words.
    pub actions: Vec<String>,
    /// Whose it is, in words.
    pub whose: String,
}

/// What stands in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MacroForm {
    /// The one that is changed; `None` for a new one.
    pub id: Option<MacroId>,
    /// What is typed after `/`.
    pub name: String,
    /// The text.
    pub body: String,
    /// `own`, `all`, or `team:` and its id.
    pub whose: String,
    /// The note it writes.
    pub note: String,
    /// The queue it hands the conversation to.
    pub queue: String,
    /// Whether it closes the conversation.
    pub close: bool,
}

impl MacroForm {
    /// One that is there.
    #[must_use]
    pub fn of(id: MacroId, name: &str, body: &str, actions: &[Action], whose: String) -> Self {
        let mut form =
            Self { id: Some(id), name: name.to_owned(), body: body.to_owned(), whose, ..Self::default() };
        for action in actions {
            match action {
                Action::Note { body } => form.note.clone_from(body),
                Action::Transfer { queue } => form.queue = queue.to_string(),
                Action::Close => form.close = true,
            }
        }
        form
    }
}

/// GET /macros.
#[derive(Debug, Template)]
#[template(path = "macros.html")]
pub struct MacrosPage {
    /// What is around it.
    pub frame: Frame,
    /// Those there are.
    pub lines: Vec<MacroLine>,
    /// The form.
    pub form: MacroForm,
    /// Whose it can be: what is posted, and the words.
    pub whose: Vec<(String, String)>,
    /// Where it can hand the conversation.
    pub queues: Vec<(QueueId, String)>,
    /// What can stand in it between `{{` and `}}`.
    pub places: Vec<String>,
    /// What was just done: its key.
    pub done: Option<&'static str>,
    /// Why something was not done, in a sentence.
    pub refused: Option<String>,
}

impl MacrosPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    fn is_changed(&self, line: &MacroLine) -> bool {
        self.form.id == Some(line.id)
    }
}
