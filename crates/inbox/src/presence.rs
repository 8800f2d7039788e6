//! Who is at work. A presence is believed for as long as its lease runs; sockets renew it, a crash needs no clean-up.
//!
//! Whatever changes somebody's presence tells it by [`told`], which also goes on with their time line.

mod forecast;
mod pauses;
mod time_line;

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{Event, Permission, PersonId, PresenceState, Principal, QueueId};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, TransactionTrait as _,
};
use uuid::Uuid;

use crate::{Wakes, events, rows};

pub use forecast::{PACE_OF, free_at};
pub use time_line::{Span, Total, line_of, time_line, totals};

/// How long a presence is believed after its last renewal. Nothing new is routed to a person beyond it.
pub const LEASE: Duration = Duration::from_secs(45);
/// How long after that they are shown as offline: a reload or a tunnel is no end of work.
pub const GRACE: Duration = Duration::from_secs(30);
/// How often lost leases are looked for.
const SWEEP: Duration = Duration::from_secs(5);

/// Why a presence was not set.
#[derive(Debug, thiserror::Error)]
pub enum PresenceError {
    /// No such person, or none whose presence this one may set.
    #[error("no such person")]
    NotFound,
    /// Nobody may choose this pause: it is not of the list, or the house's own.
    #[error("no such pause")]
    UnknownPause,
    /// As many of a queue's agents are on this pause as may be at once.
    #[error("{people} are on the pause {code} already")]
    PauseFull {
        /// Which pause.
        code: String,
        /// Its name.
        name: String,
        /// The queue's name.
        queue: String,
        /// How many of its agents are on it.
        people: u32,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Set a person's presence: one's own, or a colleague's with [`Permission::PresenceSetOther`], who may also exceed how
/// many are on a pause at once. Finishing with nothing left is the pause itself. Whoever becomes available may get work
/// at once: wake the dispatcher after the commit.
///
/// # Errors
/// `NotFound` for a colleague out of reach; `UnknownPause`, `PauseFull`.
pub async fn set(
    tx: &DatabaseTransaction,
    by: &Principal,
    person: PersonId,
    state: PresenceState,
    code: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), PresenceError> {
    #[derive(FromQueryResult)]
    struct Changed {
        #[expect(dead_code, reason = "that there is a row is what counts")]
        version: i64,
    }

    let supervises = reaches(tx, by, Permission::PresenceSetOther, person).await?;
    if person != by.person && !supervises {
        return Err(PresenceError::NotFound);
    }
    let code = code.filter(|_| matches!(state, PresenceState::Paused | PresenceState::PrePause));
    if let Some(code) = code {
        pauses::check(tx, person, code, supervises).await?;
    }
    // Before anything else is written: what has passed has passed.
    end_passed_wrap_ups(tx, Some(person), now).await?;
    let changed: Vec<Changed> = rows::all(
        tx,
        "insert into presence as p (person_id, state, pause_code, since, lease_until)
         select $1, case when $2 = 'pre_pause' then 'paused' else $2 end, $3, $4,
             case when $2 <> 'offline' then clock_timestamp() + make_interval(secs => $5) end
         on conflict (person_id) do update set
             state = case when $2 = 'pre_pause' and p.load > 0 then $2 else excluded.state end,
             pause_code = excluded.pause_code, since = excluded.since, lease_until = excluded.lease_until,
             wrap_up_until = null, version = p.version + 1,
             offers_missed = case when $2 = 'available' then 0 else p.offers_missed end
         where (p.state, p.pause_code) is distinct from
             (case when $2 = 'pre_pause' and p.load > 0 then $2 else excluded.state end, excluded.pause_code)
         returning version",
        [person.into(), state.into(), code.map(str::to_owned).into(), now.into(), LEASE.as_secs_f64().into()],
    )
    .await?;
    if changed.is_empty() {
        renew(tx, &[person]).await?;
    } else {
        events::append(tx, &told(tx, &[person], Some(by.person), now).await?, now).await?;
    }
    Ok(())
}

/// Somebody has written up what they closed and may be given the next: wake the dispatcher after the commit. Answers
/// whether they were at it.
///
/// # Errors
/// When the database fails.
pub async fn end_wrap_up(
    tx: &DatabaseTransaction,
    by: &Principal,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let ended = rows::run(
        tx,
        "update presence set wrap_up_until = null, version = version + 1 where person_id = $1 and wrap_up_until > $2",
        [by.person.into(), now.into()],
    )
    .await?;
    if ended > 0 {
        events::append(tx, &told(tx, &[by.person], Some(by.person), now).await?, now).await?;
    }
    Ok(ended > 0)
}

/// Those of these people who were finishing and have nothing left are on their pause now; who they are. The caller
/// has locked them and tells of it.
pub(crate) async fn finish(
    tx: &DatabaseTransaction,
    people: Vec<PersonId>,
    now: DateTime<Utc>,
) -> Result<Vec<PersonId>, DbErr> {
    if people.is_empty() {
        return Ok(people);
    }
    let people: Vec<Uuid> = people.into_iter().map(|person| person.0).collect();
    let finished: Vec<Whose> = rows::all(
        tx,
        "update presence set state = 'paused', since = $2, wrap_up_until = null, version = version + 1
         where person_id = any($1) and state = 'pre_pause' and load = 0
         returning person_id",
        [people.into(), now.into()],
    )
    .await?;
    Ok(finished.into_iter().map(|finished| finished.person_id).collect())
}

#[derive(FromQueryResult)]
struct Whose {
    person_id: PersonId,
}

/// Whether a permission reaches one of the queues that somebody serves.
async fn reaches(
    db: &impl ConnectionTrait,
    by: &Principal,
    permission: Permission,
    person: PersonId,
) -> Result<bool, DbErr> {
    #[derive(FromQueryResult)]
    struct Serves {
        queue_id: QueueId,
    }
    if !by.holds(permission) {
        return Ok(false);
    }
    let serves: Vec<Serves> =
        rows::all(db, "select queue_id from queue_member where person_id = $1", [person.into()]).await?;
    Ok(serves.iter().any(|serves| by.reaches_queue(permission, serves.queue_id)))
}

/// How somebody comes to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// They signed in: the day begins, whatever the last one ended with.
    SignedIn,
    /// Their page is back. Only a presence that was lost, not one that was put down, comes back with it: whoever was on
    /// a pause, or going to one, is on it again.
    Reconnected,
}

/// Somebody who holds conversations is there: an offline presence becomes available, or what it was before it was lost.
/// Answers whether it did; wake the dispatcher after the commit then.
///
/// # Errors
/// When the database fails.
pub async fn arrive(
    tx: &DatabaseTransaction,
    person: PersonId,
    how: Arrival,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let changed = rows::run(
        tx,
        "update presence p set state = before.state, pause_code = before.code, since = $2, version = p.version + 1,
             offers_missed = 0, lease_until = clock_timestamp() + make_interval(secs => $3)
         from (select coalesce(max(case when lost.state = 'pre_pause' then 'paused' else lost.state end), 'available')
                   as state, max(lost.code) as code
               from (select s.state, s.code from presence_span s
                     where not $4 and s.person_id = $1 and s.until_at is not null
                     order by s.from_at desc limit 1) lost
               where lost.state in ('paused', 'pre_pause')) before
         where p.person_id = $1 and p.state = 'offline' and ($4 or p.pause_code = 'connection_lost')",
        [person.into(), now.into(), LEASE.as_secs_f64().into(), (how == Arrival::SignedIn).into()],
    )
    .await?;
    if changed > 0 {
        events::append(tx, &told(tx, &[person], Some(person), now).await?, now).await?;
    }
    Ok(changed > 0)
}

/// Somebody goes: their presence, if they have one, is put down.
///
/// # Errors
/// When the database fails.
pub async fn leave(tx: &DatabaseTransaction, who: &Principal, now: DateTime<Utc>) -> Result<(), DbErr> {
    end_passed_wrap_ups(tx, Some(who.person), now).await?;
    let changed = rows::run(
        tx,
        "update presence set state = 'offline', pause_code = null, since = $2, lease_until = null,
             wrap_up_until = null, version = version + 1
         where person_id = $1 and state <> 'offline'",
        [who.person.into(), now.into()],
    )
    .await?;
    if changed > 0 {
        events::append(tx, &told(tx, &[who.person], Some(who.person), now).await?, now).await?;
    }
    Ok(())
}

/// These people are still there. Sockets call it for all of theirs at once, several times within [`LEASE`].
///
/// # Errors
/// When the database fails.
pub async fn renew(db: &impl ConnectionTrait, people: &[PersonId]) -> Result<(), DbErr> {
    if people.is_empty() {
        return Ok(());
    }
    let people: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    // Locked in the order of ids, as everywhere.
    rows::run(
        db,
        "with present as (
             select person_id from presence where person_id = any($1) and state <> 'offline'
             order by person_id for no key update
         )
         update presence p set lease_until = clock_timestamp() + make_interval(secs => $2)
         from present where p.person_id = present.person_id",
        [people.into(), LEASE.as_secs_f64().into()],
    )
    .await?;
    Ok(())
}

