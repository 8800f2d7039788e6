//! Reading what a batch needs, once, for all who are there, and making it ready to be drawn.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, ConversationState, MessageId, NoteId, PersonId};
use inbox::reading::{self, conversations::ConversationLine};
use sea_orm::{DatabaseConnection, DbErr};

use super::{
    Directory,
    draw::{Drawing, Guard, Listed, Thing, Topic},
    needs::Needs,
};
use crate::present;

/// Of what was closed before, no more is taken out of lists at once; older lines go when the list is drawn again.
const MOST_BESIDE: u64 = 200;

/// That another conversation of its contact began, ended or changed hands is told to so many of each contact.
const NEWEST: u64 = 20;

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
        drawings.push(Drawing::lost(lost, now));
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
    let lines = lines(db, needs).await?.into_iter().map(|line| (line.id, line)).collect();
    let batch = Batch { db, directory, needs, lines, is_watched, now };
    let mut drawings = batch.mine();
    drawings.extend(batch.marks().await?);
    drawings.extend(batch.offers().await?);
    drawings.extend(batch.messages().await?);
    drawings.extend(batch.notes().await?);
    drawings.extend(batch.planned().await?);
    drawings.extend(batch.mentions().await?);
    drawings.extend(batch.events().await?);
    drawings.extend(batch.states());
    drawings.extend(batch.beside().await?);
    drawings.extend(batch.presences().await?);
    Ok(drawings)
}

/// What one batch of events calls for, and the conversations it is about.
struct Batch<'a, W> {
    db: &'a DatabaseConnection,
    directory: &'a Directory,
    needs: &'a Needs,
    lines: BTreeMap<ConversationId, Rc<ConversationLine>>,
    is_watched: W,
    now: DateTime<Utc>,
}

