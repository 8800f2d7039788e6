//! Closing a conversation.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, ConversationState, Event, Permission, PersonId, Principal};
use entity::conversation;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, QueryFilter as _, QuerySelect as _, sea_query::LockType,
};

use crate::{
    alerts,
    assignment::{self, Freed, offers},
    events, policy, rows, watch,
};

/// Why a conversation was not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// Not there, or not for this person to close.
    #[error("no such conversation")]
    NotFound,
    /// Somebody was faster.
    #[error("the conversation is closed already")]
    AlreadyClosed,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Close a conversation. Its holder has room for another: wake the dispatcher after the commit.
///
/// # Errors
/// The refusals of [`CloseError`].
pub async fn close(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    now: DateTime<Utc>,
) -> Result<(), CloseError> {
    let found = conversation::Entity::within(&by.reach(Permission::ConversationClose))
        .filter(conversation::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(CloseError::NotFound)?;
    if found.state == ConversationState::Closed {
        return Err(CloseError::AlreadyClosed);
    }
    end(tx, &found, Some(by.person), None, now).await?;
    Ok(())
}

/// Close a conversation that the caller has locked. `by` is `None` for the machine.
pub(crate) async fn end(
    tx: &DatabaseTransaction,
    found: &conversation::Model,
    by: Option<PersonId>,
    outcome: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let id = found.id;
    rows::run(
        tx,
        "update conversation set state = 'closed', assignee_id = null, closed_at = $2, outcome = $3, version = version + 1,
             first_due_at = null, next_due_at = null, resolve_due_at = null, due_at = null, snoozed_until = null,
             returns_to = null
         where id = $1",
        [id.into(), now.into(), outcome.map(str::to_owned).into()],
    )
    .await?;
    let closed = Event::ConversationClosed {
        conversation: id,
        holder: found.assignee_id,
        outcome: outcome.map(str::to_owned),
        note: None,
    };
    let mut happened = vec![(closed, by)];
    let mut freed = Vec::new();
    if let Some(holder) = found.assignee_id {
        assignment::end_assignments(tx, vec![id.0], now).await?;
        let wrap_up = policy::current(tx).await?.policy.queue(found.queue_id).wrap_up;
        let wrap_up_until = (wrap_up > 0).then(|| now + TimeDelta::seconds(i64::from(wrap_up)));
        freed.push(Freed { person: holder, weight: found.weight, wrap_up_until });
    }
    let (kept, over) = offers::withdraw(tx, id, found.offered_to, found.weight, now).await?;
    freed.extend(kept);
    happened.extend(over);
    happened.extend(assignment::lighten(tx, freed, now).await?);
    events::append(tx, &happened, now).await?;
    watch::forget(tx, id).await?;
    alerts::end(tx, id, now).await
}
