//! What happened to a conversation, as a line between its messages.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{Event, PersonId, QueueId, consent::Purpose, event::AssignmentReason};

use crate::{Arg, Tx, time};

/// Why a conversation has the holder it has, with names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The router chose.
    Routed {
        /// How long the conversation had waited.
        waited_seconds: i64,
        /// How many agents could have taken it.
        candidates: u32,
        /// How many conversations the chosen one held before.
        load: u32,
        /// How many they may hold.
        capacity: u32,
    },
    /// A supervisor gave it.
    Moved {
        /// Who, by name.
        by: String,
    },
    /// The agent took it.
    Taken,
    /// Their contact became one with another, or two again.
    Joined,
}

/// What happened, with names instead of ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// It began in a queue.
    Opened {
        /// The queue's name.
        queue: String,
    },
    /// It goes on after its closing.
    Reopened {
        /// The queue's name.
        queue: String,
    },
    /// Someone holds it.
    Assigned {
        /// The holder's name.
        to: String,
        /// Why.
        why: Why,
    },
    /// It went back to its queue.
    Released {
        /// Who put it back; `None` for the machine.
        by: Option<String>,
    },
    /// It moved to another queue.
    Transferred {
        /// The new queue's name.
        to: String,
    },
    /// It was closed.
    Closed {
        /// Who held it.
        holder: Option<String>,
    },
    /// The customer is reached at another address.
    AddressChanged,
    /// The contact is one with another from now on.
    Joined,
    /// It is two contacts again.
    Parted,
    /// What was said before we were connected came here.
    PastImported {
        /// How many messages.
        messages: u32,
    },
    /// The customer allowed or forbade something.
    Consent {
        /// For what.
        purpose: Purpose,
        /// Allowed or forbidden.
        given: bool,
    },
}

impl Happened {
    /// What an event tells the readers of a thread; `None` for events that are no line of their own.
    #[must_use]
    pub fn from_event(
        event: &Event,
        person: impl Fn(PersonId) -> String,
        queue: impl Fn(QueueId) -> String,
    ) -> Option<Self> {
        Some(match event {
            Event::ConversationOpened { queue: id, .. } => Self::Opened { queue: queue(*id) },
            Event::ConversationReopened { queue: id, .. } => Self::Reopened { queue: queue(*id) },
            Event::ConversationAssigned { to: Some(to), reason, .. } => {
                let why = match reason {
                    AssignmentReason::Routed { waited_seconds, candidates, load, capacity, .. } => {
                        Why::Routed {
                            waited_seconds: *waited_seconds,
                            candidates: *candidates,
                            load: *load,
                            capacity: *capacity,
                        }
                    }
                    AssignmentReason::Moved { by } | AssignmentReason::HandedOver { by } => {
                        Why::Moved { by: person(*by) }
                    }
                    AssignmentReason::Taken | AssignmentReason::Released { .. } => Why::Taken,
                    AssignmentReason::Joined => Why::Joined,
                };
                Self::Assigned { to: person(*to), why }
            }
            Event::ConversationAssigned { to: None, reason, .. } => {
                let by = match reason {
                    AssignmentReason::Moved { by } | AssignmentReason::Released { by: Some(by) } => {
                        Some(person(*by))
                    }
                    _ => None,
                };
                Self::Released { by }
            }
            Event::ConversationTransferred { to, .. } => Self::Transferred { to: queue(*to) },
            Event::ConversationClosed { holder, .. } => Self::Closed { holder: holder.map(person) },
            Event::AddressChanged { .. } => Self::AddressChanged,
            Event::ContactsJoined { .. } => Self::Joined,
            Event::ContactsParted { .. } => Self::Parted,
            Event::PastImported { messages, .. } => Self::PastImported { messages: *messages },
            Event::ConsentChanged { purpose, given, .. } => {
                Self::Consent { purpose: *purpose, given: *given }
            }
            Event::MessageReceived { .. }
            | Event::MessageSubmitted { .. }
            | Event::MessageChanged { .. }
            | Event::MessageEchoed { .. }
            | Event::ContactChanged { .. }
            | Event::FileChanged { .. }
            | Event::DeliveryChanged { .. }
            | Event::DueChanged { .. }
            | Event::PolicyPublished { .. }
            | Event::ConversationOffered { .. }
            | Event::OfferEnded { .. }
            | Event::ConversationRelaxed { .. }
            | Event::ConversationAlerted { .. }
            | Event::ConversationTagged { .. }
            | Event::PresenceChanged { .. } => return None,
        })
    }
}

