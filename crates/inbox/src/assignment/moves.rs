//! Moving conversations between holders, many at once.
//!
//! Rows are locked conversations first, then presences, each in the order of their ids. Everything that changes a
//! holder does so here, so two dispatchers, supervisors or clicks wait for each other and never in a circle.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    ConversationId, ConversationState, Event, PersonId, PresenceState, QueueId,
    event::{AssignmentReason, OfferOutcome},
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use super::offers;
use crate::{events, policy, presence, rows, waiting, watch};

/// A change of holder, or an offer of one, that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Who held it when this was decided. If it is somebody else by now, the move is lost.
    pub from: Option<PersonId>,
    /// Who shall hold it; `None` puts it back into its queue.
    pub to: Option<PersonId>,
    /// Why. What the router decides holds only while the person is available and has room.
    pub reason: AssignmentReason,
    /// Who decided; `None` for the router.
    pub by: Option<PersonId>,
    /// Whether it is done or only offered.
    pub terms: Terms,
}

/// Whether a move is done or offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terms {
    /// It is done.
    Done,
    /// The person may take it, until then. Slots are kept for it, and whoever holds it goes on holding it.
    Offered {
        /// Until when the offer stands.
        until: DateTime<Utc>,
        /// What a colleague who hands it over says about it.
        note: Option<String>,
    },
}

impl Move {
    fn needs_room(&self) -> bool {
        use AssignmentReason::{Resumed, Routed, Taken};
        self.is_offer() || matches!(self.reason, Routed { .. } | Taken | Resumed)
    }

    fn needs_presence(&self) -> bool {
        self.is_offer() || self.is_routed()
    }

    fn is_routed(&self) -> bool {
        self.by.is_none() && matches!(self.reason, AssignmentReason::Routed { .. })
    }

    fn is_offer(&self) -> bool {
        matches!(self.terms, Terms::Offered { .. })
    }
}

/// What became of a [`Move`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It was done.
    Won,
    /// Something was in its way; nothing was changed.
    Lost(Lost),
}

/// What was in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It is closed, or not there.
    Gone,
    /// Somebody else holds it, or nobody does any more.
    HeldBy(Option<PersonId>),
    /// It is offered to somebody who has not answered yet.
    OfferedTo(PersonId),
    /// The person holds as many as they may.
    Full,
    /// The person is not available, or not believed to be.
    Away,
}

#[derive(FromQueryResult)]
struct Talk {
    id: ConversationId,
    state: ConversationState,
    assignee_id: Option<PersonId>,
    offered_to: Option<PersonId>,
    queue_id: QueueId,
    weight: i16,
}

#[derive(FromQueryResult)]
struct Desk {
    person_id: PersonId,
    state: PresenceState,
    believed: bool,
    writing_up: bool,
    capacity: i32,
    load: i32,
}

/// Do as many of the moves as still can be done, in the order given; answers for each, in that order.
///
/// An offer that stands ends with any change of holder: accepted when it goes to whom it was offered, else withdrawn.
///
/// # Errors
/// Only when the database fails. A move that came too late is an answer.
pub async fn move_holders(
    tx: &DatabaseTransaction,
    moves: &[Move],
    now: DateTime<Utc>,
) -> Result<Vec<Moved>, DbErr> {
    if moves.is_empty() {
        return Ok(Vec::new());
    }
    let mut talks = lock_talks(tx, moves).await?;
    let offers: HashMap<ConversationId, PersonId> =
        talks.values().filter_map(|talk| Some((talk.id, talk.offered_to?))).collect();
    let mut desks = lock_desks(tx, moves, offers.values().copied(), now).await?;
    let answers: Vec<Moved> = moves
        .iter()
        .map(|wanted| decide(wanted, &mut talks, &mut desks).map_or_else(Moved::Lost, |()| Moved::Won))
        .collect();
    let won: Vec<&Move> =
        moves.iter().zip(&answers).filter(|(_, answer)| **answer == Moved::Won).map(|(won, _)| won).collect();
    if !won.is_empty() {
        write(tx, &won, &talks, &desks, &offers, now).await?;
    }
    Ok(answers)
}

