//! Giving waiting conversations to agents the moment either changes.
//!
//! One pass is one transaction: read what waits and who has room, let [`routing`] decide, claim. The lock keeps two
//! dispatchers from doing the same work; that nobody is overfilled or shared is held by [`assignment::move_holders`].

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId, PresenceState, QueueId, SkillId};
use routing::{Candidate, Choice, Decision, Skills, Work, policy::Order};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult};

use crate::{
    Wakes,
    assignment::{self, Move, Moved},
    rows,
};

/// A lost wake-up, a lease that ran out or a release that grew old costs at most this.
const POLL: Duration = Duration::from_secs(2);
/// The longest pause between attempts while the database fails.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// One pass; how many conversations were given to somebody.
///
/// # Errors
/// When the database fails; nothing was given then.
pub async fn step(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<usize, DbErr> {
    let tx = rows::begin_alone(db, 3).await?;
    let waiting_in = queues_with_work(&tx).await?;
    if waiting_in.is_empty() {
        tx.rollback().await?;
        return Ok(0);
    }
    let candidates = candidates(&tx, Some(&waiting_in)).await?;
    let works = works(&tx, &candidates).await?;
    let moves: Vec<Move> = routing::assign(&works, &candidates, now)
        .into_iter()
        .filter_map(|routed| match routed.decision {
            Decision::Assign { person, reason } => Some(Move {
                conversation: routed.conversation,
                from: None,
                to: Some(person),
                reason,
                by: None,
            }),
            Decision::Wait { .. } => None,
        })
        .collect();
    let given = assignment::move_holders(&tx, &moves, now).await?;
    tx.commit().await?;
    Ok(given.iter().filter(|moved| **moved == Moved::Won).count())
}

/// What the router would decide for one waiting conversation now, and how everybody fares in it; `None` when it does
/// not wait.
///
/// # Errors
/// When the database fails.
pub async fn explain(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<Option<Choice>, DbErr> {
    let Some(work) = work(db, conversation).await? else { return Ok(None) };
    let candidates = candidates(db, None).await?;
    Ok(Some(routing::choose(&work, &candidates, now)))
}

async fn queues_with_work(tx: &DatabaseTransaction) -> Result<Vec<QueueId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Queue {
        id: QueueId,
    }
    let queues: Vec<Queue> = rows::all(
        tx,
        "select id from queue q where exists (select from conversation c where c.queue_id = q.id and c.state = 'queued')",
        [],
    )
    .await?;
    Ok(queues.into_iter().map(|queue| queue.id).collect())
}

/// Those who serve these queues, are available and have room; or, for an explanation, everybody as they are.
async fn candidates(
    db: &impl ConnectionTrait,
    with_room_in: Option<&[QueueId]>,
) -> Result<Vec<Candidate>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        person_id: PersonId,
        state: PresenceState,
        capacity: i32,
        load: i32,
        idle_since: DateTime<Utc>,
        queues: serde_json::Value,
        skills: serde_json::Value,
    }

    let queues: Option<Vec<uuid::Uuid>> =
        with_room_in.map(|queues| queues.iter().map(|queue| queue.0).collect());
    let found: Vec<Row> = rows::all(
        db,
        "select p.person_id, p.capacity, p.load, p.idle_since,
             case when p.lease_until > clock_timestamp() then p.state else 'offline' end as state,
             (select coalesce(json_agg(m.queue_id), '[]') from queue_member m where m.person_id = p.person_id) as queues,
             (select coalesce(json_object_agg(s.skill_id, s.level), '{}') from person_skill s
              where s.person_id = p.person_id) as skills
         from presence p join person on person.id = p.person_id and person.disabled_at is null
         where $1::uuid[] is null
             or (p.state = 'available' and p.lease_until > clock_timestamp() and p.load < p.capacity
                 and exists (select from queue_member m where m.person_id = p.person_id and m.queue_id = any($1)))",
        [queues.into()],
    )
    .await?;
    found
        .into_iter()
        .map(|row| {
            Ok(Candidate {
                queues: read(row.queues)?,
                skills: read(row.skills)?,
                load: row.load.unsigned_abs(),
                ..Candidate::new(row.person_id, row.state, row.capacity.unsigned_abs(), row.idle_since)
            })
        })
        .collect()
}

