//! Those who might take something, as they stand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::{PersonId, PresenceState, QueueId};
use routing::{Candidate, Policy, Work};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::rows;

#[derive(FromQueryResult)]
struct Row {
    person_id: PersonId,
    state: PresenceState,
    capacity: i32,
    load: i32,
    idle_since: DateTime<Utc>,
    wrap_up_until: Option<DateTime<Utc>>,
    queues: serde_json::Value,
    skills: serde_json::Value,
    teams: serde_json::Value,
}

/// Those who serve the queues of these works, or are of teams they were widened to.
pub(super) async fn candidates(
    db: &impl ConnectionTrait,
    policy: &Policy,
    works: &[Work],
) -> Result<Vec<Candidate>, DbErr> {
    let queues: BTreeSet<Uuid> = works.iter().map(|work| work.queue.0).collect();
    let teams: BTreeSet<Uuid> =
        works.iter().flat_map(|work| work.widened.iter().chain(&work.team)).map(|team| team.0).collect();
    if queues.is_empty() {
        return Ok(Vec::new());
    }
    read(db, policy, Some((queues.into_iter().collect(), teams.into_iter().collect()))).await
}

/// Everybody who can hold conversations.
pub(super) async fn everybody(db: &impl ConnectionTrait, policy: &Policy) -> Result<Vec<Candidate>, DbErr> {
    read(db, policy, None).await
}

async fn read(
    db: &impl ConnectionTrait,
    policy: &Policy,
    only: Option<(Vec<Uuid>, Vec<Uuid>)>,
) -> Result<Vec<Candidate>, DbErr> {
    let (queues, teams) = only.unzip();
    let found: Vec<Row> = rows::all(
        db,
        "select p.person_id, p.capacity, p.load, p.idle_since, p.wrap_up_until,
             case when p.lease_until > clock_timestamp() then p.state else 'offline' end as state,
             (select coalesce(json_agg(m.queue_id), '[]') from queue_member m where m.person_id = p.person_id) as queues,
             (select coalesce(json_object_agg(s.skill_id, s.level), '{}') from person_skill s
              where s.person_id = p.person_id) as skills,
             (select coalesce(json_agg(t.team_id), '[]') from team_member t where t.person_id = p.person_id) as teams
         from presence p join person on person.id = p.person_id and person.disabled_at is null
         where $1::uuid[] is null
             or exists (select from queue_member m where m.person_id = p.person_id and m.queue_id = any($1))
             or exists (select from team_member t where t.person_id = p.person_id and t.team_id = any($2))",
        [queues.into(), teams.into()],
    )
    .await?;
    let limited = policy.agents.values().any(|agent| !agent.at_most.is_empty());
    let mut loads = if limited { loads_by_queue(db, None).await? } else { BTreeMap::new() };
    found
        .into_iter()
        .map(|row| {
            let at_most = policy.agents.get(&row.person_id).map(|agent| agent.at_most.clone());
            Ok(Candidate {
                queues: rows::read(row.queues)?,
                teams: rows::read(row.teams)?,
                skills: rows::read(row.skills)?,
                load: row.load.unsigned_abs(),
                at_most: at_most.unwrap_or_default(),
                load_by_queue: loads.remove(&row.person_id).unwrap_or_default(),
                busy_until: row.wrap_up_until,
                ..Candidate::new(row.person_id, row.state, row.capacity.unsigned_abs(), row.idle_since)
            })
        })
        .collect()
}

/// Whether what these people were given of these queues is within the limits they have there, now that they are locked:
/// what they took by themselves meanwhile counts too.
pub(super) async fn is_within_limits(
    tx: &DatabaseTransaction,
    policy: &Policy,
    given: impl Iterator<Item = (PersonId, QueueId)>,
) -> Result<bool, DbErr> {
    let limit = |person: PersonId, queue: QueueId| policy.agents.get(&person)?.at_most.get(&queue).copied();
    let limited: Vec<(PersonId, QueueId, u32)> =
        given.filter_map(|(person, queue)| Some((person, queue, limit(person, queue)?))).collect();
    if limited.is_empty() {
        return Ok(true);
    }
    let people = limited.iter().map(|(person, ..)| person.0).collect();
    let loads = loads_by_queue(tx, Some(people)).await?;
    Ok(limited.iter().all(|(person, queue, at_most)| {
        loads.get(person).and_then(|loads| loads.get(queue)).is_none_or(|load| load <= at_most)
    }))
}

/// How many slots conversations of each queue take of each person, or of these.
async fn loads_by_queue(
    db: &impl ConnectionTrait,
    only: Option<Vec<Uuid>>,
) -> Result<BTreeMap<PersonId, BTreeMap<QueueId, u32>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Taken {
        person_id: PersonId,
        queue_id: QueueId,
        slots: i64,
    }
    let found: Vec<Taken> = rows::all(
        db,
        "select person_id, queue_id, sum(weight) as slots from (
             select assignee_id as person_id, queue_id, weight from conversation where state = 'assigned'
             union all
             select person_id, queue_id, weight from offer where ended_at is null) taken
         where $1::uuid[] is null or person_id = any($1)
         group by person_id, queue_id",
        [only.into()],
    )
    .await?;
    let mut loads: BTreeMap<PersonId, BTreeMap<QueueId, u32>> = BTreeMap::new();
    for taken in found {
        let slots = u32::try_from(taken.slots).unwrap_or(u32::MAX);
        loads.entry(taken.person_id).or_default().insert(taken.queue_id, slots);
    }
    Ok(loads)
}