fn decide(
    wanted: &Move,
    talks: &mut HashMap<ConversationId, Talk>,
    desks: &mut BTreeMap<PersonId, Desk>,
) -> Result<(), Lost> {
    let talk = talks.get_mut(&wanted.conversation).ok_or(Lost::Gone)?;
    if talk.state == ConversationState::Closed {
        return Err(Lost::Gone);
    }
    if talk.assignee_id != wanted.from || wanted.from == wanted.to {
        return Err(Lost::HeldBy(talk.assignee_id));
    }
    let weight = i32::from(talk.weight);
    let kept = wanted.to.is_some() && talk.offered_to == wanted.to;
    // A supervisor may go over an offer, whoever takes by themselves may not.
    let by_themselves = matches!(wanted.reason, AssignmentReason::Taken | AssignmentReason::Resumed);
    let yields = wanted.is_offer() || wanted.is_routed() || by_themselves;
    if let Some(offered_to) = talk.offered_to.filter(|_| yields && !kept) {
        return Err(Lost::OfferedTo(offered_to));
    }
    if let Some(desk) = wanted.to.and_then(|to| desks.get(&to)) {
        let there = desk.state == PresenceState::Available && desk.believed;
        if wanted.needs_presence() && !kept && (!there || (desk.writing_up && wanted.is_routed())) {
            return Err(Lost::Away);
        }
        if wanted.needs_room() && !kept && desk.load + weight > desk.capacity {
            return Err(Lost::Full);
        }
    }
    if let Some(desk) = talk.offered_to.and_then(|offered_to| desks.get_mut(&offered_to)) {
        desk.load -= weight;
    }
    if let Some(desk) = wanted.to.and_then(|to| desks.get_mut(&to)) {
        desk.load += weight;
    }
    if wanted.is_offer() {
        talk.offered_to = wanted.to;
        return Ok(());
    }
    if let Some(desk) = wanted.from.and_then(|from| desks.get_mut(&from)) {
        desk.load -= weight;
    }
    talk.assignee_id = wanted.to;
    talk.offered_to = None;
    Ok(())
}

async fn lock_talks(
    tx: &DatabaseTransaction,
    moves: &[Move],
) -> Result<HashMap<ConversationId, Talk>, DbErr> {
    let ids: Vec<Uuid> = moves.iter().map(|wanted| wanted.conversation.0).collect();
    // NO KEY: events written elsewhere refer to the row, and shall not wait for this.
    let found: Vec<Talk> = rows::all(
        tx,
        "select id, state, assignee_id, offered_to, queue_id, weight from conversation where id = any($1)
         order by id for no key update",
        [ids.into()],
    )
    .await?;
    Ok(found.into_iter().map(|talk| (talk.id, talk)).collect())
}

async fn lock_desks(
    tx: &DatabaseTransaction,
    moves: &[Move],
    offered_to: impl Iterator<Item = PersonId>,
    now: DateTime<Utc>,
) -> Result<BTreeMap<PersonId, Desk>, DbErr> {
    let people: BTreeSet<PersonId> =
        moves.iter().flat_map(|wanted| [wanted.from, wanted.to]).flatten().chain(offered_to).collect();
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let mut desks = desks(tx, &ids, now).await?;
    if desks.len() < people.len() {
        // Somebody who never was at work, a supervisor for instance, gets a desk with their first conversation.
        rows::run(
            tx,
            "insert into presence (person_id) select id from unnest($1::uuid[]) as id order by id on conflict do nothing",
            [ids.clone().into()],
        )
        .await?;
        // Their time line begins; nobody has to hear of it.
        presence::told(tx, &people.iter().copied().collect::<Vec<_>>(), None, now).await?;
        desks = self::desks(tx, &ids, now).await?;
    }
    Ok(desks.into_iter().map(|desk| (desk.person_id, desk)).collect())
}

