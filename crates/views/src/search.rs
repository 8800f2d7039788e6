//! Search: the page, what was found, and the palette.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, ConversationState};

use crate::{Arg, ChannelTag, Frame, PersonTag, Tx, person, preview, time};

/// Text in pieces: whether a piece is what was looked for, and the piece.
pub type Parts = Vec<(bool, String)>;

/// Something to choose in a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub name: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// What was asked, and what can be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchForm {
    /// The words, as they were typed.
    pub typed: String,
    /// Channels.
    pub channels: Vec<Choice>,
    /// Queues.
    pub queues: Vec<Choice>,
    /// People.
    pub people: Vec<Choice>,
    /// A tag.
    pub tag: String,
    /// Kinds of messages.
    pub kinds: Vec<Choice>,
    /// Who said it.
    pub directions: Vec<Choice>,
    /// The first day, `2026-11-01`.
    pub from: String,
    /// The last day.
    pub to: String,
}

impl SearchForm {
    /// How many filters are set.
    #[must_use]
    pub fn filtered(&self) -> i64 {
        let lists = [&self.channels, &self.queues, &self.people, &self.kinds, &self.directions];
        let set = lists.iter().filter(|list| list.iter().any(|one| one.chosen)).count();
        let texts = [&self.tag, &self.from, &self.to].iter().filter(|text| !text.is_empty()).count();
        i64::try_from(set + texts).unwrap_or(i64::MAX)
    }
}

/// A contact that was found, with the conversation to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundContact {
    /// Who.
    pub contact: ContactId,
    /// The name, or the address in its place.
    pub name: String,
    /// The same in pieces.
    pub parts: Parts,
    /// Whether they are a VIP.
    pub vip: bool,
    /// The conversation.
    pub conversation: ConversationId,
    /// Its channel.
    pub channel: ChannelTag,
    /// Its queue.
    pub queue: String,
    /// Where it stands.
    pub state: ConversationState,
    /// Who holds it.
    pub holder: Option<PersonTag>,
    /// The address, hidden or whole, as the viewer may see it.
    pub address: Option<Parts>,
    /// When something was said last.
    pub at: DateTime<Utc>,
}

impl FoundContact {
    /// Initials for the avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        person::initials(&self.name)
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        person::hue(self.contact.0.as_bytes())
    }

    /// Where it stands, in words: who holds it, else its state.
    #[must_use]
    pub fn stands(&self, tx: &Tx) -> String {
        match (&self.holder, self.state) {
            (Some(holder), _) => holder.name.clone(),
            (None, ConversationState::Closed) => tx.t("search-closed"),
            (None, ConversationState::Snoozed) => tx.t("search-snoozed"),
            (None, _) => tx.t("search-waiting"),
        }
    }
}

/// A message or note that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundMessage {
    /// Which.
    pub id: String,
    /// Where.
    pub conversation: ConversationId,
    /// Whose conversation.
    pub contact: ContactId,
    /// Their name.
    pub name: String,
    /// Its channel.
    pub channel: ChannelTag,
    /// Its queue.
    pub queue: String,
    /// Of the message; `note`.
    pub kind: String,
    /// Who of ours wrote it; the customer did when it is empty and not ours.
    pub author: Option<String>,
    /// Whether it is ours.
    pub ours: bool,
    /// Its words around what was found.
    pub parts: Parts,
    /// When.
    pub at: DateTime<Utc>,
}

impl FoundMessage {
    /// Initials for the avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        person::initials(&self.name)
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        person::hue(self.contact.0.as_bytes())
    }

    /// Whether nobody outside sees it.
    #[must_use]
    pub fn is_note(&self) -> bool {
        self.kind == "note"
    }

    /// The icon of its kind.
    #[must_use]
    pub fn icon(&self) -> Option<&'static str> {
        if self.is_note() { Some("lock") } else { preview::icon(&self.kind) }
    }

    /// The word for its kind.
    #[must_use]
    pub fn kind_word(&self, tx: &Tx) -> String {
        tx.t(if self.is_note() { "search-note" } else { preview::word(&self.kind) })
    }

    /// Who wrote it, in front of the words.
    #[must_use]
    pub fn by(&self, tx: &Tx) -> Option<String> {
        match &self.author {
            Some(author) => Some(author.clone()),
            None if self.ours => Some(tx.t("author-machine")),
            None => None,
        }
    }
}

/// How far the search came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// Nothing was typed yet.
    Nowhere,
    /// Too little was typed.
    TooShort,
    /// It took too long.
    TooLong,
    /// To where the results end.
    Done,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How far it came.
    pub looked: Looked,
    /// Whether this is a further page: messages alone.
    pub further: bool,
    /// Contacts.
    pub contacts: Vec<FoundContact>,
    /// There are more contacts than these.
    pub more_contacts: bool,
    /// Nobody is called quite so.
    pub nearly: bool,
    /// A number was typed, and this person may not search all numbers.
    pub hidden_numbers: bool,
    /// Messages and notes, the newest first.
    pub messages: Vec<FoundMessage>,
    /// The address of the next page.
    pub next: Option<String>,
    /// The search read so much that it ended at this moment; the next page goes on there.
    pub cut: Option<DateTime<Utc>>,
    /// How many filters are set.
    pub filtered: i64,
}

impl Found {
    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.contacts.is_empty() && self.messages.is_empty()
    }

    /// What screen readers hear.
    #[must_use]
    pub fn said(&self, tx: &Tx) -> String {
        if self.looked != Looked::Done {
            return String::new();
        }
        if self.is_empty() {
            return tx.t("search-none-title");
        }
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let more = if self.next.is_some() { tx.t("search-and-more") } else { String::new() };
        format!(
            "{}, {}{more}",
            tx.n("search-said-contacts", count(self.contacts.len())),
            tx.n("search-said-messages", count(self.messages.len())),
        )
    }

    fn cut_words(&self, tx: &Tx) -> Option<String> {
        self.cut.map(|at| tx.with("search-cut", [("when", Arg::Text(&time::moment(&at, tx)))]))
    }
}

/// GET /search.
#[derive(Debug, Template)]
#[template(path = "search.html")]
pub struct SearchPage {
    /// What is around it.
    pub frame: Frame,
    /// What was asked.
    pub form: SearchForm,
    /// What was found.
    pub found: Found,
}

impl SearchPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }
}

/// The results alone.
#[derive(Debug, Template)]
#[template(path = "search_found.html")]
pub struct FoundFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What was found.
    pub found: &'a Found,
}

/// The results as options of the palette.
#[derive(Debug, Template)]
#[template(path = "palette_found.html")]
pub struct PaletteFound<'a> {
    /// The words.
    pub tx: Tx,
    /// What was found.
    pub found: &'a Found,
    /// What was typed, for the way to all results.
    pub all: String,
}

/// The palette: a dialog that is fetched when somebody asks for it.
#[derive(Debug, Template)]
#[template(path = "palette.html")]
pub struct Palette {
    /// The words.
    pub tx: Tx,
    /// Whether there is a live floor for them.
    pub sees_floor: bool,
    /// Where their administration begins.
    pub admin: Option<&'static str>,
    /// Whether they take conversations.
    pub takes: bool,
}
