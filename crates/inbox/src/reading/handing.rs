//! To whom a conversation may be handed, as they stand.

use domain::{Permission, PersonId, PresenceState, Principal, QueueId, Scope, SkillId, TeamId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows;

/// A colleague.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Colleague {
    /// Who.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// What they are; offline when nothing is heard of them.
    pub state: PresenceState,
    /// How many slots they have.
    pub capacity: i32,
    /// How many are taken.
    pub load: i32,
    /// The queues they serve.
    pub queue_ids: Vec<uuid::Uuid>,
    /// Their names.
    pub queue_names: Vec<String>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct TeamLine {
    /// Which.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// How many of its people take work now.
    pub available: i64,
    /// How many are at work, beside whoever asks.
    pub at_work: i64,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct QueueLine {
    /// Which.
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// How many of its agents take work now.
    pub available: i64,
    /// How many wait there.
    pub waiting: i64,
}

/// A skill.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct SkillLine {
    /// Which.
    pub id: SkillId,
    /// Its name.
    pub name: String,
}

/// Everybody and everything a conversation may be handed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// People this one may see, whoever takes work first.
    pub people: Vec<Colleague>,
    /// Teams.
    pub teams: Vec<TeamLine>,
    /// Queues.
    pub queues: Vec<QueueLine>,
    /// What can be asked for.
    pub skills: Vec<SkillLine>,
}

/// To whom `by` may hand a conversation.
///
/// # Errors
/// When the database fails.
pub async fn choices(db: &impl ConnectionTrait, by: &Principal) -> Result<Choices, DbErr> {
    let mut people: Vec<Colleague> = rows::all(
        db,
        "select p.person_id, person.name, p.capacity, p.load,
             case when p.lease_until > clock_timestamp() then p.state else 'offline' end as state,
             array(select m.queue_id from queue_member m join queue q on q.id = m.queue_id
                   where m.person_id = p.person_id order by q.position, q.name) as queue_ids,
             array(select q.name from queue_member m join queue q on q.id = m.queue_id
                   where m.person_id = p.person_id order by q.position, q.name) as queue_names
         from presence p join person on person.id = p.person_id and person.disabled_at is null
         where p.person_id <> $1
         order by person.name",
        [by.person.into()],
    )
    .await?;
    let all = by.scope(Permission::UserRead) == Some(Scope::All);
    people.retain(|one| {
        all || one.queue_ids.iter().any(|id| by.reaches_queue(Permission::UserRead, QueueId(*id)))
    });
    people.sort_by_key(|one| (one.state != PresenceState::Available, one.state == PresenceState::Offline));
    let teams = rows::all(
        db,
        "select t.id, t.name,
             count(p.person_id) filter (where p.state = 'available') as available, count(p.person_id) as at_work
         from team t left join team_member m on m.team_id = t.id and m.person_id <> $1
             left join presence p on p.person_id = m.person_id and p.state <> 'offline'
                 and p.lease_until > clock_timestamp()
         group by t.id, t.name order by t.name",
        [by.person.into()],
    )
    .await?;
    let queues = rows::all(
        db,
        "select q.id, q.name,
             (select count(*) from conversation c where c.queue_id = q.id and c.state = 'queued') as waiting,
             (select count(*) from queue_member m join presence p using (person_id)
              where m.queue_id = q.id and p.state = 'available' and p.lease_until > clock_timestamp()) as available
         from queue q where q.retired_at is null order by q.position, q.name",
        [],
    )
    .await?;
    let skills = rows::all(db, "select id, name from skill order by name", []).await?;
    Ok(Choices { people, teams, queues, skills })
}
