//! The ledger: what came in, what became of it, what may be missing.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{ChannelId, ConversationId};

use crate::{Arg, Frame, Tx};

/// GET /admin/ledger.
#[derive(Debug, Template)]
#[template(path = "ledger.html")]
pub struct LedgerPage {
    /// What is around it.
    pub frame: Frame,
    /// What is looked for.
    pub search: Search,
    /// The channels to choose from.
    pub channels: Vec<(ChannelId, String)>,
    /// What was found, newest first.
    pub receipts: Vec<ReceiptRow>,
    /// Where the next page begins; none on the last one.
    pub older: Option<i64>,
    /// Why receipts are in quarantine now.
    pub quarantine: Vec<QuarantineRow>,
    /// Stretches in which something may have been missed.
    pub gaps: Vec<GapRow>,
    /// How the vendors' lists stand.
    pub lists: Vec<ListRow>,
    /// The newest replays.
    pub replays: Vec<ReplayRow>,
    /// Whether the viewer may apply receipts again.
    pub may_replay: bool,
    /// What was wrong with the question.
    pub error: Option<String>,
}

impl LedgerPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }
}

/// What is looked for, as the form has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// A number or user id.
    pub number: String,
    /// A message's id.
    pub message: String,
    /// From, in the viewer's zone.
    pub from: String,
    /// Until, in the viewer's zone.
    pub until: String,
    /// A state's word.
    pub state: String,
    /// A channel.
    pub channel: String,
    /// The same as the end of an address, without a place: `number=…&state=…`.
    pub query: String,
}

impl Search {
    /// Whether it asks for that state.
    #[must_use]
    pub fn is_state(&self, word: &str) -> bool {
        self.state == word
    }

    /// Whether it asks for that channel.
    #[must_use]
    pub fn is_channel(&self, id: &ChannelId) -> bool {
        self.channel == id.to_string()
    }

    /// Whether anything narrows it.
    #[must_use]
    pub fn narrows(&self) -> bool {
        !self.query.is_empty()
    }
}

/// A receipt in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Its number.
    pub id: i64,
    /// Where it came in.
    pub source: String,
    /// When.
    pub received_at: DateTime<Utc>,
    /// Where it stands.
    pub state: String,
    /// Why it was put aside.
    pub reason: Option<String>,
    /// Tries that failed.
    pub tries: i16,
    /// The channels it is about, by name.
    pub channel: Option<String>,
    /// What it told first.
    pub what: Option<String>,
    /// How much more.
    pub more: i64,
    /// The customer's address, masked where the viewer may not see it.
    pub number: Option<String>,
    /// The vendor's id of the message.
    pub vendor_id: Option<String>,
    /// Whether it made something that was not there.
    pub made: bool,
}

/// The class and key of a receipt's state.
#[must_use]
pub fn state(word: &str) -> (&'static str, &'static str) {
    match word {
        "applied" => ("ok", "ledger-state-applied"),
        "quarantined" => ("bad", "ledger-state-quarantined"),
        _ => ("", "ledger-state-new"),
    }
}

/// The key of where a receipt came in.
#[must_use]
pub fn source(word: &str) -> &'static str {
    match word {
        "whatsapp" => "ledger-source-whatsapp",
        "twilio_message" => "ledger-source-twilio-message",
        "twilio_status" => "ledger-source-twilio-status",
        "twilio_listed" => "ledger-source-twilio-listed",
        _ => "ledger-source-other",
    }
}

/// The key of what an item of a receipt is.
#[must_use]
pub fn what(word: &str) -> &'static str {
    match word {
        "message" => "ledger-what-message",
        "status" => "ledger-what-status",
        "notice" => "ledger-what-notice",
        "echo" => "ledger-what-echo",
        "past" => "ledger-what-past",
        "address_book" | "address_change" => "ledger-what-address",
        "consent" => "ledger-what-consent",
        _ => "ledger-what-broken",
    }
}

impl ReceiptRow {
    /// The class of its state's pill.
    #[must_use]
    pub fn class(&self) -> &'static str {
        state(&self.state).0
    }

    /// The key of its state's word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        state(&self.state).1
    }
}

/// A reason and how many receipts it keeps aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineRow {
    /// Why, in the words of whoever put it aside.
    pub reason: String,
    /// How many.
    pub receipts: i64,
    /// The newest.
    pub newest: i64,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// A stretch in which something may have been missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapRow {
    /// The channel's name; none for all.
    pub channel: Option<String>,
    /// A cause's word.
    pub cause: String,
    /// From when.
    pub from_at: DateTime<Utc>,
    /// Until when.
    pub until_at: DateTime<Utc>,
    /// How many signs of it.
    pub seen: i32,
    /// `open`, `settled`, `noted`.
    pub state: String,
    /// What a list brought.
    pub found: i32,
    /// Whether a list can bring it: Twilio's.
    pub listed: bool,
}