/// One line of a thread that is no message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemLine {
    /// The event's number.
    pub event: i64,
    /// Place in the thread, made by [`time::seq`].
    pub seq: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: Happened,
}

impl SystemLine {
    /// The icon.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        match self.what {
            Happened::Opened { .. } | Happened::Reopened { .. } => "inbox",
            Happened::Assigned { .. } => "user-plus",
            Happened::Released { .. } => "undo-2",
            Happened::Transferred { .. } => "shuffle",
            Happened::Closed { .. } => "circle-check",
            Happened::AddressChanged => "shuffle",
            Happened::Joined | Happened::Parted => "contact-round",
            Happened::PastImported { .. } => "inbox",
            Happened::Consent { given: true, .. } => "check",
            Happened::Consent { given: false, .. } => "ban",
        }
    }

    /// When, for machines.
    #[must_use]
    pub fn iso(&self) -> String {
        time::iso(&self.at)
    }

    /// The sentence.
    #[must_use]
    pub fn sentence(&self, tx: &Tx) -> String {
        match &self.what {
            Happened::Opened { queue } => tx.a("sys-opened", "queue", queue),
            Happened::Reopened { queue } => tx.a("sys-reopened", "queue", queue),
            Happened::Assigned { to, why } => match why {
                Why::Routed { waited_seconds, candidates, load, capacity } => tx.with(
                    "sys-assigned-routed",
                    [
                        ("name", Arg::Text(to)),
                        ("waited", Arg::Text(&time::length(*waited_seconds))),
                        ("candidates", Arg::Number(i64::from(*candidates))),
                        ("load", Arg::Number(i64::from(*load))),
                        ("capacity", Arg::Number(i64::from(*capacity))),
                    ],
                ),
                Why::Moved { by } => {
                    tx.with("sys-assigned-moved", [("name", Arg::Text(to)), ("by", Arg::Text(by))])
                }
                Why::Taken => tx.a("sys-assigned-taken", "name", to),
                Why::Joined => tx.a("sys-assigned-joined", "name", to),
            },
            Happened::Released { by: Some(by) } => tx.a("sys-released-by", "by", by),
            Happened::Released { by: None } => tx.t("sys-released"),
            Happened::Transferred { to } => tx.a("sys-transferred", "queue", to),
            Happened::Closed { holder: Some(holder) } => tx.a("sys-closed-by", "name", holder),
            Happened::Closed { holder: None } => tx.t("sys-closed"),
            Happened::AddressChanged => tx.t("sys-address-changed"),
            Happened::Joined => tx.t("sys-contacts-joined"),
            Happened::Parted => tx.t("sys-contacts-parted"),
            Happened::PastImported { messages } => tx.n("sys-past-imported", i64::from(*messages)),
            Happened::Consent { purpose, given } => tx.t(consent_word(*purpose, *given)),
        }
    }
}

/// The key of the sentence on what a customer allows or forbids.
#[must_use]
pub const fn consent_word(purpose: Purpose, given: bool) -> &'static str {
    match (purpose, given) {
        (Purpose::Marketing, false) => "consent-no-offers",
        (Purpose::Marketing, true) => "consent-offers",
        (Purpose::Anything, false) => "consent-nothing",
        (Purpose::Anything, true) => "consent-anything",
    }
}

/// The line as a fragment, for `#thread-{conversation}`.
#[derive(Debug, Template)]
#[template(path = "system.html")]
pub struct SystemFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub line: &'a SystemLine,
}
