//! What happened, in order, immutable. Written in the transaction that makes it so.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ContactId, ConversationId, DeliveryState, MessageId, NoteId, PersonId, PresenceState, QueueId, TeamId,
    collected::Collector, consent::Purpose, words::words,
};

words! {
    /// How an offer ended.
    OfferOutcome {
        /// The person took it.
        Accepted = "accepted",
        /// The person did not want it.
        Declined = "declined",
        /// The person said nothing in time.
        Lapsed = "lapsed",
        /// It was closed, moved or given to somebody else meanwhile.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What ends that a conversation is put aside.
    Woken {
        /// Its time has come.
        Time = "time",
        /// The customer wrote.
        Customer = "customer",
        /// Somebody fetched it back.
        Person = "person",
    }
}

words! {
    /// What calls for a supervisor.
    Alert {
        /// It has waited longer than the queue allows.
        WaitsTooLong = "waits_too_long",
        /// Its agent owes an answer for too long.
        AgentSilent = "agent_silent",
        /// The first answer is later than promised.
        FirstResponseLate = "first_response_late",
        /// The next answer is later than promised.
        NextResponseLate = "next_response_late",
        /// It is not closed by when it was promised.
        ResolutionLate = "resolution_late",
    }
}

/// One thing that happened. `kind` and the fields beside it are what is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// A conversation began.
    ConversationOpened {
        /// Which.
        conversation: ConversationId,
        /// The queue it waits in.
        queue: QueueId,
    },
    /// A closed conversation goes on.
    ConversationReopened {
        /// Which.
        conversation: ConversationId,
        /// The queue it waits in.
        queue: QueueId,
    },
    /// A customer's message was stored.
    MessageReceived {
        /// In which conversation.
        conversation: ConversationId,
        /// Which message.
        message: MessageId,
    },
    /// A message of ours was written down and waits to be sent.
    MessageSubmitted {
        /// In which conversation.
        conversation: ConversationId,
        /// Which message.
        message: MessageId,
    },
    /// The file of a message has come, or will not come any more.
    FileChanged {
        /// In which conversation.
        conversation: ConversationId,
        /// Which message.
        message: MessageId,
    },
    /// A message of ours got further, or failed.
    DeliveryChanged {
        /// In which conversation.
        conversation: ConversationId,
        /// Which message.
        message: MessageId,
        /// Where it stands now.
        state: DeliveryState,
    },
    /// A message became another: corrected, deleted, reacted to, or no message of its own any more.
    MessageChanged {
        /// In which conversation.
        conversation: ConversationId,
        /// Which message.
        message: MessageId,
    },
    /// The business wrote in the phone app beside us.
    MessageEchoed {
        /// In which conversation.
        conversation: ConversationId,
        /// Which message.
        message: MessageId,
    },
    /// Messages from before we were connected were put into a conversation.
    PastImported {
        /// Which.
        conversation: ConversationId,
        /// How many.
        messages: u32,
    },
    /// The customer has another number or user id; answers go there.
    AddressChanged {
        /// In which conversation.
        conversation: ConversationId,
        /// Whose.
        contact: ContactId,
    },
    /// What is known of the customer changed: their name, or what people wrote or corrected.
    ContactChanged {
        /// In which conversation.
        conversation: ConversationId,
        /// Who.
        contact: ContactId,
    },
    /// Values were collected in a conversation, by a bot or in a form.
    DataCollected {
        /// In which conversation.
        conversation: ConversationId,
        /// By what.
        by: Collector,
        /// What that is called.
        name: String,
        /// How many.
        values: u32,
    },
    /// Two contacts are one from now on.
    ContactsJoined {
        /// In which conversation.
        conversation: ConversationId,
        /// Who is no contact of their own any more.
        from: ContactId,
        /// Who goes on.
        into: ContactId,
    },
    /// Joining them was taken back.
    ContactsParted {
        /// In which conversation.
        conversation: ConversationId,
        /// Who is a contact of their own again.
        from: ContactId,
        /// Who they were joined with.
        into: ContactId,
    },
    /// The customer allowed or forbade to write to them for a purpose.
    ConsentChanged {
        /// In which conversation.
        conversation: ConversationId,
        /// Who.
        contact: ContactId,
        /// For what.
        purpose: Purpose,
        /// Allowed or forbidden.
        given: bool,
    },
    /// Who holds a conversation changed.
    ConversationAssigned {
        /// Which.
        conversation: ConversationId,
        /// The holder before.
        from: Option<PersonId>,
        /// The holder now; `None` puts it back in its queue.
        to: Option<PersonId>,
        /// Why: the router's or the supervisor's reason.
        reason: AssignmentReason,
    },
    /// A conversation moved to another queue.
    ConversationTransferred {
        /// Which.
        conversation: ConversationId,
        /// From.
        from: QueueId,
        /// To.
        to: QueueId,
        /// Only people of this team take it there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
        /// What was said about it to whoever takes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// A conversation is offered to somebody, until a time.
    ConversationOffered {
        /// Which.
        conversation: ConversationId,
        /// To whom.
        to: PersonId,
        /// Until when it stands.
        until: DateTime<Utc>,
        /// The colleague who hands it over; `None` for the router.
        from: Option<PersonId>,
        /// What they say about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// An offer is over.
    OfferEnded {
        /// Of which conversation.
        conversation: ConversationId,
        /// To whom it was made.
        to: PersonId,
        /// How it ended.
        outcome: OfferOutcome,
        /// The colleague who wanted to hand it over; `None` for the router.
        from: Option<PersonId>,
    },
    /// Its queue asks for less from now on, because it has waited so long.
    ConversationRelaxed {
        /// Which.
        conversation: ConversationId,
        /// How many steps of the queue's it has gone.
        steps: u32,
    },
    /// Something of a conversation calls for a supervisor.
    ConversationAlerted {
        /// Which.
        conversation: ConversationId,
        /// What.
        alert: Alert,
    },
    /// A supervisor has seen what called for one, for all of them.
    AlertsSeen {
        /// Of which conversation.
        conversation: ConversationId,
    },
    /// A conversation got a tag, or lost it.
    ConversationTagged {
        /// Which.
        conversation: ConversationId,
        /// The tag.
        tag: String,
        /// Got it.
        on: bool,
    },
    /// Somebody wrote a note.
    NoteWritten {
        /// On which conversation.
        conversation: ConversationId,
        /// Which note.
        note: NoteId,
        /// Whom it names.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentioned: Vec<PersonId>,
    },
    /// Somebody has seen the notes that name them.
    MentionsSeen {
        /// Of which conversation.
        conversation: ConversationId,
        /// Who.
        person: PersonId,
    },
    /// What is planned to go out later changed: planned, taken back, sent, or asked about.
    PlannedChanged {
        /// In which conversation.
        conversation: ConversationId,
    },
    /// By when something was promised changed.
    DueChanged {
        /// Of which conversation.
        conversation: ConversationId,
    },
    /// A version of the routing was published.
    PolicyPublished {
        /// Its number.
        version: u32,
    },
    /// A conversation was put aside.
    ConversationSnoozed {
        /// Which.
        conversation: ConversationId,
        /// Until when; `None`: until the customer answers. An answer ends it in either case.
        until: Option<DateTime<Utc>>,
        /// Who held it.
        holder: Option<PersonId>,
    },
    /// A conversation is not put aside any more: it waits in its queue, for whoever held it before all others.
    ConversationWoken {
        /// Which.
        conversation: ConversationId,
        /// Why.
        why: Woken,
        /// Whom it waits for first.
        holder: Option<PersonId>,
    },
    /// How urgent a conversation is changed.
    ConversationPrioritized {
        /// Which.
        conversation: ConversationId,
        /// Higher goes first; 0 is the usual.
        priority: i16,
    },
    /// A contact was blocked, or is not any more.
    ContactBlocked {
        /// In which conversation.
        conversation: ConversationId,
        /// Who.
        contact: ContactId,
        /// Blocked.
        on: bool,
    },
    /// What the vendor did when it was asked to block a contact, too, or to let them in again.
    VendorBlocked {
        /// In which conversation.
        conversation: ConversationId,
        /// Who.
        contact: ContactId,
        /// Whether they were to be blocked.
        on: bool,
        /// Why it did not, in its code; 0 where it did not answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i64>,
    },
    /// A conversation was closed.
    ConversationClosed {
        /// Which.
        conversation: ConversationId,
        /// Who held it.
        holder: Option<PersonId>,
        /// With what, in the words of then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
        /// What was said about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// A person's presence, capacity or load changed.
    PresenceChanged {
        /// Whose.
        person: PersonId,
        /// The state now.
        state: PresenceState,
    },
}

impl Event {
    /// The word in `event.kind`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ConversationOpened { .. } => "conversation_opened",
            Self::ConversationReopened { .. } => "conversation_reopened",
            Self::MessageReceived { .. } => "message_received",
            Self::MessageSubmitted { .. } => "message_submitted",
            Self::FileChanged { .. } => "file_changed",
            Self::DeliveryChanged { .. } => "delivery_changed",
            Self::MessageChanged { .. } => "message_changed",
            Self::MessageEchoed { .. } => "message_echoed",
            Self::PastImported { .. } => "past_imported",
            Self::AddressChanged { .. } => "address_changed",
            Self::ContactChanged { .. } => "contact_changed",
            Self::DataCollected { .. } => "data_collected",
            Self::ContactsJoined { .. } => "contacts_joined",
            Self::ContactsParted { .. } => "contacts_parted",
            Self::ConsentChanged { .. } => "consent_changed",
            Self::ConversationAssigned { .. } => "conversation_assigned",
            Self::ConversationTransferred { .. } => "conversation_transferred",
            Self::ConversationOffered { .. } => "conversation_offered",
            Self::OfferEnded { .. } => "offer_ended",
            Self::ConversationRelaxed { .. } => "conversation_relaxed",
            Self::ConversationAlerted { .. } => "conversation_alerted",
            Self::AlertsSeen { .. } => "alerts_seen",
            Self::ConversationTagged { .. } => "conversation_tagged",
            Self::NoteWritten { .. } => "note_written",
            Self::MentionsSeen { .. } => "mentions_seen",
            Self::PlannedChanged { .. } => "planned_changed",
            Self::DueChanged { .. } => "due_changed",
            Self::PolicyPublished { .. } => "policy_published",
            Self::ConversationSnoozed { .. } => "conversation_snoozed",
            Self::ConversationWoken { .. } => "conversation_woken",
            Self::ConversationPrioritized { .. } => "conversation_prioritized",
            Self::ContactBlocked { .. } => "contact_blocked",
            Self::VendorBlocked { .. } => "vendor_blocked",
            Self::ConversationClosed { .. } => "conversation_closed",
            Self::PresenceChanged { .. } => "presence_changed",
        }
    }

    /// The conversation it belongs to; `None` for events about people.
    #[must_use]
    pub const fn conversation(&self) -> Option<ConversationId> {
        match self {
            Self::ConversationOpened { conversation, .. }
            | Self::ConversationReopened { conversation, .. }
            | Self::MessageReceived { conversation, .. }
            | Self::MessageSubmitted { conversation, .. }
            | Self::FileChanged { conversation, .. }
            | Self::DeliveryChanged { conversation, .. }
            | Self::MessageChanged { conversation, .. }
            | Self::MessageEchoed { conversation, .. }
            | Self::PastImported { conversation, .. }
            | Self::AddressChanged { conversation, .. }
            | Self::ContactChanged { conversation, .. }
            | Self::DataCollected { conversation, .. }
            | Self::ContactsJoined { conversation, .. }
            | Self::ContactsParted { conversation, .. }
            | Self::ConsentChanged { conversation, .. }
            | Self::ConversationAssigned { conversation, .. }
            | Self::ConversationTransferred { conversation, .. }
            | Self::ConversationOffered { conversation, .. }
            | Self::OfferEnded { conversation, .. }
            | Self::ConversationRelaxed { conversation, .. }
            | Self::ConversationAlerted { conversation, .. }
            | Self::AlertsSeen { conversation }
            | Self::ConversationTagged { conversation, .. }
            | Self::NoteWritten { conversation, .. }
            | Self::MentionsSeen { conversation, .. }
            | Self::PlannedChanged { conversation }
            | Self::DueChanged { conversation }
            | Self::ConversationSnoozed { conversation, .. }
            | Self::ConversationWoken { conversation, .. }
            | Self::ConversationPrioritized { conversation, .. }
            | Self::ContactBlocked { conversation, .. }
            | Self::VendorBlocked { conversation, .. }
            | Self::ConversationClosed { conversation, .. } => Some(*conversation),
            Self::PresenceChanged { .. } | Self::PolicyPublished { .. } => None,
        }
    }

    /// The person it is about: the new holder, or whose presence changed.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::ConversationAssigned { to, .. } => *to,
            Self::PresenceChanged { person, .. } | Self::MentionsSeen { person, .. } => Some(*person),
            Self::ConversationOffered { to, .. } | Self::OfferEnded { to, .. } => Some(*to),
            _ => None,
        }
    }

    /// The message it is about.
    #[must_use]
    pub const fn message(&self) -> Option<MessageId> {
        match self {
            Self::MessageReceived { message, .. }
            | Self::MessageSubmitted { message, .. }
            | Self::MessageChanged { message, .. }
            | Self::MessageEchoed { message, .. }
            | Self::FileChanged { message, .. }
            | Self::DeliveryChanged { message, .. } => Some(*message),
            _ => None,
        }
    }
}

