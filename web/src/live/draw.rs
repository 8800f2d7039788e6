//! Reading what a batch needs, once, and drawing it once for each language and class of viewers.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

use chrono::{DateTime, Utc};
use domain::{ConversationFacts, ConversationId, MessageId, Permission, PersonId, Principal};
use inbox::reading::{self, conversations::ConversationLine, messages::MessageLine, start::PresenceLine};
use sea_orm::{DatabaseConnection, DbErr};
use views::{
    MePresenceFragment, MessageFragment, RowFragment, SystemFragment, SystemLine, Template,
    ThreadStateFragment, Tx, askama,
};

use super::{
    Directory,
    needs::Needs,
    protocol::{self, How},
};
use crate::present::{self, Class};

/// What a socket can be interested in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A person's own presence.
    Me(PersonId),
    /// A person's own conversations.
    Mine(PersonId),
    /// One open conversation.
    Thread(ConversationId),
    /// The floor.
    Floor,
}

/// Something that can be drawn.
enum Subject {
    Row(Rc<ConversationLine>),
    RowGone(ConversationId),
    State(Rc<ConversationLine>),
    Message(Box<MessageLine>),
    Line(ConversationId, SystemLine),
    Me(PresenceLine),
    Floor(super::floor::Piece),
}

/// Who of a topic's sockets may have it.
enum Guard {
    /// All: it is their own.
    Owner,
    /// Those who can see the conversation.
    Conversation(ConversationFacts),
    /// As the floor says.
    Floor,
}

/// What happens for one viewer.
pub enum Seen {
    /// They get this update.
    Update(Rc<str>),
    /// The open conversation is no longer theirs to see.
    Gone(ConversationId),
    /// Nothing.
    Nothing,
}

/// One update before it is known in which words. Drawn when the first viewer of a class asks.
pub struct Drawing {
    /// Whose sockets it is for.
    pub topic: Topic,
    guard: Guard,
    subject: Subject,
    drawn: RefCell<HashMap<(Tx, Class), Rc<str>>>,
    now: DateTime<Utc>,
}

impl Drawing {
    fn new(topic: Topic, guard: Guard, subject: Subject, now: DateTime<Utc>) -> Self {
        Self { topic, guard, subject, drawn: RefCell::default(), now }
    }

    /// A piece of the floor.
    pub fn floor(piece: super::floor::Piece, now: DateTime<Utc>) -> Self {
        Self::new(Topic::Floor, Guard::Floor, Subject::Floor(piece), now)
    }

    /// The update for a viewer, or why there is none: the same `can_see` as everywhere.
    pub fn for_viewer(&self, viewer: &Principal, tx: Tx) -> Seen {
        let class = match (&self.guard, &self.subject) {
            (Guard::Owner, _) => Class::Full,
            (Guard::Conversation(facts), _) if !viewer.can_see(facts) => {
                return match self.topic {
                    Topic::Thread(conversation) => Seen::Gone(conversation),
                    _ => Seen::Nothing,
                };
            }
            (Guard::Conversation(facts), _) => class_for(viewer, facts),
            // Supervisors are few, and each one's teams decide what a row holds: drawn for each.
            (Guard::Floor, Subject::Floor(piece)) => {
                return match piece.draw(viewer, tx) {
                    Ok(Some(update)) => Seen::Update(update.into()),
                    Ok(None) => Seen::Nothing,
                    Err(error) => {
                        tracing::error!(%error, "a piece of the floor could not be drawn");
                        Seen::Nothing
                    }
                };
            }
            (Guard::Floor, _) => return Seen::Nothing,
        };
        if let Some(drawn) = self.drawn.borrow().get(&(tx, class)) {
            return Seen::Update(drawn.clone());
        }
        match self.draw(tx, class) {
            Ok(update) => {
                let update: Rc<str> = update.into();
                self.drawn.borrow_mut().insert((tx, class), update.clone());
                Seen::Update(update)
            }
            Err(error) => {
                tracing::error!(%error, "an update could not be drawn");
                Seen::Nothing
            }
        }
    }

