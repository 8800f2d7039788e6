//! What each channel takes, checked before a message is written down: no agent shall learn a limit from a failure.
//!
//! The limits themselves are data ([`table`], [`files`], [`portfolio`]), each with its source and the day since when
//! it is known to hold. What stands in no table is not taken.

mod check;
pub mod files;
pub mod portfolio;
pub mod table;

use serde::Serialize;

pub use check::check;
pub use files::check_file;

use crate::{ChannelKind, words::words};

/// Whether an answer can show which message it answers (whatsapp-cloud.md §5.2; twilio.md §6 has no parameter for it).
#[must_use]
pub const fn quotes(kind: ChannelKind) -> bool {
    matches!(kind, ChannelKind::WhatsappCloud)
}

/// What is wrong with a message: the first thing found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Flaw {
    /// Where.
    pub part: Part,
    /// What.
    #[serde(flatten)]
    pub problem: Problem,
}

/// What can be wrong with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// It is needed, and empty.
    Missing,
    /// It has more characters than the channel takes.
    TooLong {
        /// Its characters.
        length: usize,
        /// The limit.
        longest: usize,
    },
    /// There are more of them than the channel takes.
    TooMany {
        /// How many there are.
        count: usize,
        /// The limit.
        most: usize,
    },
    /// Two are the same, and an answer could not be told from another.
    Repeated,
    /// The channel does not take it.
    NotTaken,
    /// It is not what it should be.
    Malformed,
    /// The file is too big.
    TooBig {
        /// Its size.
        bytes: u64,
        /// The limit, in bytes.
        most: u64,
    },
    /// The file is of a type that is not taken.
    WrongType,
}

impl Problem {
    /// The word for it, without its figures.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong { .. } => "too_long",
            Self::TooMany { .. } => "too_many",
            Self::Repeated => "repeated",
            Self::NotTaken => "not_taken",
            Self::Malformed => "malformed",
            Self::TooBig { .. } => "too_big",
            Self::WrongType => "wrong_type",
        }
    }
}

words! {
    /// A part of a message.
    Part {
        /// The kind of message as such.
        Kind = "kind",
        /// The text.
        Text = "text",
        /// The words beside a file.
        Caption = "caption",
        /// The file.
        File = "file",
        /// What stands above a question or template.
        Header = "header",
        /// The question's or template's text.
        Body = "body",
        /// The small print.
        Footer = "footer",
        /// The buttons together.
        Buttons = "buttons",
        /// A button's label.
        ButtonTitle = "button_title",
        /// A button's id.
        ButtonId = "button_id",
        /// The label that opens a menu.
        MenuButton = "menu_button",
        /// A menu's parts together.
        Sections = "sections",
        /// The heading of a menu's part.
        SectionTitle = "section_title",
        /// A menu's rows together.
        Rows = "rows",
        /// A row's label.
        RowTitle = "row_title",
        /// A row's id.
        RowId = "row_id",
        /// A row's second line.
        RowDescription = "row_description",
        /// The label of a link's button.
        LinkLabel = "link_label",
        /// Where a link leads.
        LinkAddress = "link_address",
        /// The contact cards together.
        Cards = "cards",
        /// The name on a contact card.
        CardName = "card_name",
        /// A place's degrees.
        Place = "place",
        /// A reaction's emoji.
        Emoji = "emoji",
        /// The message it refers to.
        Target = "target",
        /// The template itself.
        Template = "template",
        /// A value in a template.
        TemplateValue = "template_value",
        /// The code of a template's button.
        TemplateCode = "template_code",
    }
}

words! {
    /// The shape of a message, as limits know it.
    Form {
        /// Plain text.
        Text = "text",
        /// A picture.
        Image = "image",
        /// A film.
        Video = "video",
        /// A sound file.
        Audio = "audio",
        /// A voice note.
        Voice = "voice",
        /// A file.
        Document = "document",
        /// A sticker.
        Sticker = "sticker",
        /// A moving sticker.
        MovingSticker = "moving_sticker",
        /// A place.
        Location = "location",
        /// Contact cards.
        Contacts = "contacts",
        /// A reaction.
        Reaction = "reaction",
        /// A question with buttons.
        Buttons = "buttons",
        /// A menu.
        List = "list",
        /// A button that opens an address.
        Link = "link",
        /// Asks for a place.
        LocationRequest = "location_request",
        /// Asks for a phone.
        ContactRequest = "contact_request",
        /// A template.
        Template = "template",
    }
}
