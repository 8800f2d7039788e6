//! Reading what a batch needs, once, and drawing it once for each language and class of viewers.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use chrono::{DateTime, Utc};
use domain::{
    ContactId, ConversationFacts, ConversationId, ConversationState, MessageId, NoteId, Permission, PersonId,
    Principal,
};
use inbox::reading::{
    self,
    conversations::ConversationLine,
    messages::MessageLine,
    notes::{MentionLine, NoteLine},
    offers::OfferLine,
    planned::PlannedLine,
    start::PresenceLine,
};
use sea_orm::{DatabaseConnection, DbErr};
use views::{
    MePresenceFragment, MentionFragment, MessageFragment, NoteFragment, OfferBackFragment, OfferFragment,
    RowFragment, Spent, SpentFragment, SystemFragment, SystemLine, TagsFragment, Template,
    ThreadStateFragment, Tx, askama, bell::MineFragment, planned::PlannedFragment,
};

use super::{
    Directory,
    hub::Showing,
    needs::Needs,
    protocol::{self, How},
};
use crate::present::{self, Class};

/// Of what was closed before, no more is taken out of lists at once; older lines go when the list is drawn again.
const MOST_BESIDE: u64 = 200;

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
struct Listed {
    line: Rc<ConversationLine>,
    facts: ConversationFacts,
    /// What it may have been before: who saw it then and does not now loses it.
    before: Vec<ConversationFacts>,
    /// Who was mentioned in which, of those who look at what mentions them.
    mentioned: Rc<BTreeSet<(PersonId, ConversationId)>>,
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
enum Thing {
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
enum Guard {
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
    fn new(topic: Topic, guard: Guard, thing: Thing, now: DateTime<Utc>) -> Self {
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

    fn listed(topic: Topic, listed: Rc<Listed>, now: DateTime<Utc>) -> Self {
        Self { topic, subject: Subject::Listed(listed), drawn: RefCell::default(), now }
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

/// Into and out of the lists of those who hold them, and held them before.
fn mine(
    lines: &BTreeMap<ConversationId, Rc<ConversationLine>>,
    needs: &Needs,
    is_watched: impl Fn(Topic) -> bool,
    now: DateTime<Utc>,
) -> Vec<Drawing> {
    let mut drawings = Vec::new();
    for (id, line) in lines {
        let losers = needs.losers.iter().filter(|(_, lost)| lost == id).map(|(person, _)| *person);
        let people: BTreeSet<PersonId> =
            losers.chain(line.assignee_id).filter(|person| is_watched(Topic::Mine(*person))).collect();
        if people.is_empty() {
            continue;
        }
        let listed = Rc::new(listed(line, needs, Rc::default()));
        drawings.extend(
            people.into_iter().map(|person| Drawing::listed(Topic::Mine(person), listed.clone(), now)),
        );
    }
    drawings
}

/// What is whose, for all pages of those who have it and of those who had it.
async fn marks(
    db: &DatabaseConnection,
    lines: &BTreeMap<ConversationId, Rc<ConversationLine>>,
    needs: &Needs,
    is_watched: impl Fn(Topic) -> bool,
    now: DateTime<Utc>,
) -> Result<Vec<Drawing>, DbErr> {
    let mut drawings = Vec::new();
    let mut held = Vec::new();
    for (id, line) in lines {
        let holder = line.assignee_id.filter(|_| line.state == ConversationState::Assigned);
        let losers = needs.losers.iter().filter(|(_, lost)| lost == id).map(|(person, _)| *person);
        let gone = losers.chain(line.assignee_id).filter(|person| Some(*person) != holder);
        for person in gone.collect::<BTreeSet<_>>() {
            if is_watched(Topic::Me(person)) {
                drawings.push(Drawing::new(Topic::Me(person), Guard::Owner, Thing::MineGone(*id), now));
            }
        }
        held.extend(holder.filter(|person| is_watched(Topic::Me(*person))).map(|person| (person, line)));
    }
    // Whoever has just got one may have read it before; of the others their pages know it.
    let pairs: Vec<(PersonId, ConversationId)> =
        held.iter().map(|(person, line)| (*person, line.id)).collect();
    let fresh: Vec<_> = pairs.into_iter().filter(|pair| needs.given.contains_key(pair)).collect();
    let read = inbox::read_marks::of(db, &fresh).await?;
    for (person, line) in held {
        let pair = (person, line.id);
        let taken = needs.given.get(&pair).copied().unwrap_or_default();
        let thing = Thing::Mine(line.clone(), read.get(&pair).copied(), taken);
        drawings.push(Drawing::new(Topic::Me(person), Guard::Conversation(line.facts()), thing, now));
    }
    Ok(drawings)
}

fn listed(
    line: &Rc<ConversationLine>,
    needs: &Needs,
    mentioned: Rc<BTreeSet<(PersonId, ConversationId)>>,
) -> Listed {
    let facts = line.facts();
    let before = needs.before(&facts, line.id);
    Listed { line: line.clone(), facts, before, mentioned }
}

/// The conversations that changed.
///
/// # Errors
/// When the database fails.
pub async fn lines(db: &DatabaseConnection, needs: &Needs) -> Result<Vec<Rc<ConversationLine>>, DbErr> {
    if needs.conversations.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<ConversationId> = needs.conversations.iter().copied().collect();
    Ok(reading::conversations::some(db, &ids).await?.into_iter().map(Rc::new).collect())
}

/// Conversations for all other lists; `mentioned` are the people who look at what mentions them.
///
/// # Errors
/// When the database fails.
pub async fn lists(
    db: &DatabaseConnection,
    lines: &[Rc<ConversationLine>],
    needs: &Needs,
    mentioned: &[PersonId],
    now: DateTime<Utc>,
) -> Result<Vec<Drawing>, DbErr> {
    let ids: Vec<ConversationId> = lines.iter().map(|line| line.id).collect();
    let mentioned = match mentioned {
        [] => BTreeSet::new(),
        people => reading::lists::mentioned(db, people, &ids).await?,
    };
    let mentioned = Rc::new(mentioned);
    let lists = lines
        .iter()
        .map(|line| Drawing::listed(Topic::Lists, Rc::new(listed(line, needs, mentioned.clone())), now));
    let mut drawings: Vec<Drawing> = lists.collect();
    for lost in lost_beside(db, lines, needs).await? {
        let subject = Subject::Lost(lost);
        drawings.push(Drawing { topic: Topic::Lists, subject, drawn: RefCell::default(), now });
    }
    Ok(drawings)
}

/// Who served a contact saw what was closed before, and sees it no more: those conversations, which did not change themselves.
async fn lost_beside(
    db: &DatabaseConnection,
    lines: &[Rc<ConversationLine>],
    needs: &Needs,
) -> Result<Vec<Listed>, DbErr> {
    let mut servers: BTreeMap<ContactId, BTreeSet<PersonId>> = BTreeMap::new();
    for (person, id) in &needs.losers {
        if let Some(line) = lines.iter().find(|line| line.id == *id) {
            servers.entry(line.contact_id).or_default().insert(*person);
        }
    }
    if servers.is_empty() {
        return Ok(Vec::new());
    }
    let contacts: Vec<ContactId> = servers.keys().copied().collect();
    let changed: Vec<ConversationId> = lines.iter().map(|line| line.id).collect();
    let closed = reading::conversations::closed_of(db, &contacts, &changed, MOST_BESIDE).await?;
    Ok(closed
        .into_iter()
        .map(|line| {
            let facts = line.facts();
            let mut was = facts.clone();
            was.holders_beside.extend(servers.get(&line.contact_id).into_iter().flatten().copied());
            Listed { line: Rc::new(line), facts, before: vec![was], mentioned: Rc::default() }
        })
        .collect())
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
    let lines: BTreeMap<ConversationId, Rc<ConversationLine>> =
        lines(db, needs).await?.into_iter().map(|line| (line.id, line)).collect();

    let mut drawings = mine(&lines, needs, &is_watched, now);
    drawings.extend(marks(db, &lines, needs, &is_watched, now).await?);
    let offered: Vec<(PersonId, ConversationId)> =
        needs.offers.iter().copied().filter(|(person, _)| is_watched(Topic::Me(*person))).collect();
    if !offered.is_empty() {
        let ids: Vec<ConversationId> = offered.iter().map(|(_, conversation)| *conversation).collect();
        let mut standing = reading::offers::standing(db, &ids).await?;
        for (person, conversation) in offered {
            let at = standing
                .iter()
                .position(|line| (line.person_id, line.conversation_id) == (person, conversation));
            let thing = match at {
                Some(at) => Thing::Offer(Box::new(standing.swap_remove(at))),
                None => Thing::OfferGone(conversation),
            };
            drawings.push(Drawing::new(Topic::Me(person), Guard::Owner, thing, now));
        }
    }
    for (told, conversation, by, declined, event) in &needs.back {
        let line = lines.get(conversation).filter(|line| line.assignee_id == Some(*told));
        if let Some(line) = line.filter(|_| is_watched(Topic::Me(*told))) {
            let name = directory.names().await?.person(*by);
            let thing = Thing::Back(line.clone(), name, *declined, *event);
            drawings.push(Drawing::new(Topic::Me(*told), Guard::Owner, thing, now));
        }
    }

    let watched: Vec<(ConversationId, MessageId)> = needs
        .messages
        .iter()
        .copied()
        .filter(|(conversation, _)| is_watched(Topic::Thread(*conversation)))
        .collect();
    let ids: Vec<MessageId> = watched.iter().map(|(_, message)| *message).collect();
    let mut messages = if ids.is_empty() { Vec::new() } else { reading::messages::some(db, &ids).await? };
    // What became a part of another message is no line of its own any more.
    for (conversation, message) in watched {
        let talk = lines.get(&conversation).filter(|_| messages.iter().all(|line| line.id != message));
        if let Some(talk) = talk {
            let guard = Guard::Conversation(talk.facts());
            drawings.push(Drawing::new(Topic::Thread(conversation), guard, Thing::MessageGone(message), now));
        }
    }
    // Costs are learnt with a message's fate, or later: each time something becomes of one, the total may be another.
    let open: BTreeSet<ConversationId> = messages.iter().map(|line| line.conversation_id).collect();
    let open: Vec<ConversationId> = open.into_iter().collect();
    let costs = if open.is_empty() { BTreeMap::new() } else { reading::details::costs(db, &open).await? };
    for (conversation, costs) in &costs {
        if let Some(talk) = lines.get(conversation) {
            let thing = Thing::Spent(present::spent(*conversation, costs));
            let guard = Guard::Conversation(talk.facts());
            drawings.push(Drawing::new(Topic::Thread(*conversation), guard, thing, now));
        }
    }
    messages.sort_by_key(|line| (line.written_at, line.position));
    for line in messages {
        if let Some(talk) = lines.get(&line.conversation_id) {
            let topic = Topic::Thread(line.conversation_id);
            drawings.push(Drawing::new(
                topic,
                Guard::Conversation(talk.facts()),
                Thing::Message(Box::new(line)),
                now,
            ));
        }
    }

    drawings.extend(notes(db, needs, &lines, &is_watched, now).await?);

    if needs.lines.iter().any(|(conversation, _)| is_watched(Topic::Thread(*conversation))) {
        let names = directory.names().await?;
        for (conversation, event) in &needs.lines {
            let Some(talk) = lines.get(conversation) else { continue };
            if let Some(line) =
                present::line(event, &names).filter(|_| is_watched(Topic::Thread(*conversation)))
            {
                let thing = Thing::Line(*conversation, line);
                let topic = Topic::Thread(*conversation);
                drawings.push(Drawing::new(topic, Guard::Conversation(talk.facts()), thing, now));
            }
        }
    }

    for line in lines.values() {
        let guard = || Guard::Conversation(line.facts());
        let topic = Topic::Thread(line.id);
        if is_watched(topic) {
            drawings.push(Drawing::new(topic, guard(), Thing::State(line.clone()), now));
            if needs.tagged.contains(&line.id) {
                drawings.push(Drawing::new(topic, guard(), Thing::Tags(line.clone()), now));
            }
            if needs.known.contains(&line.id) {
                drawings.push(Drawing::new(topic, guard(), Thing::Stale(line.id), now));
            }
        }
    }

    let people: Vec<PersonId> =
        needs.people.iter().copied().filter(|person| is_watched(Topic::Me(*person))).collect();
    if !people.is_empty() {
        for line in reading::start::presences(db, &people).await? {
            drawings.push(Drawing::new(
                Topic::Me(line.person_id),
                Guard::Owner,
                Thing::Me(Box::new(line)),
                now,
            ));
        }
    }
    Ok(drawings)
}

/// Notes and what is planned for open threads, and the word to those whom one names, until they have seen it.
async fn notes(
    db: &DatabaseConnection,
    needs: &Needs,
    lines: &BTreeMap<ConversationId, Rc<ConversationLine>>,
    is_watched: impl Fn(Topic) -> bool,
    now: DateTime<Utc>,
) -> Result<Vec<Drawing>, DbErr> {
    let mut drawings = Vec::new();
    let watched: Vec<NoteId> = needs
        .notes
        .iter()
        .filter(|(conversation, _)| is_watched(Topic::Thread(*conversation)))
        .map(|(_, note)| *note)
        .collect();
    if !watched.is_empty() {
        for line in reading::notes::some(db, &watched).await? {
            let Some(talk) = lines.get(&line.conversation_id) else { continue };
            let (topic, guard) = (Topic::Thread(talk.id), Guard::Conversation(talk.facts()));
            drawings.push(Drawing::new(topic, guard, Thing::Note(Box::new(line)), now));
        }
    }
    let changed: Vec<ConversationId> =
        needs.planned.iter().copied().filter(|id| is_watched(Topic::Thread(*id))).collect();
    if !changed.is_empty() {
        let mut planned = reading::planned::of(db, &changed).await?;
        for id in changed {
            let Some(talk) = lines.get(&id) else { continue };
            let thing = Thing::Planned(talk.clone(), planned.remove(&id).unwrap_or_default());
            drawings.push(Drawing::new(Topic::Thread(id), Guard::Conversation(talk.facts()), thing, now));
        }
    }
    let told: Vec<(PersonId, ConversationId)> =
        needs.mentions.iter().copied().filter(|(person, _)| is_watched(Topic::Me(*person))).collect();
    if told.is_empty() {
        return Ok(drawings);
    }
    let unseen = reading::notes::unseen(db, &told).await?;
    for (person, conversation) in told {
        let Some(talk) = lines.get(&conversation) else { continue };
        let line =
            unseen.iter().find(|line| (line.person, line.note.conversation_id) == (person, conversation));
        let (guard, thing) = match line {
            Some(line) => {
                (Guard::Conversation(talk.facts()), Thing::Mention(talk.clone(), Box::new(line.clone())))
            }
            None => (Guard::Owner, Thing::MentionGone(conversation)),
        };
        drawings.push(Drawing::new(Topic::Me(person), guard, thing, now));
    }
    Ok(drawings)
}
