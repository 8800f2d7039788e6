//! Lists of conversations: which one, what of it, in which order. The same words stand in addresses, saved views and
//! what a page says on its socket, and one predicate decides for frames and counts.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    ChannelId, ConversationFacts, ConversationState, MustAct, PersonId, QueueId, typed::is_unseen,
    words::words,
};

/// A window that ends sooner than this is closing.
pub const CLOSING: TimeDelta = TimeDelta::hours(1);
/// The longest name of a tag.
const LONGEST_TAG: usize = 80;
/// The longest text to look for in a list.
const LONGEST_TEXT: usize = 80;
/// At most so many queues, channels or tags are looked at together.
const MOST: usize = 50;

words! {
    /// Which conversations, always within what a person may see.
    List {
        /// Those the person holds.
        Mine = "mine",
        /// Those that wait and nobody holds.
        Waiting = "waiting",
        /// Those in which the person was mentioned.
        Mentions = "mentions",
        /// Those put off.
        Snoozed = "snoozed",
        /// Those that are over.
        Closed = "closed",
        /// All that are not over.
        All = "all",
    }
}

words! {
    /// In which order.
    Sort {
        /// The newest activity first; of closed ones, what was closed last.
        Newest = "newest",
        /// Who has waited longest for us, first; then where it is the customer's turn.
        Longest = "longest",
        /// What falls due first, first; then what nothing was promised of.
        Due = "due",
        /// Whose reply window ends first, first; then those without one, or with one that has ended.
        Window = "window",
    }
}

/// What of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// In one of these queues; empty: in any.
    pub queues: BTreeSet<QueueId>,
    /// Through one of these channels; empty: through any.
    pub channels: BTreeSet<ChannelId>,
    /// With one of these tags; empty: with or without.
    pub tags: BTreeSet<String>,
    /// With messages that the person has not read.
    pub unread: bool,
    /// What is late, or soon will be.
    pub at_risk: bool,
    /// Whose reply window ends within [`CLOSING`].
    pub closing: bool,
    /// Of VIPs.
    pub vip: bool,
    /// Who has waited for us for longer than so many minutes.
    pub waits: Option<u32>,
    /// In the contact's name or address, or in what was said last.
    pub text: Option<String>,
}

impl Filter {
    /// Whether everything passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A list as somebody looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Which list.
    pub list: List,
    /// What of it.
    pub filter: Filter,
    /// In which order; `None`: as the person likes it.
    pub sort: Option<Sort>,
}

impl View {
    /// All of a list.
    #[must_use]
    pub fn of(list: List) -> Self {
        Self { list, filter: Filter::default(), sort: None }
    }

    /// From the pairs of a query. What this version does not know counts for nothing, and what can't be is left out.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut view = Self::of(List::Mine);
        let filter = &mut view.filter;
        for (name, value) in pairs {
            match name {
                "list" => view.list = List::parse(value).unwrap_or(view.list),
                "sort" => view.sort = Sort::parse(value),
                "queue" => put(&mut filter.queues, value.parse().ok().map(QueueId)),
                "channel" => put(&mut filter.channels, value.parse().ok().map(ChannelId)),
                "tag" => put(&mut filter.tags, words_of(value, LONGEST_TAG)),
                "unread" => filter.unread = value == "1",
                "risk" => filter.at_risk = value == "1",
                "closing" => filter.closing = value == "1",
                "vip" => filter.vip = value == "1",
                "waits" => filter.waits = value.parse().ok().filter(|minutes| (1..=10_000).contains(minutes)),
                "q" => filter.text = words_of(&value.replace(is_unseen, ""), LONGEST_TEXT),
                _ => {}
            }
        }
        view
    }

    /// The pairs that [`View::parse`] reads, always in the same order.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let Self { list, filter, sort } = self;
        let mut pairs = vec![("list", list.to_string())];
        pairs.extend(filter.queues.iter().map(|queue| ("queue", queue.to_string())));
        pairs.extend(filter.channels.iter().map(|channel| ("channel", channel.to_string())));
        pairs.extend(filter.tags.iter().map(|tag| ("tag", tag.clone())));
        let marks = [
            ("unread", filter.unread),
            ("risk", filter.at_risk),
            ("closing", filter.closing),
            ("vip", filter.vip),
        ];
        pairs.extend(marks.iter().filter(|(_, on)| *on).map(|(name, _)| (*name, "1".to_owned())));
        pairs.extend(filter.waits.map(|minutes| ("waits", minutes.to_string())));
        pairs.extend(filter.text.iter().map(|text| ("q", text.clone())));
        pairs.extend(sort.map(|sort| ("sort", sort.to_string())));
        pairs
    }

    /// In which order it stands, for somebody who usually likes `usual`. What is closed has no other than its own.
    #[must_use]
    pub fn sorted(&self, usual: Sort) -> Sort {
        if self.list == List::Closed { Sort::Newest } else { self.sort.unwrap_or(usual) }
    }

    /// Whether what is in it, or in which order, changes by the passing of time alone, for somebody who usually likes `usual`:
    /// a window that has ended goes to the end of those that end first.
    #[must_use]
    pub fn ages(&self, usual: Sort) -> bool {
        let Filter { at_risk, closing, waits, .. } = &self.filter;
        *at_risk || *closing || waits.is_some() || self.sorted(usual) == Sort::Window
    }

    /// Whether a conversation that the person may see belongs in it. What they have read themselves is not asked: their
    /// pages know it.
    #[must_use]
    pub fn holds(&self, one: &Listed<'_>, person: PersonId, now: DateTime<Utc>) -> bool {
        let Filter { queues, channels, tags, unread: _, at_risk, closing, vip, waits, text: _ } =
            &self.filter;
        let state = one.facts.state;
        let in_list = match self.list {
            List::Mine => one.facts.assignee == Some(person) && state == ConversationState::Assigned,
            List::Waiting => state == ConversationState::Queued,
            List::Mentions => one.mentions,
            List::Snoozed => state == ConversationState::Snoozed,
            List::Closed => state == ConversationState::Closed,
            List::All => state != ConversationState::Closed,
        };
        let waited = (one.must_act == MustAct::Agent).then(|| now - one.must_act_since);
        let left = one.window_until.map(|until| until - now);
        in_list
            && (queues.is_empty() || queues.contains(&one.facts.queue))
            && (channels.is_empty() || channels.contains(&one.channel))
            && (tags.is_empty() || one.tags.iter().any(|tag| tags.contains(tag)))
            && (!at_risk || one.at_risk)
            && (!closing || left.is_some_and(|left| left > TimeDelta::zero() && left < CLOSING))
            && (!vip || one.vip)
            && waits.is_none_or(|minutes| {
                waited.is_some_and(|waited| waited > TimeDelta::minutes(i64::from(minutes)))
            })
    }
}

