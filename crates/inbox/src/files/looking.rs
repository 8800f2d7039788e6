//! Who sees a file, and what is left of it when it goes.

use std::time::Duration;

use domain::{ConversationFacts, ConversationId, FileId, Principal, file::FileState};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::{reading::conversations, rows};

/// A file as its reader gets it.
#[derive(Debug, Clone, PartialEq)]
pub struct FileRow {
    /// Which.
    pub id: FileId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// What the access rule was asked about.
    pub facts: ConversationFacts,
    /// Whether it is here.
    pub state: FileState,
    /// What its bytes are.
    pub kind: Option<String>,
    /// Its sender's name for it.
    pub name: Option<String>,
    /// Whether there is a small picture.
    pub thumbnail: bool,
}

#[derive(FromQueryResult)]
struct Row {
    conversation_id: ConversationId,
    state: String,
    kind: Option<String>,
    name: Option<String>,
    thumbnail: bool,
}

/// The file, if this person may see its conversation.
///
/// # Errors
/// When the database fails.
pub async fn seen_by(
    db: &impl ConnectionTrait,
    by: &Principal,
    id: FileId,
) -> Result<Option<FileRow>, DbErr> {
    let found: Vec<Row> = rows::all(
        db,
        // What its author deleted is deleted with its file.
        "select conversation_id, state, type as kind, name, thumbnail from file
         where id = $1
             and not exists (select from message m where m.id = file.message_id and m.revoked_at is not null)",
        [id.into()],
    )
    .await?;
    let Some(row) = found.into_iter().next() else { return Ok(None) };
    let talks = conversations::some(db, &[row.conversation_id]).await?;
    let Some(talk) = talks.first() else { return Ok(None) };
    let facts = talk.facts();
    let Some(state) = FileState::parse(&row.state).filter(|_| by.can_see(&facts)) else { return Ok(None) };
    Ok(Some(FileRow {
        id,
        conversation: row.conversation_id,
        facts,
        state,
        kind: row.kind,
        name: row.name,
        thumbnail: row.thumbnail,
    }))
}

/// Forget files that were attached and never sent, so long ago; what is planned keeps its file. How many.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &impl ConnectionTrait, older_than: Duration) -> Result<u64, DbErr> {
    rows::run(
        db,
        "delete from file where message_id is null and changed_at < now() - make_interval(secs => $1)
             and not exists (select from planned p where p.file_id = file.id and p.state in ('waiting', 'asked'))",
        [older_than.as_secs_f64().into()],
    )
    .await
}

#[derive(FromQueryResult)]
struct Gone {
    file_id: FileId,
}

/// Files whose rows went and whose bytes may still be in the store, the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn gone(db: &impl ConnectionTrait, limit: i64) -> Result<Vec<FileId>, DbErr> {
    let found: Vec<Gone> =
        rows::all(db, "select file_id from file_gone order by at, file_id limit $1", [limit.into()]).await?;
    Ok(found.into_iter().map(|row| row.file_id).collect())
}

/// The bytes of these files are gone from the store, too.
///
/// # Errors
/// When the database fails.
pub async fn forget(db: &impl ConnectionTrait, ids: &[FileId]) -> Result<(), DbErr> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    rows::run(db, "delete from file_gone where file_id = any($1)", [ids.into()]).await?;
    Ok(())
}
