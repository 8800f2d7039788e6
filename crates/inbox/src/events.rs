//! Writing down what happened, in the transaction that makes it so.

use chrono::{DateTime, Utc};
use domain::{ConversationId, Event, MessageId, PersonId};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;

use crate::rows;

/// Append events in the order given. `actor` is the person who did it; `None` for the machine and for customers.
///
/// # Errors
/// Only when the database fails; then the whole transaction is lost, state and event alike.
pub async fn append(
    tx: &DatabaseTransaction,
    events: &[(Event, Option<PersonId>)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Row<'a> {
        n: usize,
        kind: &'static str,
        conversation_id: Option<ConversationId>,
        message_id: Option<MessageId>,
        person_id: Option<PersonId>,
        actor_id: Option<PersonId>,
        data: &'a Event,
    }

    if events.is_empty() {
        return Ok(());
    }
    let rows: Vec<Row<'_>> = events
        .iter()
        .enumerate()
        .map(|(n, (event, actor))| Row {
            n,
            kind: event.kind(),
            conversation_id: event.conversation(),
            message_id: event.message(),
            person_id: event.person(),
            actor_id: *actor,
            data: event,
        })
        .collect();
    rows::run(
        tx,
        "insert into event (at, kind, conversation_id, message_id, person_id, actor_id, data)
         select $2, kind, conversation_id, message_id, person_id, actor_id, data
         from json_to_recordset($1::text::json) as row(n int, kind text, conversation_id uuid, message_id uuid,
             person_id uuid, actor_id uuid, data jsonb)
         order by n",
        [rows::recordset(&rows)?, now.into()],
    )
    .await?;
    Ok(())
}
