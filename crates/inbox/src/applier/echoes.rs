//! What the phone app beside us wrote, when it turns out to be a message of ours.

use domain::{ChannelId, ConversationId, Event, MessageId};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;

use crate::rows;

/// A message of ours and the vendor's id that it has.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Ours<'a> {
    pub message_id: MessageId,
    pub vendor_id: &'a str,
}

/// Echoes that came before the vendor's answer to our own send step back: the message of ours is the one that is shown.
/// Afterwards their vendor's ids are free for ours. Answers what pages have to be told.
pub(crate) async fn give_way(
    tx: &DatabaseTransaction,
    channel: ChannelId,
    ours: &[Ours<'_>],
) -> Result<Vec<Event>, DbErr> {
    #[derive(FromQueryResult)]
    struct Stepped {
        id: MessageId,
        conversation_id: ConversationId,
    }
    if ours.is_empty() {
        return Ok(Vec::new());
    }
    let stepped: Vec<Stepped> = rows::all(
        tx,
        "update message echo set vendor_id = null, applied_to = t.message_id, version = echo.version + 1
         from json_to_recordset($1::text::json) as t(message_id uuid, vendor_id text)
         where echo.channel_id = $2 and echo.vendor_id = t.vendor_id and echo.origin = 'echo'
             and echo.id <> t.message_id
         returning echo.id, echo.conversation_id",
        [rows::recordset(ours)?, channel.into()],
    )
    .await?;
    Ok(stepped
        .into_iter()
        .map(|row| Event::MessageChanged { conversation: row.conversation_id, message: row.id })
        .collect())
}
