//! Moving a conversation to another queue.

use chrono::{DateTime, Utc};
use domain::{ConversationId, ConversationState, Event, Permission, PersonId, Principal, QueueId, TeamId};
use entity::{conversation, queue};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    sea_query::LockType,
};

use crate::{
    assignment::{self, offers},
    events, rows, waiting,
};

/// Why a conversation was not moved.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Not there, or not for this person to move.
    #[error("no such conversation")]
    NotFound,
    /// It is closed.
    #[error("the conversation is closed")]
    Closed,
    /// There is no such queue.
    #[error("no such queue")]
    NoSuchQueue,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Put a conversation into another queue, where it waits for whoever serves that: nobody holds it any more. Any queue
/// will do: one hands over to colleagues whose work one doesn't see. Wake the dispatcher after the commit.
///
/// # Errors
/// The refusals of [`TransferError`].
pub async fn transfer(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    to: QueueId,
    now: DateTime<Utc>,
) -> Result<(), TransferError> {
    let found = conversation::Entity::within(&by.reach(Permission::ConversationTransfer))
        .filter(conversation::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(TransferError::NotFound)?;
    if found.state == ConversationState::Closed {
        return Err(TransferError::Closed);
    }
    if queue::Entity::find_by_id(to).one(tx).await?.is_none() {
        return Err(TransferError::NoSuchQueue);
    }
    if found.queue_id == to {
        return Ok(());
    }
    assignment::put_back(tx, &found, by, now).await?;
    move_to(tx, &found, Place::queue(to), Some(by.person), now).await?;
    Ok(())
}

/// Where a conversation waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// In which queue.
    pub queue: QueueId,
    /// Only for the people of this team, until the queue asks for less.
    pub team: Option<TeamId>,
    /// What whoever takes it should know.
    pub note: Option<String>,
}

impl Place {
    /// In a queue, for all who serve it.
    pub(crate) const fn queue(queue: QueueId) -> Self {
        Self { queue, team: None, note: None }
    }
}

/// Put a conversation that the caller has locked and nobody holds any more into another queue, where it begins to wait
/// anew. `by` is `None` for the machine.
pub(crate) async fn move_to(
    tx: &DatabaseTransaction,
    found: &conversation::Model,
    to: Place,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let id = found.id;
    let (kept, mut happened) =
        offers::withdraw(tx, id, found.offered_to.filter(|_| found.assignee_id.is_none()), found.weight, now)
            .await?;
    happened.extend(assignment::lighten(tx, kept.into_iter().collect(), now).await?);
    rows::run(
        tx,
        "update conversation set queue_id = $2, state = 'queued', queued_at = $3, version = version + 1,
             returned_by = case when $4 then null else returned_by end
         where id = $1",
        [id.into(), to.queue.into(), now.into(), by.is_none().into()],
    )
    .await?;
    waiting::begin(tx, &[id], now).await?;
    if let Some(team) = to.team {
        rows::run(tx, "update conversation set team_id = $2 where id = $1", [id.into(), team.into()]).await?;
    }
    let event = Event::ConversationTransferred {
        conversation: id,
        from: found.queue_id,
        to: to.queue,
        team: to.team,
        note: to.note,
    };
    happened.push((event, by));
    events::append(tx, &happened, now).await?;
    Ok(())
}