    fn draw(&self, tx: Tx, class: Class) -> Result<String, askama::Error> {
        Ok(match &self.subject {
            Subject::Row(line) => {
                let row = present::row(line, class, self.now);
                protocol::update("list", How::Place, &RowFragment { tx, row: &row }.render()?)
            }
            Subject::RowGone(conversation) => {
                protocol::update(&format!("row-{conversation}"), How::Delete, "")
            }
            Subject::State(line) => {
                let state = present::state(line, self.now);
                let html = ThreadStateFragment { tx, state: &state }.render()?;
                protocol::update(&format!("state-{}", line.id), How::Morph, &html)
            }
            Subject::Message(line) => {
                let message = present::message(line, class);
                let html = MessageFragment { tx, message: &message }.render()?;
                protocol::update(&present::thread_element(line.conversation_id), How::Place, &html)
            }
            Subject::Line(conversation, line) => {
                let html = SystemFragment { tx, line }.render()?;
                protocol::update(&present::thread_element(*conversation), How::Place, &html)
            }
            Subject::Me(line) => {
                let me = present::me(line);
                protocol::update("me-presence", How::Morph, &MePresenceFragment { tx, me: &me }.render()?)
            }
            Subject::Floor(_) => String::new(),
        })
    }
}

/// Whether a viewer may see a contact's addresses whole.
pub fn class_for(viewer: &Principal, facts: &ConversationFacts) -> Class {
    if viewer.can(Permission::ContactPiiReveal, facts) { Class::Full } else { Class::Masked }
}

/// Read what is needed by anybody who is there, and make it ready to be drawn: in an order that can be applied.
///
/// # Errors
/// When the database fails; then nobody is told, and everybody is told later.
pub async fn prepare(
    db: &DatabaseConnection,
    directory: &Directory,
    needs: &Needs,
    is_watched: impl Fn(Topic) -> bool,
    now: DateTime<Utc>,
) -> Result<Vec<Drawing>, DbErr> {
    let mut drawings = Vec::new();
    let wanted: Vec<ConversationId> = needs.conversations.iter().copied().collect();
    let lines: BTreeMap<ConversationId, Rc<ConversationLine>> = if wanted.is_empty() {
        BTreeMap::new()
    } else {
        reading::conversations::some(db, &wanted)
            .await?
            .into_iter()
            .map(|line| (line.id, Rc::new(line)))
            .collect()
    };

    for (person, conversation) in &needs.losers {
        let still_theirs = lines.get(conversation).is_some_and(|line| line.assignee_id == Some(*person));
        if !still_theirs && is_watched(Topic::Mine(*person)) {
            let subject = Subject::RowGone(*conversation);
            drawings.push(Drawing::new(Topic::Mine(*person), Guard::Owner, subject, now));
        }
    }

    let watched: Vec<MessageId> = needs
        .messages
        .iter()
        .filter(|(conversation, _)| is_watched(Topic::Thread(*conversation)))
        .map(|(_, message)| *message)
        .collect();
    let mut messages =
        if watched.is_empty() { Vec::new() } else { reading::messages::some(db, &watched).await? };
    messages.sort_by_key(|line| (line.written_at, line.position));
    for line in messages {
        if let Some(talk) = lines.get(&line.conversation_id) {
            let topic = Topic::Thread(line.conversation_id);
            drawings.push(Drawing::new(
                topic,
                Guard::Conversation(talk.facts()),
                Subject::Message(Box::new(line)),
                now,
            ));
        }
    }

    if needs.lines.iter().any(|(conversation, _)| is_watched(Topic::Thread(*conversation))) {
        let names = directory.names().await?;
        for (conversation, event) in &needs.lines {
            let Some(talk) = lines.get(conversation) else { continue };
            if let Some(line) =
                present::line(event, &names).filter(|_| is_watched(Topic::Thread(*conversation)))
            {
                let subject = Subject::Line(*conversation, line);
                let topic = Topic::Thread(*conversation);
                drawings.push(Drawing::new(topic, Guard::Conversation(talk.facts()), subject, now));
            }
        }
    }

    for line in lines.values() {
        let guard = || Guard::Conversation(line.facts());
        if let Some(holder) = line.assignee_id.filter(|holder| is_watched(Topic::Mine(*holder))) {
            drawings.push(Drawing::new(Topic::Mine(holder), guard(), Subject::Row(line.clone()), now));
        }
        let topic = Topic::Thread(line.id);
        if is_watched(topic) {
            drawings.push(Drawing::new(topic, guard(), Subject::State(line.clone()), now));
        }
    }

    let people: Vec<PersonId> =
        needs.people.iter().copied().filter(|person| is_watched(Topic::Me(*person))).collect();
    if !people.is_empty() {
        for line in reading::start::presences(db, &people).await? {
            drawings.push(Drawing::new(Topic::Me(line.person_id), Guard::Owner, Subject::Me(line), now));
        }
    }
    Ok(drawings)
}
