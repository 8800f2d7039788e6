//! Lists of conversations as pages know them: from the query of an address to a list, and from rows to what is shown.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{ChannelId, List, Permission, Principal, QueueId, Scope, Sort, View};
use inbox::{
    reading::{
        lists::{Drawn, Page, Place},
        open::QueueCount,
    },
    saved_views::SavedView,
};
use url::form_urlencoded::{Serializer, parse};
use views::{
    Chip, Counts, FilterGroup, FilterOption, Filters, Light, ListView, NextUp, QueueNumber, Side, SideLink,
    SortChoice, Tx,
    list::{queue_key, saved_key},
    row, time,
};

use crate::{
    live::{Places, class_for, counts::Saved},
    present,
};

/// The list behind a query.
#[must_use]
pub fn view(query: &str) -> View {
    let pairs: Vec<_> = parse(query.as_bytes()).collect();
    View::parse(pairs.iter().map(|(name, value)| (&**name, &**value)))
}

/// The query of a list.
#[must_use]
pub fn query(view: &View) -> String {
    Serializer::new(String::new()).extend_pairs(view.pairs()).finish()
}

fn href(view: &View) -> String {
    format!("/inbox?{}", query(view))
}

/// The order somebody likes.
#[must_use]
pub fn usual(word: &str) -> Sort {
    Sort::parse(word).unwrap_or(Sort::Newest)
}

/// From where on a page wants a list: behind a place that the server gave it; or from a row on that it let go of, by what
/// the row said of its order, `BY~SEQ` (`stretch.js`). `None` for anything else.
#[must_use]
pub fn after(text: &str, list: List, sort: Sort) -> Option<Place> {
    let Some((by, seq)) = text.split_once('~') else { return Place::parse(text) };
    let (at, position) = row::parse_seq(seq)?;
    let drawn = match sort {
        Sort::Newest => Drawn::Nothing,
        Sort::Longest => {
            let ours = time::parse_place(by).flatten();
            let since = ours.or_else(|| time::parse_place(by.strip_prefix('9')?).flatten())?;
            Drawn::Turn { ours: ours.is_some(), since }
        }
        Sort::Due | Sort::Window => Drawn::Until(time::parse_place(by)?),
    };
    Place::drawn(list, drawn, at, position)
}

/// Whether somebody sees addresses whole wherever they see a conversation.
#[must_use]
pub fn sees_addresses(viewer: &Principal) -> bool {
    let reads = viewer.scope(Permission::ConversationRead).unwrap_or(Scope::Own);
    viewer.scope(Permission::ContactPiiReveal).is_some_and(|reveals| reveals >= reads)
}

/// Saved views, for counting.
#[must_use]
pub fn saved(views: &[SavedView]) -> Vec<Saved> {
    views.iter().map(|one| Saved { id: one.id, view: view(&one.query) }).collect()
}

/// A queue's number and light.
#[must_use]
pub const fn queue_number(count: &QueueCount) -> QueueNumber {
    QueueNumber { open: count.open, light: Light::of(count.longest, count.amber, count.red) }
}

const LISTS: [(List, &str); 6] = [
    (List::Mine, "user-round"),
    (List::Waiting, "inbox"),
    (List::Mentions, "at-sign"),
    (List::Snoozed, "alarm-clock"),
    (List::Closed, "circle-check"),
    (List::All, "layers"),
];

/// What surrounds a list: who looks, what they saved, what things are called.
pub struct Around<'a> {
    /// The words.
    pub tx: Tx,
    /// Who looks.
    pub viewer: &'a Principal,
    /// What they and others have saved.
    pub saved: &'a [SavedView],
    /// Queues and channels.
    pub places: &'a Places,
}

