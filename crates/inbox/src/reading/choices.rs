//! What a person may narrow lists and searches by: nothing that they do not see anyway.

use domain::{ChannelId, Permission, PersonId, Principal, QueueId, Scope, Visibility};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;
use uuid::Uuid;

use crate::rows::{self, Reach, within};

/// Tags looked for in what was tagged last, at most so many.
const TAGGED: i64 = 5000;

#[derive(FromQueryResult)]
struct Tag {
    tag: String,
}

/// A queue by name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct QueueName {
    /// Which.
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// Whether it is out of the routing.
    pub retired: bool,
}

/// Where conversations come from and wait.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Places {
    /// All queues, in the order of the screen.
    pub queues: Vec<QueueName>,
    /// All channels.
    pub channels: Vec<(ChannelId, String)>,
}

/// All queues and channels, with one question.
///
/// # Errors
/// When the database fails.
pub async fn places(db: &impl ConnectionTrait) -> Result<Places, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        places: serde_json::Value,
    }
    let rows: Vec<Row> = rows::all(
        db,
        "select json_build_object(
             'queues', (select coalesce(json_agg(
                     json_build_object('id', id, 'name', name, 'retired', retired_at is not null)
                     order by position, lower(name), id), '[]') from queue),
             'channels', (select coalesce(json_agg(json_build_array(id, name)), '[]') from channel)) as places",
        [],
    )
    .await?;
    rows.into_iter().next().map(|row| rows::read(row.places)).transpose().map(Option::unwrap_or_default)
}

/// Tags of what somebody may see and is not over.
///
/// # Errors
/// When the database fails.
pub async fn tags(db: &impl ConnectionTrait, reach: &Visibility) -> Result<Vec<String>, DbErr> {
    let [a, b, c, d, e] = Reach::of(reach).values();
    let tags: Vec<Tag> = rows::all(
        db,
        concat!(
            "select distinct t.tag from (
                 select c.id from conversation c where c.state <> 'closed' and (",
            within!(1, 2, 3, 4, 5),
            ") limit $6) c join conversation_tag t on t.conversation_id = c.id order by 1"
        ),
        [a, b, c, d, e, TAGGED.into()],
    )
    .await?;
    Ok(tags.into_iter().map(|one| one.tag).collect())
}

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
