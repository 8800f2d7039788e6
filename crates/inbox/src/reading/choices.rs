//! What lists can be filtered by.

use domain::{ChannelId, QueueId, Visibility};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows::{self, Reach, within};

/// Tags looked for in what was tagged last, at most so many.
const TAGGED: i64 = 5000;

/// What there is to choose from.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Channels, by name.
    pub channels: Vec<(ChannelId, String)>,
    /// Tags of what the person may see and is not over.
    pub tags: Vec<String>,
}

#[derive(FromQueryResult)]
struct Channel {
    id: ChannelId,
    name: String,
}

#[derive(FromQueryResult)]
struct Tag {
    tag: String,
}

/// A queue by name.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct QueueName {
    /// Which.
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// Whether it is out of the routing.
    pub retired: bool,
}

/// All queues in the order of the screen.
///
/// # Errors
/// When the database fails.
pub async fn queues(db: &impl ConnectionTrait) -> Result<Vec<QueueName>, DbErr> {
    let all =
        "select id, name, retired_at is not null as retired from queue order by position, lower(name), id";
    rows::all(db, all, []).await
}

/// Read what somebody can choose from.
///
/// # Errors
/// When the database fails.
pub async fn choices(db: &impl ConnectionTrait, reach: &Visibility) -> Result<Choices, DbErr> {
    let channels: Vec<Channel> =
        rows::all(db, "select id, name from channel order by lower(name), id", []).await?;
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
    Ok(Choices {
        channels: channels.into_iter().map(|one| (one.id, one.name)).collect(),
        tags: tags.into_iter().map(|one| one.tag).collect(),
    })
}
