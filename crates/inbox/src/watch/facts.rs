//! What a judgement needs to know of a conversation.

use chrono::{DateTime, Utc};
use domain::{ChannelKind, ConversationId, QueueId};
use entity::conversation;
use routing::{
    Policy,
    due::{DueFacts, Memory},
    policy::Message,
};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
};
use uuid::Uuid;

use crate::{assignment::lock_around, rows};

/// How long a conversation takes an agent where none was closed lately, in seconds.
const USUAL_PACE: f64 = 300.0;

/// A conversation that is due, with what was done for it already.
pub(super) struct Found {
    pub talk: conversation::Model,
    pub facts: DueFacts,
    pub memory: Memory,
}

/// Lock those that nobody is at work on; in the order of their ids.
pub(super) async fn lock(tx: &DatabaseTransaction, due: Vec<Uuid>) -> Result<Vec<ConversationId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Locked {
        id: ConversationId,
    }
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let locked: Vec<Locked> = rows::all(
        tx,
        "select id from conversation where id = any($1) order by id for no key update skip locked",
        [due.into()],
    )
    .await?;
    let ids: Vec<ConversationId> = locked.into_iter().map(|locked| locked.id).collect();
    // What is done is done one by one.
    lock_around(tx, &ids, &[]).await?;
    Ok(ids)
}

#[derive(FromQueryResult)]
struct Beside {
    conversation_id: ConversationId,
    memory: serde_json::Value,
    kind: ChannelKind,
    assigned_at: Option<DateTime<Utc>>,
    customer_wrote_at: Option<DateTime<Utc>>,
    greeting: Option<serde_json::Value>,
}

/// These conversations, which the caller has locked, as they stand.
pub(super) async fn read(
    tx: &DatabaseTransaction,
    policy: &Policy,
    ids: &[ConversationId],
) -> Result<Vec<Found>, DbErr> {
    let talks = conversation::Entity::find()
        .filter(conversation::Column::Id.is_in(ids.iter().copied()))
        .all(tx)
        .await?;
    let keys: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut beside: Vec<Beside> = rows::all(
        tx,
        "select w.conversation_id, w.memory, ch.kind,
             (select a.started_at from assignment a where a.conversation_id = c.id and a.ended_at is null) as assigned_at,
             (select m.written_at from message m where m.conversation_id = c.id and m.direction = 'in'
              order by m.written_at desc, m.position desc limit 1) as customer_wrote_at,
             (select e.entered->'greeting' from conversation_entry e where e.conversation_id = c.id
              order by e.at desc limit 1) as greeting
         from watch w join conversation c on c.id = w.conversation_id join channel ch on ch.id = c.channel_id
         where w.conversation_id = any($1)",
        [keys.into()],
    )
    .await?;
    let mut found = Vec::with_capacity(talks.len());
    for talk in talks {
        let Some(at) = beside.iter().position(|row| row.conversation_id == talk.id) else { continue };
        let row = beside.swap_remove(at);
        // What is told of the wait is asked for only where it is told.
        let told = policy.queue(talk.queue_id).messages.expected_wait.is_some() && talk.assignee_id.is_none();
        let pace = if told { pace(tx, &talk).await? } else { Pace::default() };
        let greeting: Option<Message> = row.greeting.map(rows::read).transpose()?.flatten();
        let facts = DueFacts {
            state: talk.state,
            kind: row.kind,
            queue: talk.queue_id,
            queued_at: talk.queued_at,
            opened_at: talk.begun_at,
            assigned_at: row.assigned_at,
            snoozed_until: talk.snoozed_until,
            must_act: talk.must_act,
            must_act_since: talk.must_act_since,
            first_answered_at: talk.first_answered_at,
            customer_wrote_at: row.customer_wrote_at,
            window_until: talk.window_until,
            language: talk.language.clone(),
            greeting,
            waiting_before: pace.before,
            agents_at_work: pace.agents,
            seconds_each: pace.seconds_each,
        };
        found.push(Found { facts, memory: rows::read(row.memory)?, talk });
    }
    Ok(found)
}

#[derive(Default)]
struct Pace {
    before: u32,
    agents: u32,
    seconds_each: u32,
}

/// How long the line is, who works on it, and how long each takes them.
async fn pace(tx: &DatabaseTransaction, talk: &conversation::Model) -> Result<Pace, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        before: i64,
        agents: i64,
        seconds_each: f64,
    }
    let queue: QueueId = talk.queue_id;
    let found: Vec<Row> = rows::all(
        tx,
        "select
             (select count(*) from conversation c where c.queue_id = $1 and c.state = 'queued' and c.turn_at < $2) as before,
             (select count(*) from queue_member m join presence p using (person_id)
              where m.queue_id = $1 and p.state = 'available' and p.lease_until > clock_timestamp()) as agents,
             (select coalesce(avg(extract(epoch from took)), $3)::float8 from (
                  select a.ended_at - a.started_at as took from assignment a
                  where a.queue_id = $1 and a.ended_at is not null order by a.ended_at desc limit 50) lately) as seconds_each",
        [queue.into(), talk.turn_at.into(), USUAL_PACE.into()],
    )
    .await?;
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(found.first().map_or_else(Pace::default, |row| Pace {
        before: count(row.before),
        agents: count(row.agents),
        // Held to a day: what is longer was forgotten open, and says nothing of the pace.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 86,400")]
        seconds_each: row.seconds_each.clamp(1.0, 86_400.0) as u32,
    }))
}
