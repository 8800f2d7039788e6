//! What an admin has to look at. Raising twice is raising once; what got better is cleared.

use chrono::{DateTime, Utc};
use domain::{AlarmKind, ChannelId, Severity};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::Value;
use uuid::Uuid;

use crate::rows;

/// What an alarm is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// One channel.
    Channel(ChannelId),
    /// A whole account of a vendor, by `channel.account_key`.
    Account(&'a str),
}

impl Subject<'_> {
    fn parts(self) -> (Option<ChannelId>, Option<String>) {
        match self {
            Self::Channel(id) => (Some(id), None),
            Self::Account(key) => (None, Some(key.to_owned())),
        }
    }
}

/// An open alarm.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Alarm {
    /// Which.
    pub id: Uuid,
    /// The channel it is about; none for a whole account.
    pub channel_id: Option<ChannelId>,
    /// The account it is about; none for a channel.
    pub account_key: Option<String>,
    /// What is wrong: an [`AlarmKind`], or a word this version does not know.
    pub kind: String,
    /// How soon somebody has to look.
    pub severity: Severity,
    /// More, for the words on the screen.
    pub data: Value,
    /// Since when.
    pub raised_at: DateTime<Utc>,
    /// When it was last found.
    pub last_at: DateTime<Utc>,
}

/// Raise an alarm, or say again that it still holds; whether it is new.
///
/// # Errors
/// When the database fails.
pub async fn raise(
    tx: &impl ConnectionTrait,
    about: Subject<'_>,
    kind: AlarmKind,
    severity: Severity,
    data: Value,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    #[derive(FromQueryResult)]
    struct Raised {
        fresh: bool,
    }
    let (channel, account) = about.parts();
    let raised: Vec<Raised> = rows::all(
        tx,
        "insert into alarm (id, channel_id, account_key, kind, severity, data, raised_at, last_at)
         values ($1, $2, $3, $4, $5, $6, $7, $7)
         on conflict (kind, (coalesce(channel_id::text, account_key, ''))) where cleared_at is null do update
             set severity = excluded.severity, data = excluded.data, last_at = excluded.last_at
         returning xmax = 0 as fresh",
        [
            Uuid::now_v7().into(),
            channel.into(),
            account.into(),
            kind.into(),
            severity.into(),
            data.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(raised.first().is_some_and(|row| row.fresh))
}

/// It got better; whether there was such an alarm.
///
/// # Errors
/// When the database fails.
pub async fn clear(
    tx: &impl ConnectionTrait,
    about: Subject<'_>,
    kind: AlarmKind,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    end(tx, about, kind, now, None).await
}

/// What was asked of the vendor at `asked` says that it is well. An alarm that was raised or renewed since knows better.
///
/// # Errors
/// When the database fails.
pub async fn clear_as_of(
    tx: &impl ConnectionTrait,
    about: Subject<'_>,
    kind: AlarmKind,
    asked: DateTime<Utc>,
) -> Result<bool, DbErr> {
    end(tx, about, kind, asked, Some(asked)).await
}

async fn end(
    tx: &impl ConnectionTrait,
    about: Subject<'_>,
    kind: AlarmKind,
    at: DateTime<Utc>,
    unless_since: Option<DateTime<Utc>>,
) -> Result<bool, DbErr> {
    let (channel, account) = about.parts();
    let cleared = rows::run(
        tx,
        "update alarm set cleared_at = $4
         where kind = $1 and coalesce(channel_id::text, account_key, '') = coalesce($2::text, $3, '')
             and cleared_at is null and ($5::timestamptz is null or last_at < $5)",
        [kind.into(), channel.into(), account.into(), at.into(), unless_since.into()],
    )
    .await?;
    Ok(cleared > 0)
}

/// An admin has seen it and it need not stand there any longer; whether it still did.
///
/// # Errors
/// When the database fails.
pub async fn dismiss(tx: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let cleared = rows::run(
        tx,
        "update alarm set cleared_at = $2 where id = $1 and cleared_at is null",
        [id.into(), now.into()],
    )
    .await?;
    Ok(cleared > 0)
}

/// All open alarms, the worst first.
///
/// # Errors
/// When the database fails.
pub async fn open(db: &impl ConnectionTrait) -> Result<Vec<Alarm>, DbErr> {
    rows::all(
        db,
        "select id, channel_id, account_key, kind, severity, data, raised_at, last_at from alarm
         where cleared_at is null
         order by array_position(array['critical', 'warning', 'info'], severity), raised_at",
        [],
    )
    .await
}

/// The open alarms of a channel and its account, the worst first.
///
/// # Errors
/// When the database fails.
pub async fn of_channel(db: &impl ConnectionTrait, channel: ChannelId) -> Result<Vec<Alarm>, DbErr> {
    rows::all(
        db,
        "select alarm.id, channel_id, alarm.account_key, alarm.kind, severity, data, raised_at, last_at
         from alarm join channel on channel.id = $1
         where cleared_at is null and (channel_id = $1 or alarm.account_key = channel.account_key)
         order by array_position(array['critical', 'warning', 'info'], severity), raised_at",
        [channel.into()],
    )
    .await
}
