//! Locking all that hangs on conversations at once, before a transaction changes it bit by bit.

use domain::{ConversationId, PersonId};
use sea_orm::{DatabaseTransaction, DbErr};
use uuid::Uuid;

use crate::{rows, watch};

/// Lock what hangs on these conversations, which the caller has locked: the presences of whoever holds them, of whom they
/// are offered to and of `others`, then what time asks of them; each in the order of ids, as everybody does. Whoever comes
/// to change a presence after a watch, or several presences one after the other, begins with this.
///
/// # Errors
/// When the database fails.
pub(crate) async fn lock_around(
    tx: &DatabaseTransaction,
    conversations: &[ConversationId],
    others: &[PersonId],
) -> Result<(), DbErr> {
    let ids: Vec<Uuid> = conversations.iter().map(|id| id.0).collect();
    let others: Vec<Uuid> = others.iter().map(|person| person.0).collect();
    rows::run(
        tx,
        "select from presence where person_id = any($2) or person_id in (
             select unnest(array[assignee_id, offered_to]) from conversation where id = any($1))
         order by person_id for no key update",
        [ids.into(), others.into()],
    )
    .await?;
    watch::lock(tx, conversations).await
}
