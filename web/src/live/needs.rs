//! What a batch of events calls for, before anything is read: pure.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ConversationFacts, ConversationId, ConversationState, Event, MessageId, NoteId, PersonId, QueueId,
    event::OfferOutcome,
};
use inbox::{reading::timeline::TimelineEvent, relay::Numbered};

/// What a conversation was before an event: for telling those who saw it then, and do no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Was {
    /// Waiting, held by nobody.
    Waiting,
    /// Put aside.
    Snoozed,
    /// Over.
    Closed,
}

/// What has to be read and drawn because of some events.
#[derive(Debug, Default)]
pub struct Needs {
    /// Conversations whose row and state changed.
    pub conversations: BTreeSet<ConversationId>,
    /// Messages that are new or changed, with their conversation.
    pub messages: BTreeSet<(ConversationId, MessageId)>,
    /// Notes that are new, with their conversation.
    pub notes: BTreeSet<(ConversationId, NoteId)>,
    /// Conversations in which what is planned changed.
    pub planned: BTreeSet<ConversationId>,
    /// People whom a note names, and those who have seen what names them.
    pub mentions: BTreeSet<(PersonId, ConversationId)>,
    /// Lines for threads.
    pub lines: Vec<(ConversationId, TimelineEvent)>,
    /// People who held a conversation before.
    pub losers: BTreeSet<(PersonId, ConversationId)>,
    /// Conversations that nobody held, or that were over, before.
    pub was: BTreeSet<(ConversationId, Was)>,
    /// Offers that were made or ended, with whom they were made to.
    pub offers: BTreeSet<(PersonId, ConversationId)>,
    /// Hand-overs that were not accepted: who is told, of which conversation, by whom, and whether they declined.
    pub back: Vec<(PersonId, ConversationId, PersonId, bool, i64)>,
    /// People whose presence or load changed.
    pub people: BTreeSet<PersonId>,
    /// Conversations that somebody has now and had not, and whether they took them themselves.
    pub given: BTreeMap<(PersonId, ConversationId), bool>,
    /// Conversations that may call for a supervisor no more: all that changed by more than what a customer wrote.
    pub calmed: BTreeSet<ConversationId>,
    /// Conversations whose tags changed.
    pub tagged: BTreeSet<ConversationId>,
    /// Conversations of whose contact something else is known.
    pub known: BTreeSet<ConversationId>,
    /// Conversations that began, ended or changed hands: threads with the same contact say so.
    pub turned: BTreeSet<ConversationId>,
    /// Conversations that left a queue for another.
    pub left: BTreeSet<(ConversationId, QueueId)>,
    /// Whether queues' figures changed.
    pub queues: bool,
}

impl Needs {
    /// What these events call for.
    #[must_use]
    pub fn of(events: &[Numbered]) -> Self {
        let mut needs = Self::default();
        for numbered in events {
            needs.add(numbered);
        }
        needs
    }

