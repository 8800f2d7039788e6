//! A file that a person attaches: first it is here, then a message takes it along.

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ChannelKind, Content, ConversationId, FileId, Permission, Principal, content::Media,
};
use entity::{channel, conversation};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _,
};

use super::Facts;
use crate::rows;

/// Why a file is not attached.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// No such conversation, or not for this person to answer.
    #[error("no such conversation")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// A file that a person attached, and that no message has taken along yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Attached {
    /// Which; its bytes are in the store under this id.
    pub id: FileId,
    /// For which conversation.
    pub conversation: ConversationId,
    /// Through which channel it will go.
    pub channel: ChannelId,
    /// The browser's name for it.
    pub name: Option<String>,
    /// What the browser says it is.
    pub claimed_type: Option<String>,
    /// Whether it was recorded as a voice note.
    pub voice: bool,
}

/// Whether the person may answer that conversation, and so attach files to it: its channel.
///
/// # Errors
/// See [`AttachError`].
pub async fn may_attach(
    db: &impl ConnectionTrait,
    by: &Principal,
    id: ConversationId,
) -> Result<(ChannelId, ChannelKind), AttachError> {
    let talk = conversation::Entity::within(&by.reach(Permission::ConversationReply))
        .filter(conversation::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or(AttachError::NotFound)?;
    let channel = channel::Entity::find_by_id(talk.channel_id).one(db).await?.ok_or(AttachError::NotFound)?;
    Ok((channel.id, channel.kind))
}

/// Write down a file that is in the store.
///
/// # Errors
/// When the database fails.
pub async fn attach(
    tx: &DatabaseTransaction,
    by: &Principal,
    file: &Attached,
    facts: &Facts,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "insert into file (id, channel_id, conversation_id, person_id, state, claimed_type, type, name, bytes, sha256,
             width, height, seconds, voice, thumbnail, created_at, changed_at)
         values ($1, $2, $3, $4, 'stored', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)",
        [
            file.id.into(),
            file.channel.into(),
            file.conversation.into(),
            by.person.into(),
            file.claimed_type.clone().into(),
            facts.kind.clone().into(),
            file.name.clone().into(),
            facts.bytes.into(),
            facts.sha256.clone().into(),
            facts.width.into(),
            facts.height.into(),
            facts.seconds.into(),
            file.voice.into(),
            facts.thumbnail.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Forget a file that its person attached and did not send, nor planned to. Whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn discard(tx: &DatabaseTransaction, by: &Principal, id: FileId) -> Result<bool, DbErr> {
    let gone = rows::run(
        tx,
        "delete from file where id = $1 and person_id = $2 and message_id is null
             and not exists (select from planned p where p.file_id = file.id and p.state in ('waiting', 'asked'))",
        [id.into(), by.person.into()],
    )
    .await?;
    Ok(gone > 0)
}

/// The content of a message that is a file of that type: a picture, a film, a sound, a voice note or a document.
#[must_use]
pub fn content_of(kind: Option<&str>, voice: bool, media: Media) -> Content {
    match kind.unwrap_or_default() {
        "image/webp" => Content::Sticker(media),
        kind if kind.starts_with("image/") => Content::Image(media),
        kind if kind.starts_with("video/") => Content::Video(media),
        kind if kind.starts_with("audio/") => Content::Audio(Media { voice, ..media }),
        _ => Content::Document(media),
    }
}
