//! A conversation that is offered to somebody, on their pages only; and the button that takes the next one.

use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{ContactId, ConversationId, event::PreferredAs};

use crate::{Arg, ChannelTag, Tx, preview, time};

/// Longest preview in characters; a card shows three lines.
const PREVIEW: usize = 160;

/// Why it is offered to this person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferWhy {
    /// The router chose.
    Routed {
        /// How long the conversation had waited.
        waited_seconds: i64,
        /// How many could have taken it.
        candidates: u32,
    },
    /// It is theirs before all others.
    First(PreferredAs),
    /// A colleague hands it over.
    HandedOver {
        /// Who, by name.
        by: String,
    },
}

/// An offer that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferCard {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Of whom; gives the avatar its hue.
    pub contact: ContactId,
    /// The contact's name, or their masked address.
    pub contact_name: String,
    /// Whether the contact is a VIP.
    pub vip: bool,
    /// Through which channel.
    pub channel: ChannelTag,
    /// In which queue.
    pub queue: String,
    /// The kind of what they said, the word of `Content::kind`.
    pub preview_kind: String,
    /// What they said.
    pub preview: String,
    /// Why this person.
    pub why: OfferWhy,
    /// What the colleague who hands it over says.
    pub note: Option<String>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Until when it stands.
    pub until: DateTime<Utc>,
    /// When this was drawn, by the clock that made the offer.
    pub now: DateTime<Utc>,
}

impl OfferCard {
    /// Initials for the avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        crate::person::initials(&self.contact_name)
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        crate::person::hue(self.contact.0.as_bytes())
    }

    /// Tells this offer from another one of the same conversation.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.made_at.timestamp_millis()
    }

    /// What runs out first stands first.
    #[must_use]
    pub fn seq(&self) -> String {
        time::seq(&self.until, self.until.timestamp_millis().rem_euclid(1000))
    }

    /// How much time is left, in milliseconds: the page counts down from it, whatever its own clock says.
    #[must_use]
    pub fn left(&self) -> i64 {
        (self.until - self.now).max(TimeDelta::zero()).num_milliseconds()
    }

    /// How much time there was, in milliseconds.
    #[must_use]
    pub fn whole(&self) -> i64 {
        (self.until - self.made_at).num_milliseconds().max(1)
    }

    /// What the customer said, in one line.
    #[must_use]
    pub fn line(&self, tx: &Tx) -> String {
        preview::line(tx, self.channel.kind, &self.preview_kind, &self.preview, PREVIEW)
    }

    /// Why they.
    #[must_use]
    pub fn reason(&self, tx: &Tx) -> String {
        match &self.why {
            OfferWhy::Routed { waited_seconds, candidates } => tx.with(
                "offer-routed",
                [
                    ("waited", Arg::Text(&time::length(*waited_seconds))),
                    ("candidates", Arg::Number(i64::from(*candidates))),
                ],
            ),
            OfferWhy::First(PreferredAs::Owner) => tx.t("offer-owner"),
            OfferWhy::First(PreferredAs::LastAgent) => tx.t("offer-last-agent"),
            OfferWhy::HandedOver { by } => tx.a("offer-handed-over", "name", by),
        }
    }
}

/// The card as a fragment, for `#offers`.
#[derive(Debug, Template)]
#[template(path = "offer.html")]
pub struct OfferFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub offer: &'a OfferCard,
}

/// A colleague did not take what one wanted to hand over; for `#offers` of the one who wanted to.
#[derive(Debug, Template)]
#[template(path = "offer_back.html")]
pub struct OfferBackFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// Which conversation.
    pub conversation: ConversationId,
    /// Of whom.
    pub contact_name: &'a str,
    /// Who did not take it.
    pub name: &'a str,
    /// They said no, or nothing.
    pub declined: bool,
    /// Tells it from an earlier one.
    pub event: i64,
}

impl OfferBackFragment<'_> {
    /// What became of it.
    #[must_use]
    pub fn said(&self) -> String {
        let key = if self.declined { "offer-back-declined" } else { "offer-back-lapsed" };
        self.tx.with(key, [("name", Arg::Text(self.name)), ("contact", Arg::Text(self.contact_name))])
    }
}

/// The button that takes the next conversation, with how many wait in the person's queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NextUp {
    /// How many wait.
    pub waiting: i64,
    /// The event it was counted at.
    pub version: i64,
}

/// `#next` as a fragment.
#[derive(Debug, Template)]
#[template(path = "next.html")]
pub struct NextFragment {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub next: NextUp,
}
