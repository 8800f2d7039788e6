//! What one may pause for, and how many at once.

use domain::{PersonId, QueueId};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, FromQueryResult};
use uuid::Uuid;

use super::PresenceError;
use crate::{policy, rows};

/// Whether somebody may go on this pause now. Whoever is about to go on it counts as being on it.
///
/// # Errors
/// `UnknownPause`; `PauseFull` unless the limits may be exceeded.
pub(super) async fn check(
    tx: &DatabaseTransaction,
    person: PersonId,
    code: &str,
    may_exceed: bool,
) -> Result<(), PresenceError> {
    #[derive(FromQueryResult)]
    struct On {
        queue_id: QueueId,
        name: String,
        people: i64,
    }
    let pauses = policy::current(tx).await?.pauses();
    let pause = pauses.into_iter().find(|pause| pause.code == code).ok_or(PresenceError::UnknownPause)?;
    if pause.at_once.is_empty() || may_exceed {
        return Ok(());
    }
    // Two who want the last place at once: one after the other, in whatever transaction.
    tx.execute_unprepared("select pg_advisory_xact_lock(1112, 6)").await?;
    let queues: Vec<Uuid> = pause.at_once.keys().map(|queue| queue.0).collect();
    let on: Vec<On> = rows::all(
        tx,
        "select mine.queue_id, queue.name,
             (select count(*) from queue_member m join presence p on p.person_id = m.person_id
              where m.queue_id = mine.queue_id and m.person_id <> $1 and p.pause_code = $2
                  and p.state in ('paused', 'pre_pause')) as people
         from queue_member mine join queue on queue.id = mine.queue_id
         where mine.person_id = $1 and mine.queue_id = any($3)
         order by queue.position, queue.name",
        [person.into(), code.to_owned().into(), queues.into()],
    )
    .await?;
    for On { queue_id, name: queue, people } in on {
        let people = u32::try_from(people).unwrap_or(u32::MAX);
        if pause.at_once.get(&queue_id).is_some_and(|most| people >= *most) {
            return Err(PresenceError::PauseFull { code: pause.code, name: pause.name, queue, people });
        }
    }
    Ok(())
}