fn read<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Result<T, DbErr> {
    serde_json::from_value(value).map_err(|error| DbErr::Json(error.to_string()))
}

#[derive(FromQueryResult)]
struct Waiting {
    id: ConversationId,
    queue_id: QueueId,
    priority: i32,
    vip: bool,
    queued_at: DateTime<Utc>,
    returned_by: Option<PersonId>,
}

impl Waiting {
    fn work(self, skills: &HashMap<QueueId, Skills>) -> Work {
        let order = Order::default();
        let head_start = if self.vip { order.vip } else { 0 };
        let turn = order.turn(self.queued_at, None, self.priority, head_start);
        Work {
            skills: skills.get(&self.queue_id).cloned().unwrap_or_default(),
            barred: self.returned_by.into_iter().collect(),
            ..Work::new(self.id, self.queue_id, turn, self.queued_at)
        }
    }
}

/// As much of what waits as the candidates have room for, queue by queue, first come first.
async fn works(tx: &DatabaseTransaction, candidates: &[Candidate]) -> Result<Vec<Work>, DbErr> {
    #[derive(serde::Serialize)]
    struct Room {
        queue_id: QueueId,
        room: i64,
    }

    let mut room: HashMap<QueueId, i64> = HashMap::new();
    for candidate in candidates {
        for queue in &candidate.queues {
            *room.entry(*queue).or_default() += i64::from(candidate.capacity - candidate.load);
        }
    }
    if room.is_empty() {
        return Ok(Vec::new());
    }
    // A few more than there is room for: the one at the head may not go to whoever is free.
    let room: Vec<Room> =
        room.into_iter().map(|(queue_id, room)| Room { queue_id, room: room * 2 + 10 }).collect();
    let found: Vec<Waiting> = rows::all(
        tx,
        "select w.* from json_to_recordset($1::text::json) as r(queue_id uuid, room bigint)
         join queue q on q.id = r.queue_id
         cross join lateral (
             select c.id, c.queue_id, (c.priority + q.priority)::int as priority, k.vip, c.queued_at,
                 (select a.person_id from assignment a where a.conversation_id = c.id and a.ended_at = c.queued_at
                      and c.queued_at > clock_timestamp() - interval '2 minutes' limit 1) as returned_by
             from conversation c join contact k on k.id = c.contact_id
             where c.queue_id = q.id and c.state = 'queued'
             order by c.priority desc, k.vip desc, c.queued_at, c.id
             limit r.room
         ) w",
        [rows::recordset(&room)?],
    )
    .await?;
    let skills = skills_asked(tx).await?;
    Ok(found.into_iter().map(|waiting| waiting.work(&skills)).collect())
}

async fn work(db: &impl ConnectionTrait, conversation: ConversationId) -> Result<Option<Work>, DbErr> {
    let found: Vec<Waiting> = rows::all(
        db,
        "select c.id, c.queue_id, (c.priority + q.priority)::int as priority, k.vip, c.queued_at,
             (select a.person_id from assignment a where a.conversation_id = c.id and a.ended_at = c.queued_at
                  and c.queued_at > clock_timestamp() - interval '2 minutes' limit 1) as returned_by
         from conversation c join contact k on k.id = c.contact_id join queue q on q.id = c.queue_id
         where c.id = $1 and c.state = 'queued'",
        [conversation.into()],
    )
    .await?;
    let skills = skills_asked(db).await?;
    Ok(found.into_iter().next().map(|waiting| waiting.work(&skills)))
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

/// The loop around [`step`]. Ends when `stop` is set.
pub async fn run(db: DatabaseConnection, wakes: Wakes, mut stop: tokio::sync::watch::Receiver<bool>) {
    let mut pause = Duration::from_millis(100);
    while !*stop.borrow() {
        let rung = wakes.dispatcher.notified();
        match step(&db, Utc::now()).await {
            Ok(given) => {
                pause = Duration::from_millis(100);
                if given > 0 {
                    wakes.relay();
                }
                tokio::select! {
                    () = rung => {}
                    () = tokio::time::sleep(POLL) => {}
                    _ = stop.changed() => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "waiting conversations could not be given out; tried again in {pause:?}");
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    _ = stop.changed() => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}
