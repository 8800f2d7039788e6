//! Connected numbers as their admins see them.

use chrono::{DateTime, Utc};
use domain::{ChannelId, ChannelKind, QueueId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::Value;

use crate::rows;

/// A channel without its secrets, with what is known of it.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct ChannelLine {
    /// Which.
    pub id: ChannelId,
    /// What it speaks.
    pub kind: ChannelKind,
    /// Its name.
    pub name: String,
    /// Our number.
    pub address: String,
    /// How webhooks name its account.
    pub account_key: String,
    /// The vendor's ids.
    pub settings: Value,
    /// Where its conversations begin.
    pub queue_id: QueueId,
    /// That queue's name.
    pub queue_name: String,
    /// Messages a second, at most.
    pub per_second: i32,
    /// Whether it is in use.
    pub enabled: bool,
    /// Since when it is here.
    pub created_at: DateTime<Utc>,
    /// What the vendor said of the number, when last asked or told.
    pub facts: Option<Value>,
    /// Its business profile, as last read.
    pub profile: Option<Value>,
    /// When both were last read.
    pub read_at: Option<DateTime<Utc>>,
    /// When a customer's message last came.
    pub message_at: Option<DateTime<Utc>>,
    /// When a status last came.
    pub status_at: Option<DateTime<Utc>>,
    /// When a notice last came.
    pub notice_at: Option<DateTime<Utc>>,
}

const LINE: &str = "select channel.id, channel.kind, channel.name, channel.address, channel.account_key,
     channel.settings, channel.queue_id, queue.name as queue_name, channel.per_second,
     channel.disabled_at is null as enabled, channel.created_at,
     f.facts, f.profile, f.read_at, h.message_at, h.status_at, h.notice_at
 from channel join queue on queue.id = channel.queue_id
     left join channel_facts f on f.channel_id = channel.id
     left join channel_heard h on h.channel_id = channel.id";

/// All channels, by name.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<ChannelLine>, DbErr> {
    let statement = sea_orm::Statement::from_string(
        sea_orm::DatabaseBackend::Postgres,
        format!("{LINE} order by channel.name"),
    );
    ChannelLine::find_by_statement(statement).all(db).await
}

/// One channel; `None` when there is none with that id.
///
/// # Errors
/// When the database fails.
pub async fn one(db: &impl ConnectionTrait, id: ChannelId) -> Result<Option<ChannelLine>, DbErr> {
    let statement = sea_orm::Statement::from_sql_and_values(
        sea_orm::DatabaseBackend::Postgres,
        format!("{LINE} where channel.id = $1"),
        [id.into()],
    );
    ChannelLine::find_by_statement(statement).one(db).await
}

/// Messages that came in, by channel and day, for the last seven days, the oldest day first.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Week {
    /// Which.
    pub channel_id: ChannelId,
    /// One number per day, today last.
    pub days: Vec<i64>,
}

/// What came in during the seven days before `now`.
///
/// # Errors
/// When the database fails.
pub async fn weeks(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Week>, DbErr> {
    rows::all(
        db,
        "select channel.id as channel_id, array(
             select coalesce(sum(h.inbound), 0)::bigint
             from generate_series(6, 0, -1) as ago
                 left join channel_hour h on h.channel_id = channel.id
                     and h.hour > $1::timestamptz - make_interval(days => ago + 1)
                     and h.hour <= $1::timestamptz - make_interval(days => ago)
             group by ago order by ago desc) as days
         from channel",
        [now.into()],
    )
    .await
}