/// Those whose lease ran out longer ago than [`GRACE`] are offline; they keep what they hold. Whose time of writing up has
/// passed is told so. How many they were.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<usize, DbErr> {
    let written_up = end_passed_wrap_ups(tx, None, now).await?;
    let gone: Vec<Whose> = rows::all(
        tx,
        "with gone as (
             select person_id from presence
             where state <> 'offline' and lease_until < clock_timestamp() - make_interval(secs => $1)
             order by person_id for no key update skip locked
         )
         update presence p set state = 'offline', pause_code = 'connection_lost', since = $2, lease_until = null,
             wrap_up_until = null, version = p.version + 1
         from gone where p.person_id = gone.person_id
         returning p.person_id",
        [GRACE.as_secs_f64().into(), now.into()],
    )
    .await?;
    let gone: Vec<PersonId> = gone.into_iter().map(|gone| gone.person_id).collect();
    events::append(tx, &told(tx, &gone, None, now).await?, now).await?;
    Ok(written_up + gone.len())
}

/// Whose time of writing up has passed is available again from the moment at which it had; how many they were. Nobody
/// waits for this to be given something: the router looks at the time itself.
async fn end_passed_wrap_ups(
    tx: &DatabaseTransaction,
    only: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<usize, DbErr> {
    #[derive(FromQueryResult)]
    struct Ended {
        person_id: PersonId,
        ended_at: DateTime<Utc>,
    }
    let ended: Vec<Ended> = rows::all(
        tx,
        "with ended as (
             select person_id, wrap_up_until from presence
             where wrap_up_until <= $1 and ($2::uuid is null or person_id = $2)
             order by person_id for no key update
         )
         update presence p set wrap_up_until = null, version = p.version + 1
         from ended where p.person_id = ended.person_id
         returning p.person_id, ended.wrap_up_until as ended_at",
        [now.into(), only.into()],
    )
    .await?;
    let mut happened = Vec::with_capacity(ended.len());
    for Ended { person_id, ended_at } in &ended {
        happened.extend(told(tx, &[*person_id], None, *ended_at).await?);
    }
    events::append(tx, &happened, now).await?;
    Ok(ended.len())
}

