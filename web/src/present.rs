//! From rows to what templates show. Masking happens here, once, by class of viewer.

mod contact;
mod conversation;
mod floor;
mod presence;
mod thread;

pub use contact::{alike, details, joined, spent};
pub use conversation::{mine, name, offer, row, state, tags};
pub use floor::{floor_agent, floor_alert, floor_conversation, floor_queue, floor_totals};
use inbox::reading::conversations::ConversationLine;
pub use presence::{me, pause_tag};
pub use thread::{line, message, note, parallel, planned, talk, thread_element};
use views::{ChannelTag, details::mask, known::Hidden};

/// What a viewer may see of a contact's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// All of them.
    Full,
    /// Masked.
    Masked,
}

impl Class {
    /// An address, as this class may see it.
    #[must_use]
    pub fn address(self, address: &str) -> String {
        match self {
            Self::Masked => views::phone::grouped(&mask(address)),
            Self::Full => views::phone::grouped(address),
        }
    }

    /// Whether a value is before the eyes of this class: what is sensitive nobody sees without asking.
    #[must_use]
    pub const fn hides(self, sensitive: bool) -> Hidden {
        match (sensitive, self) {
            (false, _) => Hidden::No,
            (true, Self::Full) => Hidden::UntilAsked,
            (true, Self::Masked) => Hidden::Always,
        }
    }

    /// A contact without a name is shown by their address, which this class may not see whole.
    #[must_use]
    pub fn name(self, name: &str) -> String {
        let is_address = name.starts_with('+') && name[1..].bytes().all(|byte| byte.is_ascii_digit());
        match self {
            _ if !is_address => name.to_owned(),
            Self::Masked => views::phone::grouped(&mask(name)),
            Self::Full => views::phone::grouped(name),
        }
    }
}

fn channel(line: &ConversationLine) -> ChannelTag {
    ChannelTag { kind: line.channel_kind, name: line.channel_name.clone() }
}

fn count(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
