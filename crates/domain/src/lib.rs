//! What the business is: ids, channels, messages, delivery, access, events.
//!
//! No clock, no I/O: every decision here is a function of its arguments.

pub mod access;
pub mod alarm;
pub mod attribute;
pub mod bell;
pub mod channel;
pub mod checkup;
pub mod collected;
pub mod consent;
pub mod content;
pub mod conversation;
pub mod delivery;
pub mod event;
pub mod file;
pub mod identity;
pub mod ids;
pub mod inbound;
pub mod interactive;
pub mod limits;
pub mod list;
pub mod macros;
pub mod note;
pub mod notice;
pub mod outbound;
pub mod planned;
pub mod presence;
pub mod referral;
pub mod silence;
pub mod template;
pub mod typed;
pub mod wall;
mod words;

pub use access::{ConversationFacts, Permission, Principal, Scope, Visibility};
pub use alarm::{AlarmKind, Severity};
pub use attribute::{Attribute, AttributeKind, NationalId};
pub use bell::Bell;
pub use channel::ChannelKind;
pub use content::Content;
pub use conversation::{ConversationState, MustAct};
pub use delivery::DeliveryState;
pub use event::Event;
pub use identity::{Address, IdentityKind};
pub use ids::*;
pub use list::{List, Sort, View};
pub use presence::PresenceState;
