//! What a message says: one typed value for every kind, with what we cannot type kept raw.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    FileId,
    interactive::Interactive,
    template::{HeaderValue, TemplateMessage},
};

/// The content of a message, in or out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// Plain text.
    Text {
        /// The text as written.
        body: String,
    },
    /// A picture.
    Image(Media),
    /// A sound file or voice note.
    Audio(Media),
    /// A film.
    Video(Media),
    /// A file.
    Document(Media),
    /// A sticker.
    Sticker(Media),
    /// A place.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// Name of the place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Street address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
        /// The place's page on the web.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// Contact cards.
    Contacts {
        /// One entry for each card.
        cards: Vec<ContactCard>,
    },
    /// A button or list row that the customer picked.
    Choice {
        /// The id we gave the option, when the vendor tells it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The label the customer saw.
        title: String,
        /// The row's second line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// A question of ours with buttons, a list or another control to answer it.
    Interactive(Interactive),
    /// An approved template, with its values: what may be sent outside the reply window.
    Template(TemplateMessage),
    /// A filled form (flow, address).
    Form {
        /// Which form.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The answers as sent.
        answers: Value,
    },
    /// A reaction to a message, or its removal.
    Reaction {
        /// The vendor's id of the message reacted to.
        target: String,
        /// The emoji; `None` takes the reaction back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
    /// A shopping basket.
    Order {
        /// The catalogue it is filled from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        catalog: Option<String>,
        /// The customer's remark.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// What was ordered.
        items: Vec<OrderItem>,
    },
    /// A notice of the vendor about the customer (changed number, changed id).
    System {
        /// The vendor's sentence.
        body: String,
        /// What happened, as the vendor names it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event: Option<String>,
        /// The whole notice.
        raw: Value,
    },
    /// A kind the vendor itself can't pass on.
    Unsupported {
        /// What it was, when told (poll, edit…).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        what: Option<String>,
        /// The vendor's code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i64>,
    },
    /// The customer corrected an earlier message.
    Edit {
        /// The vendor's id of that message.
        original: String,
        /// What it says now.
        content: Box<Content>,
    },
    /// The customer deleted an earlier message.
    Revoke {
        /// The vendor's id of that message.
        original: String,
    },
    /// The customer opened the chat for the first time.
    Welcome,
    /// A kind this version does not know; nothing is thrown away.
    Unknown {
        /// The vendor's name for the kind.
        label: String,
        /// The message as it came.
        raw: Value,
    },
}

/// A file in a message. The bytes are fetched, or kept until they are sent, apart from it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Our copy of it; its row tells what became of it. In a message of ours, what is to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileId>,
    /// The vendor's id of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_media_id: Option<String>,
    /// Where the vendor offers it, for a short time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The type the vendor claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Hash of the bytes as the vendor writes it (hex or base64).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Text beside the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The sender's file name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// A voice note, not a sound file.
    #[serde(default)]
    pub voice: bool,
    /// A moving sticker.
    #[serde(default)]
    pub animated: bool,
}

/// One contact card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCard {
    /// The name to show.
    pub name: String,
    /// Phone numbers as written.
    pub phones: Vec<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// The company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// What the person is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Postal addresses, each in one line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
    /// Pages on the web.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// Day of birth, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
}

/// One line of a shopping basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderItem {
    /// The shop's own id of the product. (Earlier rows hold the vendor's name of the field.)
    #[serde(alias = "product_retailer_id")]
    pub product: String,
    /// How many.
    pub quantity: u32,
    /// The price of one, as the vendor wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// Its currency, three letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// How much of a message lists show, in characters.
const PREVIEW: usize = 160;

impl Content {
    /// The word for the kind, as stored in `message.kind`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image(_) => "image",
            Self::Audio(_) => "audio",
            Self::Video(_) => "video",
            Self::Document(_) => "document",
            Self::Sticker(_) => "sticker",
            Self::Location { .. } => "location",
            Self::Contacts { .. } => "contacts",
            Self::Choice { .. } => "choice",
            Self::Interactive(_) => "interactive",
            Self::Template(_) => "template",
            Self::Form { .. } => "form",
            Self::Reaction { .. } => "reaction",
            Self::Order { .. } => "order",
            Self::System { .. } => "system",
            Self::Unsupported { .. } => "unsupported",
            Self::Edit { .. } => "edit",
            Self::Revoke { .. } => "revoke",
            Self::Welcome => "welcome",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The words in it, for `message.body`: lists, search and notifications read these.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text { body } | Self::System { body, .. } => Some(body),
            Self::Image(m) | Self::Video(m) | Self::Document(m) | Self::Audio(m) | Self::Sticker(m) => {
                m.caption.as_deref().or(m.filename.as_deref())
            }
            Self::Location { name, address, .. } => name.as_deref().or(address.as_deref()),
            Self::Contacts { cards } => cards.first().map(|card| card.name.as_str()),
            Self::Choice { title, .. } => Some(title),
            Self::Interactive(question) => Some(question.body()),
            Self::Template(template) => Some(&template.shown.body),
            Self::Reaction { emoji, .. } => emoji.as_deref(),
            Self::Order { text, .. } => text.as_deref(),
            Self::Edit { content, .. } => content.text(),
            Self::Form { .. }
            | Self::Unsupported { .. }
            | Self::Revoke { .. }
            | Self::Welcome
            | Self::Unknown { .. } => None,
        }
    }

    /// The file in it. No message has two.
    #[must_use]
    pub fn media(&self) -> Option<&Media> {
        match self {
            Self::Image(m) | Self::Video(m) | Self::Document(m) | Self::Audio(m) | Self::Sticker(m) => {
                Some(m)
            }
            Self::Interactive(question) => question.media(),
            Self::Template(template) => template.header.as_ref().and_then(HeaderValue::media),
            _ => None,
        }
    }

    /// The same, to be completed with what the vendor calls it.
    pub fn media_mut(&mut self) -> Option<&mut Media> {
        match self {
            Self::Image(m) | Self::Video(m) | Self::Document(m) | Self::Audio(m) | Self::Sticker(m) => {
                Some(m)
            }
            Self::Interactive(question) => question.media_mut(),
            Self::Template(template) => template.header.as_mut().and_then(HeaderValue::media_mut),
            _ => None,
        }
    }

    /// The first of those words, for lists.
    #[must_use]
    pub fn preview(&self) -> Option<String> {
        self.text().map(|text| text.chars().take(PREVIEW).collect())
    }

    /// Whether a person wrote something that waits for an answer.
    ///
    /// Reactions, receipts of edits and the vendor's own notices open the reply window but ask nothing.
    #[must_use]
    pub fn asks_for_an_answer(&self) -> bool {
        !matches!(
            self,
            Self::Reaction { .. }
                | Self::System { .. }
                | Self::Revoke { .. }
                | Self::Edit { .. }
                | Self::Welcome
        )
    }
}