/// Why a conversation has the holder it has. Shown as a sentence; stored whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum AssignmentReason {
    /// The router chose.
    Routed {
        /// How long the conversation had waited, in seconds.
        waited_seconds: i64,
        /// How many agents could have taken it.
        candidates: u32,
        /// How many of their slots were taken before.
        load: u32,
        /// How many slots they have.
        capacity: u32,
        /// How many slots it takes.
        #[serde(default = "one")]
        weight: u32,
        /// It was theirs before all others, and why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        preferred: Option<PreferredAs>,
        /// After how many steps of asking for less; 0: the queue asked for everything.
        #[serde(default)]
        relaxed: u32,
        /// The version of the settings by which it was decided; 0: before there were any.
        #[serde(default)]
        policy: u32,
    },
    /// A supervisor moved it.
    Moved {
        /// Who.
        by: PersonId,
    },
    /// A colleague handed it over, and the new holder accepted.
    HandedOver {
        /// Who.
        by: PersonId,
    },
    /// The agent took it from the queue.
    Taken,
    /// They held it before it was put aside or closed, and took it up again.
    Resumed,
    /// Two contacts became one, or two again: whoever held one conversation goes on with the other.
    Joined,
    /// It went back to its queue.
    Released {
        /// Who put it back; `None` for the machine.
        by: Option<PersonId>,
    },
}

const fn one() -> u32 {
    1
}

impl AssignmentReason {
    /// The same, decided by this version of the settings.
    #[must_use]
    pub fn under(mut self, version: u32) -> Self {
        if let Self::Routed { policy, .. } = &mut self {
            *policy = version;
        }
        self
    }
}

/// Why somebody goes before all others who could take a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreferredAs {
    /// They own the contact.
    Owner,
    /// They held the contact's last conversation.
    LastAgent,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_stored_before_there_were_settings_still_reads() {
        let stored = r#"{"why":"routed","waited_seconds":8,"candidates":4,"load":2,"capacity":8}"#;
        let reason: AssignmentReason = serde_json::from_str(stored).unwrap();
        let expected = AssignmentReason::Routed {
            waited_seconds: 8,
            candidates: 4,
            load: 2,
            capacity: 8,
            weight: 1,
            preferred: None,
            relaxed: 0,
            policy: 0,
        };
        assert_eq!(reason, expected);
        let stored = serde_json::to_value(reason.under(7)).unwrap();
        assert_eq!(stored["policy"], 7);
    }
}
