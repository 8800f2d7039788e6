//! What a person may narrow a search by: nothing that they do not see anyway.

use domain::{ChannelId, Permission, PersonId, Principal, QueueId, Scope};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;
use uuid::Uuid;

use crate::rows;

/// Names to choose from, in their order on screen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Choices {
    /// Channels.
    pub channels: Vec<(ChannelId, String)>,
    /// Queues.
    pub queues: Vec<(QueueId, String)>,
    /// People.
    pub people: Vec<(PersonId, String)>,
}

/// The channels, queues and colleagues of the conversations that a person may see.
///
/// # Errors
/// When the database fails.
pub async fn choices(db: &impl ConnectionTrait, by: &Principal) -> Result<Choices, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        choices: serde_json::Value,
    }
    let everything = by.scope(Permission::ConversationRead) == Some(Scope::All);
    let queues: Vec<Uuid> = by.serves.union(&by.team_queues).map(|queue| queue.0).collect();
    let rows: Vec<Row> = rows::all(
        db,
        "select json_build_object(
             'channels', (select coalesce(json_agg(json_build_array(id, name) order by name), '[]') from channel
                 where $1 or queue_id = any($2)
                     or id in (select channel_id from conversation where assignee_id = $3 and state = 'assigned')),
             'queues', (select coalesce(json_agg(json_build_array(id, name) order by position, name), '[]') from queue
                 where $1 or id = any($2)),
             'people', (select coalesce(json_agg(json_build_array(id, name) order by name), '[]') from person
                 where disabled_at is null and ($1 or id = $3
                     or exists (select from queue_member m where m.person_id = person.id and m.queue_id = any($2))
                     or exists (select from team_member m join queue_team t on t.team_id = m.team_id
                         where m.person_id = person.id and t.queue_id = any($2))))) as choices",
        [everything.into(), queues.into(), by.person.into()],
    )
    .await?;
    rows.into_iter().next().map(|row| rows::read(row.choices)).transpose().map(Option::unwrap_or_default)
}
