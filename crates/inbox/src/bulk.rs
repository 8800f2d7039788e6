//! One thing done to many conversations: tagged, given to somebody, moved, closed, put aside.
//!
//! Each conversation is a row with a result of its own, done in a transaction of its own by the same operation as by
//! hand, within the person's reach as it is when the row's turn comes. So a wide deed holds no locks for long, can be
//! cancelled between two rows, and goes on after a crash where it stopped. What a row did is kept so that it can be taken
//! back for a while, where nobody changed it since; that is a wide deed itself.

mod deeds;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, Permission, PersonId, Principal};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, TransactionTrait as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{faults, principals, rows};

pub use deeds::Deed;

/// More conversations are not taken at once.
pub const MOST: usize = 5_000;
/// So many rows are done between two looks at whether it was cancelled.
const BATCH: usize = 20;
/// A row that fails so often for reasons that pass is not tried again: the others are not kept waiting for it.
const TRIES: i32 = 5;
/// So long after its end a wide deed can be taken back: later it is work of its own.
pub const UNDO_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// So many rows that were not done are named.
const NAMED: i64 = 50;
/// The kind of the job that does it.
pub const JOB: &str = "bulk";

/// Why nothing was begun, cancelled or taken back.
#[derive(Debug, thiserror::Error)]
pub enum BulkError {
    /// Not there, or another person's.
    #[error("no such wide deed")]
    NotFound,
    /// No conversation was chosen.
    #[error("nothing was chosen")]
    Nothing,
    /// More than [`MOST`] were.
    #[error("too many conversations")]
    TooMany,
    /// It goes on, or is itself a taking back, or ended longer ago than [`UNDO_WITHIN`], or nothing of it can be taken back.
    #[error("it can't be taken back")]
    NotUndoable,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// What the job is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Work {
    /// Which.
    pub bulk: Uuid,
}

#[derive(Serialize)]
struct NewRow {
    position: usize,
    conversation_id: ConversationId,
}

/// Begin. Ring the bell of the jobs after the commit.
///
/// # Errors
/// `Nothing`, `TooMany`.
pub async fn begin(
    tx: &DatabaseTransaction,
    by: &Principal,
    deed: &Deed,
    conversations: &[ConversationId],
    now: DateTime<Utc>,
) -> Result<Uuid, BulkError> {
    let mut chosen = Vec::with_capacity(conversations.len());
    let mut seen = std::collections::HashSet::new();
    chosen.extend(conversations.iter().filter(|id| seen.insert(**id)).copied());
    if chosen.is_empty() {
        return Err(BulkError::Nothing);
    }
    if chosen.len() > MOST {
        return Err(BulkError::TooMany);
    }
    let id = insert(tx, by.person, deed, None, chosen.len(), now).await?;
    let found: Vec<NewRow> = chosen
        .into_iter()
        .enumerate()
        .map(|(position, conversation_id)| NewRow { position, conversation_id })
        .collect();
    // Whoever asks for what does not exist is told so, row by row, and for that it needs no row of ours.
    let put = rows::run(
        tx,
        "insert into bulk_row (bulk_id, position, conversation_id)
         select $1, t.position, c.id from json_to_recordset($2::text::json) as t(position int, conversation_id uuid)
         join conversation c on c.id = t.conversation_id",
        [id.into(), rows::recordset(&found)?],
    )
    .await?;
    if put == 0 {
        return Err(BulkError::Nothing);
    }
    settle_total(tx, id).await?;
    Ok(id)
}

