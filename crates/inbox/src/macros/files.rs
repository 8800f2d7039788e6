//! Files of macros: kept with the macro, copied for each message that takes them along. Whatever becomes of a message, the
//! macro's own copy stays.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{FileId, MacroId, Permission, PersonId, Principal, Scope};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::Deserialize;
use uuid::Uuid;

use super::MacroError;
use crate::{files::Facts, rows};

/// A macro has no more files; a message's tray takes no more.
pub const MOST: usize = 10;

/// A file of a macro, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, FromQueryResult)]
pub struct Kept {
    /// Which; its bytes are in the store under this id.
    pub id: FileId,
    /// Its name.
    pub name: Option<String>,
    /// What its bytes are.
    pub kind: Option<String>,
    /// Its size.
    pub bytes: i64,
}

/// A file of a macro with all that is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// Which.
    pub id: FileId,
    /// Its name.
    pub name: Option<String>,
    /// What was found out about it.
    pub facts: Facts,
}

/// The files of a macro as JSON, as SQL on `macro m`.
macro_rules! macro_files {
    () => {
        "(select coalesce(json_agg(json_build_object('id', f.id, 'name', f.name, 'kind', f.type, 'bytes', f.bytes)
              order by f.position, f.id), '[]') from macro_file f where f.macro_id = m.id)"
    };
}
pub(super) use macro_files;

/// Write down a file that is in the store, for a macro that is still being written.
///
/// # Errors
/// When the database fails.
pub async fn keep(
    tx: &DatabaseTransaction,
    by: PersonId,
    (id, name): (FileId, Option<String>),
    facts: &Facts,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "insert into macro_file (id, person_id, type, name, bytes, sha256, width, height, seconds, thumbnail, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        [
            id.into(),
            by.into(),
            facts.kind.clone().into(),
            name.into(),
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
    Ok(())
}

/// Whether these can be its files: its own, or those that this person brought for it.
pub(super) async fn check(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: MacroId,
    wanted: &[FileId],
) -> Result<(), MacroError> {
    #[derive(FromQueryResult)]
    struct Found {
        id: FileId,
    }
    if wanted.len() > MOST {
        return Err(MacroError::TooManyFiles);
    }
    let found: Vec<Found> = rows::all(
        tx,
        "select f.id from macro_file f
         where f.id = any($3) and (f.macro_id = $1 or f.macro_id is null and f.person_id = $2) for update",
        [id.into(), by.person.into(), ids(wanted).into()],
    )
    .await?;
    if wanted.iter().all(|file| found.iter().any(|one| one.id == *file)) {
        Ok(())
    } else {
        Err(MacroError::FileGone)
    }
}

/// The macro has these files from now on, in this order; they were checked. The others go.
pub(super) async fn settle(tx: &DatabaseTransaction, id: MacroId, wanted: &[FileId]) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update macro_file f set macro_id = $1, position = w.at from unnest($2) with ordinality w (id, at)
         where f.id = w.id",
        [id.into(), ids(wanted).into()],
    )
    .await?;
    rows::run(
        tx,
        "delete from macro_file where macro_id = $1 and id <> all($2)",
        [id.into(), ids(wanted).into()],
    )
    .await?;
    Ok(())
}

fn ids(files: &[FileId]) -> Vec<Uuid> {
    files.iter().map(|file| file.0).collect()
}

#[derive(FromQueryResult)]
struct Row {
    id: FileId,
    name: Option<String>,
    r#type: Option<String>,
    bytes: i64,
    sha256: Option<Vec<u8>>,
    width: Option<i32>,
    height: Option<i32>,
    seconds: Option<f32>,
    thumbnail: bool,
}

impl From<Row> for Whole {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            facts: Facts {
                kind: row.r#type,
                bytes: row.bytes,
                sha256: row.sha256.unwrap_or_default(),
                width: row.width,
                height: row.height,
                seconds: row.seconds,
                thumbnail: row.thumbnail,
            },
        }
    }
}

/// The files of a macro that this person may use, in its order; none, too, where there is no such macro for them.
///
/// # Errors
/// When the database fails.
pub async fn usable(db: &impl ConnectionTrait, person: PersonId, id: MacroId) -> Result<Vec<Whole>, DbErr> {
    let found: Vec<Row> = rows::all(
        db,
        "select f.id, f.name, f.type, f.bytes, f.sha256, f.width, f.height, f.seconds, f.thumbnail
         from macro_file f join macro m on m.id = f.macro_id
         where m.id = $1 and (m.owner_id = $2 or (m.owner_id is null and m.team_id is null)
             or m.team_id in (select team_id from team_member where person_id = $2))
         order by f.position, f.id",
        [id.into(), person.into()],
    )
    .await?;
    Ok(found.into_iter().map(Whole::from).collect())
}

/// A file of a macro that this person may use or change, or that they brought for one.
///
/// # Errors
/// When the database fails.
pub async fn seen_by(db: &impl ConnectionTrait, by: &Principal, id: FileId) -> Result<Option<Kept>, DbErr> {
    let found = rows::all(
        db,
        "select f.id, f.name, f.type as kind, f.bytes from macro_file f left join macro m on m.id = f.macro_id
         where f.id = $1 and case when m.id is null then f.person_id = $2
             else m.owner_id = $2 or (m.owner_id is null and m.team_id is null) or (m.owner_id is null and $3)
                 or m.team_id in (select team_id from team_member where person_id = $2) end",
        [id.into(), by.person.into(), (by.scope(Permission::MacroManage) == Some(Scope::All)).into()],
    )
    .await?;
    Ok(found.into_iter().next())
}

/// Forget files that were brought for macros nobody saved, so long ago. How many.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &impl ConnectionTrait, older_than: Duration) -> Result<u64, DbErr> {
    rows::run(
        db,
        "delete from macro_file where macro_id is null and created_at < now() - make_interval(secs => $1)",
        [older_than.as_secs_f64().into()],
    )
    .await
}
