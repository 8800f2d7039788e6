//! What a template consists of, whoever the vendor is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Value, places::names};

/// The categories there are; the vendors may add some.
pub mod categories {
    /// About something the customer asked for.
    pub const UTILITY: &str = "UTILITY";
    /// Everything that sells.
    pub const MARKETING: &str = "MARKETING";
    /// One-time codes.
    pub const AUTHENTICATION: &str = "AUTHENTICATION";
    /// All of them.
    pub const ALL: [&str; 3] = [UTILITY, MARKETING, AUTHENTICATION];
}

/// How places are named: by number or by name, never both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Format {
    /// `{{1}}`.
    #[default]
    Positional,
    /// `{{nombre}}`.
    Named,
}

impl Format {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Positional => "POSITIONAL",
            Self::Named => "NAMED",
        }
    }

    /// The format behind a word; counted unless it says otherwise.
    #[must_use]
    pub fn read(word: &str) -> Self {
        if word.eq_ignore_ascii_case("NAMED") { Self::Named } else { Self::Positional }
    }
}

/// What a template consists of.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Definition {
    /// Above the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The text. Of one-time codes the vendor writes it.
    pub body: Text,
    /// Small print.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// Its buttons, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// What holds for one-time codes, if it carries one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeTerms>,
    /// Places that stand outside the body and are filled with the same values (Twilio counts through all parts), and
    /// their samples.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Value>,
    /// Parts this version only keeps and shows (carousel, limited offer…), as they came.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Json>,
}

/// A text with places, and a sample for each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Text {
    /// The text as written.
    pub text: String,
    /// Samples for the review: by name, or in order where places are counted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Value>,
}

impl Text {
    /// Words without samples.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), samples: Vec::new() }
    }

    /// The names of its places, each once; counted ones in their order.
    #[must_use]
    pub fn places(&self) -> Vec<&str> {
        names(&self.text)
    }

    /// The sample of a place.
    #[must_use]
    pub fn sample(&self, name: &str) -> Option<&str> {
        let by_name = self.samples.iter().find(|sample| sample.name.as_deref() == Some(name));
        let by_number = || {
            let at = name.parse::<usize>().ok()?.checked_sub(1)?;
            self.samples.get(at).filter(|sample| sample.name.is_none())
        };
        by_name.or_else(by_number).map(|sample| sample.text.as_str()).filter(|text| !text.trim().is_empty())
    }
}

/// What stands above the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "header", rename_all = "snake_case")]
pub enum Header {
    /// Words.
    Text(Text),
    /// A picture. The sample is what the vendor knows it by, or where it shows it for a while.
    Image {
        /// The sample.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sample: Option<String>,
    },
    /// A film.
    Video {
        /// The sample.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sample: Option<String>,
    },
    /// A file.
    Document {
        /// The sample.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sample: Option<String>,
    },
    /// A place on the map, told when it is sent.
    Location,
    /// A kind this version only keeps.
    Other {
        /// The vendor's name for it.
        label: String,
        /// As it came.
        raw: Json,
    },
}

impl Header {
    /// The word for its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image { .. } => "image",
            Self::Video { .. } => "video",
            Self::Document { .. } => "document",
            Self::Location => "location",
            Self::Other { .. } => "other",
        }
    }

    /// The sample of a file, when it is one.
    #[must_use]
    pub fn file_sample(&self) -> Option<Option<&str>> {
        match self {
            Self::Image { sample } | Self::Video { sample } | Self::Document { sample } => {
                Some(sample.as_deref())
            }
            _ => None,
        }
    }
}

/// A button.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "button", rename_all = "snake_case")]
pub enum Button {
    /// Answers with its label.
    QuickReply {
        /// The label.
        text: String,
    },
    /// Opens an address.
    Url {
        /// The label.
        text: String,
        /// The address; one place, at its end.
        url: String,
        /// The whole address with a sample, where it has a place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sample: Option<String>,
    },
    /// Calls a number.
    Phone {
        /// The label.
        text: String,
        /// The number.
        number: String,
    },
    /// Copies a code.
    CopyCode {
        /// A sample of the code.
        sample: String,
    },
    /// Opens a form (flow).
    Flow {
        /// The label.
        text: String,
        /// As it came: which form, which screen.
        raw: Json,
    },
    /// Copies or hands over a one-time code.
    OneTimeCode {
        /// `COPY_CODE`, `ONE_TAP` or `ZERO_TAP`.
        how: String,
        /// The label, where it is not the vendor's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// The label that fills the code in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        autofill: Option<String>,
        /// Apps that may read the code: package and signature.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        apps: Vec<(String, String)>,
        /// Whether the terms of handing over without a tap were agreed to.
        #[serde(default)]
        terms_accepted: bool,
    },
    /// A kind this version only keeps and shows.
    Other(OtherButton),
}

/// A button of a kind this version does not know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OtherButton {
    /// The vendor's name for the kind.
    pub label: String,
    /// Its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Whether the message must carry something for it: then this version can't send the template.
    #[serde(default)]
    pub needs_value: bool,
    /// As it came.
    pub raw: Json,
}

impl Button {
    /// The word for its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::QuickReply { .. } => "quick_reply",
            Self::Url { .. } => "url",
            Self::Phone { .. } => "phone",
            Self::CopyCode { .. } => "copy_code",
            Self::Flow { .. } => "flow",
            Self::OneTimeCode { .. } => "one_time_code",
            Self::Other(_) => "other",
        }
    }

    /// What stands on it, where we know.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        match self {
            Self::QuickReply { text }
            | Self::Url { text, .. }
            | Self::Phone { text, .. }
            | Self::Flow { text, .. } => Some(text),
            Self::OneTimeCode { text, .. } => text.as_deref(),
            Self::Other(other) => other.text.as_deref().or(Some(&other.label)),
            Self::CopyCode { .. } => None,
        }
    }
}

/// What holds for a one-time code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CodeTerms {
    /// Whether the text warns against passing it on.
    pub warning: bool,
    /// For how many minutes it says that the code holds.
    pub minutes: Option<u8>,
}

impl Definition {
    /// Whether this version can fill all of it.
    #[must_use]
    pub fn can_be_filled(&self) -> bool {
        self.others.is_empty()
            && !matches!(self.header, Some(Header::Other { .. }))
            && !self.buttons.iter().any(|button| matches!(button, Button::Other(other) if other.needs_value))
    }

    /// Whether the text is the vendor's own, around a one-time code.
    #[must_use]
    pub const fn is_code(&self) -> bool {
        self.code.is_some()
    }
}

/// A template as the vendor lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The vendor's id.
    pub vendor_id: String,
    /// Its name.
    pub name: String,
    /// Its language, with an underscore.
    pub language: String,
    /// Its category; empty where the vendor has none yet.
    pub category: String,
    /// The vendor's word, in capitals.
    pub status: String,
    /// How its places are named.
    pub format: Format,
    /// What it consists of.
    pub definition: Definition,
    /// The vendor's word for how it is liked.
    pub quality: Option<String>,
    /// The vendor's word for why it was rejected.
    pub rejected_reason: Option<String>,
    /// What its category will be.
    pub coming_category: Option<String>,
    /// For how many seconds the vendor tries to deliver it.
    pub ttl_seconds: Option<i32>,
    /// When it last changed, if the vendor tells.
    pub changed_at: Option<DateTime<Utc>>,
}