async fn desks(tx: &DatabaseTransaction, people: &[Uuid], now: DateTime<Utc>) -> Result<Vec<Desk>, DbErr> {
    rows::all(
        tx,
        "select person_id, state, coalesce(lease_until > clock_timestamp(), false) as believed,
             coalesce(wrap_up_until > $2, false) as writing_up, capacity, load
         from presence where person_id = any($1) order by person_id for no key update",
        [people.to_vec().into(), now.into()],
    )
    .await
}

async fn write(
    tx: &DatabaseTransaction,
    won: &[&Move],
    talks: &HashMap<ConversationId, Talk>,
    desks: &BTreeMap<PersonId, Desk>,
    offers: &HashMap<ConversationId, PersonId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Holder {
        id: ConversationId,
        assignee_id: Option<PersonId>,
    }
    #[derive(Serialize)]
    struct Assignment<'a> {
        id: Uuid,
        conversation_id: ConversationId,
        person_id: PersonId,
        queue_id: QueueId,
        reason: &'a AssignmentReason,
        by_id: Option<PersonId>,
    }

    let done = || won.iter().filter(|won| !won.is_offer());
    let holders: Vec<Holder> =
        done().map(|done| Holder { id: done.conversation, assignee_id: done.to }).collect();
    rows::run(
        tx,
        "update conversation c set assignee_id = t.assignee_id, version = c.version + 1,
             last_holder_id = coalesce(t.assignee_id, c.last_holder_id),
             state = case when t.assignee_id is null then 'queued' else 'assigned' end,
             queued_at = case when t.assignee_id is null then $2 else c.queued_at end,
             returned_by = case when t.assignee_id is null then c.assignee_id end,
             offered_to = null, offered_until = null, snoozed_until = null, returns_to = null
         from json_to_recordset($1::text::json) as t(id uuid, assignee_id uuid) where c.id = t.id",
        [rows::recordset(&holders)?, now.into()],
    )
    .await?;

    let ended: Vec<Uuid> =
        done().filter(|done| done.from.is_some()).map(|done| done.conversation.0).collect();
    end_assignments(tx, ended, now).await?;
    let started: Vec<Assignment<'_>> = done()
        .filter_map(|done| {
            Some(Assignment {
                id: Uuid::now_v7(),
                conversation_id: done.conversation,
                person_id: done.to?,
                queue_id: talks.get(&done.conversation)?.queue_id,
                reason: &done.reason,
                by_id: done.by,
            })
        })
        .collect();
    rows::run(
        tx,
        "insert into assignment (id, conversation_id, person_id, queue_id, reason, by_id, started_at)
         select id, conversation_id, person_id, queue_id, reason, by_id, $2
         from json_to_recordset($1::text::json)
             as t(id uuid, conversation_id uuid, person_id uuid, queue_id uuid, reason jsonb, by_id uuid)",
        [rows::recordset(&started)?, now.into()],
    )
    .await?;

    let receivers = won.iter().filter_map(|done| done.to).collect();
    let mut touched: BTreeSet<PersonId> =
        won.iter().flat_map(|done| [done.from, done.to]).flatten().collect();
    touched.extend(won.iter().filter_map(|won| offers.get(&won.conversation)));
    set_loads(tx, desks.values().filter(|desk| touched.contains(&desk.person_id)), &receivers, now).await?;

    let mut happened = offers::end(tx, &ended_offers(won, offers), now).await?;
    happened.extend(
        offers::make(tx, won, |id| talks.get(&id).map(|talk| (talk.queue_id, talk.weight)), now).await?,
    );
    happened.extend(done().map(|done| {
        let Move { conversation, from, to, reason, by, .. } = (*done).clone();
        (Event::ConversationAssigned { conversation, from, to, reason }, by)
    }));
    let finishing = desks.values().filter(|desk| {
        desk.state == PresenceState::PrePause && desk.load == 0 && touched.contains(&desk.person_id)
    });
    let finished = presence::finish(tx, finishing.map(|desk| desk.person_id).collect(), now).await?;
    happened.extend(presence::told(tx, &finished, None, now).await?);
    happened.extend(
        desks
            .values()
            .filter(|desk| touched.contains(&desk.person_id) && !finished.contains(&desk.person_id))
            .map(|desk| (Event::PresenceChanged { person: desk.person_id, state: desk.state }, None)),
    );
    events::append(tx, &happened, now).await?;
    watch_holders(tx, done().copied(), talks, now).await?;
    let released: Vec<ConversationId> =
        done().filter(|done| done.to.is_none()).map(|done| done.conversation).collect();
    waiting::begin(tx, &released, now).await
}

