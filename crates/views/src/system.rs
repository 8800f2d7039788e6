//! What happened to a conversation, as a line between its messages.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    Event, PersonId, QueueId, TeamId,
    collected::Collector,
    consent::Purpose,
    conversation::Urgency,
    event::{Alert, AssignmentReason, OfferOutcome, Woken},
};

use crate::{Arg, Tx, details::vendor_refusal, time};

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
    /// A colleague handed it over, and it was accepted.
    HandedOver {
        /// Who, by name.
        by: String,
    },
    /// The agent took it.
    Taken,
    /// They held it before, and took it up again.
    Resumed,
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
        /// Who opened it again; `None`: the customer wrote.
        by: Option<String>,
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
        /// The team whose people alone take it, by name.
        team: Option<String>,
        /// Who moved it; `None` for the machine.
        by: Option<String>,
        /// What they said about it.
        note: Option<String>,
    },
    /// It is kept for somebody who may take it or not.
    Offered {
        /// Who.
        to: String,
        /// The colleague who hands it over; `None` for the router.
        from: Option<String>,
        /// What they say about it.
        note: Option<String>,
    },
    /// Somebody did not take what was offered to them.
    NotTaken {
        /// Who.
        to: String,
        /// They said no, or nothing.
        declined: bool,
        /// With whom it stays therefore; `None`: it waits on.
        back_to: Option<String>,
    },
    /// Its queue asks for less, because it waits so long.
    Relaxed {
        /// How many steps it has gone.
        steps: u32,
    },
    /// It calls for a supervisor.
    Alerted(Alert),
    /// A supervisor knows of what calls for one.
    AlertsSeen {
        /// Who.
        by: String,
    },
    /// It got a tag, or lost it.
    Tagged {
        /// Which.
        tag: String,
        /// Got it.
        on: bool,
        /// Who did it; `None` for a rule or time.
        by: Option<String>,
    },
    /// It was put aside.
    Snoozed {
        /// Until when; `None`: until the customer answers.
        until: Option<DateTime<Utc>>,
        /// Who did it.
        by: Option<String>,
    },
    /// It is not put aside any more.
    Woken {
        /// Why.
        why: Woken,
        /// Who fetched it back.
        by: Option<String>,
    },
    /// Somebody said how urgent it is.
    Prioritized {
        /// How urgent.
        urgency: Urgency,
        /// Who.
        by: String,
    },
    /// The customer was blocked, or is not any more.
    Blocked {
        /// Blocked.
        on: bool,
        /// Who did it.
        by: String,
    },
    /// The vendor was asked to block them, too, or to let them in again.
    VendorBlocked {
        /// Blocked.
        on: bool,
        /// Why it did not, in its code.
        code: Option<i64>,
    },
    /// It was closed.
    Closed {
        /// Who did it; `None` for time.
        holder: Option<String>,
        /// With what.
        outcome: Option<String>,
        /// What was said about it.
        note: Option<String>,
    },
    /// Values were collected.
    Collected {
        /// What collected them.
        name: String,
        /// How many.
        values: u32,
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
    /// What an event, done by `actor`, tells the readers of a thread; `None` for events that are no line of their own.
    #[must_use]
    pub fn from_event(
        event: &Event,
        actor: Option<PersonId>,
        person: impl Fn(PersonId) -> String,
        queue: impl Fn(QueueId) -> String,
        team: impl Fn(TeamId) -> String,
    ) -> Option<Self> {
        Some(match event {
            Event::ConversationOpened { queue: id, .. } => Self::Opened { queue: queue(*id) },
            Event::ConversationReopened { queue: id, .. } => {
                Self::Reopened { queue: queue(*id), by: actor.map(person) }
            }
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
                    AssignmentReason::Moved { by } => Why::Moved { by: person(*by) },
                    AssignmentReason::HandedOver { by } => Why::HandedOver { by: person(*by) },
                    AssignmentReason::Taken | AssignmentReason::Released { .. } => Why::Taken,
                    AssignmentReason::Resumed => Why::Resumed,
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
            Event::ConversationTransferred { to, team: of, note, .. } => Self::Transferred {
                to: queue(*to),
                team: of.map(team),
                by: actor.map(person),
                note: note.clone(),
            },
            Event::ConversationOffered { to, from, note, .. } => {
                Self::Offered { to: person(*to), from: from.map(person), note: note.clone() }
            }
            // Who accepted holds it, which is a line of its own; so is what made it be withdrawn.
            Event::OfferEnded { outcome: OfferOutcome::Accepted | OfferOutcome::Withdrawn, .. } => {
                return None;
            }
            Event::OfferEnded { to, outcome, from, .. } => Self::NotTaken {
                to: person(*to),
                declined: *outcome == OfferOutcome::Declined,
                back_to: from.map(person),
            },
            Event::ConversationRelaxed { steps, .. } => Self::Relaxed { steps: *steps },
            Event::ConversationAlerted { alert, .. } => Self::Alerted(*alert),
            Event::AlertsSeen { .. } => Self::AlertsSeen { by: actor.map(person).unwrap_or_default() },
            Event::ConversationTagged { tag, on, .. } => {
                Self::Tagged { tag: tag.clone(), on: *on, by: actor.map(person) }
            }
            Event::ConversationSnoozed { until, .. } => {
                Self::Snoozed { until: *until, by: actor.map(person) }
            }
            Event::ConversationWoken { why, .. } => Self::Woken { why: *why, by: actor.map(person) },
            Event::ConversationPrioritized { priority, .. } => Self::Prioritized {
                urgency: Urgency::of(*priority),
                by: actor.map(person).unwrap_or_default(),
            },
            Event::ContactBlocked { on, .. } => {
                Self::Blocked { on: *on, by: actor.map(person).unwrap_or_default() }
            }
            Event::VendorBlocked { on, code, .. } => Self::VendorBlocked { on: *on, code: *code },
            Event::ConversationClosed { outcome, note, .. } => Self::Closed {
                // Who closed it; time and rules have no name.
                holder: actor.map(person),
                outcome: outcome.clone(),
                note: note.clone(),
            },
            // What a customer fills in is a message already.
            Event::DataCollected { by: Collector::Form, .. } => return None,
            Event::DataCollected { name, values, .. } => {
                Self::Collected { name: name.clone(), values: *values }
            }
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
            | Event::NoteWritten { .. }
            | Event::MentionsSeen { .. }
            | Event::PlannedChanged { .. }
            | Event::PolicyPublished { .. }
            | Event::PresenceChanged { .. } => return None,
        })
    }

    /// What happened, in a sentence.
    #[must_use]
    pub fn sentence(&self, tx: &Tx) -> String {
        match self {
            Happened::Opened { queue } => tx.a("sys-opened", "queue", queue),
            Happened::Reopened { by: Some(by), .. } => tx.a("sys-reopened-by", "by", by),
            Happened::Reopened { queue, by: None } => tx.a("sys-reopened", "queue", queue),
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
                Why::HandedOver { by } => {
                    tx.with("sys-assigned-handed-over", [("name", Arg::Text(to)), ("by", Arg::Text(by))])
                }
                Why::Taken => tx.a("sys-assigned-taken", "name", to),
                Why::Resumed => tx.a("sys-assigned-resumed", "name", to),
                Why::Joined => tx.a("sys-assigned-joined", "name", to),
            },
            Happened::Released { by: Some(by) } => tx.a("sys-released-by", "by", by),
            Happened::Released { by: None } => tx.t("sys-released"),
            Happened::Transferred { to, team, by, note } => {
                let words = match (team, by) {
                    (Some(team), Some(by)) => tx.with(
                        "sys-transferred-team",
                        [("queue", Arg::Text(to)), ("team", Arg::Text(team)), ("by", Arg::Text(by))],
                    ),
                    (None, Some(by)) => {
                        tx.with("sys-transferred-by", [("queue", Arg::Text(to)), ("by", Arg::Text(by))])
                    }
                    (_, None) => tx.a("sys-transferred", "queue", to),
                };
                with_note(words, note.as_deref())
            }
            Happened::Offered { to, from: Some(from), note } => {
                let words = tx.with("sys-offered-by", [("name", Arg::Text(to)), ("by", Arg::Text(from))]);
                with_note(words, note.as_deref())
            }
            Happened::Offered { to, from: None, note } => {
                with_note(tx.a("sys-offered", "name", to), note.as_deref())
            }
            Happened::NotTaken { to, declined, back_to: Some(by) } => tx.with(
                if *declined { "sys-declined-back" } else { "sys-lapsed-back" },
                [("name", Arg::Text(to)), ("by", Arg::Text(by))],
            ),
            Happened::NotTaken { to, declined, back_to: None } => {
                tx.a(if *declined { "sys-declined" } else { "sys-lapsed" }, "name", to)
            }
            Happened::Relaxed { steps } => tx.n("sys-relaxed", i64::from(*steps)),
            Happened::Alerted(alert) => tx.t(alert_word(*alert)),
            Happened::AlertsSeen { by } => tx.a("sys-alerts-seen", "by", by),
            Happened::Tagged { tag, on, by: Some(by) } => tx.with(
                if *on { "sys-tagged-by" } else { "sys-untagged-by" },
                [("tag", Arg::Text(tag)), ("by", Arg::Text(by))],
            ),
            Happened::Tagged { tag, on, by: None } => {
                tx.a(if *on { "sys-tagged" } else { "sys-untagged" }, "tag", tag)
            }
            Happened::Snoozed { until, by } => {
                let by = by.as_deref().unwrap_or_default();
                match until {
                    Some(until) => tx.with(
                        "sys-snoozed-until",
                        [("by", Arg::Text(by)), ("when", Arg::Text(&time::moment(until, tx)))],
                    ),
                    None => tx.a("sys-snoozed-answer", "by", by),
                }
            }
            Happened::Woken { why: Woken::Time, .. } => tx.t("sys-woken-time"),
            Happened::Woken { why: Woken::Customer, .. } => tx.t("sys-woken-customer"),
            Happened::Woken { why: Woken::Person, by } => {
                tx.a("sys-woken-person", "by", by.as_deref().unwrap_or_default())
            }
            Happened::Prioritized { urgency, by } => tx.with(
                "sys-prioritized",
                [("urgency", Arg::Text(&tx.t(urgency_word(*urgency)))), ("by", Arg::Text(by))],
            ),
            Happened::VendorBlocked { on: true, code: None } => tx.t("sys-vendor-blocked"),
            Happened::VendorBlocked { on: false, code: None } => tx.t("sys-vendor-unblocked"),
            Happened::VendorBlocked { on, code: Some(code) } => tx.a(
                if *on { "sys-vendor-not-blocked" } else { "sys-vendor-not-unblocked" },
                "why",
                &vendor_refusal(*code, tx),
            ),
            Happened::Blocked { on, by } => tx.a(if *on { "sys-blocked" } else { "sys-unblocked" }, "by", by),
            Happened::Closed { holder, outcome, note } => {
                let words = match (holder, outcome) {
                    (Some(holder), Some(outcome)) => tx.with(
                        "sys-closed-with-by",
                        [("name", Arg::Text(holder)), ("outcome", Arg::Text(outcome))],
                    ),
                    (Some(holder), None) => tx.a("sys-closed-by", "name", holder),
                    (None, Some(outcome)) => tx.a("sys-closed-with", "outcome", outcome),
                    (None, None) => tx.t("sys-closed"),
                };
                with_note(words, note.as_deref())
            }
            Happened::Collected { name, values } => tx.with(
                "sys-collected",
                [("name", Arg::Text(name)), ("count", Arg::Number(i64::from(*values)))],
            ),
            Happened::AddressChanged => tx.t("sys-address-changed"),
            Happened::Joined => tx.t("sys-contacts-joined"),
            Happened::Parted => tx.t("sys-contacts-parted"),
            Happened::PastImported { messages } => tx.n("sys-past-imported", i64::from(*messages)),
            Happened::Consent { purpose, given } => tx.t(consent_word(*purpose, *given)),
        }
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
            Happened::Offered { .. } => "timer",
            Happened::NotTaken { .. } => "undo-2",
            Happened::Relaxed { .. } => "users",
            Happened::Alerted(_) => "triangle-alert",
            Happened::AlertsSeen { .. } => "check",
            Happened::Tagged { .. } => "list-checks",
            Happened::Snoozed { .. } | Happened::Woken { .. } => "clock",
            Happened::Prioritized { .. } => "arrow-up",
            Happened::VendorBlocked { code: Some(_), .. } => "triangle-alert",
            Happened::Blocked { on: true, .. } | Happened::VendorBlocked { on: true, .. } => "ban",
            Happened::Blocked { on: false, .. } | Happened::VendorBlocked { on: false, .. } => "check",
            Happened::Closed { .. } => "circle-check",
            Happened::Collected { .. } => "bot",
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
        self.what.sentence(tx)
    }
}

/// A sentence, and what somebody said about it.
fn with_note(words: String, note: Option<&str>) -> String {
    match note {
        Some(note) => format!("{words}: «{note}»"),
        None => words,
    }
}

/// The key of the word for how urgent something is.
#[must_use]
pub const fn urgency_word(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Urgent => "urgency-urgent",
        Urgency::High => "urgency-high",
        Urgency::Normal => "urgency-normal",
        Urgency::Low => "urgency-low",
    }
}

/// The key of the sentence on what calls for a supervisor.
#[must_use]
pub const fn alert_word(alert: Alert) -> &'static str {
    match alert {
        Alert::WaitsTooLong => "sys-alert-waits",
        Alert::AgentSilent => "sys-alert-silent",
        Alert::FirstResponseLate => "sys-alert-first",
        Alert::NextResponseLate => "sys-alert-next",
        Alert::ResolutionLate => "sys-alert-resolution",
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
