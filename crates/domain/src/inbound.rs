//! What a vendor's webhook tells us, in our words. The gateway makes these; the inbox applies them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Address, Content, DeliveryState, consent::Purpose, notice::Notice, referral::Referral};

/// One thing a webhook told, and which channel it concerns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// How the vendor names the channel.
    pub channel: ChannelKey,
    /// What happened.
    pub event: InboundEvent,
}

/// How a vendor names one of our channels. Matched with `channel.keys`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum ChannelKey {
    /// Meta: by phone number id.
    PhoneNumberId {
        /// Meta's id of the number.
        id: String,
    },
    /// Meta: events of a whole account.
    Waba {
        /// Meta's id of the account.
        id: String,
    },
    /// Twilio: by account and our own address (`+…` or `whatsapp:+…`).
    Twilio {
        /// The account SID.
        account: String,
        /// Our address, as Twilio writes it.
        address: String,
    },
}

impl ChannelKey {
    /// The key as text, as stored in `channel.vendor_key`.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::PhoneNumberId { id } => format!("phone_number_id:{id}"),
            Self::Waba { id } => format!("waba:{id}"),
            Self::Twilio { account, address } => format!("twilio:{account}:{address}"),
        }
    }

    /// Whether it names one channel, not a whole account.
    #[must_use]
    pub const fn names_one(&self) -> bool {
        !matches!(self, Self::Waba { .. })
    }
}

/// What happened at the vendor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum InboundEvent {
    /// A customer wrote.
    Message(Box<InboundMessage>),
    /// A message of ours got further, or failed.
    Status(Box<StatusReport>),
    /// The business wrote from somewhere else: the phone app beside us (coexistence).
    Echo(Box<Echo>),
    /// A message from before we were connected (coexistence). It asks for nothing and opens no window.
    Past(Box<PastMessage>),
    /// How far the import of the past has come, or that the owner refused it.
    PastProgress(PastProgress),
    /// The business's address book named a customer, or forgot one (coexistence).
    AddressBook(AddressBookEntry),
    /// A customer's addresses changed: another number, another user id.
    AddressChanged(Box<AddressChange>),
    /// A customer allowed or forbade a use of their address.
    Consent(Box<ConsentChange>),
    /// A notice about the account, a number or a template.
    Notice(Box<Notice>),
}

impl InboundEvent {
    /// A notice that nothing is known of but its name.
    #[must_use]
    pub fn other(field: &str, raw: Value) -> Self {
        Self::Notice(Box::new(Notice::other(field, raw)))
    }
}

/// A message from a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboundMessage {
    /// The vendor's id; one id is one message, however often it comes.
    pub vendor_id: String,
    /// All addresses the vendor gave for the customer, best first; never empty.
    pub from: Vec<Address>,
    /// The address to answer to, exactly as the vendor gave it.
    pub reply_address: String,
    /// The customer's name as they chose it.
    pub name: Option<String>,
    /// When it was written, by the vendor's clock; Twilio does not tell.
    pub written_at: Option<DateTime<Utc>>,
    /// What it says.
    pub content: Content,
    /// The message it answers or forwards.
    pub context: Option<Context>,
    /// The ad or post that led here.
    pub referral: Option<Referral>,
}

/// What the business wrote elsewhere. It means that a human answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Echo {
    /// The vendor's id; the same as that of a message of ours when it is one.
    pub vendor_id: String,
    /// The customer's addresses, best first; never empty.
    pub to: Vec<Address>,
    /// The address to answer to, exactly as the vendor gave it.
    pub reply_address: String,
    /// The customer's name, when told.
    pub name: Option<String>,
    /// When it was written.
    pub written_at: Option<DateTime<Utc>>,
    /// What it says.
    pub content: Content,
    /// What it answers.
    pub context: Option<Context>,
}

/// A message from before we were connected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastMessage {
    /// The vendor's id.
    pub vendor_id: String,
    /// The customer's address; always told but for a file that [completes](Self::completes) a message of ours.
    pub customer: Option<Address>,
    /// The customer's address, exactly as the vendor gave it.
    pub reply_address: Option<String>,
    /// Whether the business wrote it.
    pub ours: bool,
    /// When it was written.
    pub written_at: Option<DateTime<Utc>>,
    /// What it says; a file whose bytes come later is a [`Content::Unsupported`] `media_placeholder`.
    pub content: Content,
    /// How far a message of ours had come.
    pub state: Option<DeliveryState>,
    /// Whether it only brings the file of a message told before, which is found by the vendor's id.
    pub completes: bool,
}

/// How far the import of the past has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "import", rename_all = "snake_case")]
pub enum PastProgress {
    /// A part of it is here.
    Chunk {
        /// 0 = the last day, 1 = 90 days, 2 = 180 days.
        phase: u8,
        /// Its place among the parts.
        chunk: u32,
        /// Percent; done at 100.
        progress: u8,
    },
    /// The owner of the number does not share it.
    Refused(VendorError),
}

/// An entry of the business's address book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressBookEntry {
    /// Whose.
    pub address: Address,
    /// The name the business gave them.
    pub name: Option<String>,
    /// Taken out of the book.
    pub removed: bool,
    /// When.
    pub at: Option<DateTime<Utc>>,
}

/// A customer's addresses changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressChange {
    /// Those by which they were known and that are theirs no more, unless they stand in `after` too; never empty.
    pub before: Vec<Address>,
    /// Those by which they are known now, as far as told; never empty. Others they had stay.
    pub after: Vec<Address>,
    /// The address to answer to from now on, exactly as the vendor gave it.
    pub reply_address: Option<String>,
    /// When.
    pub at: Option<DateTime<Utc>>,
}

/// A customer allowed or forbade a use of their address, at the vendor or by a word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentChange {
    /// Who: all addresses the vendor gave, best first; never empty.
    pub from: Vec<Address>,
    /// For what.
    pub purpose: Purpose,
    /// Allowed or forbidden.
    pub given: bool,
    /// When, by the vendor's clock.
    pub at: Option<DateTime<Utc>>,
    /// The proof: the vendor's sentence, or the word the customer wrote.
    pub proof: String,
    /// The vendor's id of the message in which it was said; none for a notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What a message refers to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The vendor's id of the quoted message; it may be unknown to us.
    pub vendor_id: Option<String>,
    /// Passed on from another chat.
    pub forwarded: bool,
    /// Passed on more than five times.
    pub frequently_forwarded: bool,
    /// The product of a catalogue it asks about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
}

/// A product of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// The catalogue's id.
    pub catalog: String,
    /// The shop's own id of the product.
    pub id: String,
}

/// A report on a message of ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusReport {
    /// The vendor's id of the message.
    pub vendor_id: String,
    /// What the vendor calls the state, in our words.
    pub state: DeliveryState,
    /// When, by the vendor's clock.
    pub at: Option<DateTime<Utc>>,
    /// Our own id, echoed: the only one that is known before the vendor answers.
    pub opaque: Option<String>,
    /// Why it failed.
    pub error: Option<VendorError>,
    /// What it costs, as it came.
    pub pricing: Option<Value>,
    /// Whom it reached: all addresses the vendor gave, none if it gave none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Address>,
}

/// A vendor's refusal. Decide on the code, never on the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorError {
    /// The vendor's code; below zero one of the gateway's own, when the vendor gave none.
    pub code: i64,
    /// The vendor's words, for the log of attempts and the curious; may be empty.
    pub detail: String,
}

/// A part of a webhook that could not be understood. Its neighbours are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Broken {
    /// What is wrong with it, for the admin.
    pub reason: String,
    /// The part as it came.
    pub raw: Value,
}
