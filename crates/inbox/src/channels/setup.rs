//! Getting a number ready at the vendor, or moving it there, step by step (whatsapp-cloud.md §8.2, §8.5). Each step is
//! taken by a person and may come days after the one before, so where it stands is kept.

use chrono::{DateTime, Utc};
use domain::{ChannelId, PersonId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::Value;
use uuid::Uuid;

use crate::rows;

/// The next thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupStep {
    /// Put the number into the account.
    Add,
    /// Have a code sent to it.
    Code,
    /// Show the code.
    Verify,
    /// Register it with a PIN.
    Register,
    /// Listen to it, and connect it as a channel.
    Connect,
    /// Nothing.
    Done,
}

impl SetupStep {
    /// In order.
    pub const ALL: [Self; 6] =
        [Self::Add, Self::Code, Self::Verify, Self::Register, Self::Connect, Self::Done];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Code => "code",
            Self::Verify => "verify",
            Self::Register => "register",
            Self::Connect => "connect",
            Self::Done => "done",
        }
    }

    /// The step behind a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }
}

/// A number on its way.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Setup {
    /// Which.
    pub id: Uuid,
    /// Whose token and account are used.
    pub channel_id: Option<ChannelId>,
    /// The number, E.164.
    pub number: String,
    /// The next step, as stored.
    pub step: String,
    /// The number's id at the vendor, once it has one.
    pub vendor_id: Option<String>,
    /// Its name, its queue, whether it is moved.
    pub data: Value,
    /// Why the last step was refused.
    pub error: Option<Value>,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// When something last happened.
    pub changed_at: DateTime<Utc>,
}

/// Begin.
///
/// # Errors
/// When the database fails.
pub async fn begin_setup(
    tx: &impl ConnectionTrait,
    channel: ChannelId,
    number: &str,
    data: Value,
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<Uuid, DbErr> {
    let id = Uuid::now_v7();
    rows::run(
        tx,
        "insert into channel_setup (id, channel_id, number, step, data, started_by, started_at, changed_at)
         values ($1, $2, $3, 'add', $4, $5, $6, $6)",
        [id.into(), channel.into(), number.into(), data.into(), by.into(), now.into()],
    )
    .await?;
    Ok(id)
}

/// A step was taken, from `from`; whether it still stood there.
///
/// # Errors
/// When the database fails.
pub async fn next_step(
    tx: &impl ConnectionTrait,
    id: Uuid,
    from: SetupStep,
    to: SetupStep,
    vendor_id: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let moved = rows::run(
        tx,
        "update channel_setup set step = $3, vendor_id = coalesce($4, vendor_id), error = null, changed_at = $5
         where id = $1 and step = $2 and finished_at is null",
        [
            id.into(),
            from.as_str().into(),
            to.as_str().into(),
            vendor_id.map(str::to_owned).into(),
            now.into(),
        ],
    )
    .await?;
    Ok(moved > 0)
}

/// A step was refused; it can be taken again.
///
/// # Errors
/// When the database fails.
pub async fn failed_step(
    tx: &impl ConnectionTrait,
    id: Uuid,
    error: Value,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update channel_setup set error = $2, changed_at = $3 where id = $1 and finished_at is null",
        [id.into(), error.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Done, or given up.
///
/// # Errors
/// When the database fails.
pub async fn finish_setup(tx: &impl ConnectionTrait, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update channel_setup set finished_at = $2, changed_at = $2 where id = $1 and finished_at is null",
        [id.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// One that is under way.
///
/// # Errors
/// When the database fails.
pub async fn setup(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Setup>, DbErr> {
    let found: Vec<Setup> = rows::all(
        db,
        "select id, channel_id, number, step, vendor_id, data, error, started_at, changed_at
         from channel_setup where id = $1 and finished_at is null",
        [id.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}

/// All that are under way through a channel's account.
///
/// # Errors
/// When the database fails.
pub async fn open_setups(db: &impl ConnectionTrait, channel: ChannelId) -> Result<Vec<Setup>, DbErr> {
    rows::all(
        db,
        "select id, channel_id, number, step, vendor_id, data, error, started_at, changed_at
         from channel_setup where channel_id = $1 and finished_at is null order by started_at",
        [channel.into()],
    )
    .await
}