    fn add(&mut self, numbered: &Numbered) {
        let event = &numbered.event;
        if let Some(conversation) = event.conversation() {
            self.conversations.insert(conversation);
            if !matches!(event, Event::MessageReceived { .. } | Event::DeliveryChanged { .. }) {
                self.calmed.insert(conversation);
            }
            if let Some(message) = event.message() {
                self.messages.insert((conversation, message));
            } else if !self.take_note(event) {
                let line = TimelineEvent {
                    id: numbered.id,
                    at: numbered.at,
                    actor: numbered.actor,
                    event: event.clone(),
                };
                self.lines.push((conversation, line));
                self.queues = true;
            }
        }
        if let Event::ConversationOpened { conversation, .. }
        | Event::ConversationAssigned { conversation, .. }
        | Event::ConversationClosed { conversation, .. }
        | Event::ConversationReopened { conversation, .. } = event
        {
            self.turned.insert(*conversation);
        }
        match event {
            Event::ConversationAssigned { conversation, from, to, .. } => {
                self.losers.extend(from.map(|from| (from, *conversation)));
                self.was.extend(from.is_none().then_some((*conversation, Was::Waiting)));
                self.people.extend([*from, *to].into_iter().flatten());
                self.given.extend(to.map(|to| ((to, *conversation), numbered.actor == Some(to))));
            }
            Event::ConversationSnoozed { conversation, holder, .. }
            | Event::ConversationClosed { conversation, holder, .. } => {
                self.losers.extend(holder.map(|holder| (holder, *conversation)));
                if holder.is_none() {
                    self.was.extend([(*conversation, Was::Waiting), (*conversation, Was::Snoozed)]);
                }
                self.people.extend(*holder);
            }
            Event::ConversationWoken { conversation, .. } => {
                self.was.insert((*conversation, Was::Snoozed));
            }
            Event::ConversationReopened { conversation, .. } => {
                self.was.insert((*conversation, Was::Closed));
            }
            Event::ConversationTransferred { conversation, from, to, .. } if from != to => {
                self.left.insert((*conversation, *from));
            }
            Event::ConversationOffered { conversation, to, .. } => {
                self.offers.insert((*to, *conversation));
            }
            Event::OfferEnded { conversation, to, outcome, from } => {
                self.offers.insert((*to, *conversation));
                let declined = *outcome == OfferOutcome::Declined;
                let told = from.filter(|_| declined || *outcome == OfferOutcome::Lapsed);
                self.back.extend(told.map(|from| (from, *conversation, *to, declined, numbered.id)));
            }
            Event::ConversationTagged { conversation, .. } => {
                self.tagged.insert(*conversation);
            }
            Event::ContactChanged { conversation, .. }
            | Event::DataCollected { conversation, .. }
            | Event::ContactsJoined { conversation, .. }
            | Event::ContactsParted { conversation, .. }
            | Event::ConsentChanged { conversation, .. }
            | Event::AddressChanged { conversation, .. }
            | Event::ContactBlocked { conversation, .. }
            | Event::VendorBlocked { conversation, .. } => {
                self.known.insert(*conversation);
            }
            Event::PresenceChanged { person, .. } => {
                self.people.insert(*person);
                self.queues = true;
            }
            _ => {}
        }
    }

    /// Whether it was about a note or something planned: those are no lines, and no queue's figures change with them.
    fn take_note(&mut self, event: &Event) -> bool {
        match event {
            Event::NoteWritten { conversation, note, mentioned } => {
                self.notes.insert((*conversation, *note));
                self.mentions.extend(mentioned.iter().map(|person| (*person, *conversation)));
            }
            Event::MentionsSeen { conversation, person } => {
                self.mentions.insert((*person, *conversation));
            }
            Event::PlannedChanged { conversation } => {
                self.planned.insert(*conversation);
            }
            _ => return false,
        }
        true
    }

    /// Take in what another batch calls for.
    pub fn merge(&mut self, other: Self) {
        self.conversations.extend(other.conversations);
        self.messages.extend(other.messages);
        self.notes.extend(other.notes);
        self.planned.extend(other.planned);
        self.mentions.extend(other.mentions);
        self.lines.extend(other.lines);
        self.losers.extend(other.losers);
        self.was.extend(other.was);
        self.offers.extend(other.offers);
        self.back.extend(other.back);
        self.people.extend(other.people);
        self.given.extend(other.given);
        self.calmed.extend(other.calmed);
        self.tagged.extend(other.tagged);
        self.known.extend(other.known);
        self.turned.extend(other.turned);
        self.left.extend(other.left);
        self.queues |= other.queues;
    }

    /// What a conversation may have been before, for the access rule.
    #[must_use]
    pub fn before(&self, now: &ConversationFacts, id: ConversationId) -> Vec<ConversationFacts> {
        let state = |was| {
            let state = match was {
                Was::Waiting => ConversationState::Queued,
                Was::Snoozed => ConversationState::Snoozed,
                Was::Closed => ConversationState::Closed,
            };
            ConversationFacts { assignee: None, state, ..now.clone() }
        };
        let held = |holder| ConversationFacts {
            assignee: Some(holder),
            state: ConversationState::Assigned,
            ..now.clone()
        };
        let mut before: Vec<ConversationFacts> =
            self.was.range((id, Was::Waiting)..=(id, Was::Closed)).map(|(_, was)| state(*was)).collect();
        before.extend(self.losers.iter().filter(|(_, lost)| *lost == id).map(|(person, _)| held(*person)));
        before.push(now.clone());
        let first = (id, QueueId(uuid::Uuid::nil()));
        for (_, queue) in self.left.range(first..).take_while(|(left, _)| *left == id) {
            before
                .extend(before.clone().into_iter().map(|facts| ConversationFacts { queue: *queue, ..facts }));
        }
        before
    }

