//! GET /admin/channels/{id}/templates.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{TemplateId, template::Status};

use super::words;
use crate::{
    Frame, Tx,
    channels::{ChannelHead, ChannelTab},
};

/// The templates of a channel's account.
#[derive(Debug, Template)]
#[template(path = "templates.html")]
pub struct TemplatesPage {
    /// What is around it.
    pub frame: Frame,
    /// The channel.
    pub head: ChannelHead,
    /// Which tab this is.
    pub tab: ChannelTab,
    /// Whether this person may write them.
    pub may_manage: bool,
    /// When the vendor's list was last taken over.
    pub synced_at: Option<DateTime<Utc>>,
    /// Whether it is being asked for.
    pub syncing: bool,
    /// Why the last time failed.
    pub sync_error: Option<String>,
    /// Groups of statuses with how many there are of each.
    pub groups: Vec<Group>,
    /// The chosen group.
    pub group: String,
    /// What is searched for.
    pub search: String,
    /// The chosen category.
    pub category: String,
    /// The chosen language.
    pub language: String,
    /// Languages to choose from.
    pub languages: Vec<String>,
    /// How many there are in all.
    pub total: usize,
    /// What was found.
    pub rows: Vec<TemplateRow>,
}

/// A group of statuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name in the address.
    pub name: &'static str,
    /// The key of its word.
    pub word: &'static str,
    /// How many there are.
    pub count: usize,
}

/// A template in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRow {
    /// Which.
    pub id: TemplateId,
    /// Its name.
    pub name: String,
    /// Its first words.
    pub preview: String,
    /// Its category.
    pub category: String,
    /// Its language.
    pub language: String,
    /// Its status.
    pub status: Status,
    /// The vendor's word for how it is liked.
    pub quality: Option<String>,
    /// When anything of it last changed.
    pub changed_at: DateTime<Utc>,
    /// Whether a change of it was not handed in yet.
    pub edited: bool,
    /// What somebody should know or do.
    pub why: Option<Why>,
}

/// What somebody should know or do about a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The class of its box.
    pub class: &'static str,
    /// In a few words.
    pub title: String,
    /// More about it.
    pub text: String,
    /// Whether it can be mended and handed in again.
    pub mend: bool,
}

/// A group's name, the key of its word, and whether a status belongs to it.
pub type GroupRule = (&'static str, &'static str, fn(&Status) -> bool);

/// All groups, in the order to show.
pub const GROUPS: [GroupRule; 6] = [
    ("", "templates-all", |_| true),
    ("approved", "templates-approved", |status| matches!(status, Status::Approved)),
    ("waiting", "templates-waiting", |status| matches!(status, Status::Pending | Status::InAppeal)),
    ("rejected", "templates-rejected", |status| {
        matches!(status, Status::Rejected | Status::Disabled | Status::LimitExceeded)
    }),
    ("stopped", "templates-stopped", |status| {
        matches!(status, Status::Paused | Status::Flagged | Status::Locked)
    }),
    ("drafts", "templates-drafts", |status| matches!(status, Status::Draft | Status::Unsubmitted)),
];

impl TemplatesPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    fn is_in(&self, language: &str) -> bool {
        self.language == language
    }

    fn categories(&self) -> [&'static str; 3] {
        domain::template::categories::ALL
    }
}

impl TemplateRow {
    fn status_word(&self, tx: &Tx) -> String {
        words::status(&self.status, tx)
    }

    const fn pill(&self) -> &'static str {
        words::pill(&self.status)
    }

    fn category_word(&self, tx: &Tx) -> String {
        words::category(&self.category, tx)
    }

    fn liked(&self) -> Option<(&'static str, &'static str)> {
        words::quality(self.quality.as_deref())
    }
}
