//! The floor: queues and agents, with what supervisors steer by.

use chrono::{DateTime, Utc};
use domain::{PersonId, PresenceState, QueueId};
use routing::policy::Pause;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::start::{Left, left};
use crate::{policy, rows};

/// A queue's figures now.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct QueueLine {
    /// Which.
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// Order on screen.
    pub position: i32,
    /// Conversations that wait for an agent.
    pub waiting: i64,
    /// Since when the first of them waits.
    pub oldest: Option<DateTime<Utc>>,
    /// Conversations that agents hold.
    pub assigned: i64,
    /// Of both, those for which a promise is broken now.
    pub overdue: i64,
    /// Promises broken in the last 24 hours.
    pub breaches: i64,
    /// Agents of the queue who take work now.
    pub available: i64,
    /// Agents of the queue.
    pub agents: i64,
}

/// The figures of some queues, or of all.
///
/// # Errors
/// When the database fails.
pub async fn queues(db: &impl ConnectionTrait, some: Option<&[QueueId]>) -> Result<Vec<QueueLine>, DbErr> {
    let some: Option<Vec<uuid::Uuid>> = some.map(|ids| ids.iter().map(|id| id.0).collect());
    rows::all(
        db,
        "select queue.id, queue.name, queue.position, talks.waiting, talks.oldest, talks.assigned, talks.overdue,
             (select count(*) from alert where alert.queue_id = queue.id
                  and alert.raised_at > now() - interval '24 hours'
                  and alert.kind in ('first_response_late', 'next_response_late', 'resolution_late')) as breaches,
             people.available, people.agents
         from queue
         cross join lateral (
             select count(*) filter (where c.state = 'queued') as waiting,
                 min(c.queued_at) filter (where c.state = 'queued') as oldest,
                 count(*) filter (where c.state = 'assigned') as assigned,
                 count(*) filter (where c.due_at <= now()) as overdue
             from conversation c where c.queue_id = queue.id and c.state in ('queued', 'assigned')
         ) talks
         cross join lateral (
             select count(*) filter (where p.state = 'available' and p.lease_until > now()) as available,
                 count(*) as agents
             from queue_member member join presence p on p.person_id = member.person_id
             where member.queue_id = queue.id
         ) people
         where $1::uuid[] is null or queue.id = any($1)
         order by queue.position, queue.name",
        [some.into()],
    )
    .await
}

/// An agent on the floor.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct AgentLine {
    /// Who.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// What they are.
    pub state: PresenceState,
    /// Which pause.
    pub pause_code: Option<String>,
    /// The same as it is decided now, if it is one that may be chosen.
    #[sea_orm(skip)]
    pub pause: Option<Pause>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How many slots they have.
    pub capacity: i32,
    /// How many are taken.
    pub load: i32,
    /// They write up what they closed until then.
    pub wrap_up_until: Option<DateTime<Utc>>,
    /// Offers they let run out since they last took one.
    pub offers_missed: i16,
    /// What is left of who finishes.
    #[sea_orm(skip)]
    pub left: Option<Left>,
    conversations_left: Option<i64>,
    last_ends: Option<Vec<DateTime<Utc>>>,
    /// Raised by every change.
    pub version: i64,
    /// The queues they serve.
    pub queue_ids: Vec<uuid::Uuid>,
    /// Their names, in the order of the screen.
    pub queue_names: Vec<String>,
}

/// Some agents, or all, by name.
///
/// # Errors
/// When the database fails.
pub async fn agents(db: &impl ConnectionTrait, some: Option<&[PersonId]>) -> Result<Vec<AgentLine>, DbErr> {
    let some: Option<Vec<uuid::Uuid>> = some.map(|ids| ids.iter().map(|id| id.0).collect());
    let mut agents: Vec<AgentLine> = rows::all(
        db,
        concat!(
            "select p.person_id, person.name, p.state, p.pause_code, p.since, p.capacity, p.load, p.wrap_up_until,
                 p.offers_missed, p.version, ",
            left!(),
            ", array_agg(queue.id order by queue.position, queue.name) as queue_ids,
                 array_agg(queue.name order by queue.position, queue.name) as queue_names
             from presence p
             join person on person.id = p.person_id and person.disabled_at is null
             join queue_member member on member.person_id = p.person_id
             join queue on queue.id = member.queue_id
             where $1::uuid[] is null or p.person_id = any($1)
             group by p.person_id, person.name
             order by person.name"
        ),
        [some.into()],
    )
    .await?;
    let pauses = policy::current(db).await?.pauses();
    for agent in &mut agents {
        agent.pause = pauses.iter().find(|pause| Some(&pause.code) == agent.pause_code.as_ref()).cloned();
        agent.left = Left::of(agent.conversations_left, agent.last_ends.as_deref());
    }
    Ok(agents)
}