impl Around<'_> {
    /// The queues they may see, in their order.
    fn queues(&self) -> impl Iterator<Item = (QueueId, &str)> {
        self.places
            .queues()
            .filter(|(queue, _)| self.viewer.reaches_queue(Permission::ConversationRead, *queue))
    }

    /// What the link of a view on the side goes by; empty for a view that has none.
    fn key(&self, view: &View) -> String {
        let pairs = view.pairs();
        if let Some(saved) = self.saved.iter().find(|one| self::view(&one.query).pairs() == pairs) {
            return saved_key(saved.id);
        }
        if view.filter.is_empty() {
            return view.list.to_string();
        }
        match only_queue(view) {
            Some(queue) => queue_key(queue),
            None => String::new(),
        }
    }

    fn title(&self, view: &View) -> String {
        let pairs = view.pairs();
        if let Some(saved) = self.saved.iter().find(|one| self::view(&one.query).pairs() == pairs) {
            return saved.name.clone();
        }
        match only_queue(view) {
            Some(queue) => self.places.queue(queue),
            None => self.tx.t(&format!("list-{}", view.list)),
        }
    }

    /// All lists, and how many each holds.
    #[must_use]
    pub fn side(&self, shown: &View, counts: &Counts) -> Side {
        let current = self.key(shown);
        let link = |view: &View, key: String, name: String, icon, light, count| SideLink {
            href: href(view),
            is_current: key == current,
            key,
            name,
            icon,
            light,
            count,
        };
        let lists = LISTS.into_iter().map(|(list, icon)| {
            let count = counts.lists.get(&list).copied();
            let name = self.tx.t(&format!("list-{list}"));
            link(&View::of(list), list.to_string(), name, icon, Light::Green, count)
        });
        let queues = self.queues().map(|(queue, name)| {
            let number = counts.queues.get(&queue).copied();
            let light = number.map_or(Light::Green, |number| number.light);
            let open = number.map_or(0, |number| number.open);
            link(&of_queue(queue), queue_key(queue), name.to_owned(), "inbox", light, Some(open))
        });
        let saved = self.saved.iter().map(|one| {
            let icon = if one.shared { "users-round" } else { "star" };
            let count = counts.saved.get(&one.id).copied();
            link(&view(&one.query), saved_key(one.id), one.name.clone(), icon, Light::Green, count)
        });
        Side { lists: lists.collect(), queues: queues.collect(), saved: saved.collect() }
    }

    fn chips(&self, view: &View) -> Vec<Chip> {
        let toggled = |key: &str, is_on: bool, change: &dyn Fn(&mut View)| {
            let mut other = view.clone();
            change(&mut other);
            Chip { name: self.tx.t(key), href: href(&other), is_on }
        };
        let filter = &view.filter;
        let mut chips = Vec::new();
        // What passes one click at a time stands first; what was chosen with care follows, to be taken off.
        if view.list != List::Closed {
            chips.push(toggled("chip-unread", filter.unread, &|view| view.filter.unread = !filter.unread));
            chips.push(toggled("chip-risk", filter.at_risk, &|view| view.filter.at_risk = !filter.at_risk));
            chips.push(toggled("chip-closing", filter.closing, &|view| {
                view.filter.closing = !filter.closing;
            }));
        }
        if filter.vip {
            chips.push(toggled("chip-vip", true, &|view| view.filter.vip = false));
        }
        let mut off = |name: String, change: &dyn Fn(&mut View)| {
            let mut other = view.clone();
            change(&mut other);
            chips.push(Chip { name, href: href(&other), is_on: true });
        };
        if let Some(minutes) = filter.waits {
            off(self.tx.n("chip-waits", i64::from(minutes)), &|view| view.filter.waits = None);
        }
        if only_queue(view).is_none() {
            for queue in &filter.queues {
                off(self.places.queue(*queue), &|view| {
                    view.filter.queues.remove(queue);
                });
            }
        }
        for channel in &filter.channels {
            off(self.places.channel(*channel), &|view| {
                view.filter.channels.remove(channel);
            });
        }
        for tag in &filter.tags {
            off(tag.clone(), &|view| {
                view.filter.tags.remove(tag);
            });
        }
        chips
    }

    /// A list as it is shown.
    #[must_use]
    pub fn list(
        &self,
        view: &View,
        sort: Sort,
        page: &Page,
        cursor: i64,
        next: Option<NextUp>,
        now: DateTime<Utc>,
    ) -> ListView {
        let unfiltered = only_queue(view).map_or_else(|| View::of(view.list), of_queue);
        let sorts = if view.list == List::Closed { &[] } else { Sort::ALL };
        ListView {
            list: view.list,
            key: self.key(view),
            title: self.title(view),
            live_view: format!("inbox?{}", query(view)),
            cursor,
            sort,
            sorts: sorts
                .iter()
                .map(|one| SortChoice {
                    word: one.as_str(),
                    name: self.tx.t(&format!("sort-{one}")),
                    is_current: *one == sort,
                })
                .collect(),
            chips: self.chips(view),
            text: view.filter.text.clone().unwrap_or_default(),
            is_filtered: view.filter != unfiltered.filter,
            unfiltered: href(&unfiltered),
            ages: view.ages(sort),
            unread_only: view.filter.unread,
            may_choose: self.viewer.holds(Permission::ConversationBulk),
            rows: page
                .lines
                .iter()
                .map(|line| present::row(line, class_for(self.viewer, &line.facts()), now))
                .collect(),
            reads: page
                .lines
                .iter()
                .map(|line| (line.id, i32::try_from(line.read_count).unwrap_or(i32::MAX)))
                .collect(),
            more: page.more.map(|place| place.to_string()),
            next,
        }
    }

    /// All filters of a list.
    #[must_use]
    pub fn filters(&self, view: &View, channels: &[(ChannelId, String)], tags: &[String]) -> Filters {
        let filter = &view.filter;
        let option = |value: String, name: &str, is_on| FilterOption { value, name: name.to_owned(), is_on };
        let queues = self
            .queues()
            .map(|(queue, name)| option(queue.to_string(), name, filter.queues.contains(&queue)));
        let channels = channels
            .iter()
            .map(|(channel, name)| option(channel.to_string(), name, filter.channels.contains(channel)));
        // A tag that was chosen stays to be taken off, though nothing has it any more.
        let tags: BTreeSet<&String> = tags.iter().chain(&filter.tags).collect();
        let tags = tags.into_iter().map(|tag| option(tag.clone(), tag, filter.tags.contains(tag)));
        let group = |name, key: &str, options: Vec<FilterOption>| FilterGroup {
            name,
            title: self.tx.t(key),
            options,
        };
        let groups = [
            group("queue", "filter-queues", queues.collect()),
            group("channel", "filter-channels", channels.collect()),
            group("tag", "filter-tags", tags.collect()),
        ];
        let mark = |name: &str, is_on| option(name.to_owned(), &self.tx.t(&format!("chip-{name}")), is_on);
        let pairs = view.pairs();
        let may_share = self.viewer.holds(Permission::ViewShare);
        let saved = self.saved.iter().find(|one| self::view(&one.query).pairs() == pairs);
        Filters {
            list: view.list,
            groups: groups.into_iter().filter(|group| !group.options.is_empty()).collect(),
            marks: [
                ("unread", filter.unread),
                ("risk", filter.at_risk),
                ("closing", filter.closing),
                ("vip", filter.vip),
            ]
            .into_iter()
            // Nothing that is over is late any more.
            .filter(|(name, _)| *name != "risk" || view.list != List::Closed)
            .map(|(name, is_on)| mark(name, is_on))
            .collect(),
            waits: filter.waits.map(|minutes| minutes.to_string()).unwrap_or_default(),
            may_share,
            saved_name: saved.map(|one| one.name.clone()).unwrap_or_default(),
            saved_shared: saved.is_some_and(|one| one.shared),
            saved_id: saved
                .filter(|one| one.owner_id == self.viewer.person || (one.shared && may_share))
                .map(|one| one.id),
        }
    }
}