impl GapRow {
    /// What happened.
    #[must_use]
    pub fn title(&self, tx: &Tx) -> String {
        let key = match self.cause.as_str() {
            "stopped" => "gap-stopped",
            "unknown_status" => "gap-unknown-status",
            "quoted" => "gap-quoted",
            "silent" => "gap-silent",
            _ => "gap-other",
        };
        tx.n(key, self.seen)
    }

    /// What was or will be done about it.
    #[must_use]
    pub fn done(&self, tx: &Tx) -> String {
        let key = match (self.state.as_str(), self.listed) {
            ("settled", _) => "gap-settled",
            ("noted", _) => "gap-noted",
            (_, true) => "gap-open-listed",
            _ => "gap-open-meta",
        };
        tx.with(key, [("count", Arg::Number(i64::from(self.found)))])
    }

    /// The class of its state.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self.state.as_str() {
            "settled" => "ok",
            "noted" => "",
            _ => "warn",
        }
    }

    /// The key of its state's word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.state.as_str() {
            "settled" => "gap-state-settled",
            "noted" => "gap-state-noted",
            _ => "gap-state-open",
        }
    }
}

/// How a channel's list stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// The channel.
    pub channel: String,
    /// Up to when it was listed.
    pub until_at: Option<DateTime<Utc>>,
    /// Messages of the last list, and what of them had been missed.
    pub last: Option<(i32, i32)>,
    /// What went wrong.
    pub error: Option<String>,
}

/// A replay in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayRow {
    /// Which.
    pub id: String,
    /// Who asked; none for the program.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it is over.
    pub finished: bool,
    /// Receipts in all, applied, aside again, refused.
    pub counts: [i64; 4],
    /// Messages that were not there before.
    pub made: i64,
}

impl ReplayRow {
    /// What came of it so far.
    #[must_use]
    pub fn summary(&self, tx: &Tx) -> String {
        let [total, applied, aside, refused] = self.counts;
        tx.with(
            "replay-summary",
            [
                ("total", Arg::Number(total)),
                ("applied", Arg::Number(applied)),
                ("aside", Arg::Number(aside)),
                ("refused", Arg::Number(refused)),
                ("made", Arg::Number(self.made)),
            ],
        )
    }

    /// How many of them are settled.
    #[must_use]
    pub fn settled(&self) -> i64 {
        self.counts[1] + self.counts[2] + self.counts[3]
    }
}

/// GET /admin/ledger/{id}, with the raw body or without.
#[derive(Debug, Template)]
#[template(path = "ledger_receipt.html")]
pub struct ReceiptPage {
    /// What is around it.
    pub frame: Frame,
    /// The receipt.
    pub receipt: ReceiptRow,
    /// When it was applied or put aside.
    pub applied_at: Option<DateTime<Utc>>,
    /// When its body was forgotten.
    pub forgotten_at: Option<DateTime<Utc>>,
    /// The length of its body.
    pub bytes: i32,
    /// Everything it told.
    pub items: Vec<ItemRow>,
    /// What was put aside, oldest first: where, why, when, and when it was taken up again.
    pub quarantined: Vec<AsideRow>,
    /// When it was applied again.
    pub replays: Vec<ReplayedRow>,
    /// Its query and body, as text; none unless asked for.
    pub raw: Option<(String, String)>,
    /// Whether the viewer may apply it again.
    pub may_replay: bool,
}

impl ReceiptPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    /// Its name: numbers of receipts are names, not counted.
    fn title(&self) -> String {
        self.frame.tx.a("ledger-receipt", "number", &self.receipt.id.to_string())
    }

    fn tries(&self) -> String {
        self.frame.tx.n("trail-tries", i64::from(self.receipt.tries))
    }
}

/// One thing a receipt told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// What it is.
    pub what: String,
    /// The channel's name.
    pub channel: Option<String>,
    /// The customer's address.
    pub number: Option<String>,
    /// The vendor's id.
    pub vendor_id: Option<String>,
    /// The conversation it is in.
    pub conversation: Option<ConversationId>,
    /// Whether this receipt made it.
    pub made: bool,
}

/// A part that was put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideRow {
    /// Its place; none for the whole.
    pub item: Option<i32>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was taken up again.
    pub released_at: Option<DateTime<Utc>>,
}

/// A time a receipt was applied again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedRow {
    /// Which replay.
    pub replay: String,
    /// Who asked; none for the program.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// What came of it, as stored.
    pub result: Option<String>,
    /// Messages it made.
    pub made: i32,
}

/// The key of what came of applying a receipt again.
#[must_use]
pub fn result(word: Option<&str>) -> &'static str {
    match word {
        Some("applied") => "replay-result-applied",
        Some("quarantined") => "replay-result-quarantined",
        Some("forgotten") => "replay-result-forgotten",
        _ => "replay-result-waiting",
    }
}

/// GET /admin/ledger/replays/{id}.
#[derive(Debug, Template)]
#[template(path = "ledger_replay.html")]
pub struct ReplayPage {
    /// What is around it.
    pub frame: Frame,
    /// The replay.
    pub replay: ReplayRow,
    /// Its receipts: number, result as stored, messages made.
    pub receipts: Vec<(i64, Option<String>, i32)>,
}

impl ReplayPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }
}
