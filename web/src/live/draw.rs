//! What pages are told, drawn once for each language and class of viewers.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

use chrono::{DateTime, Utc};
use domain::{ConversationFacts, ConversationId, MessageId, Permission, PersonId, Principal};
use inbox::reading::{
    conversations::ConversationLine,
    messages::MessageLine,
    notes::{MentionLine, NoteLine},
    offers::OfferLine,
    planned::PlannedLine,
    start::PresenceLine,
};
use views::{
    MePresenceFragment, MentionFragment, MessageFragment, NoteFragment, OfferBackFragment, OfferFragment,
    RowFragment, Spent, SpentFragment, SystemFragment, SystemLine, TagsFragment, Template,
    ThreadStateFragment, Tx, askama, bell::MineFragment, planned::PlannedFragment,
};

use super::{
    hub::Showing,
    protocol::{self, How},
};
use crate::present::{self, Class};

/// What a socket can be interested in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A person's own presence.
    Me(PersonId),
    /// A person's own conversations, in those of their pages that show them.
    Mine(PersonId),
    /// Any other list of conversations. Told at most as often as the floor is.
    Lists,
    /// How many each list holds. Told more seldom.
    Counts,
    /// One open conversation.
    Thread(ConversationId),
    /// The floor.
    Floor,
    /// What waits, for those who may take it.
    Waiting,
    /// What calls for supervisors, on all their pages. Told as often as the floor is.
    Alarms,
}

/// What an update is about.
enum Subject {
    /// Drawn once for each language and class of those whom the guard lets pass.
    Shared(Guard, Thing),
    /// Drawn for each: supervisors are few, and each one's teams decide what a row holds.
    Each(super::floor::Piece),
    /// How many wait in the queues a viewer takes from.
    Waiting(Rc<super::waiting::Waiting>),
    /// A conversation for lists: into those that hold it, out of those that don't.
    Listed(Rc<Listed>),
    /// A conversation that did not change, out of the lists of those who see it no more.
    Lost(Listed),
}

/// A conversation that may belong into lists, or not any more.
pub(super) struct Listed {
    pub line: Rc<ConversationLine>,
    pub facts: ConversationFacts,
    /// What it may have been before: who saw it then and does not now loses it.
    pub before: Vec<ConversationFacts>,
    /// Who was mentioned in which, of those who look at what mentions them.
    pub mentioned: Rc<BTreeSet<(PersonId, ConversationId)>>,
}

/// Who looks, at what, in which words.
#[derive(Clone, Copy)]
pub struct Eyes<'a> {
    /// Who.
    pub viewer: &'a Principal,
    /// In which words.
    pub tx: Tx,
    /// What their page shows.
    pub showing: &'a Showing,
}

/// Something that many see alike.
pub(super) enum Thing {
    Row(Rc<ConversationLine>),
    /// Only where it is shown already.
    RowInPlace(Rc<ConversationLine>),
    RowGone(ConversationId),
    State(Rc<ConversationLine>),
    Message(Box<MessageLine>),
    MessageGone(MessageId),
    Note(Box<NoteLine>),
    /// In which conversation somebody is named.
    Mention(Rc<ConversationLine>, Box<MentionLine>),
    MentionGone(ConversationId),
    Planned(Rc<ConversationLine>, Vec<PlannedLine>),
    Spent(Spent),
    Tags(Rc<ConversationLine>),
    /// What stands beside a thread is another: the page asks for it.
    Stale(ConversationId),
    Line(ConversationId, SystemLine),
    Me(Box<PresenceLine>),
    /// Somebody's own, for all their pages: how much of it they had read when it became theirs, and whether they took it
    /// themselves.
    Mine(Rc<ConversationLine>, Option<i64>, bool),
    MineGone(ConversationId),
    Offer(Box<OfferLine>),
    OfferGone(ConversationId),
    /// Of which conversation, of whom, who did not take it, whether they declined, by which event.
    Back(Rc<ConversationLine>, String, bool, i64),
}

impl Thing {
    /// One of the ways in which the same drawing can be drawn.
    const fn way(&self) -> u8 {
        match self {
            Self::RowInPlace(_) => 1,
            Self::RowGone(_) => 2,
            _ => 0,
        }
    }
}

/// Who of a topic's sockets may have it.
pub(super) enum Guard {
    /// All: it is their own.
    Owner,
    /// Those who can see the conversation.
    Conversation(ConversationFacts),
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
    subject: Subject,
    drawn: RefCell<HashMap<(Tx, Class, u8), Rc<str>>>,
    now: DateTime<Utc>,
}