fn of_queue(queue: QueueId) -> View {
    let mut view = View::of(List::All);
    view.filter.queues.insert(queue);
    view
}

/// The one queue of which a view shows all that is open, whatever else it asks.
fn only_queue(view: &View) -> Option<QueueId> {
    match (view.list, view.filter.queues.first()) {
        (List::All, Some(queue)) if view.filter.queues.len() == 1 => Some(*queue),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_goes_through_an_address() {
        let asked = view("list=waiting&tag=ni%C3%B1os+y+m%C3%A1s&vip=1&q=a%26b");
        assert_eq!(asked.filter.tags, ["niños y más".to_owned()].into());
        assert_eq!(asked.filter.text.as_deref(), Some("a&b"));
        assert_eq!(view(&query(&asked)), asked);
        assert_eq!(view(""), View::of(List::Mine));
    }

    #[test]
    fn where_a_row_was_drawn_tells_from_where_on_it_is_wanted() {
        let seq = "1795180000.123456-000000000042";
        let drawn = |sort, by: &str| after(&format!("{by}~{seq}"), List::All, sort);
        let place = |key: &str| Place::parse(&format!("{key}.1795180000123456.42"));
        assert_eq!(drawn(Sort::Newest, ""), place("0"));
        assert_eq!(drawn(Sort::Longest, "1795170000.000001"), place("1795170000000001"));
        assert_eq!(drawn(Sort::Longest, "91795170000.000001"), place("4948770000000001"));
        for sort in [Sort::Due, Sort::Window] {
            assert_eq!(drawn(sort, "1795190000"), place("1795190000000000"));
            assert_eq!(drawn(sort, &time::place(None)), place("253370764800000000"));
        }
        // What was closed in one moment stands by what a row does not say: all of it.
        let over = after(&format!("~{seq}"), List::Closed, Sort::Newest);
        assert_eq!(over, Place::parse("1795180000123456.253370764800000000.0"));
        let given = "0.1795180001000000.7";
        assert_eq!(after(given, List::All, Sort::Newest), Place::parse(given));
        for wrong in [
            "",
            "~",
            "1~2",
            "x~1795180000123456-1",
            "1.2",
            "~1795180000123456",
            "1795170000~1795180000123456-1",
        ] {
            assert_eq!(after(wrong, List::All, Sort::Due), None, "{wrong}");
        }
    }
}
