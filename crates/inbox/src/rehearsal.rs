//! A past day as [`routing::rehearsal`] takes it, read from what is kept anyway, and the routings it is played under.
//!
//! Reading is one snapshot that changes nothing and waits for nobody: one reader at a time, a few statements by index,
//! each within [`PATIENCE`], and no more than [`MOST_CONVERSATIONS`] conversations.

mod day;
mod shifts;
mod visits;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{PersonId, TeamId, wall::midnight};
use routing::{
    Policy,
    check::{Flaw, check},
    rehearsal::Day,
};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult,
    IsolationLevel, TransactionTrait as _,
};

use crate::{policy, rows};

/// The most days in one rehearsal.
pub const MOST_DAYS: u32 = 7;
/// The most conversations in one rehearsal.
pub const MOST_CONVERSATIONS: usize = 20_000;
/// How long one statement may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Which days of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// The first of them.
    pub from: NaiveDate,
    /// How many, one after the other.
    pub days: u32,
    /// Where a day begins.
    pub zone: Tz,
    /// Whether new conversations go where the rules of the rehearsed routing send them; otherwise where they went.
    pub by_rules: bool,
}

/// What was found of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// What came, and who was there.
    pub day: Day,
    /// How many were not over when they were read, so that how long they last is an estimate.
    pub not_over: usize,
}

/// Why a day can't be rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum PastError {
    /// It has not begun.
    #[error("the day has not begun")]
    NotBegun,
    /// Too many days at once, or none.
    #[error("a rehearsal has 1 to {MOST_DAYS} days")]
    Days,
    /// Nobody wrote.
    #[error("no conversation came")]
    NothingCame,
    /// Nobody was at work, as far as is known.
    #[error("nobody was at work")]
    NobodyThere,
    /// More came than a rehearsal takes.
    #[error("more than {MOST_CONVERSATIONS} conversations came")]
    TooMuch,
    /// Somebody else is reading a day.
    #[error("another rehearsal is being prepared")]
    Busy,
    /// The database took too long over it.
    #[error("reading it took too long")]
    TooSlow,
    /// The database failed.
    #[error(transparent)]
    Db(DbErr),
}

impl From<DbErr> for PastError {
    fn from(error: DbErr) -> Self {
        // 57014: a statement was cancelled, here by its time limit.
        let cancelled = match &error {
            DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error))
            | DbErr::Query(sea_orm::RuntimeErr::SqlxError(error)) => {
                error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "57014")
            }
            _ => false,
        };
        if cancelled { Self::TooSlow } else { Self::Db(error) }
    }
}

/// What came on those days and who was there. Of today: until now.
///
/// # Errors
/// The refusals of [`PastError`].
pub async fn past(db: &DatabaseConnection, wanted: &Past, now: DateTime<Utc>) -> Result<Played, PastError> {
    if !(1..=MOST_DAYS).contains(&wanted.days) {
        return Err(PastError::Days);
    }
    let after = wanted.from + TimeDelta::days(i64::from(wanted.days));
    let (from, to) = (midnight(wanted.from, wanted.zone), midnight(after, wanted.zone).min(now));
    if from >= now {
        return Err(PastError::NotBegun);
    }
    let tx = snapshot(db).await?;
    let played = day::read(&tx, from, to, wanted.by_rules, now).await?;
    tx.rollback().await?;
    if played.day.arrivals.is_empty() {
        return Err(PastError::NothingCame);
    }
    if played.day.shifts.is_empty() {
        return Err(PastError::NobodyThere);
    }
    Ok(played)
}

/// Who belongs to which team today: for days that nobody had.
///
/// # Errors
/// When the database fails.
pub async fn teams(db: &impl ConnectionTrait) -> Result<BTreeMap<TeamId, BTreeSet<PersonId>>, DbErr> {
    day::teams(db).await
}

/// A snapshot nobody waits for, if nobody else has one open for this.
async fn snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction, PastError> {
    #[derive(FromQueryResult)]
    struct Got {
        got: bool,
    }
    let tx = db.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await?;
    // Thousands of conversations are thousands of look-ups by index; compiling the statement takes longer than that.
    let limits = format!("set local statement_timeout = {}; set local jit = off", PATIENCE.as_millis());
    tx.execute_unprepared(&limits).await?;
    let got: Vec<Got> = rows::all(&tx, "select pg_try_advisory_xact_lock(1112, 7) as got", []).await?;
    if got.first().is_some_and(|got| got.got) { Ok(tx) } else { Err(PastError::Busy) }
}

/// A routing that a day can be played under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that holds.
    InForce,
    /// The one in the making.
    Draft,
    /// One that was published.
    Version(u32),
}

/// Why a routing can't be rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum WhichError {
    /// Nobody has changed anything since the last publication.
    #[error("there is no draft")]
    NoDraft,
    /// It was never published.
    #[error("there is no version {0}")]
    NoSuchVersion(u32),
    /// It does not hold together, or names what is gone.
    #[error("{} flaws", .0.len())]
    Flawed(Vec<Flaw>),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// The document of a routing.
///
/// # Errors
/// The refusals of [`WhichError`]. A version may name people and teams that are gone by now; a draft may not, for it
/// could not be published either.
pub async fn routing(db: &impl ConnectionTrait, which: Which) -> Result<Policy, WhichError> {
    match which {
        Which::InForce => Ok(policy::in_force(db).await?.1),
        Which::Draft => {
            let draft = policy::draft(db).await?;
            if draft.revision == 0 {
                return Err(WhichError::NoDraft);
            }
            holds_together(db, &draft.policy).await?;
            Ok(draft.policy)
        }
        Which::Version(number) => {
            let known = i32::try_from(number).is_ok();
            let found = if known { policy::version(db, number).await? } else { None };
            found.ok_or(WhichError::NoSuchVersion(number))
        }
    }
}

/// Whether a document could be published.
///
/// # Errors
/// `Flawed` with every place concerned.
pub async fn holds_together(db: &impl ConnectionTrait, policy: &Policy) -> Result<(), WhichError> {
    let flaws = check(policy, &policy::known(db).await?);
    if flaws.is_empty() { Ok(()) } else { Err(WhichError::Flawed(flaws)) }
}
