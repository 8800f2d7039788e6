//! Dialogs that build a question with buttons or a menu, and a place. Limits are those of the channel, told at the field.

use askama::Template;
use domain::{
    ChannelKind, ConversationId,
    limits::{Form, Part, table},
};

use crate::Tx;

/// A question with buttons, or a menu.
#[derive(Debug, Template)]
#[template(path = "question.html")]
pub struct QuestionDialog {
    /// The words.
    pub tx: Tx,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Through what it goes.
    pub channel: ChannelKind,
}

impl QuestionDialog {
    /// Whether the channel takes questions at all.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        self.takes(Form::Buttons) || self.takes(Form::List)
    }

    fn takes(&self, form: Form) -> bool {
        table::takes(self.channel, form)
    }

    fn buttons(&self) -> bool {
        self.takes(Form::Buttons)
    }

    fn list(&self) -> bool {
        self.takes(Form::List)
    }

    /// The words of a part, 0 where the channel has no such part.
    fn most(&self, form: Form, part: Part) -> usize {
        table::most(self.channel, form, part).unwrap_or(0)
    }

    fn header(&self) -> usize {
        self.most(Form::Buttons, Part::Header)
    }

    fn footer(&self) -> usize {
        self.most(Form::Buttons, Part::Footer)
    }

    /// A button's question is shorter than a menu's; whoever changes from one to the other loses nothing.
    fn body(&self) -> usize {
        self.most(Form::Buttons, Part::Body)
    }

    fn title(&self) -> usize {
        self.most(Form::Buttons, Part::ButtonTitle)
    }

    fn menu(&self) -> usize {
        self.most(Form::List, Part::MenuButton)
    }

    fn row(&self) -> usize {
        self.most(Form::List, Part::RowTitle)
    }

    fn about(&self) -> usize {
        self.most(Form::List, Part::RowDescription)
    }

    fn button_count(&self) -> usize {
        self.most(Form::Buttons, Part::Buttons)
    }

    fn row_count(&self) -> usize {
        self.most(Form::List, Part::Rows)
    }
}

/// A place.
#[derive(Debug, Template)]
#[template(path = "place.html")]
pub struct PlaceDialog {
    /// The words.
    pub tx: Tx,
    /// Of which conversation.
    pub conversation: ConversationId,
}