/// Take back what of a wide deed can be, as another: what nobody has changed since. Ring the bell of the jobs after the commit.
///
/// # Errors
/// `NotFound`, `NotUndoable`.
pub async fn undo(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Uuid, BulkError> {
    let Some(bulk) = locked(tx, by.person, id).await? else { return Err(BulkError::NotFound) };
    let is_over = bulk.ended_at.is_some_and(|at| now <= at + UNDO_WITHIN);
    if !is_over || bulk.undoes.is_some() || bulk.undone {
        return Err(BulkError::NotUndoable);
    }
    let back = insert(tx, by.person, &Deed::Undo, Some(id), 0, now).await?;
    let put = rows::run(
        tx,
        "insert into bulk_row (bulk_id, position, conversation_id, before)
         select $1, position, conversation_id, before from bulk_row
         where bulk_id = $2 and result = 'done' and before is not null",
        [back.into(), id.into()],
    )
    .await?;
    if put == 0 {
        return Err(BulkError::NotUndoable);
    }
    settle_total(tx, back).await?;
    Ok(back)
}

/// What was not done yet is not done any more.
///
/// # Errors
/// `NotFound`.
pub async fn cancel(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), BulkError> {
    if locked(tx, by.person, id).await?.is_none() {
        return Err(BulkError::NotFound);
    }
    rows::run(
        tx,
        "update bulk set cancelled_at = $2 where id = $1 and ended_at is null and cancelled_at is null",
        [id.into(), now.into()],
    )
    .await?;
    Ok(())
}

async fn insert(
    tx: &DatabaseTransaction,
    person: PersonId,
    deed: &Deed,
    undoes: Option<Uuid>,
    total: usize,
    now: DateTime<Utc>,
) -> Result<Uuid, BulkError> {
    let id = Uuid::now_v7();
    let deed = serde_json::to_value(deed).map_err(|error| DbErr::Json(error.to_string()))?;
    rows::run(
        tx,
        "insert into bulk (id, person_id, action, undoes, total, begun_at) values ($1, $2, $3, $4, $5, $6)",
        [
            id.into(),
            person.into(),
            deed.into(),
            undoes.into(),
            i32::try_from(total).unwrap_or(i32::MAX).into(),
            now.into(),
        ],
    )
    .await?;
    jobs::enqueue(tx, JOB, &Work { bulk: id }, jobs::Terms::now().keyed(id.to_string())).await?;
    Ok(id)
}

async fn settle_total(tx: &DatabaseTransaction, id: Uuid) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update bulk set total = (select count(*) from bulk_row where bulk_id = $1) where id = $1",
        [id.into()],
    )
    .await
    .map(drop)
}

#[derive(FromQueryResult)]
struct Bulk {
    ended_at: Option<DateTime<Utc>>,
    undoes: Option<Uuid>,
    undone: bool,
}