impl<W: Fn(Topic) -> bool> Batch<'_, W> {
    fn is_open(&self, conversation: ConversationId) -> bool {
        (self.is_watched)(Topic::Thread(conversation))
    }

    fn is_here(&self, person: PersonId) -> bool {
        (self.is_watched)(Topic::Me(person))
    }

    /// For those who have this conversation open and can see it.
    fn in_thread(&self, talk: &ConversationLine, thing: Thing) -> Drawing {
        Drawing::new(Topic::Thread(talk.id), Guard::Conversation(talk.facts()), thing, self.now)
    }

    /// For somebody's own pages.
    fn to(&self, person: PersonId, thing: Thing) -> Drawing {
        Drawing::new(Topic::Me(person), Guard::Owner, thing, self.now)
    }

    /// For somebody's own pages, while they can see this conversation.
    fn to_seeing(&self, person: PersonId, talk: &ConversationLine, thing: Thing) -> Drawing {
        Drawing::new(Topic::Me(person), Guard::Conversation(talk.facts()), thing, self.now)
    }

    /// Who had a conversation before this batch and lost it.
    fn losers(&self, conversation: ConversationId) -> impl Iterator<Item = PersonId> {
        let of_it = self.needs.losers.iter().filter(move |(_, lost)| *lost == conversation);
        of_it.map(|(person, _)| *person)
    }

    /// Into and out of the lists of those who hold them, and held them before.
    fn mine(&self) -> Vec<Drawing> {
        let mut drawings = Vec::new();
        for (id, line) in &self.lines {
            let people: BTreeSet<PersonId> = self
                .losers(*id)
                .chain(line.assignee_id)
                .filter(|person| (self.is_watched)(Topic::Mine(*person)))
                .collect();
            if people.is_empty() {
                continue;
            }
            let listed = Rc::new(listed(line, self.needs, Rc::default()));
            let for_each = |person| Drawing::listed(Topic::Mine(person), listed.clone(), self.now);
            drawings.extend(people.into_iter().map(for_each));
        }
        drawings
    }

    /// What is whose, for all pages of those who have it and of those who had it.
    async fn marks(&self) -> Result<Vec<Drawing>, DbErr> {
        let mut drawings = Vec::new();
        let mut held = Vec::new();
        for (id, line) in &self.lines {
            let holder = line.assignee_id.filter(|_| line.state == ConversationState::Assigned);
            let gone = self.losers(*id).chain(line.assignee_id).filter(|person| Some(*person) != holder);
            for person in gone.filter(|person| self.is_here(*person)).collect::<BTreeSet<_>>() {
                drawings.push(self.to(person, Thing::MineGone(*id)));
            }
            held.extend(holder.filter(|person| self.is_here(*person)).map(|person| (person, line)));
        }
        // Whoever has just got one may have read it before; of the others their pages know it.
        let given = &self.needs.given;
        let pairs = held.iter().map(|(person, line)| (*person, line.id));
        let fresh: Vec<_> = pairs.filter(|pair| given.contains_key(pair)).collect();
        let read = inbox::read_marks::of(self.db, &fresh).await?;
        for (person, line) in held {
            let pair = (person, line.id);
            let taken = given.get(&pair).copied().unwrap_or_default();
            let thing = Thing::Mine(line.clone(), read.get(&pair).copied(), taken);
            drawings.push(self.to_seeing(person, line, thing));
        }
        Ok(drawings)
    }

    /// What is offered to somebody or not any more, and what comes back to who handed it over.
    async fn offers(&self) -> Result<Vec<Drawing>, DbErr> {
        let mut drawings = Vec::new();
        let pairs = self.needs.offers.iter().copied();
        let offered: Vec<(PersonId, ConversationId)> =
            pairs.filter(|(person, _)| self.is_here(*person)).collect();
        if !offered.is_empty() {
            let ids: Vec<ConversationId> = offered.iter().map(|(_, conversation)| *conversation).collect();
            let mut standing = reading::offers::standing(self.db, &ids).await?;
            for (person, conversation) in offered {
                let at = standing
                    .iter()
                    .position(|line| (line.person_id, line.conversation_id) == (person, conversation));
                let thing = match at {
                    Some(at) => Thing::Offer(Box::new(standing.swap_remove(at))),
                    None => Thing::OfferGone(conversation),
                };
                drawings.push(self.to(person, thing));
            }
        }
        for (told, conversation, by, declined, event) in &self.needs.back {
            let line = self.lines.get(conversation).filter(|line| line.assignee_id == Some(*told));
            if let Some(line) = line.filter(|_| self.is_here(*told)) {
                let name = self.directory.names().await?.person(*by);
                drawings.push(self.to(*told, Thing::Back(line.clone(), name, *declined, *event)));
            }
        }
        Ok(drawings)
    }

    /// Messages of open threads, and what their conversations have cost.
    async fn messages(&self) -> Result<Vec<Drawing>, DbErr> {
        let mut drawings = Vec::new();
        let pairs = self.needs.messages.iter().copied();
        let watched: Vec<(ConversationId, MessageId)> =
            pairs.filter(|(conversation, _)| self.is_open(*conversation)).collect();
        if watched.is_empty() {
            return Ok(drawings);
        }
        let ids: Vec<MessageId> = watched.iter().map(|(_, message)| *message).collect();
        let mut messages = reading::messages::some(self.db, &ids).await?;
        // What became a part of another message is no line of its own any more.
        for (conversation, message) in watched {
            let is_part = messages.iter().all(|line| line.id != message);
            if let Some(talk) = self.lines.get(&conversation).filter(|_| is_part) {
                drawings.push(self.in_thread(talk, Thing::MessageGone(message)));
            }
        }
        // Costs are learnt with a message's fate, or later: each time something becomes of one, the total may be another.
        let open: BTreeSet<ConversationId> = messages.iter().map(|line| line.conversation_id).collect();
        let open: Vec<ConversationId> = open.into_iter().collect();
        let costs =
            if open.is_empty() { BTreeMap::new() } else { reading::details::costs(self.db, &open).await? };
        for (conversation, costs) in &costs {
            if let Some(talk) = self.lines.get(conversation) {
                drawings.push(self.in_thread(talk, Thing::Spent(present::spent(*conversation, costs))));
            }
        }
        messages.sort_by_key(|line| (line.written_at, line.position));
        for line in messages {
            if let Some(talk) = self.lines.get(&line.conversation_id) {
                drawings.push(self.in_thread(talk, Thing::Message(Box::new(line))));
            }
        }
        Ok(drawings)
    }

    /// Notes of open threads.
    async fn notes(&self) -> Result<Vec<Drawing>, DbErr> {
        let pairs = self.needs.notes.iter().filter(|(conversation, _)| self.is_open(*conversation));
        let watched: Vec<NoteId> = pairs.map(|(_, note)| *note).collect();
        if watched.is_empty() {
            return Ok(Vec::new());
        }
        let notes = reading::notes::some(self.db, &watched).await?.into_iter();
        let drawn = notes.filter_map(|line| {
            let talk = self.lines.get(&line.conversation_id)?;
            Some(self.in_thread(talk, Thing::Note(Box::new(line))))
        });
        Ok(drawn.collect())
    }

    /// What is planned under open threads.
    async fn planned(&self) -> Result<Vec<Drawing>, DbErr> {
        let changed: Vec<ConversationId> =
            self.needs.planned.iter().copied().filter(|id| self.is_open(*id)).collect();
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let mut planned = reading::planned::of(self.db, &changed).await?;
        let drawn = changed.into_iter().filter_map(|id| {
            let talk = self.lines.get(&id)?;
            let thing = Thing::Planned(talk.clone(), planned.remove(&id).unwrap_or_default());
            Some(self.in_thread(talk, thing))
        });
        Ok(drawn.collect())
    }

    /// The word to those whom a note names, until they have seen it.
    async fn mentions(&self) -> Result<Vec<Drawing>, DbErr> {
        let pairs = self.needs.mentions.iter().copied();
        let told: Vec<(PersonId, ConversationId)> =
            pairs.filter(|(person, _)| self.is_here(*person)).collect();
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let unseen = reading::notes::unseen(self.db, &told).await?;
        let drawn = told.into_iter().filter_map(|(person, conversation)| {
            let talk = self.lines.get(&conversation)?;
            let line =
                unseen.iter().find(|line| (line.person, line.note.conversation_id) == (person, conversation));
            Some(match line {
                Some(line) => {
                    self.to_seeing(person, talk, Thing::Mention(talk.clone(), Box::new(line.clone())))
                }
                None => self.to(person, Thing::MentionGone(conversation)),
            })
        });
        Ok(drawn.collect())
    }

    /// What happened in open threads, as lines of them.
    async fn events(&self) -> Result<Vec<Drawing>, DbErr> {
        let watched: Vec<_> =
            self.needs.lines.iter().filter(|(conversation, _)| self.is_open(*conversation)).collect();
        if watched.is_empty() {
            return Ok(Vec::new());
        }
        let names = self.directory.names().await?;
        let drawn = watched.into_iter().filter_map(|(conversation, event)| {
            let talk = self.lines.get(conversation)?;
            let line = present::line(event, &names)?;
            Some(self.in_thread(talk, Thing::Line(*conversation, line)))
        });
        Ok(drawn.collect())
    }

    /// Where open conversations stand, and whether what is beside them is another.
    fn states(&self) -> Vec<Drawing> {
        let mut drawings = Vec::new();
        for line in self.lines.values().filter(|line| self.is_open(line.id)) {
            drawings.push(self.in_thread(line, Thing::State(line.clone())));
            if self.needs.tagged.contains(&line.id) {
                drawings.push(self.in_thread(line, Thing::Tags(line.clone())));
            }
            if self.needs.known.contains(&line.id) {
                drawings.push(self.in_thread(line, Thing::Stale(line.id)));
            }
        }
        drawings
    }

    /// Open threads with the contact of another conversation that began, ended or changed hands.
    async fn beside(&self) -> Result<Vec<Drawing>, DbErr> {
        let mut turned: BTreeMap<ContactId, BTreeSet<ConversationId>> = BTreeMap::new();
        for line in self.needs.turned.iter().filter_map(|id| self.lines.get(id)) {
            turned.entry(line.contact_id).or_default().insert(line.id);
        }
        if turned.is_empty() {
            return Ok(Vec::new());
        }
        let contacts: Vec<ContactId> = turned.keys().copied().collect();
        let ids = reading::conversations::newest_of(self.db, &contacts, NEWEST).await?;
        let open: Vec<ConversationId> = ids.into_iter().filter(|id| self.is_open(*id)).collect();
        if open.is_empty() {
            return Ok(Vec::new());
        }
        let lines = reading::conversations::some(self.db, &open).await?.into_iter();
        let others = lines.filter(|line| {
            turned.get(&line.contact_id).is_some_and(|turned| turned.iter().any(|id| *id != line.id))
        });
        Ok(others.map(|line| self.in_thread(&line, Thing::Stale(line.id))).collect())
    }

    /// What people themselves do.
    async fn presences(&self) -> Result<Vec<Drawing>, DbErr> {
        let people: Vec<PersonId> =
            self.needs.people.iter().copied().filter(|person| self.is_here(*person)).collect();
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let lines = reading::start::presences(self.db, &people).await?.into_iter();
        Ok(lines.map(|line| self.to(line.person_id, Thing::Me(Box::new(line)))).collect())
    }
}
