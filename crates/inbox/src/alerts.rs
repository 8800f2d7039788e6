//! What calls for a supervisor: raised by time, standing until one of them has seen it or until it is over.

use chrono::{DateTime, Utc};
use domain::{ConversationId, Event, Permission, Principal, event::Alert};
use entity::conversation;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, QueryFilter as _, QuerySelect as _, sea_query::LockType,
};

use crate::{events, rows};

/// Why nothing was marked as seen.
#[derive(Debug, thiserror::Error)]
pub enum SeenError {
    /// Not there, or not this person's to steer.
    #[error("no such conversation")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Whether the alert `a` of the conversation `c` still stands, as SQL: nobody has seen it, and what it was about goes on.
macro_rules! standing {
    () => {
        "a.conversation_id = c.id and a.seen_at is null and a.over_at is null and c.state <> 'closed' and case a.kind
             when 'waits_too_long' then c.state = 'queued' and c.queued_at <= a.raised_at
             when 'agent_silent' then c.must_act = 'agent' and c.must_act_since <= a.raised_at and exists (
                 select from assignment held where held.conversation_id = c.id and held.ended_at is null
                     and held.started_at <= a.raised_at)
             when 'first_response_late' then c.must_act = 'agent' and c.first_answered_at is null
                 and c.begun_at <= a.raised_at
             when 'next_response_late' then c.must_act = 'agent' and c.must_act_since <= a.raised_at
             else c.begun_at <= a.raised_at end"
    };
}
pub(crate) use standing;

/// Something of a conversation, which the caller has locked, calls for a supervisor.
pub(crate) async fn raise(
    tx: &DatabaseTransaction,
    talk: &conversation::Model,
    alert: Alert,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "with raised as (
             insert into alert (conversation_id, queue_id, kind, raised_at) values ($1, $2, $3, $4)
         )
         update conversation set version = version + 1 where id = $1",
        [talk.id.into(), talk.queue_id.into(), alert.as_str().into(), now.into()],
    )
    .await?;
    events::append(tx, &[(Event::ConversationAlerted { conversation: talk.id, alert }, None)], now).await
}

/// A supervisor has seen what calls for one in a conversation; nobody is called for it any more. Whoever comes second
/// changes nothing: answers whether there was something to see.
///
/// # Errors
/// `NotFound` for who may not give the conversation to somebody.
pub async fn see(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    now: DateTime<Utc>,
) -> Result<bool, SeenError> {
    conversation::Entity::within(&by.reach(Permission::ConversationAssign))
        .filter(conversation::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(SeenError::NotFound)?;
    let seen = rows::run(
        tx,
        "update alert set seen_by = $2, seen_at = $3 where conversation_id = $1 and seen_at is null
             and over_at is null",
        [id.into(), by.person.into(), now.into()],
    )
    .await?;
    if seen == 0 {
        return Ok(false);
    }
    rows::run(tx, "update conversation set version = version + 1 where id = $1", [id.into()]).await?;
    events::append(tx, &[(Event::AlertsSeen { conversation: id }, Some(by.person))], now).await?;
    Ok(true)
}

/// A conversation is closed: nobody is called for it any more.
pub(crate) async fn end(
    tx: &DatabaseTransaction,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update alert set over_at = $2 where conversation_id = $1 and seen_at is null and over_at is null",
        [conversation.into(), now.into()],
    )
    .await
    .map(drop)
}