async fn locked(tx: &DatabaseTransaction, person: PersonId, id: Uuid) -> Result<Option<Bulk>, DbErr> {
    let found: Vec<Bulk> = rows::all(
        tx,
        "select ended_at, undoes, exists (select from bulk o where o.undoes = bulk.id) as undone
         from bulk where id = $1 and person_id = $2 for update",
        [id.into(), person.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}

#[derive(FromQueryResult)]
struct Doing {
    person_id: PersonId,
    action: serde_json::Value,
    cancelled_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Row {
    position: i32,
    conversation_id: ConversationId,
    before: Option<serde_json::Value>,
}

/// Do some rows; whether there are more. Ring dispatcher, watch and relay after it.
///
/// # Errors
/// When the database fails; what was done stays done.
pub async fn step(db: &DatabaseConnection, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let found: Vec<Doing> = rows::all(
        db,
        "select person_id, action, cancelled_at from bulk where id = $1 and ended_at is null",
        [id.into()],
    )
    .await?;
    let Some(doing) = found.into_iter().next() else { return Ok(false) };
    if doing.cancelled_at.is_some() {
        rows::run(
            db,
            "update bulk_row set result = 'cancelled' where bulk_id = $1 and result is null",
            [id.into()],
        )
        .await?;
        return end(db, id, now).await;
    }
    let deed: Deed = rows::read(doing.action)?;
    for _ in 0..BATCH {
        let tx = db.begin().await?;
        let next: Vec<Row> = rows::all(
            &tx,
            "select position, conversation_id, before from bulk_row where bulk_id = $1 and result is null
             order by position limit 1 for update skip locked",
            [id.into()],
        )
        .await?;
        let Some(row) = next.into_iter().next() else {
            tx.rollback().await?;
            return end(db, id, now).await;
        };
        // As they are now: who lost a permission meanwhile does nothing more.
        let result = match principals::of(&tx, doing.person_id).await? {
            Some(by) => deeds::perform(&tx, &by, &deed, &row, now).await,
            None => Err(deeds::Failed::Refused("not_found")),
        };
        match result {
            Ok((word, before)) => {
                rows::run(
                    &tx,
                    "update bulk_row set result = $3, before = coalesce($4, before) where bulk_id = $1 and position = $2",
                    [id.into(), row.position.into(), word.into(), before.into()],
                )
                .await?;
                tx.commit().await?;
            }
            Err(failed) => {
                tx.rollback().await?;
                let word = match failed {
                    deeds::Failed::Refused(word) => word,
                    deeds::Failed::Db(error) => {
                        if faults::is_passing(&error) && tried(db, id, row.position).await? < TRIES {
                            if faults::is_conflict(&error) {
                                continue;
                            }
                            return Err(error);
                        }
                        tracing::error!(%error, bulk = %id, "a row of the wide deed {id} could not be done");
                        "failed"
                    }
                };
                rows::run(
                    db,
                    "update bulk_row set result = $3 where bulk_id = $1 and position = $2 and result is null",
                    [id.into(), row.position.into(), word.into()],
                )
                .await?;
            }
        }
    }
    Ok(true)
}

/// A row was tried and not done; how often by now.
async fn tried(db: &DatabaseConnection, id: Uuid, position: i32) -> Result<i32, DbErr> {
    #[derive(FromQueryResult)]
    struct Tried {
        tries: i32,
    }
    let tried: Vec<Tried> = rows::all(
        db,
        "update bulk_row set tries = tries + 1 where bulk_id = $1 and position = $2 returning tries",
        [id.into(), position.into()],
    )
    .await?;
    Ok(tried.first().map_or(TRIES, |tried| tried.tries))
}

/// End the wide deeds whose jobs were given up, or only this one if it is: what was not done is told as failed. How many.
///
/// # Errors
/// When the database fails.
pub async fn end_given_up(
    db: &DatabaseConnection,
    only: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<u64, DbErr> {
    rows::run(
        db,
        "with over as (
             select id from bulk where ended_at is null and ($3::uuid is null or id = $3) and not exists (
                 select from job where kind = $2 and key = bulk.id::text and failed_at is null)
         ), failed as (
             update bulk_row set result = 'failed' from over where bulk_id = over.id and result is null)
         update bulk set ended_at = $1 from over where bulk.id = over.id",
        [now.into(), JOB.into(), only.into()],
    )
    .await
}

/// Ended once no row is left, also none that another worker has in hand.
async fn end(db: &DatabaseConnection, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbErr> {
    rows::run(
        db,
        "update bulk set ended_at = $2 where id = $1 and ended_at is null
             and not exists (select from bulk_row where bulk_id = $1 and result is null)",
        [id.into(), now.into()],
    )
    .await?;
    Ok(false)
}

/// How far a wide deed is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What is done.
    pub deed: Deed,
    /// How many conversations.
    pub total: i64,
    /// How many were done, as wished or as they were already.
    pub done: i64,
    /// How many were not.
    pub refused: i64,
    /// How many were left when it was cancelled.
    pub cancelled: i64,
    /// Whether it is over.
    pub ended: bool,
    /// Whether something of it can be taken back.
    pub undoable: bool,
    /// Of those that were not done the first, with why.
    pub not_done: Vec<NotDone>,
}

/// A conversation to which it was not done.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct NotDone {
    /// Which.
    pub conversation_id: ConversationId,
    /// With whom.
    pub contact_name: String,
    /// The word of the refusal.
    pub result: String,
}

/// How far one is, for whose it is.
///
/// # Errors
/// When the database fails.
pub async fn progress(
    db: &impl ConnectionTrait,
    by: &Principal,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Progress>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        action: serde_json::Value,
        ended_at: Option<DateTime<Utc>>,
        undoes: Option<Uuid>,
        undone: bool,
        total: i64,
        done: i64,
        refused: i64,
        cancelled: i64,
        undoable: i64,
    }
    let found: Vec<Found> = rows::all(
        db,
        "select b.action, b.ended_at, b.undoes, b.total::bigint as total,
             exists (select from bulk o where o.undoes = b.id) as undone,
             count(*) filter (where r.result in ('done', 'unchanged')) as done,
             count(*) filter (where r.result not in ('done', 'unchanged', 'cancelled')) as refused,
             count(*) filter (where r.result = 'cancelled') as cancelled,
             count(*) filter (where r.result = 'done' and r.before is not null) as undoable
         from bulk b join bulk_row r on r.bulk_id = b.id where b.id = $1 and b.person_id = $2
         group by b.id",
        [id.into(), by.person.into()],
    )
    .await?;
    let Some(found) = found.into_iter().next() else { return Ok(None) };
    let not_done: Vec<NotDone> = if found.refused == 0 {
        Vec::new()
    } else {
        // What they may not see has no name here either.
        let [everything, person, unassigned_in, all_in, beside] =
            rows::Reach::of(&by.reach(Permission::ConversationRead)).values();
        rows::all(
            db,
            concat!(
                "select r.conversation_id, r.result, coalesce((
                     select contact.name from conversation c join contact on contact.id = c.contact_id
                     where c.id = r.conversation_id and ",
                rows::within!(2, 3, 4, 5, 6),
                "), '') as contact_name
                 from bulk_row r where r.bulk_id = $1 and r.result not in ('done', 'unchanged', 'cancelled')
                 order by r.position limit $7"
            ),
            [id.into(), everything, person, unassigned_in, all_in, beside, NAMED.into()],
        )
        .await?
    };
    Ok(Some(Progress {
        deed: rows::read(found.action)?,
        total: found.total,
        done: found.done,
        refused: found.refused,
        cancelled: found.cancelled,
        ended: found.ended_at.is_some(),
        undoable: found.ended_at.is_some_and(|at| now <= at + UNDO_WITHIN)
            && found.undoes.is_none()
            && !found.undone
            && found.undoable > 0,
        not_done,
    }))
}
