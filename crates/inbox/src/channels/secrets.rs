//! A channel's secrets, sealed: written, never read back. Two generations live side by side while one is exchanged.

use chrono::{DateTime, Utc};
use domain::ChannelId;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows;

/// A secret, sealed for its place.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// `app_secret`, `verify_token`, `access_token`, `auth_token`, `api_secret`.
    pub name: String,
    /// For which generation it was sealed.
    pub generation: i32,
    /// The envelope.
    pub sealed: Vec<u8>,
    /// What an admin may see of it.
    pub last_four: String,
}

/// A secret as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct SecretLine {
    /// Which.
    pub name: String,
    /// The how-manieth.
    pub generation: i32,
    /// Its end.
    pub last_four: String,
    /// Since when.
    pub changed_at: DateTime<Utc>,
}

/// The generation after the newest, under a lock that lasts as long as the transaction.
///
/// # Errors
/// When the database fails.
pub async fn generation_after(
    tx: &impl ConnectionTrait,
    channel: ChannelId,
    name: &str,
) -> Result<i32, DbErr> {
    #[derive(FromQueryResult)]
    struct Newest {
        generation: i32,
    }
    rows::run(tx, "select from channel where id = $1 for no key update", [channel.into()]).await?;
    let newest: Vec<Newest> = rows::all(
        tx,
        "select coalesce(max(generation), 0) as generation from channel_secret
         where channel_id = $1 and name = $2",
        [channel.into(), name.into()],
    )
    .await?;
    Ok(newest.first().map_or(1, |row| row.generation + 1))
}

/// Write a secret. The generations before the one before it are forgotten: two are live.
///
/// # Errors
/// When the database fails, or this generation is there already.
pub async fn keep_secret(
    tx: &impl ConnectionTrait,
    channel: ChannelId,
    sealed: &Sealed,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "insert into channel_secret (channel_id, name, generation, sealed, last_four, changed_at)
         values ($1, $2, $3, $4, $5, $6)",
        [
            channel.into(),
            sealed.name.as_str().into(),
            sealed.generation.into(),
            sealed.sealed.clone().into(),
            sealed.last_four.as_str().into(),
            now.into(),
        ],
    )
    .await?;
    rows::run(
        tx,
        "delete from channel_secret where channel_id = $1 and name = $2 and generation < $3 - 1",
        [channel.into(), sealed.name.as_str().into(), sealed.generation.into()],
    )
    .await?;
    Ok(())
}

/// Forget all but the newest generation of a secret; how many went.
///
/// # Errors
/// When the database fails.
pub async fn retire_older(tx: &impl ConnectionTrait, channel: ChannelId, name: &str) -> Result<u64, DbErr> {
    rows::run(
        tx,
        "delete from channel_secret s where channel_id = $1 and name = $2 and generation < (
             select max(generation) from channel_secret n where n.channel_id = s.channel_id and n.name = s.name)",
        [channel.into(), name.into()],
    )
    .await
}

/// What may be shown of a channel's secrets.
///
/// # Errors
/// When the database fails.
pub async fn secrets(db: &impl ConnectionTrait, channel: ChannelId) -> Result<Vec<SecretLine>, DbErr> {
    rows::all(
        db,
        "select name, generation, last_four, changed_at from channel_secret
         where channel_id = $1 order by name, generation desc",
        [channel.into()],
    )
    .await
}
