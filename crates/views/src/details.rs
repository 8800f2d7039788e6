//! The contact panel. Rendered once for each class of viewers: with full addresses, or masked ones.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, IdentityKind, consent::Purpose};

use crate::{
    Arg, ChannelTag, Tx,
    known::{Collection, FieldLine},
    phone,
    thread::PreviousConversation,
};

/// One address of the contact, ready to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityLine {
    /// What it is.
    pub kind: IdentityKind,
    /// The address; masked already when `masked`.
    pub text: String,
    /// Whether figures are hidden from this class of viewers.
    pub masked: bool,
}

impl IdentityLine {
    /// The address as people write it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.kind {
            IdentityKind::Phone => phone::grouped(&self.text),
            IdentityKind::Bsuid | IdentityKind::ParentBsuid => self.text.clone(),
        }
    }

    /// The key of the kind's word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self.kind {
            IdentityKind::Phone => "identity-phone",
            IdentityKind::Bsuid => "identity-bsuid",
            IdentityKind::ParentBsuid => "identity-parent-bsuid",
        }
    }
}

/// What the contact allows or forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentLine {
    /// For what.
    pub purpose: Purpose,
    /// On which channel alone; `None`: on all of them.
    pub channel: Option<String>,
    /// Allowed or forbidden.
    pub given: bool,
    /// The vendor's sentence, or the customer's word.
    pub proof: String,
    /// Since when.
    pub at: DateTime<Utc>,
}

impl ConsentLine {
    /// In a sentence.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        match (&self.channel, self.given) {
            (None, _) => tx.t(crate::system::consent_word(self.purpose, self.given)),
            (Some(channel), false) => tx.a("consent-nothing-on", "channel", channel),
            (Some(channel), true) => tx.a("consent-anything-on", "channel", channel),
        }
    }
}

/// What a vendor was asked about a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorBlock {
    /// Through which channel.
    pub channel: String,
    /// Whether the contact was to be blocked there; else let in again.
    pub on: bool,
    /// What came of it.
    pub standing: Standing,
}

/// What came of asking a vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// No answer yet.
    Asked,
    /// It is as wanted.
    Done,
    /// It is not: the vendor's code, 0 where it did not answer, and its words.
    Refused(i64, String),
}

impl VendorBlock {
    /// Whether it can be asked again.
    #[must_use]
    pub const fn failed(&self) -> bool {
        matches!(self.standing, Standing::Refused(..))
    }

    /// In a sentence; nothing once somebody was let in again.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> Option<String> {
        let word = match (&self.standing, self.on) {
            (Standing::Asked, true) => "vendor-block-asked",
            (Standing::Asked, false) => "vendor-unblock-asked",
            (Standing::Done, true) => "vendor-block-done",
            (Standing::Done, false) => return None,
            (Standing::Refused(code, _), on) => {
                let why = vendor_refusal(*code, tx);
                let word = if on { "vendor-block-refused" } else { "vendor-unblock-refused" };
                return Some(
                    tx.with(word, [("channel", Arg::Text(&self.channel)), ("why", Arg::Text(&why))]),
                );
            }
        };
        Some(tx.a(word, "channel", &self.channel))
    }
}

/// Why a vendor did not block somebody, or let them in again (whatsapp-cloud.md §5.5, §5.6).
#[must_use]
pub fn vendor_refusal(code: i64, tx: &Tx) -> String {
    match code {
        0 => tx.t("vendor-block-no-answer"),
        131_047 | 139_102 => tx.t("vendor-block-not-recent"),
        139_101 => tx.t("vendor-block-full"),
        code => tx.n("failure-code", code),
    }
}

