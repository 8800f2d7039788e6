//! A small company to draw screens with: for tests, and for the preview that designers look at.

mod contact;
mod day;
mod inbox;
mod known;
mod list;
mod macros;
mod message;
mod presence;
mod thread;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::ChannelKind;

use crate::{ChannelTag, Lang, PersonTag, Tx};

pub use contact::{attributes, card, details};
pub use day::day;
pub use inbox::{due, frame, inbox, promised, row, rows};
pub use macros::macros;
pub use message::{contents, deliveries, inbound, lines, note, outbound, planned, text};
pub use presence::{busy_presence, offer, pauses, presence};
pub use thread::{everything, open, parallel, state, thread};

/// The moment at which samples are drawn: Friday 20 November 2026, 10:44 in Lima.
#[must_use]
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_189_440, 0).unwrap_or_default()
}

/// Words of a language with times in Lima.
#[must_use]
pub const fn tx(lang: Lang) -> Tx {
    Tx::new(lang, Tz::America__Lima)
}

/// An id that is the same in every run; `kind` keeps the ids of different things apart.
#[must_use]
pub fn id<T: std::str::FromStr>(kind: u8, number: u16) -> T {
    match format!("0198{kind:02x}00-0000-7000-8000-0000{number:08x}").parse() {
        Ok(id) => id,
        Err(_) => unreachable!("the text has the shape of an id"),
    }
}

/// The signed-in agent.
#[must_use]
pub fn valeria() -> PersonTag {
    PersonTag { id: id(1, 1), name: "Valeria Quispe".to_owned() }
}

/// A colleague.
#[must_use]
pub fn mateo() -> PersonTag {
    PersonTag { id: id(1, 2), name: "Mateo Rojas".to_owned() }
}

/// The company's WhatsApp number.
#[must_use]
pub fn whatsapp() -> ChannelTag {
    ChannelTag { kind: ChannelKind::WhatsappCloud, name: "Sonrisas Lima".to_owned() }
}

/// The company's SMS number.
#[must_use]
pub fn sms() -> ChannelTag {
    ChannelTag { kind: ChannelKind::TwilioSms, name: "Sonrisas SMS".to_owned() }
}
