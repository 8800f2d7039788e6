//! A list of conversations: its head, its rows, and the side with all lists and how many each holds.

use std::collections::BTreeMap;

use askama::Template;
use domain::{ConversationId, List, QueueId, Sort, ViewId};

use crate::{ConversationRow, NextUp, Tx};

/// Whether all is well where somebody waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Light {
    /// It is.
    #[default]
    Green,
    /// Somebody has waited worryingly long.
    Amber,
    /// Somebody has waited too long.
    Red,
}

impl Light {
    /// Of a wait in seconds, by the thresholds of its queue.
    #[must_use]
    pub const fn of(waited: Option<i64>, amber: u32, red: u32) -> Self {
        match waited {
            Some(waited) if waited >= red as i64 => Self::Red,
            Some(waited) if waited >= amber as i64 => Self::Amber,
            _ => Self::Green,
        }
    }

    /// The class of its dot.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Green => "ok",
            Self::Amber => "warn",
            Self::Red => "bad",
        }
    }
}

/// How many of a queue are open, and how it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueNumber {
    /// How many.
    pub open: i64,
    /// How those stand that nobody holds.
    pub light: Light,
}

/// How many each list holds, for one viewer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// As of which event.
    pub version: i64,
    /// Of the lists that are counted.
    pub lists: BTreeMap<List, i64>,
    /// Of the queues in which there is anything.
    pub queues: BTreeMap<QueueId, QueueNumber>,
    /// Of saved views that can be counted.
    pub saved: BTreeMap<ViewId, i64>,
}

impl Counts {
    /// For the script, by the keys of [`SideLink`]: numbers, and of queues also the light.
    #[must_use]
    pub fn json(&self) -> String {
        let mut all = serde_json::Map::new();
        all.extend(self.lists.iter().map(|(list, count)| (list.to_string(), (*count).into())));
        all.extend(self.queues.iter().map(|(queue, number)| {
            (queue_key(*queue), serde_json::json!([number.open, number.light.class()]))
        }));
        all.extend(self.saved.iter().map(|(id, count)| (saved_key(*id), (*count).into())));
        serde_json::Value::Object(all).to_string()
    }
}

/// The key of a queue's link.
#[must_use]
pub fn queue_key(queue: QueueId) -> String {
    format!("q-{queue}")
}

/// The key of a saved view's link.
#[must_use]
pub fn saved_key(id: ViewId) -> String {
    format!("v-{id}")
}

/// The numbers alone, for `#counts`.
#[derive(Debug, Template)]
#[template(path = "counts.html")]
pub struct CountsFragment<'a> {
    /// The numbers.
    pub counts: &'a Counts,
}

/// A way into a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideLink {
    /// What its number goes by.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub href: String,
    /// Its icon; of queues there is a light instead.
    pub icon: &'static str,
    /// How a queue stands.
    pub light: Light,
    /// How many it holds, where that is counted.
    pub count: Option<i64>,
    /// Whether it is the one that is shown.
    pub is_current: bool,
}

impl SideLink {
    /// The number as it is shown.
    #[must_use]
    pub fn number(&self) -> String {
        // Of what mentions somebody, nothing is no number.
        let nothing = self.key == List::Mentions.as_str() && self.count == Some(0);
        self.count.filter(|_| !nothing).map(|count| count.to_string()).unwrap_or_default()
    }
}

/// The side: all lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Side {
    /// The lists everybody has.
    pub lists: Vec<SideLink>,
    /// The queues they may see.
    pub queues: Vec<SideLink>,
    /// What they and others have saved.
    pub saved: Vec<SideLink>,
}

/// The saved views of the side alone.
#[derive(Debug, Template)]
#[template(path = "side_saved.html")]
pub struct SavedFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// The side.
    pub side: &'a Side,
}

/// A filter that one click puts on or takes off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is on.
    pub is_on: bool,
}

/// An order to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortChoice {
    /// The word of [`Sort`].
    pub word: &'static str,
    /// Its name.
    pub name: String,
    /// Whether it is the one that is shown.
    pub is_current: bool,
}

/// A list with what stands above it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListView {
    /// Which list.
    pub list: List,
    /// What its link on the side goes by; empty for none of them.
    pub key: String,
    /// Its name.
    pub title: String,
    /// What the socket is asked for.
    pub live_view: String,
    /// The newest event that it includes.
    pub cursor: i64,
    /// In which order.
    pub sort: Sort,
    /// In which it can be.
    pub sorts: Vec<SortChoice>,
    /// Filters of one click.
    pub chips: Vec<Chip>,
    /// What is looked for in it.
    pub text: String,
    /// Whether anything but the list itself is asked.
    pub is_filtered: bool,
    /// The list itself.
    pub unfiltered: String,
    /// Whether what is in it changes by the passing of time alone.
    pub ages: bool,
    /// Whether only what is unread is shown: the page takes away what was read.
    pub unread_only: bool,
    /// Whether the person may do something with several of it at once.
    pub may_choose: bool,
    /// The first of its conversations.
    pub rows: Vec<ConversationRow>,
    /// How many of each conversation's inbound messages the person has read; what is missing counts as none.
    pub reads: BTreeMap<ConversationId, i32>,
    /// Where it goes on.
    pub more: Option<String>,
    /// What waits in the queues they take from; `None` where nothing can be taken.
    pub next: Option<NextUp>,
}

