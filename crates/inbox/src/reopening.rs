//! Opening a closed conversation again, by hand. What the customer's next message does by itself is in `applier`.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, ConversationState, Event, Permission, Principal};
use entity::conversation;
use routing::due::{Episode, Memory};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    SqlErr, sea_query::LockType,
};

use crate::{
    assignment::lock_around,
    contacts::blocking,
    events, rows,
    snoozing::{self, Fetched, SnoozeError},
    waiting, watch,
};

/// For how long a person opens it again. Customers have their channel's time instead.
const BY_HAND_WITHIN: TimeDelta = TimeDelta::hours(24);

/// Opened again so soon it was never closed: what was promised goes on from before. Later it is promised anew.
const A_SLIP: TimeDelta = TimeDelta::minutes(1);

/// Why a conversation was not opened again.
#[derive(Debug, thiserror::Error)]
pub enum ReopenError {
    /// Not there, or not for this person to open again.
    #[error("no such conversation")]
    NotFound,
    /// It is open.
    #[error("the conversation is open")]
    Open,
    /// Its contact is blocked: they are let in first.
    #[error("the contact is blocked")]
    Blocked,
    /// It was closed a day ago or longer: it is history.
    #[error("it was closed too long ago")]
    TooLate,
    /// The customer has another open one on the same channel by now.
    #[error("the customer has an open conversation")]
    Another(ConversationId),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Open a closed conversation again. Whoever held it last and does this holds it again, if they have room; else it waits
/// in its queue, for whoever held it last before all others. Wake dispatcher and watch after the commit.
///
/// # Errors
/// The refusals of [`ReopenError`].
pub async fn reopen(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    now: DateTime<Utc>,
) -> Result<Fetched, ReopenError> {
    let found = conversation::Entity::within(&by.reach(Permission::ConversationReopen))
        .filter(conversation::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(ReopenError::NotFound)?;
    if found.state != ConversationState::Closed {
        return Err(ReopenError::Open);
    }
    if blocking::is_blocked(tx, found.contact_id).await? {
        return Err(ReopenError::Blocked);
    }
    let Some(closed_at) = found.closed_at.filter(|at| *at > now - BY_HAND_WITHIN) else {
        return Err(ReopenError::TooLate);
    };
    if let Some(other) = open_beside(tx, &found).await? {
        return Err(ReopenError::Another(other));
    }
    lock_around(tx, &[id], &found.last_holder_id.into_iter().collect::<Vec<_>>()).await?;
    let begun_at = if closed_at > now - A_SLIP { found.begun_at } else { now };
    rows::run(
        tx,
        "update conversation set state = 'queued', closed_at = null, queued_at = $2, begun_at = $3, outcome = null,
             outcome_id = null, returned_by = null, returns_to = last_holder_id, version = version + 1,
             must_act_since = case when must_act = 'customer' then $2 else must_act_since end
         where id = $1",
        [id.into(), now.into(), begun_at.into()],
    )
    .await
    // The customer was faster, this very moment.
    .map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => ReopenError::Open,
        _ => ReopenError::Db(error),
    })?;
    let event = Event::ConversationReopened { conversation: id, queue: found.queue_id };
    events::append(tx, &[(event, Some(by.person))], now).await?;
    // The customer did not write: nobody greets them.
    let episode = Episode {
        opened_at: begun_at,
        greeted: true,
        wait_told: true,
        first_breached: false,
        resolution_breached: false,
    };
    watch::remember(tx, id, &Memory { episode: Some(episode), ..Memory::default() }).await?;
    waiting::begin(tx, &[id], now).await?;
    if found.last_holder_id != Some(by.person) {
        return Ok(Fetched::Waits);
    }
    snoozing::resume(tx, id, by.person, now).await.map_err(|error| match error {
        SnoozeError::Db(error) => ReopenError::Db(error),
        _ => ReopenError::NotFound,
    })
}

async fn open_beside(
    tx: &DatabaseTransaction,
    found: &conversation::Model,
) -> Result<Option<ConversationId>, DbErr> {
    let other = conversation::Entity::find()
        .filter(conversation::Column::ContactId.eq(found.contact_id))
        .filter(conversation::Column::ChannelId.eq(found.channel_id))
        .filter(conversation::Column::State.ne(ConversationState::Closed))
        .one(tx)
        .await?;
    Ok(other.map(|other| other.id))
}