/// What these people are now is written into their time line; the events that say so. The caller has locked or just
/// changed their presence. A line has no gaps and no overlaps, whatever the clocks of those who write it say: nothing
/// begins before what it follows.
///
/// # Errors
/// When the database fails.
pub(crate) async fn told(
    tx: &DatabaseTransaction,
    people: &[PersonId],
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<Vec<(Event, Option<PersonId>)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Now {
        person_id: PersonId,
        state: PresenceState,
    }
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    // What lasted no time at all was something else from its beginning.
    rows::run(
        tx,
        "update presence_span s set until_at = case when s.from_at < $2 then $2 end,
             state = case when s.from_at < $2 then s.state else p.state end,
             code = case when s.from_at < $2 then s.code else p.code end,
             by_id = case when s.from_at < $2 then s.by_id else $3 end
         from (select person_id, state, case when state = 'available' and wrap_up_until > $2 then 'wrap_up'
                   else pause_code end as code
               from presence where person_id = any($1)) p
         where s.person_id = p.person_id and s.until_at is null and (s.state, s.code) is distinct from (p.state, p.code)",
        [ids.clone().into(), now.into(), by.into()],
    )
    .await?;
    let found: Vec<Now> = rows::all(
        tx,
        "with begun as (
             insert into presence_span (person_id, state, code, from_at, by_id)
             select p.person_id, p.state, case when p.state = 'available' and p.wrap_up_until > $2 then 'wrap_up'
                 else p.pause_code end, $2, $3
             from presence p
             where p.person_id = any($1)
                 and not exists (select from presence_span s where s.person_id = p.person_id and s.until_at is null)
             on conflict do nothing)
         select person_id, state from presence where person_id = any($1) order by person_id",
        [ids.into(), now.into(), by.into()],
    )
    .await?;
    Ok(found
        .into_iter()
        .map(|now| (Event::PresenceChanged { person: now.person_id, state: now.state }, by))
        .collect())
}

/// The loop around [`sweep`]. Ends when `stop` is set.
pub async fn run(db: DatabaseConnection, wakes: Wakes, mut stop: tokio::sync::watch::Receiver<bool>) {
    while !*stop.borrow() {
        match sweep_once(&db, Utc::now()).await {
            Ok(0) => {}
            Ok(_) => {
                wakes.relay();
                // Something may have waited for one of them.
                wakes.dispatch();
            }
            Err(error) => tracing::error!(%error, "lost presences could not be looked for"),
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn sweep_once(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<usize, DbErr> {
    let tx = db.begin().await?;
    let gone = sweep(&tx, now).await?;
    tx.commit().await?;
    Ok(gone)
}
