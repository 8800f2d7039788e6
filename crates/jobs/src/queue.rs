//! The table: what is written into it and how it is taken out.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Statement, Value};
use serde::Serialize;
use uuid::Uuid;

use crate::Terms;

/// How long a worker may be silent about a job before another takes it.
pub(crate) const LEASE: Duration = Duration::from_secs(60);
/// After so many tries a job waits for a person.
const TRIES: i32 = 10;

/// A job that this worker has to itself for a while.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Job {
    /// Which.
    pub id: Uuid,
    /// What to do.
    pub kind: String,
    /// To what.
    pub payload: serde_json::Value,
    /// The how-manieth time this is, from 1.
    pub tries: i32,
    lease_until: DateTime<Utc>,
}

async fn run<const N: usize>(db: &impl ConnectionTrait, sql: &str, values: [Value; N]) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected())
}

/// Write a job down. It exists when the caller's transaction does.
///
/// # Errors
/// When the database fails or the payload is no JSON.
pub async fn enqueue(
    tx: &impl ConnectionTrait,
    kind: &str,
    payload: &impl Serialize,
    terms: Terms,
) -> Result<(), DbErr> {
    let payload = serde_json::to_value(payload).map_err(|error| DbErr::Json(error.to_string()))?;
    run(
        tx,
        "insert into job (id, kind, payload, key, due_at)
         values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5))
         on conflict (kind, key) where key is not null and failed_at is null do update
             set payload = excluded.payload, tries = 0, lease_until = null,
                 due_at = case when job.lease_until is null then least(job.due_at, excluded.due_at)
                               else excluded.due_at end",
        [
            Uuid::now_v7().into(),
            kind.into(),
            payload.into(),
            terms.key.into(),
            terms.after.as_secs_f64().into(),
        ],
    )
    .await?;
    Ok(())
}

/// Let a job that was given up try again; whether there was one.
///
/// # Errors
/// When the database fails, or another job with its key waits already.
pub async fn revive(tx: &impl ConnectionTrait, id: Uuid) -> Result<bool, DbErr> {
    let revived = run(
        tx,
        "update job set failed_at = null, tries = 0, lease_until = null, due_at = clock_timestamp()
         where id = $1 and failed_at is not null",
        [id.into()],
    )
    .await?;
    Ok(revived > 0)
}

/// Give up jobs whose workers died every time.
pub(crate) async fn bury(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    run(
        db,
        "update job set failed_at = clock_timestamp(), last_error = 'its workers died'
         where failed_at is null and tries >= $1 and lease_until < clock_timestamp()",
        [TRIES.into()],
    )
    .await
}

/// Take up to `limit` jobs of these kinds that are due and nobody works on.
pub(crate) async fn claim(
    db: &impl ConnectionTrait,
    kinds: Vec<String>,
    limit: i64,
) -> Result<Vec<Job>, DbErr> {
    let statement = Statement::from_sql_and_values(
        DatabaseBackend::Postgres,
        "with due as (
             select id from job
             where failed_at is null and due_at <= clock_timestamp() and kind = any($1)
                 and (lease_until is null or lease_until < clock_timestamp())
             order by due_at limit $2
             for update skip locked
         )
         update job set tries = tries + 1, lease_until = clock_timestamp() + make_interval(secs => $3)
         from due where job.id = due.id
         returning job.id, job.kind, job.payload, job.tries, job.lease_until",
        [kinds.into(), limit.into(), LEASE.as_secs_f64().into()],
    );
    Job::find_by_statement(statement).all(db).await
}

// The lease is also the proof that the row is still this worker's: whoever claims or enqueues the job anew changes it.
impl Job {
    /// Still at it; whether the job is still this worker's.
    pub(crate) async fn prolong(&mut self, db: &impl ConnectionTrait) -> Result<bool, DbErr> {
        #[derive(FromQueryResult)]
        struct Prolonged {
            lease_until: DateTime<Utc>,
        }
        let statement = Statement::from_sql_and_values(
            DatabaseBackend::Postgres,
            "update job set lease_until = clock_timestamp() + make_interval(secs => $3)
             where id = $1 and lease_until = $2 returning lease_until",
            [self.id.into(), self.lease_until.into(), LEASE.as_secs_f64().into()],
        );
        let prolonged = Prolonged::find_by_statement(statement).one(db).await?;
        if let Some(Prolonged { lease_until }) = prolonged {
            self.lease_until = lease_until;
            return Ok(true);
        }
        Ok(false)
    }

    /// Done.
    pub(crate) async fn finish(&self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        run(
            db,
            "delete from job where id = $1 and lease_until = $2",
            [self.id.into(), self.lease_until.into()],
        )
        .await?;
        Ok(())
    }

    /// Not done: later again, or never without a person. Whether it was given up.
    pub(crate) async fn put_back(
        &self,
        db: &impl ConnectionTrait,
        reason: &str,
        hopeless: bool,
    ) -> Result<bool, DbErr> {
        let give_up = hopeless || self.tries >= TRIES;
        let power = u32::try_from(self.tries - 1).unwrap_or(0).min(12);
        let wait = Duration::from_secs(2).saturating_mul(1 << power).min(Duration::from_secs(3600));
        run(
            db,
            "update job set lease_until = null, last_error = $3, failed_at = case when $4 then clock_timestamp() end,
                 due_at = clock_timestamp() + make_interval(secs => $5)
             where id = $1 and lease_until = $2",
            [
                self.id.into(),
                self.lease_until.into(),
                reason.replace('\0', "").into(),
                give_up.into(),
                wait.as_secs_f64().into(),
            ],
        )
        .await?;
        Ok(give_up)
    }
}