    /// Whether nothing is called for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conversations.is_empty() && self.people.is_empty() && !self.queues
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use domain::event::AssignmentReason;

    use super::*;

    fn numbered(seq: i64, event: Event) -> Numbered {
        Numbered { seq, id: seq, at: Utc::now(), actor: None, event }
    }

    #[test]
    fn a_reassignment_concerns_the_old_holder_and_the_new() {
        let (conversation, ada, ben) = (ConversationId::new(), PersonId::new(), PersonId::new());
        let reason = AssignmentReason::Moved { by: PersonId::new() };
        let event = Event::ConversationAssigned { conversation, from: Some(ada), to: Some(ben), reason };
        let needs = Needs::of(&[numbered(1, event)]);
        assert_eq!(needs.losers, BTreeSet::from([(ada, conversation)]));
        assert_eq!(needs.people, BTreeSet::from([ada, ben]));
        assert_eq!(needs.given, BTreeMap::from([((ben, conversation), false)]), "somebody else gave it");
        assert!(needs.calmed.contains(&conversation));
        assert_eq!(needs.lines.len(), 1);
    }

    #[test]
    fn who_saw_it_before_can_be_told_from_what_happened() {
        let (conversation, ada, ben) = (ConversationId::new(), PersonId::new(), PersonId::new());
        let (citas, ventas) = (QueueId::new(), QueueId::new());
        let reason = AssignmentReason::Moved { by: PersonId::new() };
        let needs = Needs::of(&[
            numbered(
                1,
                Event::ConversationAssigned {
                    conversation,
                    from: None,
                    to: Some(ada),
                    reason: reason.clone(),
                },
            ),
            numbered(2, Event::ConversationAssigned { conversation, from: Some(ada), to: Some(ben), reason }),
            numbered(
                3,
                Event::ConversationTransferred {
                    conversation,
                    from: citas,
                    to: ventas,
                    team: None,
                    note: None,
                },
            ),
        ]);
        let now = ConversationFacts {
            assignee: Some(ben),
            queue: ventas,
            state: ConversationState::Assigned,
            last_holder: Some(ada),
            holders_beside: Vec::new(),
        };
        let before = needs.before(&now, conversation);
        let was =
            |assignee, queue| before.iter().any(|facts| (facts.assignee, facts.queue) == (assignee, queue));
        assert!(was(None, citas) && was(Some(ada), citas) && was(Some(ben), ventas));
        assert!(
            needs.before(&now, ConversationId::new()) == [now.clone()],
            "nothing happened to another one"
        );
    }

    #[test]
    fn an_offer_concerns_whom_it_is_made_to_and_a_declined_one_who_handed_over() {
        let (conversation, to, from) = (ConversationId::new(), PersonId::new(), PersonId::new());
        let ended = |outcome| Event::OfferEnded { conversation, to, outcome, from: Some(from) };
        let needs = Needs::of(&[numbered(1, ended(OfferOutcome::Declined))]);
        assert_eq!(needs.offers, BTreeSet::from([(to, conversation)]));
        assert_eq!(needs.back, [(from, conversation, to, true, 1)]);
        let needs = Needs::of(&[numbered(2, ended(OfferOutcome::Accepted))]);
        assert!(needs.back.is_empty(), "who got it sees it");
    }

    #[test]
    fn whose_contact_became_another_asks_for_the_panel_again() {
        let (conversation, contact) = (ConversationId::new(), domain::ContactId::new());
        let needs =
            Needs::of(&[numbered(1, Event::ContactsJoined { conversation, from: contact, into: contact })]);
        assert!(needs.known.contains(&conversation));
        let opened = Event::ConversationOpened { conversation, queue: QueueId::new() };
        let needs = Needs::of(&[numbered(2, opened)]);
        assert!(needs.known.is_empty() && needs.turned.contains(&conversation), "others say that it began");
    }

    #[test]
    fn many_messages_of_one_conversation_are_one_row_and_each_its_bubble() {
        let conversation = ConversationId::new();
        let events: Vec<_> = (0..5)
            .map(|n| numbered(n, Event::MessageReceived { conversation, message: MessageId::new() }))
            .collect();
        let needs = Needs::of(&events);
        assert_eq!((needs.conversations.len(), needs.messages.len()), (1, 5));
        assert!(needs.lines.is_empty() && !needs.queues);
        assert!(needs.calmed.is_empty(), "what a customer writes calms nobody");
    }
}
