//! Offers: a conversation is kept for somebody who may take it or not. One offer of a conversation at a time.

use chrono::{DateTime, Utc};
use domain::{
    ConversationId, ConversationState, Event, PersonId, Principal, QueueId,
    event::{AssignmentReason, OfferOutcome},
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use super::{
    AssignError, Freed, Move, Terms, lighten,
    moves::{Moved, move_holders},
};
use crate::{events, policy, rows};

type Happened = Vec<(Event, Option<PersonId>)>;

/// The code of the pause of somebody who let too many offers run out.
pub const OFFERS_MISSED: &str = "offers_missed";

#[derive(FromQueryResult)]
struct Offer {
    conversation_id: ConversationId,
    person_id: PersonId,
    queue_id: QueueId,
    by_id: Option<PersonId>,
    weight: i16,
    reason: serde_json::Value,
    state: ConversationState,
    assignee_id: Option<PersonId>,
}

/// Take what is offered to one.
///
/// # Errors
/// `NotFound` when no such offer stands any more.
pub async fn accept(
    tx: &DatabaseTransaction,
    by: &Principal,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<(), AssignError> {
    let offer = standing(tx, by.person, conversation).await?.ok_or(AssignError::NotFound)?;
    let reason: AssignmentReason =
        serde_json::from_value(offer.reason).map_err(|error| DbErr::Json(error.to_string()))?;
    let wanted = Move {
        conversation,
        from: offer.assignee_id,
        to: Some(by.person),
        reason,
        by: offer.by_id,
        terms: Terms::Done,
    };
    match move_holders(tx, &[wanted], now).await?.first() {
        Some(Moved::Lost(lost)) => return Err((*lost).into()),
        Some(Moved::Won) | None => {}
    }
    rows::run(
        tx,
        "update presence set offers_missed = 0 where person_id = $1 and offers_missed > 0",
        [by.person.into()],
    )
    .await?;
    Ok(())
}

/// Leave what is offered to one to somebody else. In this wait it is not offered to them again. Wake the dispatcher
/// after the commit.
///
/// # Errors
/// `NotFound` when no such offer stands any more.
pub async fn decline(
    tx: &DatabaseTransaction,
    by: &Principal,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<(), AssignError> {
    let offer = standing(tx, by.person, conversation).await?.ok_or(AssignError::NotFound)?;
    let happened = give_up(tx, &[offer], OfferOutcome::Declined, now).await?;
    events::append(tx, &happened, now).await?;
    Ok(())
}

/// Offers that ran out are over; whoever let too many run out is paused. How many there were. Wake the dispatcher
/// after the commit.
///
/// # Errors
/// When the database fails.
pub async fn lapse(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<usize, DbErr> {
    // Of both rows: an offer that ended while we came to its conversation is not due any more.
    let due: Vec<Offer> = rows::all(
        tx,
        "select o.conversation_id, o.person_id, o.queue_id, o.by_id, o.weight, o.reason, c.state, c.assignee_id
         from offer o join conversation c on c.id = o.conversation_id
         where o.ended_at is null and o.expires_at <= $1
         order by c.id for no key update of c, o skip locked",
        [now.into()],
    )
    .await?;
    if due.is_empty() {
        return Ok(0);
    }
    let mut happened = give_up(tx, &due, OfferOutcome::Lapsed, now).await?;
    let policy = policy::current(tx).await?.policy;
    for offer in due.iter().filter(|offer| offer.by_id.is_none()) {
        let routing::policy::Mode::Offer { lapsed, .. } = policy.queue(offer.queue_id).mode else { continue };
        let paused = rows::run(
            tx,
            "update presence set offers_missed = offers_missed + 1, version = version + 1,
                 state = case when $2 > 0 and offers_missed + 1 >= $2 and state = 'available' then 'paused' else state end,
                 pause_code = case when $2 > 0 and offers_missed + 1 >= $2 and state = 'available' then $3
                     else pause_code end,
                 since = case when $2 > 0 and offers_missed + 1 >= $2 and state = 'available' then $4 else since end
             where person_id = $1",
            [
                offer.person_id.into(),
                i64::from(lapsed.pause_after).into(),
                OFFERS_MISSED.into(),
                now.into(),
            ],
        )
        .await?;
        if paused > 0 {
            happened.extend(crate::presence::told(tx, &[offer.person_id], None, now).await?);
        }
    }
    events::append(tx, &happened, now).await?;
    Ok(due.len())
}

/// End what is offered of a conversation that the caller has locked and will close or move; who has room again by it.
pub(crate) async fn withdraw(
    tx: &DatabaseTransaction,
    conversation: ConversationId,
    offered_to: Option<PersonId>,
    weight: i16,
    now: DateTime<Utc>,
) -> Result<(Option<Freed>, Happened), DbErr> {
    let Some(person) = offered_to else { return Ok((None, Vec::new())) };
    rows::run(
        tx,
        "update conversation set offered_to = null, offered_until = null where id = $1",
        [conversation.into()],
    )
    .await?;
    let happened = end(tx, &[(conversation, OfferOutcome::Withdrawn)], now).await?;
    Ok((Some(Freed { person, weight, wrap_up_until: None }), happened))
}

/// The offer with its conversation, both locked: who waited for the one reads both as they are by then.
async fn standing(
    tx: &DatabaseTransaction,
    person: PersonId,
    conversation: ConversationId,
) -> Result<Option<Offer>, DbErr> {
    let found: Vec<Offer> = rows::all(
        tx,
        "select o.conversation_id, o.person_id, o.queue_id, o.by_id, o.weight, o.reason, c.state, c.assignee_id
         from conversation c join offer o on o.conversation_id = c.id and o.ended_at is null and o.person_id = $2
         where c.id = $1 for no key update of c, o",
        [conversation.into(), person.into()],
    )
    .await?;
    Ok(found.into_iter().find(|offer| offer.state != ConversationState::Closed))
}

/// End offers without anybody taking the conversation: it waits on, or its holder goes on holding it.
async fn give_up(
    tx: &DatabaseTransaction,
    offers: &[Offer],
    outcome: OfferOutcome,
    now: DateTime<Utc>,
) -> Result<Happened, DbErr> {
    let ids: Vec<Uuid> = offers.iter().map(|offer| offer.conversation_id.0).collect();
    rows::run(
        tx,
        "update conversation set offered_to = null, offered_until = null, version = version + 1,
             declined_by = declined_by || offered_to
         where id = any($1)",
        [ids.into()],
    )
    .await?;
    let ended: Vec<_> = offers.iter().map(|offer| (offer.conversation_id, outcome)).collect();
    let mut happened = end(tx, &ended, now).await?;
    let freed = offers
        .iter()
        .map(|offer| Freed { person: offer.person_id, weight: offer.weight, wrap_up_until: None })
        .collect();
    happened.extend(lighten(tx, freed, now).await?);
    Ok(happened)
}

/// Write down that these offers are over; the events that say so.
pub(super) async fn end(
    tx: &DatabaseTransaction,
    ended: &[(ConversationId, OfferOutcome)],
    now: DateTime<Utc>,
) -> Result<Happened, DbErr> {
    #[derive(Serialize)]
    struct Row {
        conversation_id: ConversationId,
        outcome: OfferOutcome,
    }
    #[derive(FromQueryResult)]
    struct Over {
        conversation_id: ConversationId,
        person_id: PersonId,
        by_id: Option<PersonId>,
        outcome: OfferOutcome,
    }
    if ended.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<Row> = ended
        .iter()
        .map(|(conversation, outcome)| Row { conversation_id: *conversation, outcome: *outcome })
        .collect();
    let over: Vec<Over> = rows::all(
        tx,
        "update offer o set ended_at = $2, outcome = t.outcome
         from json_to_recordset($1::text::json) as t(conversation_id uuid, outcome text)
         where o.conversation_id = t.conversation_id and o.ended_at is null
         returning o.conversation_id, o.person_id, o.by_id, o.outcome",
        [rows::recordset(&wanted)?, now.into()],
    )
    .await?;
    Ok(over
        .into_iter()
        .map(|over| {
            let Over { conversation_id: conversation, person_id: to, by_id: from, outcome } = over;
            let actor = matches!(outcome, OfferOutcome::Accepted | OfferOutcome::Declined).then_some(to);
            (Event::OfferEnded { conversation, to, outcome, from }, actor)
        })
        .collect())
}

/// Write down the offers among these moves; the events that say so.
pub(super) async fn make(
    tx: &DatabaseTransaction,
    moves: &[&Move],
    talk: impl Fn(ConversationId) -> Option<(QueueId, i16)>,
    now: DateTime<Utc>,
) -> Result<Happened, DbErr> {
    #[derive(Serialize)]
    struct Row<'a> {
        id: Uuid,
        conversation_id: ConversationId,
        person_id: PersonId,
        queue_id: QueueId,
        kind: &'static str,
        by_id: Option<PersonId>,
        note: Option<&'a str>,
        weight: i16,
        reason: &'a AssignmentReason,
        expires_at: DateTime<Utc>,
    }
    let offers: Vec<Row<'_>> = moves
        .iter()
        .filter_map(|wanted| {
            let Terms::Offered { until, note } = &wanted.terms else { return None };
            let (queue_id, weight) = talk(wanted.conversation)?;
            Some(Row {
                id: Uuid::now_v7(),
                conversation_id: wanted.conversation,
                person_id: wanted.to?,
                queue_id,
                kind: if wanted.by.is_some() { "transfer" } else { "routed" },
                by_id: wanted.by,
                note: note.as_deref(),
                weight,
                reason: &wanted.reason,
                expires_at: *until,
            })
        })
        .collect();
    if offers.is_empty() {
        return Ok(Vec::new());
    }
    let recordset = rows::recordset(&offers)?;
    rows::run(
        tx,
        "insert into offer (id, conversation_id, person_id, queue_id, kind, by_id, note, weight, reason, made_at,
             expires_at)
         select id, conversation_id, person_id, queue_id, kind, by_id, note, weight, reason, $2, expires_at
         from json_to_recordset($1::text::json) as t(id uuid, conversation_id uuid, person_id uuid, queue_id uuid,
             kind text, by_id uuid, note text, weight smallint, reason jsonb, expires_at timestamptz)",
        [recordset.clone(), now.into()],
    )
    .await?;
    rows::run(
        tx,
        "update conversation c set offered_to = t.person_id, offered_until = t.expires_at, version = c.version + 1
         from json_to_recordset($1::text::json) as t(conversation_id uuid, person_id uuid, expires_at timestamptz)
         where c.id = t.conversation_id",
        [recordset],
    )
    .await?;
    Ok(offers
        .iter()
        .map(|offer| {
            let event = Event::ConversationOffered {
                conversation: offer.conversation_id,
                to: offer.person_id,
                until: offer.expires_at,
                from: offer.by_id,
                note: offer.note.map(str::to_owned),
            };
            (event, offer.by_id)
        })
        .collect())
}
