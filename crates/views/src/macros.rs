//! Quick replies: those a person may change, and the form.

use askama::Template;
use domain::{FileId, MacroId, QueueId, conversation::Urgency, macros::Action};

use crate::{Frame, Tx, system::urgency_word};

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
    /// The names of what is sent along.
    pub files: Vec<String>,
    /// Whose it is, in words.
    pub whose: String,
}

/// A file of one, in its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MacroFile {
    /// Which.
    pub id: FileId,
    /// Its name.
    pub name: String,
    /// Its size, in words.
    pub size: String,
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
    /// The tag it puts on.
    pub tag: String,
    /// How urgent it says the conversation is.
    pub urgency: String,
    /// The queue it hands the conversation to.
    pub queue: String,
    /// `answer`, or the hours for which it puts the conversation aside.
    pub snooze: String,
    /// `with-none`, or the outcome with which it closes the conversation.
    pub close: String,
    /// What is sent along.
    pub files: Vec<MacroFile>,
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
                Action::Tag { tag } => form.tag.clone_from(tag),
                Action::Prioritize { urgency } => urgency.as_str().clone_into(&mut form.urgency),
                Action::Transfer { queue } => form.queue = queue.to_string(),
                Action::Snooze { hours } => {
                    form.snooze = hours.map_or_else(|| "answer".to_owned(), |hours| hours.to_string());
                }
                Action::Close { outcome } => {
                    form.close = outcome.map_or_else(|| "with-none".to_owned(), |id| id.to_string());
                }
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
    /// With what it can close the conversation: what is posted, and the words.
    pub outcomes: Vec<(String, String)>,
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

    /// For how long it can put a conversation aside: what is posted, and the words.
    fn snoozes(&self) -> Vec<(String, String)> {
        let tx = self.tx();
        let mut all = vec![("answer".to_owned(), tx.t("macros-do-snooze"))];
        all.extend(
            [1_i64, 4, 24, 72].map(|hours| (hours.to_string(), tx.n("macros-do-snooze-hours", hours))),
        );
        all
    }

    /// How urgent it can say that a conversation is.
    fn urgencies(&self) -> Vec<(&'static str, String)> {
        Urgency::ALL.iter().map(|one| (one.as_str(), self.tx().t(urgency_word(*one)))).collect()
    }

    /// Ids of its files, with commas between them, as they are posted.
    fn file_ids(&self) -> String {
        self.form.files.iter().map(|file| file.id.to_string()).collect::<Vec<_>>().join(",")
    }

    fn is_changed(&self, line: &MacroLine) -> bool {
        self.form.id == Some(line.id)
    }
}
