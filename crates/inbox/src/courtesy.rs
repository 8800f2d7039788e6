//! Which message of a customer a small sign belongs to: that we have read it, that we are answering.

use domain::{ChannelId, ConversationId, PersonId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows;

/// The newest message of a customer, as its vendor knows it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Newest {
    /// Through what it came.
    pub channel_id: ChannelId,
    /// The vendor's id of it.
    pub vendor_id: String,
}

/// The customer's newest message in a conversation that `holder` holds. `None` for anybody else: who only watches shows
/// nothing. Nor is anything shown for what is older than the vendor remembers (30 days, whatsapp-cloud.md §5.2).
///
/// # Errors
/// When the database fails.
pub async fn newest(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    holder: PersonId,
) -> Result<Option<Newest>, DbErr> {
    let found: Vec<Newest> = rows::all(
        db,
        "select c.channel_id, m.vendor_id
         from conversation c cross join lateral (
             select vendor_id, written_at from message
             where conversation_id = c.id and direction = 'in' and vendor_id is not null and origin is null
             order by written_at desc, position desc limit 1) m
         where c.id = $1 and c.assignee_id = $2 and m.written_at > now() - interval '29 days'",
        [conversation.into(), holder.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}
