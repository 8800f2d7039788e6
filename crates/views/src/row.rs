//! One conversation in a list. The same for everyone who may see it: unread and selection are added in the page.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, MustAct, conversation::ReplyWindow};

use crate::{ChannelTag, DueTag, Tx, preview, time};

/// Longest preview in characters; a list column shows about fifty.
const PREVIEW: usize = 90;

/// The place of a row where nothing goes before its last activity or, if it is over, its end: as exact as the database has
/// it, so that a page knows as well as the server who stands before whom.
#[must_use]
pub fn seq(at: DateTime<Utc>, number: i64) -> String {
    format!("{}-{number:012}", time::place(Some(at)))
}

/// The moment and number of a [`seq`]; `None` for anything else.
#[must_use]
pub fn parse_seq(text: &str) -> Option<(DateTime<Utc>, i64)> {
    let (at, number) = text.split_once('-')?;
    Some((time::parse_place(at)??, number.parse().ok()?))
}

/// One conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationRow {
    /// Which.
    pub conversation: ConversationId,
    /// Of whom; gives the avatar its hue.
    pub contact: ContactId,
    /// The contact's name, or their address in the class of this list.
    pub contact_name: String,
    /// Whether the contact is a VIP.
    pub vip: bool,
    /// Through which channel.
    pub channel: ChannelTag,
    /// In which queue.
    pub queue: String,
    /// When something was last said.
    pub last_at: DateTime<Utc>,
    /// Who of ours said the last thing, by first name; `None` when the customer did.
    pub last_author: Option<String>,
    /// The last message's kind, the word of `Content::kind`.
    pub preview_kind: String,
    /// The last message's words; empty when it has none.
    pub preview: String,
    /// The reply window.
    pub window: ReplyWindow,
    /// Put aside: until when; nothing within: until the customer answers.
    pub snoozed: Option<Option<DateTime<Utc>>>,
    /// It is closed: its window warns nobody.
    pub is_over: bool,
    /// Whose turn it is.
    pub must_act: MustAct,
    /// Since when.
    pub must_act_since: DateTime<Utc>,
    /// How many messages the customer has sent in all; unread is this less what a person has read.
    pub inbound_count: i32,
    /// Grows with every change of the row.
    pub version: i64,
    /// Urgency, higher first; 0 is the usual.
    pub priority: i16,
    /// Place in the list, made by [`seq`].
    pub seq: String,
    /// Place in the list that is ordered by what falls due, made by [`time::place`]; of what falls due together or
    /// never, the later `seq` stands first.
    pub due_place: String,
    /// From how many seconds of waiting for us on it is worrying, and from how many it is bad.
    pub lights: (u32, u32),
    /// What falls due first.
    pub due: Option<DueTag>,
    /// Its tags.
    pub tags: Vec<String>,
}

impl ConversationRow {
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

    /// The last message in one line.
    #[must_use]
    pub fn line(&self, tx: &Tx) -> String {
        preview::line(tx, self.channel.kind, &self.preview_kind, &self.preview, PREVIEW)
    }

    /// The icon before it.
    #[must_use]
    pub fn icon(&self) -> Option<&'static str> {
        preview::icon(&self.preview_kind)
    }

    /// Whether the business owes an answer.
    #[must_use]
    pub fn waits_for_us(&self) -> bool {
        self.must_act == MustAct::Agent
    }

    /// Whether the window is open and shuts some time: the clock that warns in its last hour goes by `data-win`.
    #[must_use]
    pub const fn is_open_for_a_time(&self) -> bool {
        matches!(self.window, ReplyWindow::Open(_)) && !self.is_over
    }

    /// Place in the list that is ordered by who has waited longest for us; where it is the customer's turn, behind those.
    #[must_use]
    pub fn wait_place(&self) -> String {
        let turn = if self.waits_for_us() { "" } else { "9" };
        format!("{turn}{}", time::place(Some(self.must_act_since)))
    }

    /// Place in the list that is ordered by which window shuts first.
    #[must_use]
    pub fn window_place(&self) -> String {
        time::place(match self.window {
            ReplyWindow::Open(until) => Some(until),
            ReplyWindow::Boundless | ReplyWindow::Closed(_) => None,
        })
    }

    /// Until when it was put aside, in words.
    #[must_use]
    pub fn snoozed_words(&self, tx: &Tx) -> Option<String> {
        Some(match self.snoozed? {
            Some(until) => tx.a("state-snoozed-until", "when", &time::moment(&until, tx)),
            None => tx.t("state-snoozed-answer"),
        })
    }

    /// Whether only templates may be sent.
    #[must_use]
    pub fn is_shut(&self) -> bool {
        matches!(self.window, ReplyWindow::Closed(_))
    }
}

/// The row as a fragment, for `#list`.
#[derive(Debug, Template)]
#[template(path = "row.html")]
pub struct RowFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub row: &'a ConversationRow,
}
