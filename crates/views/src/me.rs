//! One's own account: who I am, how I want to see things, signing out.

use askama::Template;

use crate::{Frame, Lang, PersonTag, Theme, Tx, bell::BellForm};

/// GET /me.
#[derive(Debug, Template)]
#[template(path = "me.html")]
pub struct MePage {
    /// What is around it. Language, theme and time zone are those of the viewer.
    pub frame: Frame,
    /// The address to sign in with.
    pub email: String,
    /// The role's name.
    pub role: String,
    /// What stands under their answers.
    pub signature: String,
    /// Whether preferences were saved a moment ago.
    pub saved: bool,
}

impl MePage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    fn person(&self) -> PersonTag {
        PersonTag { id: self.frame.viewer.id, name: self.frame.viewer.name.clone() }
    }

    /// How they are told of what calls for them.
    #[must_use]
    pub const fn bell(&self) -> BellForm<'_> {
        BellForm { frame: &self.frame }
    }

    /// The languages to choose from.
    #[must_use]
    pub const fn languages(&self) -> [Lang; 3] {
        Lang::ALL
    }

    /// The themes to choose from, each with the key of its word.
    #[must_use]
    pub const fn themes(&self) -> [(Theme, &'static str); 3] {
        [(Theme::System, "me-theme-system"), (Theme::Light, "me-theme-light"), (Theme::Dark, "me-theme-dark")]
    }
}
