//! What happened to a conversation beside its messages.

use chrono::{DateTime, Utc};
use domain::{ConversationId, Event, PersonId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;

use crate::rows;

/// An event that a thread shows as a line.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEvent {
    /// The row's id.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it; `None` for the machine and for customers.
    pub actor: Option<PersonId>,
    /// What.
    pub event: Event,
}

/// Events as a question aggregates them; those of a later version that we do not know are left out.
pub(super) fn known(json: serde_json::Value) -> Result<Vec<TimelineEvent>, DbErr> {
    #[derive(Deserialize)]
    struct Line {
        id: i64,
        at: DateTime<Utc>,
        actor: Option<PersonId>,
        event: serde_json::Value,
    }

    let lines: Vec<Line> = serde_json::from_value(json).map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(lines
        .into_iter()
        .filter_map(|line| {
            let event = serde_json::from_value(line.event).ok()?;
            Some(TimelineEvent { id: line.id, at: line.at, actor: line.actor, event })
        })
        .collect())
}

/// The newest `limit` events of a conversation in a span of time, oldest first, without those that are messages.
///
/// # Errors
/// When the database fails.
pub async fn events(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    from: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    limit: u64,
) -> Result<Vec<TimelineEvent>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
        at: DateTime<Utc>,
        actor_id: Option<PersonId>,
        data: serde_json::Value,
    }

    let found: Vec<Row> = rows::all(
        db,
        "select id, at, actor_id, data from event
         where conversation_id = $1 and kind not in ('message_received', 'message_submitted', 'delivery_changed',
                 'message_changed', 'message_echoed', 'due_changed', 'note_written', 'mentions_seen',
                         'planned_changed')
             and ($2::timestamptz is null or at >= $2) and ($3::timestamptz is null or at < $3)
         order by id desc limit $4",
        [conversation.into(), from.into(), before.into(), limit.cast_signed().into()],
    )
    .await?;
    let mut events: Vec<TimelineEvent> = found
        .into_iter()
        .filter_map(|row| {
            let event = serde_json::from_value(row.data).ok()?;
            Some(TimelineEvent { id: row.id, at: row.at, actor: row.actor_id, event })
        })
        .collect();
    events.reverse();
    Ok(events)
}
