//! Applying receipts again: one, many, or all that a search finds. Nothing is doubled: the same unique keys that decide
//! about redelivered webhooks decide here. It is done in the background, in bites, so that what comes in does not wait
//! behind what once came.

use chrono::{DateTime, Utc};
use domain::PersonId;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::{
    rows,
    trail::{self, Wanted},
};

/// The most receipts one replay takes.
pub const MOST: i64 = 10_000;
/// Receipts under way at a time.
const BITE: i64 = 100;

/// Which receipts are applied again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// These.
    Receipts(Vec<i64>),
    /// All that are found, [`MOST`] at most.
    Found(Wanted),
}

/// Why nothing is applied again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Nothing was chosen, or nothing is found.
    #[error("there is nothing to apply again")]
    Nothing,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Write down that receipts are to be applied again; the replay's id and how many they are. The worker does it.
///
/// # Errors
/// See [`ReplayError`].
pub async fn request(
    tx: &DatabaseTransaction,
    by: Option<PersonId>,
    selection: &Selection,
    now: DateTime<Utc>,
) -> Result<(Uuid, i64), ReplayError> {
    let mut ids = match selection {
        Selection::Receipts(ids) => ids.clone(),
        Selection::Found(wanted) => trail::ids(tx, wanted, MOST).await?,
    };
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    let id = Uuid::now_v7();
    let wanted = serde_json::to_value(selection).map_err(|error| DbErr::Json(error.to_string()))?;
    rows::run(
        tx,
        "insert into replay (id, by_id, wanted, total, created_at) values ($1, $2, $3, 0, $4)",
        [id.into(), by.into(), wanted.into(), now.into()],
    )
    .await?;
    let total = rows::run(
        tx,
        "insert into receipt_replay (replay_id, receipt_id)
         select $1, r.id from receipt r where r.id = any($2) order by r.id",
        [id.into(), ids.into()],
    )
    .await?;
    if total == 0 {
        return Err(ReplayError::Nothing);
    }
    let total = i64::try_from(total).unwrap_or(i64::MAX);
    rows::run(
        tx,
        "update replay set total = $2 where id = $1",
        [id.into(), i32::try_from(total).unwrap_or(i32::MAX).into()],
    )
    .await?;
    Ok((id, total))
}

/// What a step did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Stepped {
    /// Receipts given to the applier: it wants to be woken.
    pub released: u64,
    /// Receipts whose result is written down.
    pub settled: u64,
    /// Whether replays are under way still.
    pub more: bool,
}

/// Write down what came of those under way, and give the next ones to the applier.
///
/// # Errors
/// When the database fails.
pub async fn step(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<Stepped, DbErr> {
    let tx = rows::begin_alone(db, 4).await?;
    let settled = settle(&tx, now).await?;
    let released = release(&tx, now).await?;
    rows::run(
        &tx,
        "update replay set finished_at = $1 where finished_at is null
             and not exists (select from receipt_replay p where p.replay_id = replay.id
                             and p.state in ('waiting', 'released'))",
        [now.into()],
    )
    .await?;
    let more = open(&tx).await? > 0;
    tx.commit().await?;
    Ok(Stepped { released, settled, more })
}

async fn open(tx: &DatabaseTransaction) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Open {
        open: i64,
    }
    let found: Vec<Open> = rows::all(
        tx,
        "select count(*) as open from (
             select from receipt_replay where state in ('waiting', 'released') limit 1000) counted",
        [],
    )
    .await?;
    Ok(found.first().map_or(0, |row| row.open))
}

