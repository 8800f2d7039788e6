//! Closing a conversation.

use chrono::{DateTime, Utc};
use domain::{ConversationId, ConversationState, Event, Permission, Principal};
use entity::conversation;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, QueryFilter as _, QuerySelect as _, sea_query::LockType,
};

use crate::{assignment, events, rows};

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
    rows::run(
        tx,
        "update conversation set state = 'closed', assignee_id = null, closed_at = $2, version = version + 1
         where id = $1",
        [id.into(), now.into()],
    )
    .await?;
    let mut happened =
        vec![(Event::ConversationClosed { conversation: id, holder: found.assignee_id }, Some(by.person))];
    if let Some(holder) = found.assignee_id {
        assignment::end_assignments(tx, vec![id.0], now).await?;
        if let Some(state) = assignment::lighten(tx, holder).await? {
            happened.push((Event::PresenceChanged { person: holder, state }, None));
        }
    }
    events::append(tx, &happened, now).await?;
    Ok(())
}
