//! A file on its way to a vendor.

use chrono::{DateTime, Utc};
use domain::{ChannelId, FileId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows;

/// A file that is here and can be handed over.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ToSend {
    /// What its bytes are.
    pub kind: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its size.
    pub bytes: i64,
}

/// The file, if it is here.
///
/// # Errors
/// When the database fails.
pub async fn to_send(db: &impl ConnectionTrait, id: FileId) -> Result<Option<ToSend>, DbErr> {
    let found = rows::all(
        db,
        "select type as kind, name, coalesce(bytes, 0) as bytes from file where id = $1 and state = 'stored'",
        [id.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}

#[derive(FromQueryResult)]
struct AtVendor {
    vendor_media_id: String,
}

/// What the vendor calls the file, if it was handed over through this channel and is still kept at `now`.
///
/// # Errors
/// When the database fails.
pub async fn at_vendor(
    db: &impl ConnectionTrait,
    id: FileId,
    channel: ChannelId,
    now: DateTime<Utc>,
) -> Result<Option<String>, DbErr> {
    let found: Vec<AtVendor> = rows::all(
        db,
        "select vendor_media_id from file_at_vendor where file_id = $1 and channel_id = $2 and until > $3",
        [id.into(), channel.into(), now.into()],
    )
    .await?;
    Ok(found.into_iter().next().map(|row| row.vendor_media_id))
}

/// The file was handed over: remember what the vendor calls it, and until when.
///
/// # Errors
/// When the database fails.
pub async fn name_at_vendor(
    db: &impl ConnectionTrait,
    id: FileId,
    channel: ChannelId,
    vendor_media_id: &str,
    until: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        db,
        "insert into file_at_vendor (file_id, channel_id, vendor_media_id, until) values ($1, $2, $3, $4)
         on conflict (file_id, channel_id) do update set vendor_media_id = excluded.vendor_media_id,
             until = excluded.until",
        [id.into(), channel.into(), vendor_media_id.into(), until.into()],
    )
    .await?;
    Ok(())
}
