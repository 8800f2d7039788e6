//! How far people have read. Unread is per person; who must act is the conversation's.

use std::collections::BTreeMap;

use domain::{ConversationId, Permission, PersonId, Principal};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Serialize;

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

/// Take the reading of a conversation's last inbound message back, for whoever means to come back to it. Answers up to
/// where it counts as read now, where that moved.
///
/// # Errors
/// When the database fails.
pub async fn unmark(
    db: &impl ConnectionTrait,
    reader: &Principal,
    conversation: ConversationId,
) -> Result<Option<i64>, DbErr> {
    #[derive(FromQueryResult)]
    struct Left {
        inbound_count: i64,
    }

    let [everything, person, unassigned_in, all_in, beside] =
        Reach::of(&reader.reach(Permission::ConversationRead)).values();
    let left: Vec<Left> = rows::all(
        db,
        concat!(
            "update read_mark mark set inbound_count = c.inbound_count - 1, at = now() from conversation c
             where mark.person_id = $1 and mark.conversation_id = $2 and c.id = mark.conversation_id
                 and c.inbound_count > 0 and mark.inbound_count >= c.inbound_count and ",
            within!(3, 4, 5, 6, 7),
            " returning mark.inbound_count"
        ),
        [reader.person.into(), conversation.into(), everything, person, unassigned_in, all_in, beside],
    )
    .await?;
    Ok(left.first().map(|left| left.inbound_count))
}

/// How many inbound messages people have read of conversations; who has read none is not among them.
///
/// # Errors
/// When the database fails.
pub async fn of(
    db: &impl ConnectionTrait,
    pairs: &[(PersonId, ConversationId)],
) -> Result<BTreeMap<(PersonId, ConversationId), i64>, DbErr> {
    #[derive(Serialize)]
    struct Pair {
        person: PersonId,
        conversation: ConversationId,
    }
    #[derive(FromQueryResult)]
    struct Read {
        person_id: PersonId,
        conversation_id: ConversationId,
        inbound_count: i64,
    }

    if pairs.is_empty() {
        return Ok(BTreeMap::new());
    }
    let pairs: Vec<Pair> = pairs
        .iter()
        .map(|(person, conversation)| Pair { person: *person, conversation: *conversation })
        .collect();
    let read: Vec<Read> = rows::all(
        db,
        "select mark.person_id, mark.conversation_id, mark.inbound_count
         from json_to_recordset($1::text::json) as pair(person uuid, conversation uuid)
         join read_mark mark on mark.person_id = pair.person and mark.conversation_id = pair.conversation",
        [rows::recordset(&pairs)?],
    )
    .await?;
    Ok(read.into_iter().map(|row| ((row.person_id, row.conversation_id), row.inbound_count)).collect())
}
