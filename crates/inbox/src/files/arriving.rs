//! A file that a customer sent, until it is here or will not come any more.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{ChannelId, ConversationId, Event, FileId, MessageId, file::FileState};
use jobs::Terms;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use super::{FETCH, Fetch};
use crate::{events, rows};

/// A file that the vendor has and we don't.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Waiting {
    /// Which.
    pub id: FileId,
    /// It came with this message.
    pub message_id: MessageId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// Through this channel.
    pub channel_id: ChannelId,
    /// The vendor's id of it.
    pub vendor_media_id: Option<String>,
    /// Where the vendor offered it when the message came.
    pub vendor_url: Option<String>,
    /// Its hash, as the vendor writes it.
    pub vendor_sha256: Option<String>,
    /// The vendor keeps it until then.
    pub until: DateTime<Utc>,
    /// How often it was asked for.
    pub tries: i32,
    /// When the message came.
    pub created_at: DateTime<Utc>,
}

/// What was found out about a file that is here.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// What its bytes are.
    pub kind: Option<String>,
    /// Its size.
    pub bytes: i64,
    /// Its hash.
    pub sha256: Vec<u8>,
    /// Of a picture, as people see it.
    pub width: Option<i32>,
    /// Of a picture, as people see it.
    pub height: Option<i32>,
    /// Of a sound.
    pub seconds: Option<f32>,
    /// Whether there is a small picture beside it.
    pub thumbnail: bool,
}

/// Why a file will not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The vendor does not keep it any more.
    Expired,
    /// It is larger than we take.
    TooBig,
    /// What came was never what the vendor announced.
    Damaged,
    /// The vendor does not give it to us.
    Denied,
}

impl Loss {
    const fn words(self) -> (FileState, &'static str) {
        match self {
            Self::Expired => (FileState::Expired, "expired"),
            Self::TooBig => (FileState::Refused, "too_big"),
            Self::Damaged => (FileState::Failed, "damaged"),
            Self::Denied => (FileState::Failed, "denied"),
        }
    }
}

/// The file, while it is waited for.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &impl ConnectionTrait, id: FileId) -> Result<Option<Waiting>, DbErr> {
    let found = rows::all(
        db,
        "select id, message_id, conversation_id, channel_id, vendor_media_id, vendor_url, vendor_sha256,
             coalesce(until, created_at + interval '7 days') as until, tries, created_at
         from file where id = $1 and state = 'waiting' and message_id is not null",
        [id.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}

/// It is in the store. Wake the relay after the commit. Whether it was still waited for.
///
/// # Errors
/// When the database fails.
pub async fn arrived(
    tx: &DatabaseTransaction,
    file: &Waiting,
    facts: &Facts,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let changed = rows::run(
        tx,
        "update file set state = 'stored', reason = null, type = $2, bytes = $3, sha256 = $4, width = $5, height = $6,
             seconds = $7, thumbnail = $8, tries = tries + 1, changed_at = $9
         where id = $1 and state = 'waiting'",
        [
            file.id.into(),
            facts.kind.clone().into(),
            facts.bytes.into(),
            facts.sha256.clone().into(),
            facts.width.into(),
            facts.height.into(),
            facts.seconds.into(),
            facts.thumbnail.into(),
            now.into(),
        ],
    )
    .await?;
    tell(tx, file, changed, now).await
}

/// It will not come. Wake the relay after the commit. Whether it was still waited for.
///
/// # Errors
/// When the database fails.
pub async fn lost(
    tx: &DatabaseTransaction,
    file: &Waiting,
    loss: Loss,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let (state, reason) = loss.words();
    let changed = rows::run(
        tx,
        "update file set state = $2, reason = $3, tries = tries + 1, changed_at = $4
         where id = $1 and state = 'waiting'",
        [file.id.into(), state.as_str().into(), reason.into(), now.into()],
    )
    .await?;
    tell(tx, file, changed, now).await
}

/// Not this time: ask for it again after `wait`. Wake the relay after the commit.
///
/// # Errors
/// When the database fails.
pub async fn again(
    tx: &DatabaseTransaction,
    file: &Waiting,
    wait: Duration,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let changed = rows::run(
        tx,
        "update file set tries = tries + 1, changed_at = $2 where id = $1 and state = 'waiting'",
        [file.id.into(), now.into()],
    )
    .await?;
    if changed > 0 {
        let terms = Terms::after(wait).keyed(file.id.to_string());
        jobs::enqueue(tx, FETCH, &Fetch { file: file.id }, terms).await?;
    }
    // The first failure changes what the bubble says; the others don't.
    if file.tries == 0 { tell(tx, file, changed, now).await } else { Ok(changed > 0) }
}

/// The message shows its file, so it is a new version of itself.
async fn tell(
    tx: &DatabaseTransaction,
    file: &Waiting,
    changed: u64,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    if changed == 0 {
        return Ok(false);
    }
    rows::run(tx, "update message set version = version + 1 where id = $1", [file.message_id.into()]).await?;
    let event = Event::FileChanged { conversation: file.conversation_id, message: file.message_id };
    events::append(tx, &[(event, None)], now).await?;
    Ok(true)
}
