//! Connected numbers as their admins see them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ChannelId, ChannelKind, ConversationId, DeliveryState, MessageId, QueueId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::Value;

use crate::{channels::first_id, rows};

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
    /// For how many seconds after closing a customer's message goes on with the same conversation.
    pub reopen_within: i32,
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
     channel.settings, channel.queue_id, queue.name as queue_name, channel.per_second, channel.reopen_within,
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

/// What came in during the seven days before `now`: hours that were counted, and what came since.
///
/// # Errors
/// When the database fails.
pub async fn weeks(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Week>, DbErr> {
    #[derive(FromQueryResult)]
    struct Counted {
        until: Option<DateTime<Utc>>,
    }
    let counted: Vec<Counted> = rows::all(db, "select max(hour) as until from channel_hour", []).await?;
    let week = now - TimeDelta::days(7);
    // The last hour that was counted was not over then.
    let since = counted.first().and_then(|row| row.until).unwrap_or(week).max(week);
    rows::all(
        db,
        "with came as (
             select channel_id, hour as at, inbound from channel_hour where hour < $2
             union all
             select channel_id, date_trunc('hour', written_at, 'UTC'), count(*) from message
             where id >= $3 and written_at >= $2 and direction = 'in' group by 1, 2)
         select channel.id as channel_id, array(
             select coalesce(sum(came.inbound), 0)::bigint
             from generate_series(6, 0, -1) as ago
                 left join came on came.channel_id = channel.id
                     and came.at > $1::timestamptz - make_interval(days => ago + 1)
                     and came.at <= $1::timestamptz - make_interval(days => ago)
             group by ago order by ago desc) as days
         from channel",
        [now.into(), since.into(), first_id(since - TimeDelta::minutes(1)).into()],
    )
    .await
}

/// A queue to choose from.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct QueueName {
    /// Which.
    pub id: QueueId,
    /// Its name.
    pub name: String,
}

/// All queues, in their order.
///
/// # Errors
/// When the database fails.
pub async fn queues(db: &impl ConnectionTrait) -> Result<Vec<QueueName>, DbErr> {
    rows::all(db, "select id, name from queue order by position, name", []).await
}

/// A notice as kept.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct NoticeLine {
    /// The vendor's name of it.
    pub field: String,
    /// What we understood.
    pub said: Value,
    /// All of it.
    pub raw: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// The newest notices about a channel or its account.
///
/// # Errors
/// When the database fails.
pub async fn notices(db: &impl ConnectionTrait, id: ChannelId) -> Result<Vec<NoticeLine>, DbErr> {
    rows::all(
        db,
        "select n.field, n.said, n.raw, n.at from channel c
             join notice n on n.channel_id = c.id or (n.channel_id is null and n.account_key = c.account_key)
         where c.id = $1 order by n.at desc limit 30",
        [id.into()],
    )
    .await
}

/// The open conversation of a channel with somebody's number.
///
/// # Errors
/// When the database fails.
pub async fn conversation_with(
    db: &impl ConnectionTrait,
    id: ChannelId,
    number: &str,
) -> Result<Option<ConversationId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        id: ConversationId,
    }
    let found: Vec<Found> = rows::all(
        db,
        "select c.id from conversation c join identity i on i.contact_id = c.contact_id
         where c.channel_id = $1 and i.kind = 'phone' and i.value = $2 and c.state <> 'closed'",
        [id.into(), number.into()],
    )
    .await?;
    Ok(found.first().map(|row| row.id))
}

/// How far a message has come, and whether it was answered.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Progress {
    /// Where its delivery stands.
    pub state: DeliveryState,
    /// Why it failed.
    pub error_detail: Option<String>,
    /// When the vendor took it.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it arrived, or was read.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When the customer next wrote.
    pub answered_at: Option<DateTime<Utc>>,
}

/// How far a message of a channel has come.
///
/// # Errors
/// When the database fails.
pub async fn progress(
    db: &impl ConnectionTrait,
    id: ChannelId,
    message: MessageId,
) -> Result<Option<Progress>, DbErr> {
    let found: Vec<Progress> = rows::all(
        db,
        "select d.state, d.error_detail,
             (select min(finished_at) from delivery_attempt a where a.message_id = m.id and a.outcome = 'accepted')
                 as accepted_at,
             (select min(coalesce(at, received_at)) from status_report r where r.message_id = m.id
                  and r.state in ('sent', 'delivered', 'read')) as sent_at,
             (select min(coalesce(at, received_at)) from status_report r where r.message_id = m.id
                  and r.state in ('delivered', 'read')) as delivered_at,
             (select min(n.written_at) from message n where n.conversation_id = m.conversation_id
                  and n.direction = 'in' and n.position > m.position) as answered_at
         from message m join delivery d on d.message_id = m.id where m.channel_id = $1 and m.id = $2",
        [id.into(), message.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}
