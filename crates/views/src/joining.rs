//! Joining a contact with another that somebody finds, and blocking one: the dialogs.

use askama::Template;
use domain::ContactId;

use crate::Tx;

/// A contact that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundContact {
    /// Who.
    pub id: ContactId,
    /// How they are called, in this viewer's class.
    pub name: String,
    /// Their address, in this viewer's class.
    pub address: String,
}

impl FoundContact {
    /// Initials for the avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        crate::person::initials(&self.name)
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        crate::person::hue(self.id.0.as_bytes())
    }
}

/// `GET /contacts/{id}/join`.
#[derive(Debug, Template)]
#[template(path = "join.html")]
pub struct JoinDialog {
    /// The words.
    pub tx: Tx,
    /// Who goes on.
    pub contact: ContactId,
    /// How they are called.
    pub name: String,
}

/// `GET /contacts/{id}/join?q=`: who was found.
#[derive(Debug, Template)]
#[template(path = "join_found.html")]
pub struct JoinFound {
    /// The words.
    pub tx: Tx,
    /// Who.
    pub found: Vec<FoundContact>,
}

/// `GET /contacts/{id}/block`.
#[derive(Debug, Template)]
#[template(path = "block.html")]
pub struct BlockDialog {
    /// The words.
    pub tx: Tx,
    /// Who.
    pub contact: ContactId,
    /// How they are called.
    pub name: String,
    /// The longest reason.
    pub longest: usize,
}
