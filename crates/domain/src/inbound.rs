//! What a vendor's webhook tells us, in our words. The gateway makes these; the inbox applies them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Address, Content, DeliveryState};

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
}

/// What happened at the vendor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum InboundEvent {
    /// A customer wrote.
    Message(Box<InboundMessage>),
    /// A message of ours got further, or failed.
    Status(Box<StatusReport>),
    /// A notice about the account or number; kept for the rooms that act on it.
    Notice {
        /// The vendor's name of the field.
        field: String,
        /// Its value as it came.
        value: Value,
    },
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
    /// The ad or post that led here, as it came.
    pub referral: Option<Value>,
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
