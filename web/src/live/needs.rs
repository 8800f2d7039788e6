//! What a batch of events calls for, before anything is read: pure.

use std::collections::BTreeSet;

use domain::{ConversationId, Event, MessageId, PersonId, QueueId};
use inbox::{reading::timeline::TimelineEvent, relay::Numbered};

/// What has to be read and drawn because of some events.
#[derive(Debug, Default)]
pub struct Needs {
    /// Conversations whose row and state changed.
    pub conversations: BTreeSet<ConversationId>,
    /// Messages that are new or changed, with their conversation.
    pub messages: BTreeSet<(ConversationId, MessageId)>,
    /// Lines for threads.
    pub lines: Vec<(ConversationId, TimelineEvent)>,
    /// People who may have lost a conversation from their list.
    pub losers: BTreeSet<(PersonId, ConversationId)>,
    /// People whose presence or load changed.
    pub people: BTreeSet<PersonId>,
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
            if let Some(message) = event.message() {
                self.messages.insert((conversation, message));
            } else {
                let line = TimelineEvent { id: numbered.id, at: numbered.at, event: event.clone() };
                self.lines.push((conversation, line));
                self.queues = true;
            }
        }
        match event {
            Event::ConversationAssigned { conversation, from, to, .. } => {
                self.losers.extend(from.map(|from| (from, *conversation)));
                self.people.extend([*from, *to].into_iter().flatten());
            }
            Event::ConversationClosed { conversation, holder } => {
                self.losers.extend(holder.map(|holder| (holder, *conversation)));
                self.people.extend(*holder);
            }
            Event::ConversationTransferred { conversation, from, .. } => {
                self.left.insert((*conversation, *from));
            }
            Event::PresenceChanged { person, .. } => {
                self.people.insert(*person);
                self.queues = true;
            }
            _ => {}
        }
    }

    /// Take in what another batch calls for.
    pub fn merge(&mut self, other: Self) {
        self.conversations.extend(other.conversations);
        self.messages.extend(other.messages);
        self.lines.extend(other.lines);
        self.losers.extend(other.losers);
        self.people.extend(other.people);
        self.left.extend(other.left);
        self.queues |= other.queues;
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
        assert_eq!(needs.lines.len(), 1);
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
    }
}
