//! What every page has around its content: head, rail, tab bar, the viewer's own presence.

use chrono::{DateTime, Utc};
use domain::{Bell, PersonId};

use crate::{
    MePresence, OfferCard, Tx,
    keys::{self, KeyGroup},
    words_for_scripts,
};

/// The colours a person prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the operating system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The word that is stored, and stands in `<html data-theme>`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme behind a stored word; an unknown one follows the system.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The size of text a person prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TextSize {
    /// A little smaller.
    Small,
    /// As designed.
    #[default]
    Normal,
    /// A little larger.
    Large,
}

impl TextSize {
    /// The word that is stored, and stands in `<html data-text>`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Normal => "normal",
            Self::Large => "large",
        }
    }

    /// The size behind a stored word; an unknown one is the usual.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word {
            "small" => Self::Small,
            "large" => Self::Large,
            _ => Self::Normal,
        }
    }
}

/// How much room things take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Density {
    /// As designed.
    #[default]
    Comfortable,
    /// More on a screen.
    Compact,
}

impl Density {
    /// The word that is stored, and stands in `<html data-density>`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }

    /// The density behind a stored word; an unknown one is the usual.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        if word == "compact" { Self::Compact } else { Self::Comfortable }
    }
}

/// A part of the product, as marked in the rail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The inbox.
    Inbox,
    /// The live floor.
    Floor,
    /// Search.
    Search,
    /// Administration.
    Admin,
    /// One's own account.
    Me,
    /// None of them.
    None,
}

/// The signed-in person, as far as the frame needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub id: PersonId,
    /// The full name.
    pub name: String,
    /// Whether the rail shows the live floor.
    pub sees_floor: bool,
    /// Whether the rail shows administration.
    pub sees_admin: bool,
    /// Whether they see how conversations are routed.
    pub sees_routing: bool,
    /// Whether they may decide which fields contacts have.
    pub sees_attributes: bool,
    /// Whether they decide with what conversations are closed.
    pub sees_outcomes: bool,
    /// Own presence; `None` for those who take no conversations.
    pub presence: Option<MePresence>,
    /// What is offered to them, the most urgent first.
    pub offers: Vec<OfferCard>,
    /// How they want to be told of what calls for them.
    pub bell: Bell,
    /// Whether single keys do something on their pages.
    pub single_keys: bool,
}

impl Viewer {
    /// Initials for the avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        crate::person::initials(&self.name)
    }

    /// Where their administration begins.
    #[must_use]
    pub const fn admin(&self) -> &'static str {
        if self.sees_admin { "/admin" } else { "/admin/routing" }
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        crate::person::hue(self.id.0.as_bytes())
    }
}

/// Everything around a page's content. Each page struct has one in a field named `frame`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The words.
    pub tx: Tx,
    /// The viewer's colours.
    pub theme: Theme,
    /// The viewer's size of text.
    pub text: TextSize,
    /// How much room the viewer gives things.
    pub density: Density,
    /// The nonce of this answer's policy; scripts carry it.
    pub nonce: String,
    /// The session's token against forged requests.
    pub csrf: String,
    /// Where assets are served, with the build's hash and without a slash at the end: `/assets/3f9a…`.
    pub assets: String,
    /// The last event this page includes; the socket asks for all after it.
    pub cursor: i64,
    /// What the socket is asked for: `inbox?` and the query of a list, `floor` or `none`.
    pub live_view: String,
    /// What time it is for the server; scripts count by that.
    pub now: DateTime<Utc>,
    /// Where in the product the page is.
    pub section: Section,
    /// Who looks.
    pub viewer: Viewer,
}

impl Frame {
    /// The words that scripts need, as JSON that can't end a script element.
    #[must_use]
    pub fn script_words(&self) -> String {
        words_for_scripts(&self.tx)
    }

    /// The keys of this page, in groups.
    #[must_use]
    pub fn keys(&self) -> Vec<KeyGroup> {
        keys::of(self.section, &self.viewer)
    }

    /// Whether `section` is the current one.
    #[must_use]
    pub fn is(&self, section: &str) -> bool {
        matches!(
            (self.section, section),
            (Section::Inbox, "inbox")
                | (Section::Floor, "floor")
                | (Section::Search, "search")
                | (Section::Admin, "admin")
                | (Section::Me, "me")
        )
    }
}
