//! Moving conversations between holders, many at once.
//!
//! Rows are locked conversations first, then presences, each in the order of their ids. Everything that changes a
//! holder does so here, so two dispatchers, supervisors or clicks wait for each other and never in a circle.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    ConversationId, ConversationState, Event, PersonId, PresenceState, QueueId, event::AssignmentReason,
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use crate::{events, rows};

/// A change of holder that somebody wants.
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
}

impl Move {
    fn needs_room(&self) -> bool {
        matches!(self.reason, AssignmentReason::Routed { .. } | AssignmentReason::Taken)
    }

    fn needs_presence(&self) -> bool {
        matches!(self.reason, AssignmentReason::Routed { .. })
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
    queue_id: QueueId,
}

#[derive(FromQueryResult)]
struct Desk {
    person_id: PersonId,
    state: PresenceState,
    believed: bool,
    capacity: i32,
    load: i32,
}

/// Do as many of the moves as still can be done, in the order given; answers for each, in that order.
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
    let mut desks = lock_desks(tx, moves).await?;
    let answers: Vec<Moved> = moves
        .iter()
        .map(|wanted| decide(wanted, &mut talks, &mut desks).map_or_else(Moved::Lost, |()| Moved::Won))
        .collect();
    let won: Vec<&Move> =
        moves.iter().zip(&answers).filter(|(_, answer)| **answer == Moved::Won).map(|(won, _)| won).collect();
    if !won.is_empty() {
        write(tx, &won, &talks, &desks, now).await?;
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
    if let Some(desk) = wanted.to.and_then(|to| desks.get_mut(&to)) {
        if wanted.needs_presence() && !(desk.state == PresenceState::Available && desk.believed) {
            return Err(Lost::Away);
        }
        if wanted.needs_room() && desk.load >= desk.capacity {
            return Err(Lost::Full);
        }
        desk.load += 1;
    }
    if let Some(desk) = wanted.from.and_then(|from| desks.get_mut(&from)) {
        desk.load -= 1;
    }
    talk.assignee_id = wanted.to;
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
        "select id, state, assignee_id, queue_id from conversation where id = any($1) order by id for no key update",
        [ids.into()],
    )
    .await?;
    Ok(found.into_iter().map(|talk| (talk.id, talk)).collect())
}

async fn lock_desks(tx: &DatabaseTransaction, moves: &[Move]) -> Result<BTreeMap<PersonId, Desk>, DbErr> {
    let people: BTreeSet<PersonId> =
        moves.iter().flat_map(|wanted| [wanted.from, wanted.to]).flatten().collect();
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let mut desks = desks(tx, &ids).await?;
    if desks.len() < people.len() {
        // Somebody who never was at work, a supervisor for instance, gets a desk with their first conversation.
        rows::run(
            tx,
            "insert into presence (person_id) select id from unnest($1::uuid[]) as id order by id on conflict do nothing",
            [ids.clone().into()],
        )
        .await?;
        desks = self::desks(tx, &ids).await?;
    }
    Ok(desks.into_iter().map(|desk| (desk.person_id, desk)).collect())
}

async fn desks(tx: &DatabaseTransaction, people: &[Uuid]) -> Result<Vec<Desk>, DbErr> {
    rows::all(
        tx,
        "select person_id, state, coalesce(lease_until > clock_timestamp(), false) as believed, capacity, load
         from presence where person_id = any($1) order by person_id for no key update",
        [people.to_vec().into()],
    )
    .await
}

async fn write(
    tx: &DatabaseTransaction,
    won: &[&Move],
    talks: &HashMap<ConversationId, Talk>,
    desks: &BTreeMap<PersonId, Desk>,
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

    let holders: Vec<Holder> =
        won.iter().map(|done| Holder { id: done.conversation, assignee_id: done.to }).collect();
    rows::run(
        tx,
        "update conversation c set assignee_id = t.assignee_id, version = c.version + 1,
             last_holder_id = coalesce(t.assignee_id, c.last_holder_id),
             state = case when t.assignee_id is null then 'queued' else 'assigned' end,
             queued_at = case when t.assignee_id is null then $2 else c.queued_at end
         from json_to_recordset($1::text::json) as t(id uuid, assignee_id uuid) where c.id = t.id",
        [rows::recordset(&holders)?, now.into()],
    )
    .await?;

    let ended: Vec<Uuid> =
        won.iter().filter(|done| done.from.is_some()).map(|done| done.conversation.0).collect();
    end_assignments(tx, ended, now).await?;
    let started: Vec<Assignment<'_>> = won
        .iter()
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
    let touched: BTreeSet<PersonId> = won.iter().flat_map(|done| [done.from, done.to]).flatten().collect();
    set_loads(tx, desks.values().filter(|desk| touched.contains(&desk.person_id)), &receivers, now).await?;

    let mut happened: Vec<_> = won
        .iter()
        .map(|done| {
            let Move { conversation, from, to, reason, by } = (*done).clone();
            (Event::ConversationAssigned { conversation, from, to, reason }, by)
        })
        .collect();
    happened.extend(
        desks
            .values()
            .filter(|desk| touched.contains(&desk.person_id))
            .map(|desk| (Event::PresenceChanged { person: desk.person_id, state: desk.state }, None)),
    );
    events::append(tx, &happened, now).await
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

/// One conversation less for a person whose conversation the caller has locked; what they are now.
pub(crate) async fn lighten(
    tx: &DatabaseTransaction,
    person: PersonId,
) -> Result<Option<PresenceState>, DbErr> {
    #[derive(FromQueryResult)]
    struct Now {
        state: PresenceState,
    }
    let found: Vec<Now> = rows::all(
        tx,
        "update presence set load = load - 1, version = version + 1 where person_id = $1 returning state",
        [person.into()],
    )
    .await?;
    Ok(found.first().map(|now| now.state))
}