/// The silence of a new holder begins now, where it is watched.
async fn watch_holders<'a>(
    tx: &DatabaseTransaction,
    done: impl Iterator<Item = &'a Move>,
    talks: &HashMap<ConversationId, Talk>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let given: Vec<&Talk> =
        done.filter(|done| done.to.is_some()).filter_map(|done| talks.get(&done.conversation)).collect();
    if given.is_empty() {
        return Ok(());
    }
    let policy = policy::current(tx).await?.policy;
    let watched: Vec<ConversationId> = given
        .into_iter()
        .filter(|talk| {
            policy.queues.iter().any(|queue| queue.id == talk.queue_id && queue.agent_silence.is_some())
        })
        .map(|talk| talk.id)
        .collect();
    watch::look(tx, &watched, now).await
}

fn ended_offers(
    won: &[&Move],
    offers: &HashMap<ConversationId, PersonId>,
) -> Vec<(ConversationId, OfferOutcome)> {
    won.iter()
        .filter_map(|won| {
            let offered_to = offers.get(&won.conversation)?;
            let accepted = won.to == Some(*offered_to);
            Some((won.conversation, if accepted { OfferOutcome::Accepted } else { OfferOutcome::Withdrawn }))
        })
        .collect()
}

async fn set_loads<'a>(
    tx: &DatabaseTransaction,
    desks: impl Iterator<Item = &'a Desk>,
    receivers: &BTreeSet<PersonId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Load {
        person_id: PersonId,
        load: i32,
        given: bool,
    }

    let loads: Vec<Load> = desks
        .map(|desk| Load {
            person_id: desk.person_id,
            load: desk.load,
            given: receivers.contains(&desk.person_id),
        })
        .collect();
    rows::run(
        tx,
        "update presence p set load = t.load, version = p.version + 1,
             idle_since = case when t.given then greatest(p.idle_since, $2) else p.idle_since end
         from json_to_recordset($1::text::json) as t(person_id uuid, load int, given boolean)
         where p.person_id = t.person_id",
        [rows::recordset(&loads)?, now.into()],
    )
    .await?;
    Ok(())
}

/// The holders of these conversations hold them no longer.
pub(crate) async fn end_assignments(
    tx: &DatabaseTransaction,
    conversations: Vec<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update assignment set ended_at = $2 where conversation_id = any($1) and ended_at is null",
        [conversations.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Somebody who gives up slots: their conversation was closed, or an offer to them ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Freed {
    /// Who.
    pub person: PersonId,
    /// How many slots.
    pub weight: i16,
    /// Until when they write up what they closed.
    pub wrap_up_until: Option<DateTime<Utc>>,
}

/// People whose conversations the caller has locked have room again; the events that say so. Whoever was finishing and
/// has nothing left is on their pause.
pub(crate) async fn lighten(
    tx: &DatabaseTransaction,
    mut freed: Vec<Freed>,
    now: DateTime<Utc>,
) -> Result<Vec<(Event, Option<PersonId>)>, DbErr> {
    if freed.is_empty() {
        return Ok(Vec::new());
    }
    // In the order of their ids, like everybody who locks presences.
    freed.sort_unstable();
    for Freed { person, weight, wrap_up_until } in &freed {
        rows::run(
            tx,
            "update presence set load = load - $2, version = version + 1, wrap_up_until = greatest(wrap_up_until, $3)
             where person_id = $1",
            [(*person).into(), (*weight).into(), (*wrap_up_until).into()],
        )
        .await?;
    }
    let mut people: Vec<PersonId> = freed.into_iter().map(|freed| freed.person).collect();
    people.dedup();
    presence::finish(tx, people.clone(), now).await?;
    presence::told(tx, &people, None, now).await
}
