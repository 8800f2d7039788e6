//! What waits, as the router sees it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, PersonId, QueueId, SkillId, TeamId, event::PreferredAs};
use routing::{Policy, Preferred, Skills, Work, due::asked, policy::Queue};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::rows;

/// How many of a queue a pass looks at, in turn. Beyond them waits what came much later.
const LOOKED_AT: i64 = 2_000;

/// For so long it does not go back to who has just put it back.
const NOT_BACK_FOR: TimeDelta = TimeDelta::minutes(2);

#[derive(FromQueryResult)]
struct Row {
    id: ConversationId,
    queue_id: QueueId,
    turn_at: DateTime<Utc>,
    queued_at: DateTime<Utc>,
    skills: serde_json::Value,
    relaxed: i16,
    weight: i16,
    team_id: Option<TeamId>,
    preferred_id: Option<PersonId>,
    preferred_until: Option<DateTime<Utc>>,
    preferred_why: Option<String>,
    returned_by: Option<PersonId>,
    declined_by: Vec<Uuid>,
}

/// Queues in which something waits.
pub(super) async fn queues_with_work(db: &impl ConnectionTrait) -> Result<Vec<QueueId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        id: QueueId,
    }
    let queues: Vec<Found> = rows::all(
        db,
        "select id from queue q where exists (select from conversation c where c.queue_id = q.id and c.state = 'queued')",
        [],
    )
    .await?;
    Ok(queues.into_iter().map(|queue| queue.id).collect())
}

/// What waits in these queues and is offered to nobody, in turn.
pub(super) async fn waiting(
    db: &impl ConnectionTrait,
    policy: &Policy,
    queues: &[QueueId],
    now: DateTime<Utc>,
) -> Result<Vec<Work>, DbErr> {
    let queues: Vec<Uuid> = queues.iter().map(|queue| queue.0).collect();
    let found: Vec<Row> = rows::all(
        db,
        "select w.* from unnest($1::uuid[]) as q(id) cross join lateral (
             select c.id, c.queue_id, c.turn_at, c.queued_at, c.skills, c.relaxed, c.weight, c.team_id, c.preferred_id,
                 c.preferred_until, c.preferred_why,
                 case when c.queued_at > $2 then c.returned_by end as returned_by, c.declined_by
             from conversation c
             where c.queue_id = q.id and c.state = 'queued' and c.offered_to is null
             order by c.turn_at
             limit $3
         ) w",
        [queues.into(), (now - NOT_BACK_FOR).into(), LOOKED_AT.into()],
    )
    .await?;
    works(db, policy, found).await
}

/// Which of these, once they are locked, are still what they were when it was decided about them.
pub(super) async fn unchanged(
    tx: &DatabaseTransaction,
    policy: &Policy,
    decided: impl IntoIterator<Item = &Work>,
    now: DateTime<Utc>,
) -> Result<BTreeSet<ConversationId>, DbErr> {
    let decided: HashMap<ConversationId, &Work> =
        decided.into_iter().map(|work| (work.conversation, work)).collect();
    if decided.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found: Vec<Row> = rows::all(
        tx,
        "select c.id, c.queue_id, c.turn_at, c.queued_at, c.skills, c.relaxed, c.weight, c.team_id, c.preferred_id,
             c.preferred_until, c.preferred_why,
             case when c.queued_at > $2 then c.returned_by end as returned_by, c.declined_by
         from conversation c where c.id = any($1) and c.state = 'queued' and c.offered_to is null
         order by c.id for no key update",
        [decided.keys().map(|id| id.0).collect::<Vec<Uuid>>().into(), (now - NOT_BACK_FOR).into()],
    )
    .await?;
    let found = works(tx, policy, found).await?;
    let same = |work: &Work| decided.get(&work.conversation).is_some_and(|decided| *decided == work);
    Ok(found.into_iter().filter(same).map(|work| work.conversation).collect())
}

/// When each of those that go on waiting may go back to who has put it back.
pub(super) fn let_back<'a>(
    works: &'a [Work],
    given: &'a BTreeMap<ConversationId, bool>,
) -> impl Iterator<Item = DateTime<Utc>> + 'a {
    works
        .iter()
        .filter(|work| !work.barred.is_empty() && !given.contains_key(&work.conversation))
        .map(|work| work.queued_at + NOT_BACK_FOR)
}

/// One conversation, if it waits.
pub(super) async fn one(
    db: &impl ConnectionTrait,
    policy: &Policy,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<Option<Work>, DbErr> {
    let found: Vec<Row> = rows::all(
        db,
        "select c.id, c.queue_id, c.turn_at, c.queued_at, c.skills, c.relaxed, c.weight, c.team_id, c.preferred_id,
             c.preferred_until, c.preferred_why,
             case when c.queued_at > $2 then c.returned_by end as returned_by, c.declined_by
         from conversation c where c.id = $1 and c.state = 'queued'",
        [conversation.into(), (now - NOT_BACK_FOR).into()],
    )
    .await?;
    Ok(works(db, policy, found).await?.into_iter().next())
}

async fn works(db: &impl ConnectionTrait, policy: &Policy, found: Vec<Row>) -> Result<Vec<Work>, DbErr> {
    let mut queues: HashMap<QueueId, Queue> = HashMap::new();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let asked_by_queue = skills_asked(db).await?;
    for row in &found {
        queues.entry(row.queue_id).or_insert_with(|| {
            let mut queue = policy.queue(row.queue_id).into_owned();
            queue.skills = asked_by_queue.get(&row.queue_id).cloned().unwrap_or_default();
            queue
        });
    }
    found.into_iter().filter_map(|row| queues.get(&row.queue_id).map(|queue| work(row, queue))).collect()
}

fn work(row: Row, queue: &Queue) -> Result<Work, DbErr> {
    let relaxed = u32::from(row.relaxed.unsigned_abs());
    let extra: Skills = rows::read(row.skills)?;
    let asked = asked(queue, &extra, relaxed);
    let why = match row.preferred_why.as_deref() {
        Some("owner") => PreferredAs::Owner,
        _ => PreferredAs::LastAgent,
    };
    Ok(Work {
        skills: asked.skills,
        widened: asked.widened,
        relaxed,
        weight: u32::from(row.weight.unsigned_abs()),
        // With the queue's first step of asking for less it is everybody's again.
        team: row.team_id.filter(|_| relaxed == 0),
        preferred: row.preferred_id.zip(row.preferred_until).map(|(person, until)| Preferred {
            person,
            until,
            why,
        }),
        barred: row.declined_by.into_iter().map(PersonId).chain(row.returned_by).collect::<BTreeSet<_>>(),
        ..Work::new(row.id, row.queue_id, row.turn_at, row.queued_at)
    })
}

async fn skills_asked(db: &impl ConnectionTrait) -> Result<HashMap<QueueId, Skills>, DbErr> {
    #[derive(FromQueryResult)]
    struct Asked {
        queue_id: QueueId,
        skill_id: SkillId,
        level: i16,
    }
    let asked: Vec<Asked> = rows::all(db, "select queue_id, skill_id, level from queue_skill", []).await?;
    let mut skills: HashMap<QueueId, Skills> = HashMap::new();
    for asked in asked {
        let level = u8::try_from(asked.level).unwrap_or(u8::MAX);
        skills.entry(asked.queue_id).or_default().insert(asked.skill_id, level);
    }
    Ok(skills)
}
