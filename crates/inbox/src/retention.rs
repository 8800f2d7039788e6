//! What may be forgotten, in small bites so that nobody waits behind it: first the bodies of the ledger, much later its
//! trail and why the router decided as it did, and what agents' work leaves behind.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, DbErr, FromQueryResult, TransactionTrait as _};

use crate::{rows, trail};

/// Rows in one bite.
const BITE: i64 = 5000;

/// Forget the raw bodies of webhooks that were applied longer ago than that; their trail stays. What is or was in
/// quarantine keeps its body. How many.
///
/// # Errors
/// When the database fails; what was forgotten until then stays forgotten.
pub async fn forget_bodies(db: &DatabaseConnection, days: u32) -> Result<u64, DbErr> {
    #[derive(FromQueryResult)]
    struct Old {
        id: i64,
        old: bool,
    }
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    let mut forgotten = 0;
    loop {
        let tx = db.begin().await?;
        let mark = trail::progress(&tx, "forgotten").await?;
        let next: Vec<Old> = rows::all(
            &tx,
            // The oldest of those that stay bounds the look: nothing behind it is read.
            "select id, received_at < now() - make_interval(days => $2) and state <> 'new' as old from receipt
             where id > $1 order by id limit $3",
            [mark.into(), days.into(), BITE.into()],
        )
        .await?;
        let old: Vec<i64> = next.iter().take_while(|row| row.old).map(|row| row.id).collect();
        let Some(last) = old.last().copied() else {
            tx.rollback().await?;
            return Ok(forgotten);
        };
        let full = i64::try_from(old.len()).is_ok_and(|taken| taken >= BITE);
        forgotten += rows::run(
            &tx,
            "update receipt set body = '', query = '', forgotten_at = now()
             where id = any($1) and state = 'applied'
                 and not exists (select from quarantine q where q.receipt_id = receipt.id)",
            [old.into()],
        )
        .await?;
        trail::set_progress(&tx, "forgotten", last).await?;
        tx.commit().await?;
        if !full {
            return Ok(forgotten);
        }
    }
}

/// Forget the trail of receipts whose bodies were forgotten and that came longer ago than that. How many.
///
/// # Errors
/// When the database fails; what was forgotten until then stays forgotten.
pub async fn forget_trail(db: &DatabaseConnection, days: u32) -> Result<u64, DbErr> {
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    let mut forgotten = 0;
    loop {
        let bite = rows::run(
            db,
            "with stays as (
                 select id from receipt where received_at >= now() - make_interval(days => $1) order by id limit 1
             )
             delete from receipt where id in (
                 select id from receipt
                 where forgotten_at is not null and id < coalesce((select id from stays), 9223372036854775807)
                     and received_at < now() - make_interval(days => $1)
                 order by id limit $2)",
            [days.into(), BITE.into()],
        )
        .await?;
        forgotten += bite;
        if bite < BITE.unsigned_abs() {
            return Ok(forgotten);
        }
    }
}

/// Forget why conversations were given to whom, where that was decided longer ago than that. Who held them, and since
/// when, stays. How many passes.
///
/// # Errors
/// When the database fails; what was forgotten until then stays forgotten.
pub async fn forget_decisions(db: &DatabaseConnection, days: u32) -> Result<u64, DbErr> {
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    let mut forgotten = 0;
    loop {
        let bite = rows::run(
            db,
            "delete from routing_pass where id in (
                 select id from routing_pass where at < now() - make_interval(days => $1) order by at limit $2)",
            [days.into(), BITE.into()],
        )
        .await?;
        forgotten += bite;
        if bite < BITE.unsigned_abs() {
            return Ok(forgotten);
        }
    }
}

/// Answers that went out later or were taken back have done their work; asked about for so long, nobody answers.
const PLANNED_DAYS: i32 = 30;
const ASKED_DAYS: i32 = 90;
/// An empty draft tells other pages that it was sent. One with words is its author's, but not for ever.
const EMPTY_DRAFT_DAYS: i32 = 7;
const DRAFT_DAYS: i32 = 180;
/// What one thing to many did is looked at on the day.
const BULK_DAYS: i32 = 30;

/// Forget what agents' work leaves behind: answers planned that are done, drafts nobody goes on with, and what was done to
/// many. Messages and notes are not among it. How many rows.
///
/// # Errors
/// When the database fails; what was forgotten until then stays forgotten.
pub async fn forget_work(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<u64, DbErr> {
    const PLANNED: &str = "delete from planned where id in (
        select id from planned where state <> 'waiting'
            and due_at < $1 - make_interval(days => case state when 'asked' then $3 else $2 end) limit $4)";
    const DRAFTS: &str = "delete from draft where ctid in (
        select ctid from draft where at < $1 - make_interval(days => case body when '' then $2 else $3 end) limit $4)";
    // What takes another back goes before it.
    const BULKS: &str = "delete from bulk where id in (
        select id from bulk where ended_at < $1 - make_interval(days => case when undoes is null then $2 else $3 end)
            and not exists (select from bulk later where later.undoes = bulk.id) limit $4)";
    let mut forgotten = 0;
    for (sql, days, longer) in [
        (PLANNED, PLANNED_DAYS, ASKED_DAYS),
        (DRAFTS, EMPTY_DRAFT_DAYS, DRAFT_DAYS),
        (BULKS, BULK_DAYS, BULK_DAYS),
    ] {
        loop {
            let bite = rows::run(db, sql, [now.into(), days.into(), longer.into(), BITE.into()]).await?;
            forgotten += bite;
            if bite < BITE.unsigned_abs() {
                break;
            }
        }
    }
    Ok(forgotten)
}
