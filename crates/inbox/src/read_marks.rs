//! How far people have read. Unread is per person; who must act is the conversation's.

use domain::{ConversationId, Permission, Principal};
use sea_orm::{ConnectionTrait, DbErr};

use crate::rows::{self, Reach, within};

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
    let [everything, person, unassigned_in, all_in, beside] =
        Reach::of(&reader.reach(Permission::ConversationRead)).values();
    let moved = rows::run(
        db,
        concat!(
            "insert into read_mark as mark (person_id, conversation_id, inbound_count)
             select $1, c.id, least($3, c.inbound_count) from conversation c where c.id = $2 and ",
            within!(4, 5, 6, 7, 8),
            " on conflict (person_id, conversation_id) do update set inbound_count = excluded.inbound_count, at = now()
             where excluded.inbound_count > mark.inbound_count"
        ),
        [
            reader.person.into(),
            conversation.into(),
            n.max(0).into(),
            everything,
            person,
            unassigned_in,
            all_in,
            beside,
        ],
    )
    .await?;
    Ok(moved > 0)
}