impl Drawing {
    /// Something that many see alike.
    pub(super) fn new(topic: Topic, guard: Guard, thing: Thing, now: DateTime<Utc>) -> Self {
        Self { topic, subject: Subject::Shared(guard, thing), drawn: RefCell::default(), now }
    }

    /// A piece of the floor.
    pub fn floor(piece: super::floor::Piece, now: DateTime<Utc>) -> Self {
        Self { topic: Topic::Floor, subject: Subject::Each(piece), drawn: RefCell::default(), now }
    }

    /// What calls for supervisors, for their other pages.
    pub fn alarm(piece: super::floor::Piece, now: DateTime<Utc>) -> Self {
        Self { topic: Topic::Alarms, ..Self::floor(piece, now) }
    }

    /// What waits.
    pub fn waiting(waiting: Rc<super::waiting::Waiting>, now: DateTime<Utc>) -> Self {
        Self { topic: Topic::Waiting, subject: Subject::Waiting(waiting), drawn: RefCell::default(), now }
    }

    /// The open conversation it tells of, and whose that is.
    pub fn facts(&self) -> Option<(ConversationId, &ConversationFacts)> {
        match (self.topic, &self.subject) {
            (Topic::Thread(conversation), Subject::Shared(Guard::Conversation(facts), _)) => {
                Some((conversation, facts))
            }
            _ => None,
        }
    }

    /// A conversation for lists.
    pub(super) fn listed(topic: Topic, listed: Rc<Listed>, now: DateTime<Utc>) -> Self {
        Self { topic, subject: Subject::Listed(listed), drawn: RefCell::default(), now }
    }

    /// A conversation that did not change, for those who see it no more.
    pub(super) fn lost(listed: Listed, now: DateTime<Utc>) -> Self {
        Self { topic: Topic::Lists, subject: Subject::Lost(listed), drawn: RefCell::default(), now }
    }

    /// The update for a viewer, or why there is none: the same `can_see` as everywhere.
    pub fn for_viewer(&self, eyes: Eyes<'_>) -> Seen {
        let Eyes { viewer, tx, .. } = eyes;
        let drawn = match &self.subject {
            Subject::Listed(listed) => match self.in_list(listed, eyes) {
                Some(thing) => self.once(&thing, tx, class_for(viewer, &listed.facts)).map(Some),
                None => return Seen::Nothing,
            },
            Subject::Lost(Listed { facts, .. }) if viewer.can_see(facts) => return Seen::Nothing,
            Subject::Lost(Listed { before, .. }) if !before.iter().any(|was| viewer.can_see(was)) => {
                return Seen::Nothing;
            }
            Subject::Lost(listed) => self.once(&Thing::RowGone(listed.line.id), tx, Class::Masked).map(Some),
            Subject::Each(piece) => piece.draw(viewer, tx).map(|update| update.map(Rc::from)),
            Subject::Waiting(waiting) => waiting.draw(viewer, tx).map(|update| Some(Rc::from(update))),
            Subject::Shared(Guard::Conversation(facts), _) if !viewer.can_see(facts) => {
                return match self.topic {
                    Topic::Thread(conversation) => Seen::Gone(conversation),
                    _ => Seen::Nothing,
                };
            }
            Subject::Shared(Guard::Conversation(facts), thing) => {
                self.once(thing, tx, class_for(viewer, facts)).map(Some)
            }
            Subject::Shared(Guard::Owner, thing) => self.once(thing, tx, Class::Full).map(Some),
        };
        match drawn {
            Ok(update) => update.map_or(Seen::Nothing, Seen::Update),
            Err(error) => {
                tracing::error!(%error, "an update could not be drawn");
                Seen::Nothing
            }
        }
    }

    /// What a conversation is to the list of a viewer's page.
    fn in_list(&self, listed: &Listed, eyes: Eyes<'_>) -> Option<Thing> {
        let Listed { line, facts, before, mentioned } = listed;
        let (view, person) = (eyes.showing.view.list()?, eyes.viewer.person);
        let sees = eyes.viewer.can_see(facts);
        let mentions = mentioned.contains(&(person, line.id));
        let holds = || view.holds(&line.listed(facts, mentions, self.now), person, self.now);
        if sees && holds() {
            // What is looked for in words is decided by the database: here it is only kept up to date.
            let found = view.filter.text.is_some();
            return Some(if found { Thing::RowInPlace(line.clone()) } else { Thing::Row(line.clone()) });
        }
        (sees || before.iter().any(|facts| eyes.viewer.can_see(facts))).then(|| Thing::RowGone(line.id))
    }

