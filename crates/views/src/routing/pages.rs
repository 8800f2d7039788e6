//! The pages under /admin/routing.

use askama::Template;
use chrono::{DateTime, Utc};

use super::{Rehearsed, Tried, form::Part};
use crate::{Frame, Tx};

/// A part of the routing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// What changed, and what was published.
    Overview,
    /// Where conversations wait.
    Queues,
    /// Where new ones go.
    Rules,
    /// What a rule would do.
    Try,
    /// What a day would be like.
    Rehearse,
    /// Who takes them.
    Agents,
    /// What they can do.
    Skills,
    /// When it is open.
    Hours,
    /// What people pause for.
    Pauses,
    /// The order of everything.
    General,
}

impl Tab {
    /// All of them, in order.
    pub const ALL: [Self; 10] = [
        Self::Overview,
        Self::Queues,
        Self::Rules,
        Self::Try,
        Self::Rehearse,
        Self::Agents,
        Self::Skills,
        Self::Hours,
        Self::Pauses,
        Self::General,
    ];

    /// Its address.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Overview => "/admin/routing",
            Self::Queues => "/admin/routing/queues",
            Self::Rules => "/admin/routing/rules",
            Self::Try => "/admin/routing/try",
            Self::Rehearse => "/admin/routing/rehearsal",
            Self::Agents => "/admin/routing/agents",
            Self::Skills => "/admin/routing/skills",
            Self::Hours => "/admin/routing/hours",
            Self::Pauses => "/admin/routing/pauses",
            Self::General => "/admin/routing/general",
        }
    }

    /// The key of its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Overview => "routing-tab-overview",
            Self::Queues => "routing-tab-queues",
            Self::Rules => "routing-tab-rules",
            Self::Try => "routing-tab-try",
            Self::Rehearse => "routing-tab-rehearse",
            Self::Agents => "routing-tab-agents",
            Self::Skills => "routing-tab-skills",
            Self::Hours => "routing-tab-hours",
            Self::Pauses => "routing-tab-pauses",
            Self::General => "routing-tab-general",
        }
    }

    /// The key of its page's title.
    #[must_use]
    pub fn title(self) -> &'static str {
        if self == Self::Overview { "routing-title" } else { self.word() }
    }

    /// The key of what it is about.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Overview => "routing-about-overview",
            Self::Queues => "routing-about-queues",
            Self::Rules => "routing-about-rules",
            Self::Try => "routing-about-try",
            Self::Rehearse => "routing-about-rehearse",
            Self::Agents => "routing-about-agents",
            Self::Skills => "routing-about-skills",
            Self::Hours => "routing-about-hours",
            Self::Pauses => "routing-about-pauses",
            Self::General => "routing-about-general",
        }
    }
}

/// What stands above every page: the draft and what is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// The newest version; 0: nothing was published.
    pub version: u32,
    /// Who published it.
    pub by: Option<String>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// What differs in the draft.
    pub changes: usize,
    /// The draft's revision; 0: there is none.
    pub revision: i64,
    /// Who changed the draft last.
    pub draft_by: Option<String>,
    /// When.
    pub draft_at: Option<DateTime<Utc>>,
    /// Whether this person may change, publish and discard.
    pub may_manage: bool,
    /// What was just done: a key.
    pub done: Option<&'static str>,
    /// Why something was refused.
    pub refused: Vec<String>,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// Its number.
    pub version: u32,
    /// What was said about it.
    pub note: String,
    /// Who published it.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// GET /admin/routing.
#[derive(Debug, Template)]
#[template(path = "routing_overview.html")]
pub struct OverviewPage {
    /// What is around it.
    pub frame: Frame,
    /// The draft and what is published.
    pub bar: Bar,
    /// What differs in the draft, in words.
    pub changes: Vec<String>,
    /// The versions, newest first.
    pub versions: Vec<VersionLine>,
}

impl OverviewPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    const fn tab(&self) -> Tab {
        Tab::Overview
    }
}

/// What can be done with a line of an ordered list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    /// Whether it counts.
    pub on: bool,
    /// Whether something is above it.
    pub up: bool,
    /// Whether something is below it.
    pub down: bool,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Where it is changed.
    pub href: String,
    /// Its name.
    pub name: String,
    /// More about it.
    pub about: String,
    /// The other columns.
    pub cells: Vec<String>,
    /// What can be done with it here.
    pub switches: Option<Switches>,
}

/// GET /admin/routing/{queues|rules|agents|hours}.
#[derive(Debug, Template)]
#[template(path = "routing_list.html")]
pub struct ListPage {
    /// What is around it.
    pub frame: Frame,
    /// The draft and what is published.
    pub bar: Bar,
    /// Which list.
    pub tab: Tab,
    /// The keys of the columns' titles.
    pub columns: Vec<&'static str>,
    /// The lines.
    pub rows: Vec<ListRow>,
    /// Where one more is made, and the key of the words for it.
    pub add: Option<(String, &'static str)>,
}

impl ListPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    const fn tab(&self) -> Tab {
        self.tab
    }
}

/// A form of the routing: GET to see it, POST to save it.
#[derive(Debug, Template)]
#[template(path = "routing_form.html")]
pub struct FormPage {
    /// What is around it.
    pub frame: Frame,
    /// The draft and what is published.
    pub bar: Bar,
    /// Where it belongs.
    pub tab: Tab,
    /// Its title; empty: the tab's.
    pub title: String,
    /// Where it is posted.
    pub action: String,
    /// What was seen of the draft.
    pub revision: i64,
    /// The form.
    pub parts: Vec<Part>,
    /// Everything that is wrong, places and all.
    pub flaws: Vec<String>,
    /// Who changed the draft meanwhile; the form holds what this person typed.
    pub stale: Option<String>,
    /// Whether it can be taken away.
    pub removable: bool,
}

impl FormPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    const fn tab(&self) -> Tab {
        self.tab
    }

    fn heading(&self) -> String {
        if self.title.is_empty() { self.frame.tx.t(self.tab.word()) } else { self.title.clone() }
    }
}

/// GET and POST /admin/routing/try.
#[derive(Debug, Template)]
#[template(path = "routing_try.html")]
pub struct TryPage {
    /// What is around it.
    pub frame: Frame,
    /// The draft and what is published.
    pub bar: Bar,
    /// The form.
    pub parts: Vec<Part>,
    /// What came of it.
    pub tried: Option<Tried>,
}

impl TryPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    const fn tab(&self) -> Tab {
        Tab::Try
    }
}

/// GET and POST /admin/routing/rehearsal.
#[derive(Debug, Template)]
#[template(path = "routing_rehearsal.html")]
pub struct RehearsalPage {
    /// What is around it.
    pub frame: Frame,
    /// The draft and what is published.
    pub bar: Bar,
    /// The form.
    pub parts: Vec<Part>,
    /// Why nothing was rehearsed: a sentence, and every place where the routing does not hold together.
    pub refused: Option<(String, Vec<String>)>,
    /// What came of it.
    pub rehearsed: Option<Rehearsed>,
}

impl RehearsalPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    const fn tab(&self) -> Tab {
        Tab::Rehearse
    }
}
