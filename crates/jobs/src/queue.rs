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

/// Write many jobs of a kind down at once, due now, each with its key. One that waits already is brought forward.
///
/// # Errors
/// When the database fails or a payload is no JSON.
pub async fn enqueue_all(
    tx: &impl ConnectionTrait,
    kind: &str,
    jobs: &[(String, impl Serialize)],
) -> Result<(), DbErr> {
    if jobs.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = jobs.iter().map(|_| Uuid::now_v7()).collect();
    let keys: Vec<String> = jobs.iter().map(|(key, _)| key.clone()).collect();
    let payloads: Result<Vec<String>, _> =
        jobs.iter().map(|(_, payload)| serde_json::to_string(payload)).collect();
    let payloads = payloads.map_err(|error| DbErr::Json(error.to_string()))?;
    run(
        tx,
        "insert into job (id, kind, payload, key, due_at)
         select id, $1, payload::jsonb, key, clock_timestamp()
         from unnest($2::uuid[], $3::text[], $4::text[]) as row(id, key, payload)
         on conflict (kind, key) where key is not null and failed_at is null do update
             set payload = excluded.payload, tries = 0, lease_until = null, due_at = excluded.due_at",
        [kind.into(), ids.into(), keys.into(), payloads.into()],
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

/// Write a job with a key down, unless it is there already.
pub(crate) async fn ensure(db: &impl ConnectionTrait, kind: &str, key: &str) -> Result<(), DbErr> {
    run(
        db,
        "insert into job (id, kind, payload, key, due_at) values ($1, $2, 'null', $3, clock_timestamp())
         on conflict do nothing",
        [Uuid::now_v7().into(), kind.into(), key.into()],
    )
    .await?;
    Ok(())
}

/// Take jobs that are due and nobody works on: of each kind up to as many as there are places for it.
pub(crate) async fn claim(db: &impl ConnectionTrait, places: &[(&String, usize)]) -> Result<Vec<Job>, DbErr> {
    let kinds: Vec<String> = places.iter().map(|(kind, _)| (*kind).clone()).collect();
    let places: Vec<i64> =
        places.iter().map(|(_, places)| i64::try_from(*places).unwrap_or(i64::MAX)).collect();
    let statement = Statement::from_sql_and_values(
        DatabaseBackend::Postgres,
        "with due as (
             select waiting.id from unnest($1::text[], $2::bigint[]) as taught(kind, places),
             lateral (
                 select id from job
                 where failed_at is null and due_at <= clock_timestamp() and job.kind = taught.kind
                     and (lease_until is null or lease_until < clock_timestamp())
                 order by due_at limit taught.places
                 for update skip locked
             ) as waiting
         )
         update job set tries = tries + 1, lease_until = clock_timestamp() + make_interval(secs => $3)
         from due where job.id = due.id
         returning job.id, job.kind, job.payload, job.tries, job.lease_until",
        [kinds.into(), places.into(), LEASE.as_secs_f64().into()],
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
        let wait = self.patience();
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

    /// Done, and due again after `period`.
    pub(crate) async fn again(&self, db: &impl ConnectionTrait, period: Duration) -> Result<(), DbErr> {
        run(
            db,
            "update job set lease_until = null, last_error = null, tries = 0,
                 due_at = clock_timestamp() + make_interval(secs => $3)
             where id = $1 and lease_until = $2",
            [self.id.into(), self.lease_until.into(), period.as_secs_f64().into()],
        )
        .await?;
        Ok(())
    }

    /// Not done this time: again at the latest after `period`.
    pub(crate) async fn put_off(
        &self,
        db: &impl ConnectionTrait,
        reason: &str,
        period: Duration,
    ) -> Result<(), DbErr> {
        run(
            db,
            // Only workers that die use up its tries.
            "update job set lease_until = null, last_error = $3, tries = least(tries, $5),
                 due_at = clock_timestamp() + make_interval(secs => $4)
             where id = $1 and lease_until = $2",
            [
                self.id.into(),
                self.lease_until.into(),
                reason.replace('\0', "").into(),
                self.patience().min(period).as_secs_f64().into(),
                (TRIES / 2).into(),
            ],
        )
        .await?;
        Ok(())
    }

    /// How long to wait after this try.
    fn patience(&self) -> Duration {
        let power = u32::try_from(self.tries - 1).unwrap_or(0).min(12);
        Duration::from_secs(2).saturating_mul(1 << power).min(Duration::from_secs(3600))
    }
}
