//! Beginning to wait: what a conversation gets the moment it comes to wait in a queue, however it came there.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ChannelKind, ConversationId, MustAct, PersonId, QueueId};
use routing::{
    Policy,
    policy::{Sticky, StickyTo},
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use crate::{policy, rows, watch};

/// So long what comes back waits for whoever put it aside, where its queue says nothing of whom it waits for, in seconds.
const RETURN_WAIT: u32 = 120;

#[derive(FromQueryResult)]
struct Waiting {
    id: ConversationId,
    queue_id: QueueId,
    kind: ChannelKind,
    priority: i16,
    vip: bool,
    queued_at: DateTime<Utc>,
    must_act: MustAct,
    must_act_since: DateTime<Utc>,
    owner_id: Option<PersonId>,
    last_agent_id: Option<PersonId>,
    returns_to: Option<PersonId>,
}

#[derive(Serialize)]
struct Placed {
    id: ConversationId,
    turn_at: DateTime<Utc>,
    weight: u32,
    preferred_id: Option<PersonId>,
    preferred_until: Option<DateTime<Utc>>,
    preferred_why: Option<&'static str>,
}

/// Give these conversations, which the caller has locked and put into their queues, their place in the order, their
/// weight, and whoever goes before all others; and look at them at once. Wake dispatcher and watch after the commit.
///
/// # Errors
/// When the database fails.
pub(crate) async fn begin(
    tx: &DatabaseTransaction,
    conversations: &[ConversationId],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    place_all(tx, conversations).await?;
    watch::look(tx, conversations, now).await
}

/// The same without looking at them, for those who have others to look at too.
pub(crate) async fn place_all(
    tx: &DatabaseTransaction,
    conversations: &[ConversationId],
) -> Result<(), DbErr> {
    put(tx, conversations, true).await
}

/// Give those of these conversations that wait the place that follows from what their contacts are now. How long they
/// have waited and what was asked less of meanwhile stays. Wake the dispatcher after the commit.
///
/// # Errors
/// When the database fails.
pub(crate) async fn place_again(
    tx: &DatabaseTransaction,
    conversations: &[ConversationId],
) -> Result<(), DbErr> {
    put(tx, conversations, false).await
}

/// Everybody's place in the order; and if they begin to wait, what a wait begins with.
async fn put(tx: &DatabaseTransaction, conversations: &[ConversationId], begins: bool) -> Result<(), DbErr> {
    if conversations.is_empty() {
        return Ok(());
    }
    let placed = places(tx, conversations).await?;
    rows::run(
        tx,
        "update conversation c set turn_at = t.turn_at, preferred_id = t.preferred_id,
             preferred_until = t.preferred_until, preferred_why = t.preferred_why,
             weight = case when $2 then t.weight else c.weight end,
             relaxed = case when $2 then 0 else c.relaxed end,
             team_id = case when $2 then null else c.team_id end,
             declined_by = case when $2 then '{}' else c.declined_by end
         from json_to_recordset($1::text::json) as t(id uuid, turn_at timestamptz, weight smallint, preferred_id uuid,
             preferred_until timestamptz, preferred_why text)
         where c.id = t.id",
        [rows::recordset(&placed)?, begins.into()],
    )
    .await
    .map(drop)
}

async fn places(tx: &DatabaseTransaction, conversations: &[ConversationId]) -> Result<Vec<Placed>, DbErr> {
    let policy = policy::current(tx).await?.policy;
    let ids: Vec<Uuid> = conversations.iter().map(|id| id.0).collect();
    let found: Vec<Waiting> = rows::all(
        tx,
        "select c.id, c.queue_id, ch.kind, c.priority, k.vip, c.queued_at, c.must_act, c.must_act_since, k.owner_id,
             c.returns_to,
             coalesce(c.last_holder_id, (
                 select o.last_holder_id from conversation o
                 where o.contact_id = c.contact_id and o.id <> c.id and o.last_holder_id is not null
                 order by o.opened_at desc limit 1)) as last_agent_id
         from conversation c join contact k on k.id = c.contact_id join channel ch on ch.id = c.channel_id
         where c.id = any($1) and c.state = 'queued'",
        [ids.into()],
    )
    .await?;
    Ok(found.iter().map(|waiting| place(waiting, &policy)).collect())
}

fn place(waiting: &Waiting, policy: &Policy) -> Placed {
    // Whoever was promised nothing yet began to wait when they wrote, wherever the conversation has been since.
    let since = match waiting.must_act {
        MustAct::Agent => waiting.must_act_since.min(waiting.queued_at),
        MustAct::Customer => waiting.queued_at,
    };
    let sticky = policy.queue(waiting.queue_id).sticky;
    // Who put it aside goes on with it, whatever the queue holds of owners.
    let returns = waiting
        .returns_to
        .map(|person| ((person, "last_agent"), sticky.map_or(RETURN_WAIT, |sticky| sticky.wait)));
    let preferred =
        returns.or_else(|| sticky.and_then(|sticky| Some((preferred(sticky, waiting)?, sticky.wait))));
    Placed {
        id: waiting.id,
        turn_at: policy.turn(since, waiting.queue_id, waiting.priority, waiting.vip),
        weight: policy.weight(waiting.kind),
        preferred_id: preferred.map(|((person, _), _)| person),
        preferred_until: preferred.map(|(_, wait)| waiting.queued_at + TimeDelta::seconds(i64::from(wait))),
        preferred_why: preferred.map(|((_, why), _)| why),
    }
}

fn preferred(sticky: Sticky, waiting: &Waiting) -> Option<(PersonId, &'static str)> {
    let owner = waiting.owner_id.map(|person| (person, "owner"));
    let last_agent = waiting.last_agent_id.map(|person| (person, "last_agent"));
    match sticky.to {
        StickyTo::Owner => owner,
        StickyTo::LastAgent => last_agent,
        StickyTo::OwnerOrLastAgent => owner.or(last_agent),
    }
}
