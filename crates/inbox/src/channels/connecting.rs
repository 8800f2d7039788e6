//! A channel comes into being, changes its name or queue, goes out of use.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ChannelId, ChannelKind, QueueId, conversation::LONGEST_REOPENING};
use entity::{channel, queue};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    SqlErr,
};
use serde_json::Value;

use super::{Sealed, keep_secret};
use crate::rows;

/// A channel to connect. Its secrets are sealed already, for its id and generation 1.
#[derive(Debug, Clone)]
pub struct NewChannel {
    /// Its id.
    pub id: ChannelId,
    /// What it speaks.
    pub kind: ChannelKind,
    /// The name people know it by.
    pub name: String,
    /// Our number, `+` and digits.
    pub address: String,
    /// How webhooks name it.
    pub vendor_key: String,
    /// How webhooks name its account.
    pub account_key: String,
    /// The vendor's ids.
    pub settings: Value,
    /// Where its conversations begin.
    pub queue: QueueId,
    /// Messages a second, at most.
    pub per_second: i32,
    /// Its secrets.
    pub secrets: Vec<Sealed>,
}

/// What can be changed without asking the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The name people know it by.
    pub name: String,
    /// Where its conversations begin, from now on.
    pub queue: QueueId,
    /// Messages a second, at most.
    pub per_second: i32,
    /// For how many seconds after closing a customer's message goes on with the same conversation.
    pub reopen_within: i32,
}

/// Why a channel was not connected or changed.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// There is no such channel.
    #[error("no such channel")]
    NotFound,
    /// It needs a name of 1 to 80 characters.
    #[error("the name is empty or too long")]
    Name,
    /// There is no such queue.
    #[error("no such queue")]
    Queue,
    /// Between 1 and 1000 messages a second (whatsapp-cloud.md §5.5).
    #[error("the rate is out of bounds")]
    Rate,
    /// Between nothing and [`LONGEST_REOPENING`].
    #[error("the time of reopening is out of bounds")]
    Reopening,
    /// The number is connected already.
    #[error("the number is connected already")]
    Connected,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// The most messages a second any vendor takes from one number (whatsapp-cloud.md §5.5).
const FASTEST: i32 = 1000;

async fn checked(
    tx: &DatabaseTransaction,
    name: &str,
    queue: QueueId,
    per_second: i32,
) -> Result<String, ConnectError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(ConnectError::Name);
    }
    if !(1..=FASTEST).contains(&per_second) {
        return Err(ConnectError::Rate);
    }
    if queue::Entity::find_by_id(queue).count(tx).await? == 0 {
        return Err(ConnectError::Queue);
    }
    Ok(name.to_owned())
}

/// Connect a channel. What the vendor says of it is asked before.
///
/// # Errors
/// The refusals of [`ConnectError`].
pub async fn connect(
    tx: &DatabaseTransaction,
    new: NewChannel,
    now: DateTime<Utc>,
) -> Result<ChannelId, ConnectError> {
    let name = checked(tx, &new.name, new.queue, new.per_second).await?;
    let row = channel::ActiveModel {
        id: Set(new.id),
        kind: Set(new.kind),
        name: Set(name),
        address: Set(new.address),
        vendor_key: Set(new.vendor_key),
        account_key: Set(new.account_key),
        settings: Set(new.settings),
        queue_id: Set(new.queue),
        per_second: Set(new.per_second),
        reopen_within: NotSet,
        disabled_at: Set(None),
        created_at: Set(now),
    };
    channel::Entity::insert(row).exec_without_returning(tx).await.map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => ConnectError::Connected,
        _ => ConnectError::Db(error),
    })?;
    for sealed in &new.secrets {
        keep_secret(tx, new.id, sealed, now).await?;
    }
    Ok(new.id)
}

/// Change a channel.
///
/// # Errors
/// The refusals of [`ConnectError`].
pub async fn change(tx: &DatabaseTransaction, id: ChannelId, change: &Change) -> Result<(), ConnectError> {
    let name = checked(tx, &change.name, change.queue, change.per_second).await?;
    let within = TimeDelta::seconds(change.reopen_within.into());
    if !(TimeDelta::zero()..=LONGEST_REOPENING).contains(&within) {
        return Err(ConnectError::Reopening);
    }
    let changed = rows::run(
        tx,
        "update channel set name = $2, queue_id = $3, per_second = $4, reopen_within = $5 where id = $1",
        [id.into(), name.into(), change.queue.into(), change.per_second.into(), change.reopen_within.into()],
    )
    .await?;
    if changed == 0 { Err(ConnectError::NotFound) } else { Ok(()) }
}

/// Take a channel out of use, or back into it. Out of use nothing is sent; what comes in is stored all the same.
///
/// # Errors
/// Not found; when the database fails.
pub async fn enable(
    tx: &DatabaseTransaction,
    id: ChannelId,
    enabled: bool,
    now: DateTime<Utc>,
) -> Result<(), ConnectError> {
    let off = (!enabled).then_some(now);
    let found = channel::Entity::find().filter(channel::Column::Id.eq(id)).count(tx).await?;
    if found == 0 {
        return Err(ConnectError::NotFound);
    }
    rows::run(
        tx,
        "update channel set disabled_at = $2 where id = $1 and (disabled_at is null) = ($2::timestamptz is not null)",
        [id.into(), off.into()],
    )
    .await?;
    Ok(())
}