    /// As it was drawn for the first viewer of this class.
    fn once(&self, thing: &Thing, tx: Tx, class: Class) -> Result<Rc<str>, askama::Error> {
        let key = (tx, class, thing.way());
        if let Some(drawn) = self.drawn.borrow().get(&key) {
            return Ok(drawn.clone());
        }
        let update: Rc<str> = self.draw(thing, tx, class)?.into();
        self.drawn.borrow_mut().insert(key, update.clone());
        Ok(update)
    }

    fn draw(&self, thing: &Thing, tx: Tx, class: Class) -> Result<String, askama::Error> {
        Ok(match thing {
            Thing::Row(line) => {
                let row = present::row(line, class, self.now);
                protocol::update("list", How::Place, &RowFragment { tx, row: &row }.render()?)
            }
            Thing::RowInPlace(line) => {
                let row = present::row(line, class, self.now);
                let html = RowFragment { tx, row: &row }.render()?;
                protocol::update(&format!("row-{}", line.id), How::Morph, &html)
            }
            Thing::RowGone(conversation) => protocol::update(&format!("row-{conversation}"), How::Delete, ""),
            Thing::State(line) => {
                let state = present::state(line, self.now);
                let html = ThreadStateFragment { tx, state: &state }.render()?;
                protocol::update(&format!("state-{}", line.id), How::Morph, &html)
            }
            Thing::Message(line) => {
                let message = present::message(line, class);
                let html = MessageFragment { tx, message: &message }.render()?;
                protocol::update(&present::thread_element(line.conversation_id), How::Place, &html)
            }
            Thing::MessageGone(message) => protocol::update(&format!("m-{message}"), How::Delete, ""),
            Thing::Note(line) => {
                let html = NoteFragment { tx, note: &present::note(line) }.render()?;
                protocol::update(&present::thread_element(line.conversation_id), How::Place, &html)
            }
            Thing::Mention(talk, line) => {
                let (contact_name, version) = (present::name(talk, class), line.note.position);
                let note = present::note(&line.note);
                let card = MentionFragment {
                    tx,
                    conversation: talk.id,
                    contact_name: &contact_name,
                    note: &note,
                    version,
                };
                protocol::update("offers", How::Place, &card.render()?)
            }
            Thing::MentionGone(conversation) => {
                protocol::update(&format!("mention-{conversation}"), How::Delete, "")
            }
            Thing::Planned(talk, lines) => {
                let planned = present::planned(lines);
                let (conversation, version) = (talk.id, talk.version);
                let html = PlannedFragment { tx, conversation, version, planned: &planned }.render()?;
                protocol::update(&format!("planned-{conversation}"), How::Morph, &html)
            }
            Thing::Spent(spent) => {
                let html = SpentFragment { tx, spent }.render()?;
                protocol::update(&format!("spent-{}", spent.conversation), How::Morph, &html)
            }
            Thing::Tags(line) => {
                let html = TagsFragment { tx, tags: &present::tags(line) }.render()?;
                protocol::update(&format!("tags-{}", line.id), How::Morph, &html)
            }
            Thing::Stale(conversation) => {
                protocol::update(&format!("details-{conversation}"), How::Stale, "")
            }
            Thing::Line(conversation, line) => {
                let html = SystemFragment { tx, line }.render()?;
                protocol::update(&present::thread_element(*conversation), How::Place, &html)
            }
            Thing::Me(line) => {
                let me = present::me(line);
                protocol::update("me-presence", How::Morph, &MePresenceFragment { tx, me: &me }.render()?)
            }
            Thing::Mine(line, read, taken) => {
                let mine = present::mine(line, class, *read, *taken, tx, self.now);
                protocol::update("mine", How::Place, &MineFragment { mine: &mine }.render()?)
            }
            Thing::MineGone(conversation) => {
                protocol::update(&format!("mine-{conversation}"), How::Delete, "")
            }
            Thing::Offer(line) => {
                let offer = present::offer(line, self.now);
                protocol::update("offers", How::Place, &OfferFragment { tx, offer: &offer }.render()?)
            }
            Thing::OfferGone(conversation) => {
                protocol::update(&format!("offer-{conversation}"), How::Delete, "")
            }
            Thing::Back(line, name, declined, event) => {
                let (contact_name, conversation) = (present::name(line, class), line.id);
                let (declined, event) = (*declined, *event);
                let back = OfferBackFragment {
                    tx,
                    conversation,
                    contact_name: &contact_name,
                    name,
                    declined,
                    event,
                };
                protocol::update("offers", How::Place, &back.render()?)
            }
        })
    }
}

/// Whether a viewer may see a contact's addresses whole.
pub fn class_for(viewer: &Principal, facts: &ConversationFacts) -> Class {
    if viewer.can(Permission::ContactPiiReveal, facts) { Class::Full } else { Class::Masked }
}