fn put<T: Ord>(set: &mut BTreeSet<T>, value: Option<T>) {
    if set.len() < MOST {
        set.extend(value);
    }
}

fn words_of(text: &str, longest: usize) -> Option<String> {
    let text: String = text.trim().chars().filter(|c| !c.is_control()).take(longest).collect();
    (!text.is_empty()).then_some(text)
}

/// What a list asks about a conversation.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// What the access rule asks.
    pub facts: &'a ConversationFacts,
    /// Through which channel.
    pub channel: ChannelId,
    /// Its tags.
    pub tags: &'a [String],
    /// Whether the contact is a VIP.
    pub vip: bool,
    /// Whether it is late, or soon will be.
    pub at_risk: bool,
    /// Whose turn it is.
    pub must_act: MustAct,
    /// Since when.
    pub must_act_since: DateTime<Utc>,
    /// Until when free text may be sent, where that ends.
    pub window_until: Option<DateTime<Utc>>,
    /// Whether the person was mentioned in it.
    pub mentions: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts(state: ConversationState, assignee: Option<PersonId>) -> ConversationFacts {
        ConversationFacts {
            assignee,
            queue: QueueId::new(),
            state,
            last_holder: None,
            holders_beside: Vec::new(),
        }
    }

    fn listed(facts: &ConversationFacts, now: DateTime<Utc>) -> Listed<'_> {
        Listed {
            facts,
            channel: ChannelId::new(),
            tags: &[],
            vip: false,
            at_risk: false,
            must_act: MustAct::Agent,
            must_act_since: now - TimeDelta::minutes(10),
            window_until: Some(now + TimeDelta::minutes(59)),
            mentions: false,
        }
    }

    #[test]
    fn each_state_has_its_lists() {
        let (valeria, mateo, now) = (PersonId::new(), PersonId::new(), Utc::now());
        let in_lists = |facts: &ConversationFacts, person| -> Vec<&str> {
            List::ALL
                .iter()
                .filter(|list| View::of(**list).holds(&listed(facts, now), person, now))
                .map(|list| list.as_str())
                .collect()
        };
        let held = facts(ConversationState::Assigned, Some(valeria));
        assert_eq!(in_lists(&held, valeria), ["mine", "all"]);
        assert_eq!(in_lists(&held, mateo), ["all"]);
        assert_eq!(in_lists(&facts(ConversationState::Queued, None), valeria), ["waiting", "all"]);
        assert_eq!(in_lists(&facts(ConversationState::Snoozed, None), valeria), ["snoozed", "all"]);
        assert_eq!(in_lists(&facts(ConversationState::Bot, None), valeria), ["all"]);
        assert_eq!(in_lists(&facts(ConversationState::Closed, None), valeria), ["closed"]);
    }

    #[test]
    fn a_filter_asks_for_all_it_names_and_of_several_alike_for_one() {
        let (person, now) = (PersonId::new(), Utc::now());
        let facts = facts(ConversationState::Queued, None);
        let tags = ["seguro".to_owned(), "niños".to_owned()];
        let one = Listed { tags: &tags, vip: true, ..listed(&facts, now) };
        let passes = |filter| View { filter, ..View::of(List::All) }.holds(&one, person, now);
        let tagged = |tag: &str| Filter { tags: [tag.to_owned()].into(), ..Filter::default() };
        assert!(passes(tagged("seguro")) && !passes(tagged("Seguro ")));
        let either: BTreeSet<String> = ["otro".to_owned(), "niños".to_owned()].into();
        assert!(passes(Filter { tags: either, ..Filter::default() }));
        assert!(passes(Filter { vip: true, ..tagged("seguro") }));
        assert!(!passes(Filter { at_risk: true, ..tagged("seguro") }));
        assert!(passes(Filter { queues: [facts.queue].into(), ..Filter::default() }));
        assert!(!passes(Filter { queues: [QueueId::new()].into(), ..Filter::default() }));
        assert!(!passes(Filter { channels: [ChannelId::new()].into(), ..Filter::default() }));
        assert!(passes(Filter { waits: Some(9), ..Filter::default() }));
        assert!(!passes(Filter { waits: Some(10), ..Filter::default() }));
    }

    #[test]
    fn a_window_is_closing_in_its_last_hour_and_not_after_it() {
        let (person, now) = (PersonId::new(), Utc::now());
        let facts = facts(ConversationState::Queued, None);
        let view = View { filter: Filter { closing: true, ..Filter::default() }, ..View::of(List::All) };
        let ends = |until| view.holds(&Listed { window_until: until, ..listed(&facts, now) }, person, now);
        assert!(ends(Some(now + TimeDelta::seconds(1))) && ends(Some(now + CLOSING - TimeDelta::seconds(1))));
        assert!(!ends(Some(now)) && !ends(Some(now + CLOSING)) && !ends(None));
    }

    #[test]
    fn a_list_by_windows_ages_however_it_came_to_be_so_ordered() {
        let all = View::of(List::All);
        assert!(!all.ages(Sort::Newest) && !all.ages(Sort::Longest) && !all.ages(Sort::Due));
        assert!(all.ages(Sort::Window));
        let chosen = |sort| View { sort: Some(sort), ..View::of(List::Mine) };
        assert!(chosen(Sort::Window).ages(Sort::Newest) && !chosen(Sort::Newest).ages(Sort::Window));
        assert!(!View::of(List::Closed).ages(Sort::Window), "what is over has its own order");
        let closing = View { filter: Filter { closing: true, ..Filter::default() }, ..View::of(List::Mine) };
        assert!(closing.ages(Sort::Newest));
    }

    #[test]
    fn what_is_not_known_counts_for_nothing() {
        let view = View::parse([
            ("list", "todo"),
            ("queue", "citas"),
            ("waits", "-3"),
            ("tag", "  "),
            ("sort", "random"),
            ("page", "3"),
        ]);
        assert_eq!(view, View::of(List::Mine));
        assert_eq!(View::parse([("q", &*"ñ".repeat(200))]).filter.text, Some("ñ".repeat(80)));
        let copied = View::parse([("q", "\u{202a} +51 998\u{202c}")]);
        assert_eq!(copied.filter.text.as_deref(), Some("+51 998"));
    }

    fn any_view() -> impl Strategy<Value = View> {
        let ids = || prop::collection::btree_set(any::<u128>().prop_map(uuid::Uuid::from_u128), 0..4);
        let filter = (ids(), ids(), prop::collection::btree_set("[a-zñ &=]{1,9}x", 0..3), any::<[bool; 4]>());
        let rest = (prop::option::of(1..10_000_u32), prop::option::of("[a-z0-9+ ]{1,8}z"));
        (prop::sample::select(List::ALL), filter, rest, prop::option::of(prop::sample::select(Sort::ALL)))
            .prop_map(|(list, (queues, channels, tags, marks), (waits, text), sort)| View {
                list,
                sort,
                filter: Filter {
                    queues: queues.into_iter().map(QueueId).collect(),
                    channels: channels.into_iter().map(ChannelId).collect(),
                    tags: tags.into_iter().map(|tag| tag.trim().to_owned()).collect(),
                    unread: marks[0],
                    at_risk: marks[1],
                    closing: marks[2],
                    vip: marks[3],
                    waits,
                    text: text.map(|text| text.trim().to_owned()),
                },
            })
    }

    proptest! {
        #[test]
        fn a_view_reads_back_as_it_was_written(view in any_view()) {
            let pairs = view.pairs();
            let read = View::parse(pairs.iter().map(|(name, value)| (*name, value.as_str())));
            prop_assert_eq!(read, view);
        }
    }
}