/// The contact panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Beside which conversation.
    pub conversation: ConversationId,
    /// Grows with every change of the contact.
    pub version: i64,
    /// Who.
    pub contact: ContactId,
    /// The name, or address in this class.
    pub name: String,
    /// Whether the contact is a VIP.
    pub vip: bool,
    /// Whose customer they are.
    pub owner: Option<String>,
    /// The language they stated: two small letters.
    pub language: Option<String>,
    /// What was collected in this conversation.
    pub collected: Vec<Collection>,
    /// The company's other fields that hold something.
    pub fields: Vec<FieldLine>,
    /// Whether the viewer may write on the contact.
    pub may_update: bool,
    /// Whether the viewer may join it with another.
    pub may_merge: bool,
    /// Whether the viewer may block it.
    pub may_block: bool,
    /// Whether it is blocked.
    pub blocked: bool,
    /// What vendors were asked about that.
    pub vendor_blocks: Vec<VendorBlock>,
    /// Addresses, best first.
    pub identities: Vec<IdentityLine>,
    /// The channel of this conversation.
    pub channel: ChannelTag,
    /// When the contact was first seen.
    pub first_seen: DateTime<Utc>,
    /// What the contact allows and forbids.
    pub consents: Vec<ConsentLine>,
    /// What the conversation has cost.
    pub spent: Spent,
    /// Its tags.
    pub tags: Tags,
    /// Other conversations of the contact, newest first.
    pub previous: Vec<PreviousConversation>,
    /// Whether there are more of them, further up in the thread.
    pub more_previous: bool,
    /// Who may be the same person: for those who may join contacts.
    pub alike: Vec<Alike>,
    /// Who was joined with the contact: for those who may take that back.
    pub joined: Vec<JoinLine>,
}

/// Somebody who may be the same person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// Who.
    pub contact: ContactId,
    /// Their name, or address in this class.
    pub name: String,
    /// What speaks for it: its key.
    pub why: &'static str,
}

/// A join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinLine {
    /// Which.
    pub id: String,
    /// Who was joined, by name or address in this class.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Details {
    /// Whether a vendor said no, or nothing, about a block.
    #[must_use]
    pub fn vendor_failed(&self) -> bool {
        self.vendor_blocks.iter().any(VendorBlock::failed)
    }

    /// The stated language in words.
    #[must_use]
    pub fn language_name(&self, code: &str, tx: &Tx) -> String {
        crate::routing::words::language(tx, code)
    }

    /// Initials for the avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        crate::person::initials(&self.name)
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        crate::person::hue(self.contact.0.as_bytes())
    }
}

/// What a conversation has cost so far; the same in the page, in a frame and when catching up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Currency, millionths, messages without a known price.
    pub costs: Vec<(String, i64, i64)>,
}

impl Spent {
    /// An amount of it.
    #[must_use]
    pub fn amount(&self, currency: &str, micros: &i64, tx: &Tx) -> String {
        crate::money::amount(*micros, currency, tx)
    }
}

/// The `#spent-{conversation}` fragment.
#[derive(Debug, Template)]
#[template(path = "details_spent.html")]
pub struct SpentFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub spent: &'a Spent,
}

/// The tags of a conversation; the same in the page, in a frame and when catching up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tags {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Grows with every change of it.
    pub version: i64,
    /// In the order they came.
    pub tags: Vec<String>,
}

/// The `#tags-{conversation}` fragment.
#[derive(Debug, Template)]
#[template(path = "details_tags.html")]
pub struct TagsFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub tags: &'a Tags,
}

/// `text` with all but its beginning and end hidden: enough to recognise, too little to use.
#[must_use]
pub fn mask(text: &str) -> String {
    let length = text.chars().count();
    let (head, tail) = if length > 7 { (4, 2) } else { (1, 1) };
    text.chars()
        .enumerate()
        .map(|(at, c)| if at < head || at + tail >= length || c == ' ' { c } else { '•' })
        .collect()
}

/// The `#details-{conversation}` fragment.
#[derive(Debug, Template)]
#[template(path = "details.html")]
pub struct DetailsFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub details: &'a Details,
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn a_masked_address_is_recognised_but_not_usable() {
        assert_eq!(mask("+51987412306"), "+519••••••06");
        assert_eq!(mask("12345"), "1•••5");
    }
}
