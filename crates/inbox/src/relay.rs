//! Numbering committed events, so that a cursor can never skip one.
//!
//! A number given at insert is seen only at commit: a reader that goes on "after the last I saw" skips a slower
//! transaction. Here only committed events are numbered, by one at a time (a row lock), and `seq` is the one cursor.

use chrono::{DateTime, Utc};
use domain::{Event, PersonId};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, FromQueryResult, TransactionTrait};

use crate::rows;

/// An event with its place in the one order everybody follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Numbered {
    /// The cursor.
    pub seq: i64,
    /// The row's id; names the system line on screen.
    pub id: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who did it; `None` for the machine and for customers.
    pub actor: Option<PersonId>,
    /// What happened.
    pub event: Event,
}

/// Events numbered by one step, and the number that stood before it.
#[derive(Debug, Default)]
pub struct Batch {
    /// The last number given before this batch.
    pub after: i64,
    /// The events, in order.
    pub events: Vec<Numbered>,
}

/// How many events one step numbers at most.
pub const MOST: u64 = 1000;
/// How far numbering jumps after a restart of Postgres: more than can have been lost with it.
const JUMP: i64 = 1_000_000;

#[derive(FromQueryResult)]
struct Row {
    seq: i64,
    id: i64,
    at: DateTime<Utc>,
    actor_id: Option<PersonId>,
    data: serde_json::Value,
}

impl Row {
    fn numbered(self) -> Option<Numbered> {
        match serde_json::from_value(self.data) {
            Ok(event) => {
                Some(Numbered { seq: self.seq, id: self.id, at: self.at, actor: self.actor_id, event })
            }
            Err(error) => {
                // Written by a newer version during a rolling upgrade: its own pages show it.
                tracing::warn!(event = self.id, %error, "event {} is of a kind this version does not know", self.id);
                None
            }
        }
    }
}

/// Number what was committed since the last step. `db` should commit asynchronously (see [`crate::relay`]): a lost
/// number is given again, with a jump.
///
/// # Errors
/// When the database fails; nothing is numbered then.
pub async fn step(db: &DatabaseConnection) -> Result<Batch, DbErr> {
    #[derive(FromQueryResult)]
    struct Stand {
        last_seq: i64,
        restarted: bool,
    }

    let tx = db.begin().await?;
    let stand: Vec<Stand> = rows::all(
        &tx,
        "select last_seq, postmaster_started_at <> pg_postmaster_start_time() as restarted from relay for update",
        [],
    )
    .await?;
    let Some(stand) = stand.into_iter().next() else {
        return Err(DbErr::RecordNotFound("the relay's row is missing".to_owned()));
    };
    let after = stand.last_seq;
    let base = if stand.restarted { after + JUMP } else { after };
    if stand.restarted {
        // Of all commits this one is waited for: were the jump lost, the next one would land on the same numbers.
        tx.execute_unprepared("set local synchronous_commit = on").await?;
    }
    let mut numbered: Vec<Row> = rows::all(
        &tx,
        // By array and not by a join: found by key whatever the planner believes about the table's size.
        "with fresh as (select array(select id from event where seq is null order by id limit $2) as ids)
         update event set seq = $1 + array_position((select ids from fresh), id)
         where id = any((select ids from fresh)::bigint[])
         returning seq, id, at, actor_id, data",
        [base.into(), MOST.cast_signed().into()],
    )
    .await?;
    numbered.sort_unstable_by_key(|row| row.seq);
    let last = numbered.last().map_or(base, |row| row.seq);
    if last != after || stand.restarted {
        rows::run(
            &tx,
            "update relay set last_seq = $1, postmaster_started_at = pg_postmaster_start_time()",
            [last.into()],
        )
        .await?;
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(Batch { after, events: numbered.into_iter().filter_map(Row::numbered).collect() })
}

/// Events after a cursor, and how far they reach.
#[derive(Debug)]
pub struct Stretch {
    /// The events this version knows, oldest first.
    pub events: Vec<Numbered>,
    /// The last number that was read, known or not; the cursor itself when nothing came after it.
    pub up_to: i64,
    /// Whether there may be more after that.
    pub more: bool,
}

/// The numbered events after a cursor, oldest first, at most `limit` with those this version does not know.
///
/// # Errors
/// When the database fails.
pub async fn read_after(
    db: &impl sea_orm::ConnectionTrait,
    after: i64,
    limit: u64,
) -> Result<Stretch, DbErr> {
    let found: Vec<Row> = rows::all(
        db,
        "select seq, id, at, actor_id, data from event where seq > $1 order by seq limit $2",
        [after.into(), limit.cast_signed().into()],
    )
    .await?;
    let more = found.len() as u64 >= limit;
    let up_to = found.last().map_or(after, |row| row.seq);
    Ok(Stretch { events: found.into_iter().filter_map(Row::numbered).collect(), up_to, more })
}

/// The newest number. A page reads it before its rows, so it can show too much again but never miss anything.
///
/// # Errors
/// When the database fails.
pub async fn cursor(db: &impl sea_orm::ConnectionTrait) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Stand {
        last_seq: i64,
    }
    let stand: Vec<Stand> = rows::all(db, "select last_seq from relay", []).await?;
    Ok(stand.first().map_or(0, |stand| stand.last_seq))
}