impl ListView {
    /// The reads as JSON for `data-read`.
    #[must_use]
    pub fn reads_json(&self) -> String {
        serde_json::to_string(&self.reads).unwrap_or_else(|_| "{}".to_owned())
    }

    /// The attribute of rows that goes before the newest; `None` where that alone decides.
    #[must_use]
    pub const fn by(&self) -> Option<&'static str> {
        match self.sort {
            Sort::Newest => None,
            Sort::Longest => Some("ask"),
            Sort::Due => Some("sla"),
            Sort::Window => Some("win"),
        }
    }

    /// The name of its order.
    #[must_use]
    pub fn sort_name(&self) -> &str {
        self.sorts.iter().find(|sort| sort.is_current).map_or("", |sort| &sort.name)
    }

    /// The word with which the script says how many there are.
    #[must_use]
    pub const fn count_word(&self) -> &'static str {
        match self.list {
            List::Closed => "closed",
            List::Mentions => "mentions",
            _ => "count",
        }
    }

    /// What is said where nothing is.
    #[must_use]
    pub fn empty_title(&self, tx: &Tx) -> String {
        tx.t(if self.is_filtered { "list-nothing-title" } else { "list-empty-title" })
    }

    /// What belongs there.
    #[must_use]
    pub fn empty_words(&self, tx: &Tx) -> String {
        if self.is_filtered {
            return tx.t("list-nothing");
        }
        tx.t(match self.list {
            List::Mine => "list-empty",
            List::Waiting => "list-empty-waiting",
            List::Mentions => "list-empty-mentions",
            List::Snoozed => "list-empty-snoozed",
            List::Closed => "list-empty-closed",
            List::All => "list-empty-all",
        })
    }
}

/// The list's column alone.
#[derive(Debug, Template)]
#[template(path = "list_pane.html")]
pub struct ListFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// The list.
    pub list: &'a ListView,
}

/// Rows alone, for going on.
#[derive(Debug, Template)]
#[template(path = "list_rows.html")]
pub struct RowsFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// The list.
    pub list: &'a ListView,
}

/// Something to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterOption {
    /// What is sent.
    pub value: String,
    /// Its name.
    pub name: String,
    /// Whether it is ticked.
    pub is_on: bool,
}

/// Things to tick of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterGroup {
    /// The name of the pairs.
    pub name: &'static str,
    /// What it is called.
    pub title: String,
    /// What there is.
    pub options: Vec<FilterOption>,
}

/// All filters of a list, and keeping them under a name.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "list_filters.html")]
pub struct FiltersFragment {
    /// The words.
    pub tx: Tx,
    /// What is in it.
    pub filters: Filters,
}

/// What stands in [`FiltersFragment`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filters {
    /// Of which list.
    pub list: List,
    /// Queues, channels, tags.
    pub groups: Vec<FilterGroup>,
    /// What is on or off; the value is the name of the pair.
    pub marks: Vec<FilterOption>,
    /// Minutes.
    pub waits: String,
    /// Whether they may keep views for everybody.
    pub may_share: bool,
    /// Under which name it is kept already.
    pub saved_name: String,
    /// Whether it is everybody's.
    pub saved_shared: bool,
    /// Which one it is, if they may take it away.
    pub saved_id: Option<ViewId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_changes_at_the_thresholds() {
        let light = |waited| Light::of(waited, 120, 300);
        assert_eq!((light(None), light(Some(119))), (Light::Green, Light::Green));
        assert_eq!((light(Some(120)), light(Some(299))), (Light::Amber, Light::Amber));
        assert_eq!(light(Some(300)), Light::Red);
    }

    #[test]
    fn numbers_are_read_by_the_keys_of_their_links() {
        let (queue, saved) = (QueueId::new(), ViewId::new());
        let counts = Counts {
            version: 3,
            lists: [(List::Mine, 2)].into(),
            queues: [(queue, QueueNumber { open: 4, light: Light::Red })].into(),
            saved: [(saved, 1)].into(),
        };
        let json: serde_json::Value = serde_json::from_str(&counts.json()).unwrap();
        assert_eq!(json["mine"], 2);
        assert_eq!(json[queue_key(queue)], serde_json::json!([4, "bad"]));
        assert_eq!(json[saved_key(saved)], 1);
    }
}
