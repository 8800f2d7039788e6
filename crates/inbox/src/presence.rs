//! Who is at work. A presence is believed for as long as its lease runs; sockets renew it, a crash needs no clean-up.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{Event, Permission, PersonId, PresenceState, Principal, QueueId};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, TransactionTrait as _,
};
use uuid::Uuid;

use crate::{Wakes, events, rows};

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
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Set a person's presence: one's own, or a colleague's with [`Permission::PresenceSetOther`]. Whoever becomes
/// available may get work at once: wake the dispatcher after the commit.
///
/// # Errors
/// `NotFound` for a colleague out of reach.
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

    if person != by.person && !may_set(tx, by, person).await? {
        return Err(PresenceError::NotFound);
    }
    let code = code.filter(|_| matches!(state, PresenceState::Paused | PresenceState::PrePause));
    let changed: Vec<Changed> = rows::all(
        tx,
        "insert into presence as p (person_id, state, pause_code, since, lease_until)
         select $1, $2, $3, $4, case when $2 <> 'offline' then clock_timestamp() + make_interval(secs => $5) end
         on conflict (person_id) do update set state = excluded.state, pause_code = excluded.pause_code,
             since = excluded.since, lease_until = excluded.lease_until, version = p.version + 1
         where (p.state, p.pause_code) is distinct from (excluded.state, excluded.pause_code)
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

async fn may_set(tx: &DatabaseTransaction, by: &Principal, person: PersonId) -> Result<bool, DbErr> {
    #[derive(FromQueryResult)]
    struct Serves {
        queue_id: QueueId,
    }
    let serves: Vec<Serves> =
        rows::all(tx, "select queue_id from queue_member where person_id = $1", [person.into()]).await?;
    Ok(serves.iter().any(|serves| by.reaches_queue(Permission::PresenceSetOther, serves.queue_id)))
}

/// How somebody comes to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// They signed in: the day begins, whatever the last one ended with.
    SignedIn,
    /// Their page is back. Only a presence that was lost, not one that was put down, comes back with it.
    Reconnected,
}

/// Somebody who holds conversations is there: an offline presence becomes available. Answers whether it did; wake the
/// dispatcher after the commit then.
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
        "update presence set state = 'available', pause_code = null, since = $2, version = version + 1,
             lease_until = clock_timestamp() + make_interval(secs => $3)
         where person_id = $1 and state = 'offline' and ($4 or pause_code = 'connection_lost')",
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
pub async fn leave(
    tx: &DatabaseTransaction,
    who: &Principal,
    now: DateTime<Utc>,
) -> Result<(), PresenceError> {
    let changed = rows::run(
        tx,
        "update presence set state = 'offline', pause_code = null, since = $2, lease_until = null,
             version = version + 1
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

/// Those whose lease ran out longer ago than [`GRACE`] are offline. They keep what they hold. How many they were.
///
/// # Errors
/// When the database fails.
pub async fn sweep(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<usize, DbErr> {
    #[derive(FromQueryResult)]
    struct Gone {
        person_id: PersonId,
    }
    let gone: Vec<Gone> = rows::all(
        tx,
        "with gone as (
             select person_id from presence
             where state <> 'offline' and lease_until < clock_timestamp() - make_interval(secs => $1)
             order by person_id for no key update skip locked
         )
         update presence p set state = 'offline', pause_code = 'connection_lost', since = $2, lease_until = null,
             version = p.version + 1
         from gone where p.person_id = gone.person_id
         returning p.person_id",
        [GRACE.as_secs_f64().into(), now.into()],
    )
    .await?;
    let gone: Vec<PersonId> = gone.into_iter().map(|gone| gone.person_id).collect();
    events::append(tx, &told(tx, &gone, None, now).await?, now).await?;
    Ok(gone.len())
}

/// What these people are now is written into their time line; the events that say so.
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
    rows::run(
        tx,
        "update presence_span s set until_at = $2 from presence p
         where p.person_id = any($1) and s.person_id = p.person_id and s.until_at is null
             and (s.state, s.code) is distinct from (p.state, p.pause_code)",
        [ids.clone().into(), now.into()],
    )
    .await?;
    rows::run(
        tx,
        "insert into presence_span (person_id, state, code, from_at, by_id)
         select p.person_id, p.state, p.pause_code, $2, $3 from presence p
         where p.person_id = any($1)
             and not exists (select from presence_span s where s.person_id = p.person_id and s.until_at is null)
         on conflict (person_id, from_at) do update
             set state = excluded.state, code = excluded.code, until_at = null, by_id = excluded.by_id",
        [ids.clone().into(), now.into(), by.into()],
    )
    .await?;
    let found: Vec<Now> =
        rows::all(tx, "select person_id, state from presence where person_id = any($1)", [ids.into()])
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
            Ok(_) => wakes.relay(),
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
