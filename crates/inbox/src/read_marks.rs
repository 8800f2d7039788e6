//! How far people have read. Unread is per person; who must act is the conversation's.

use domain::{ConversationId, Permission, Principal, Visibility};
use sea_orm::{ConnectionTrait, DbErr};

use crate::rows;

/// Note that a person has read a conversation up to its `n`th inbound message. Only forward; answers whether it moved.
/// What one may not see can't be marked, and more than there is counts as all.
///
/// # Errors
/// When the database fails.
pub async fn mark(
    db: &impl ConnectionTrait,
    reader: &Principal,
    conversation: ConversationId,
    n: i64,
) -> Result<bool, DbErr> {
    let (everything, unassigned_in, all_in) = match reader.reach(Permission::ConversationRead) {
        Visibility::Nothing => return Ok(false),
        Visibility::Everything => (true, Vec::new(), Vec::new()),
        Visibility::Some { unassigned_in, all_in, .. } => (
            false,
            unassigned_in.into_iter().map(|queue| queue.0).collect::<Vec<_>>(),
            all_in.into_iter().map(|queue| queue.0).collect::<Vec<_>>(),
        ),
    };
    let moved = rows::run(
        db,
        "insert into read_mark as mark (person_id, conversation_id, inbound_count)
         select $1, c.id, least($3, c.inbound_count) from conversation c
         where c.id = $2 and ($4 or c.assignee_id = $1 or (c.assignee_id is null and c.queue_id = any($5))
             or c.queue_id = any($6))
         on conflict (person_id, conversation_id) do update set inbound_count = excluded.inbound_count, at = now()
         where excluded.inbound_count > mark.inbound_count",
        [
            reader.person.into(),
            conversation.into(),
            n.max(0).into(),
            everything.into(),
            unassigned_in.into(),
            all_in.into(),
        ],
    )
    .await?;
    Ok(moved > 0)
}
