//! Templates: texts the vendor has approved, with places for values (whatsapp-cloud.md §7, twilio.md §8).

mod check;
#[cfg(test)]
mod check_tests;
mod definition;
mod fill;
mod languages;
mod limits;
mod places;
mod status;

pub use check::{Account, Draft, Flaw, Other, Spot, Wrong, check};
pub use definition::{Button, CodeTerms, Definition, Format, Header, Listed, OtherButton, Text, categories};
pub use fill::{Filling, Sendable, Unfilled, ValueFlaw, fill};
pub use languages::{LANGUAGES, base_language, is_language};
pub use limits::{Dated, META, TemplateLimits, edit_allowed, time_to_live};
pub use places::{Place, places, render};
pub use status::{Obstacle, Status, Tone, may_be_sent};

use serde::{Deserialize, Serialize};

use crate::{TemplateId, content::Media};

/// A template as a message carries it: which one, the values, and how it reads with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateMessage {
    /// Our row of it; gone when the template was deleted since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateId>,
    /// Its name at the vendor.
    pub name: String,
    /// Its language, as the vendor writes it (`es_CO`).
    pub language: String,
    /// Its category when it was sent (`UTILITY`, `MARKETING`, `AUTHENTICATION`): decides the price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The vendor's id of the content, where it is sent by id (Twilio's `HX…`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_sid: Option<String>,
    /// What fills the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<HeaderValue>,
    /// What fills the body, in the template's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<Value>,
    /// What fills its buttons; those without a value are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<ButtonValue>,
    /// How it reads with the values, for our own screens.
    pub shown: Shown,
}

/// A value for one place in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// The place's name; none where places are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The text.
    pub text: String,
}

/// What fills a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "header", rename_all = "snake_case")]
pub enum HeaderValue {
    /// The one place in a text header.
    Text(Value),
    /// A picture.
    Image(Media),
    /// A film.
    Video(Media),
    /// A file.
    Document(Media),
    /// A place, as the vendor writes it: degrees as text.
    Location {
        /// Degrees north.
        latitude: String,
        /// Degrees east.
        longitude: String,
        /// Name of the place.
        name: String,
        /// Street address.
        address: String,
    },
}

impl HeaderValue {
    /// The file, where it is one.
    #[must_use]
    pub fn media(&self) -> Option<&Media> {
        match self {
            Self::Image(media) | Self::Video(media) | Self::Document(media) => Some(media),
            Self::Text(_) | Self::Location { .. } => None,
        }
    }

    pub(crate) fn media_mut(&mut self) -> Option<&mut Media> {
        match self {
            Self::Image(media) | Self::Video(media) | Self::Document(media) => Some(media),
            Self::Text(_) | Self::Location { .. } => None,
        }
    }
}

/// What fills a button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonValue {
    /// Its place among all buttons of the template, from 0.
    pub index: u8,
    /// What kind it is.
    pub kind: ButtonValueKind,
    /// The payload, the end of the address, or the code.
    pub text: String,
}

/// What a button's value means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonValueKind {
    /// What comes back when it is tapped.
    QuickReply,
    /// The end of its address; for one-time codes the code.
    Url,
    /// A code to copy.
    CopyCode,
    /// The token of a flow.
    Flow,
}

/// How a template reads with its values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The header's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// The text.
    pub body: String,
    /// Small print.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// The labels of its buttons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<String>,
}
