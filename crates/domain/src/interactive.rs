//! Questions of ours that the customer answers with a tap (whatsapp-cloud.md §5.3).

use serde::{Deserialize, Serialize};

use crate::content::Media;

/// A question with a control to answer it. Limits are checked by the channel's rules before it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum Interactive {
    /// One to three buttons; the answer comes as [`crate::Content::Choice`].
    Buttons {
        /// Above the text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<Header>,
        /// The question.
        body: String,
        /// Small print.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
        /// What can be tapped.
        buttons: Vec<ReplyButton>,
    },
    /// A menu of up to ten rows; the answer comes as [`crate::Content::Choice`].
    List {
        /// Above the text; the vendor takes words only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<String>,
        /// The question.
        body: String,
        /// Small print.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
        /// The label that opens the menu.
        button: String,
        /// Its parts.
        sections: Vec<Section>,
    },
    /// A button that opens an address.
    Link {
        /// Above the text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<Header>,
        /// The text.
        body: String,
        /// Small print.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
        /// The button's label.
        label: String,
        /// Where it leads.
        url: String,
    },
    /// Asks for the customer's place; the answer comes as [`crate::Content::Location`].
    LocationRequest {
        /// The question.
        body: String,
    },
    /// Asks for the customer's phone; the answer comes as [`crate::Content::Contacts`].
    ContactRequest {
        /// The question.
        body: String,
    },
}

/// What stands above the text of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "header", rename_all = "snake_case")]
pub enum Header {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A picture.
    Image(Media),
    /// A film.
    Video(Media),
    /// A file.
    Document(Media),
}

/// One button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyButton {
    /// Comes back with the answer.
    pub id: String,
    /// What the customer sees.
    pub title: String,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its heading; needed when there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Comes back with the answer.
    pub id: String,
    /// What the customer sees.
    pub title: String,
    /// A second line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Interactive {
    /// The question itself.
    #[must_use]
    pub fn body(&self) -> &str {
        match self {
            Self::Buttons { body, .. }
            | Self::List { body, .. }
            | Self::Link { body, .. }
            | Self::LocationRequest { body }
            | Self::ContactRequest { body } => body,
        }
    }

    /// The file above it.
    #[must_use]
    pub fn media(&self) -> Option<&Media> {
        match self {
            Self::Buttons { header, .. } | Self::Link { header, .. } => header.as_ref()?.media(),
            _ => None,
        }
    }

    /// The same, to be completed with what the vendor calls it.
    pub fn media_mut(&mut self) -> Option<&mut Media> {
        match self {
            Self::Buttons { header, .. } | Self::Link { header, .. } => header.as_mut()?.media_mut(),
            _ => None,
        }
    }
}

impl Header {
    /// The file, where it is one.
    #[must_use]
    pub fn media(&self) -> Option<&Media> {
        match self {
            Self::Text { .. } => None,
            Self::Image(media) | Self::Video(media) | Self::Document(media) => Some(media),
        }
    }

    fn media_mut(&mut self) -> Option<&mut Media> {
        match self {
            Self::Text { .. } => None,
            Self::Image(media) | Self::Video(media) | Self::Document(media) => Some(media),
        }
    }
}