async fn settle(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64, DbErr> {
    #[derive(FromQueryResult)]
    struct Applied {
        id: i64,
    }
    let applied: Vec<Applied> = rows::all(
        tx,
        "select r.id from receipt_replay p join receipt r on r.id = p.receipt_id
         where p.state = 'released' and r.state <> 'new'",
        [],
    )
    .await?;
    if applied.is_empty() {
        return Ok(0);
    }
    let applied: Vec<i64> = applied.into_iter().map(|row| row.id).collect();
    trail::note_again(tx, &applied).await?;
    rows::run(
        tx,
        // What it made is what carries its number and was stored since.
        "update receipt_replay p set state = 'done', result = r.state, done_at = $1,
             made = (select count(*) from receipt_item i
                     join message m on m.channel_id = i.channel_id and m.vendor_id = i.vendor_id
                     where i.receipt_id = p.receipt_id and i.what in ('message', 'echo', 'past')
                         and m.position / 4096 = p.receipt_id and m.created_at >= p.released_at)
         from receipt r
         where p.state = 'released' and r.id = p.receipt_id and r.id = any($2)",
        [now.into(), applied.into()],
    )
    .await
}

async fn release(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64, DbErr> {
    // One that is new is not there yet; it counts as given.
    rows::run(
        tx,
        "with under_way as (
             select count(*) as n from (select from receipt_replay where state = 'released' limit $2) counted
         ), next as (
             select p.id, p.receipt_id, r.forgotten_at is not null as forgotten
             from receipt_replay p join receipt r on r.id = p.receipt_id
             where p.state = 'waiting' order by p.id
             limit greatest(0, $2 - (select n from under_way)) for update of p, r
         ), refused as (
             update receipt_replay p set state = 'refused', result = 'forgotten', done_at = $1
             from next where next.forgotten and p.id = next.id
         ), again as (
             update receipt r set state = 'new', tries = 0, applied_at = null
             from next where not next.forgotten and r.id = next.receipt_id
         ), let_go as (
             update quarantine q set released_at = $1
             from next where not next.forgotten and q.receipt_id = next.receipt_id and q.released_at is null
         )
         update receipt_replay p set state = 'released', released_at = $1
         from next where not next.forgotten and p.id = next.id",
        [now.into(), BITE.into()],
    )
    .await
}

/// A replay and how far it has come.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct ReplayLine {
    /// Which.
    pub id: Uuid,
    /// Who asked for it; none for the program.
    pub by: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When the last of them was settled.
    pub finished_at: Option<DateTime<Utc>>,
    /// Receipts.
    pub total: i32,
    /// Applied.
    pub applied: i64,
    /// Put aside again.
    pub quarantined: i64,
    /// Not to be applied: their bodies were forgotten.
    pub refused: i64,
    /// Messages that were not there before.
    pub made: i64,
}

const LINE: &str = "select replay.id, person.name as by, replay.created_at, replay.finished_at, replay.total,
    count(*) filter (where p.result = 'applied') as applied,
    count(*) filter (where p.result = 'quarantined') as quarantined,
    count(*) filter (where p.state = 'refused') as refused, coalesce(sum(p.made), 0)::bigint as made
    from replay left join person on person.id = replay.by_id join receipt_replay p on p.replay_id = replay.id ";

/// The newest replays.
///
/// # Errors
/// When the database fails.
pub async fn recent(db: &impl sea_orm::ConnectionTrait, limit: i64) -> Result<Vec<ReplayLine>, DbErr> {
    let sql = format!(
        "{LINE} where replay.id in (select id from replay order by created_at desc limit $1)
         group by replay.id, person.name order by replay.created_at desc"
    );
    let statement =
        sea_orm::Statement::from_sql_and_values(sea_orm::DatabaseBackend::Postgres, sql, [limit.into()]);
    ReplayLine::find_by_statement(statement).all(db).await
}

/// One replay.
///
/// # Errors
/// When the database fails.
pub async fn one(db: &impl sea_orm::ConnectionTrait, id: Uuid) -> Result<Option<ReplayLine>, DbErr> {
    let sql = format!("{LINE} where replay.id = $1 group by replay.id, person.name");
    let statement =
        sea_orm::Statement::from_sql_and_values(sea_orm::DatabaseBackend::Postgres, sql, [id.into()]);
    ReplayLine::find_by_statement(statement).one(db).await
}

/// What came of each receipt of a replay, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ReplayedReceipt {
    /// Which.
    pub receipt_id: i64,
    /// `waiting`, `released`, `done` or `refused`.
    pub state: String,
    /// `applied`, `quarantined`, `forgotten`.
    pub result: Option<String>,
    /// Messages that were not there before.
    pub made: Option<i32>,
}

/// The receipts of a replay, those that did not go well first.
///
/// # Errors
/// When the database fails.
pub async fn receipts(
    db: &impl sea_orm::ConnectionTrait,
    id: Uuid,
    limit: i64,
) -> Result<Vec<ReplayedReceipt>, DbErr> {
    rows::all(
        db,
        "select receipt_id, state, result, made from receipt_replay where replay_id = $1
         order by (result is not distinct from 'applied'), id desc limit $2",
        [id.into(), limit.into()],
    )
    .await
}
