//! What people are writing, kept for them and for whoever takes over.

use chrono::{DateTime, Utc};
use domain::{ConversationId, Permission, PersonId, Principal};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Serialize;

use crate::rows::{self, Reach, within};

/// The longest draft that is kept, in characters.
pub const LONGEST: usize = 8_192;

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Draft {
    /// Of which conversation.
    pub conversation_id: ConversationId,
    /// Who writes.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// A note; otherwise an answer.
    pub note: bool,
    /// What is written so far; empty when it was sent or thrown away.
    pub body: String,
    /// Raised by every change.
    pub version: i64,
}

/// What became of keeping a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// It is kept as this version.
    As(i64),
    /// Another page of the same person has written something else since: this.
    Changed(Draft),
    /// No such conversation, or not for this person to write in.
    NotFound,
}

/// Keep what `by` writes. `base` is the version their page began with, 0 for none: what was written elsewhere since is not
/// written over. A draft that was begun is kept also when the conversation went to somebody else.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    db: &impl ConnectionTrait,
    by: &Principal,
    (conversation, note): (ConversationId, bool),
    body: &str,
    base: i64,
    now: DateTime<Utc>,
) -> Result<Kept, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        version: i64,
    }

    let body: String = body.replace('\0', "").chars().take(LONGEST).collect();
    let found: Vec<Row> = rows::all(
        db,
        "update draft set body = $4, version = version + 1, at = $6
         where conversation_id = $1 and person_id = $2 and note = $3 and (version = $5 or body in ('', $4))
         returning version",
        [conversation.into(), by.person.into(), note.into(), body.as_str().into(), base.into(), now.into()],
    )
    .await?;
    if let Some(row) = found.first() {
        return Ok(Kept::As(row.version));
    }
    let permission = if note { Permission::ConversationNote } else { Permission::ConversationReply };
    let [everything, person, unassigned_in, all_in, beside] = Reach::of(&by.reach(permission)).values();
    let found: Vec<Row> = rows::all(
        db,
        concat!(
            "insert into draft (conversation_id, person_id, note, body, at)
             select c.id, $2, $3, $4, $5 from conversation c where c.id = $1 and ",
            within!(6, 7, 8, 9, 10),
            " on conflict do nothing returning version"
        ),
        [
            conversation.into(),
            by.person.into(),
            note.into(),
            body.into(),
            now.into(),
            everything,
            person,
            unassigned_in,
            all_in,
            beside,
        ],
    )
    .await?;
    if let Some(row) = found.first() {
        return Ok(Kept::As(row.version));
    }
    let own = select(
        db,
        "where d.conversation_id = $1 and d.person_id = $2 and d.note = $3",
        vec![conversation.into(), by.person.into(), note.into()],
    )
    .await?;
    Ok(own.into_iter().next().map_or(Kept::NotFound, Kept::Changed))
}

/// The drafts of a conversation: one's own, also empty ones, and for whoever may answer it what others wrote of an answer
/// in the last day. Notes are their authors' until they are written.
///
/// # Errors
/// When the database fails.
pub async fn of(
    db: &impl ConnectionTrait,
    reader: &Principal,
    conversation: ConversationId,
) -> Result<Vec<Draft>, DbErr> {
    let mut values = vec![conversation.into(), reader.person.into()];
    values.extend(Reach::of(&reader.reach(Permission::ConversationReply)).values());
    select(
        db,
        concat!(
            "where d.conversation_id = $1 and (d.person_id = $2 or (not d.note and d.body <> ''
                 and d.at > now() - interval '1 day'
                 and exists (select from conversation c where c.id = $1 and ",
            within!(3, 4, 5, 6, 7),
            "))) order by d.at desc"
        ),
        values,
    )
    .await
}

/// All that a person is writing.
///
/// # Errors
/// When the database fails.
pub async fn mine(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<Draft>, DbErr> {
    let rest = "where d.person_id = $1 and d.body <> '' order by d.at desc limit 500";
    select(db, rest, vec![person.into()]).await
}

async fn select(
    db: &impl ConnectionTrait,
    rest: &str,
    values: Vec<sea_orm::Value>,
) -> Result<Vec<Draft>, DbErr> {
    let sql = format!(
        "select d.conversation_id, d.person_id, person.name, d.note, d.body, d.version
         from draft d join person on person.id = d.person_id {rest}"
    );
    let statement = sea_orm::Statement::from_sql_and_values(sea_orm::DatabaseBackend::Postgres, sql, values);
    Draft::find_by_statement(statement).all(db).await
}
