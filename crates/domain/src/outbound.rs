//! What leaves the house, and what the vendor makes of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Content, MessageId, inbound::VendorError, words::words};

/// A message on its way to the vendor.
#[derive(Debug, Clone, PartialEq)]
pub struct Outbound {
    /// Our id.
    pub message: MessageId,
    /// Which attempt at it this is, from 1: a person may send again what is unconfirmed or failed.
    pub attempt: i32,
    /// The customer's address, exactly as the vendor gave it.
    pub to: String,
    /// What to say.
    pub content: Content,
    /// The vendor's id of the message this answers.
    pub reply_to: Option<String>,
}

impl Outbound {
    /// What travels as the vendor's opaque data.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        Ticket { message: self.message, attempt: Some(self.attempt) }
    }
}

/// Our own name for an attempt. It travels with the message and comes back in its statuses: the only one that is known
/// before the vendor answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// The message.
    pub message: MessageId,
    /// Which attempt at it, if it tells.
    pub attempt: Option<i32>,
}

impl std::fmt::Display for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.message.fmt(f)?;
        self.attempt.map_or(Ok(()), |attempt| write!(f, ".{attempt}"))
    }
}

impl std::str::FromStr for Ticket {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (message, attempt) = match text.split_once('.') {
            Some((message, attempt)) => (message, attempt.parse().ok()),
            None => (text, None),
        };
        Ok(Self { message: message.parse()?, attempt })
    }
}

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The vendor took it.
    Accepted {
        /// The vendor's id.
        vendor_id: String,
        /// That it holds it back for now.
        held: Option<Hold>,
    },
    /// The vendor said no, and will say no again.
    Refused(VendorError, Advice),
    /// The vendor certainly did not take it; try again.
    Retry {
        /// The earliest moment the vendor asked for.
        after: Option<Duration>,
        /// Why.
        error: VendorError,
    },
    /// Nobody knows: the call was cut after it may have been taken.
    Uncertain {
        /// What was seen.
        reason: String,
    },
}

words! {
    /// Why a message waits although nothing is wrong with it.
    Hold {
        /// The vendor watches how a new template is received before it lets more of them out (whatsapp-cloud.md §7.4).
        Quality = "held_for_quality",
        /// The vendor has paused the template; it may still fail (whatsapp-cloud.md §5.1).
        TemplatePaused = "template_paused",
        /// So many customers were begun to be written to in a day as the vendor allows (whatsapp-cloud.md §5.5).
        CustomersADay = "customers_a_day",
    }
}

/// What a person can do about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Nothing: the customer can't or won't be reached here.
    Never,
    /// Send an approved template; the reply window is closed.
    UseTemplate,
    /// Try again later, or after something else has changed.
    Later,
    /// Mend the channel's settings: an admin's work.
    FixChannel,
    /// Mend the message.
    FixMessage,
}

impl Advice {
    /// The word that is stored beside a failed delivery.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::UseTemplate => "use_template",
            Self::Later => "later",
            Self::FixChannel => "fix_channel",
            Self::FixMessage => "fix_message",
        }
    }

    /// The advice behind a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Never, Self::UseTemplate, Self::Later, Self::FixChannel, Self::FixMessage]
            .into_iter()
            .find(|advice| advice.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_comes_back_as_it_went_and_an_older_one_names_no_attempt() {
        let ticket = Ticket { message: MessageId::new(), attempt: Some(2) };
        assert_eq!(ticket.to_string().parse(), Ok(ticket));
        let older = ticket.message.to_string().parse();
        assert_eq!(older, Ok(Ticket { message: ticket.message, attempt: None }));
        assert!("somebody else's data".parse::<Ticket>().is_err());
    }
}
