//! The document and the tables that SQL asks: who serves which queue, who can do what, how many at once.

use std::collections::{BTreeMap, BTreeSet};

use domain::{PersonId, QueueId, SkillId, TeamId};
use routing::{
    Policy, Skills,
    policy::{Agent, Pause, Queue, Skill},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::rows;

/// The document that says what the tables say: where the first draft begins.
///
/// # Errors
/// When the database fails.
pub(super) async fn compose(db: &impl ConnectionTrait) -> Result<Policy, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        skills: serde_json::Value,
        queues: serde_json::Value,
        agents: serde_json::Value,
    }
    #[derive(Deserialize)]
    struct QueueRow {
        id: QueueId,
        name: String,
        position: i32,
        priority: i16,
        shared: bool,
        members: Vec<PersonId>,
        teams: Vec<TeamId>,
        skills: Skills,
    }
    #[derive(Deserialize)]
    struct AgentRow {
        id: PersonId,
        capacity: u32,
        skills: Skills,
    }

    let found: Vec<Row> = rows::all(
        db,
        "select
             (select coalesce(json_agg(json_build_object('id', id, 'name', name, 'language', language) order by name), '[]')
              from skill) as skills,
             (select coalesce(json_agg(json_build_object('id', q.id, 'name', q.name, 'position', q.position,
                  'priority', q.priority, 'shared', q.shared,
                  'members', array(select m.person_id from queue_member m where m.queue_id = q.id),
                  'teams', array(select t.team_id from queue_team t where t.queue_id = q.id),
                  'skills', (select coalesce(json_object_agg(s.skill_id, s.level), '{}') from queue_skill s
                             where s.queue_id = q.id)) order by q.position, q.name), '[]')
              from queue q where q.retired_at is null) as queues,
             (select coalesce(json_agg(json_build_object('id', p.person_id, 'capacity', p.capacity,
                  'skills', (select coalesce(json_object_agg(s.skill_id, s.level), '{}') from person_skill s
                             where s.person_id = p.person_id))), '[]')
              from presence p join person on person.id = p.person_id and person.disabled_at is null) as agents",
        [],
    )
    .await?;
    let Some(row) = found.into_iter().next() else { return Ok(Policy::default()) };
    let queues: Vec<QueueRow> = rows::read(row.queues)?;
    let agents: Vec<AgentRow> = rows::read(row.agents)?;
    Ok(Policy {
        skills: rows::read::<Vec<Skill>>(row.skills)?,
        queues: queues
            .into_iter()
            .map(|row| Queue {
                name: row.name,
                position: row.position,
                priority: row.priority,
                shared: row.shared,
                members: row.members.into_iter().collect(),
                teams: row.teams.into_iter().collect(),
                skills: row.skills,
                ..Queue::usual(row.id)
            })
            .collect(),
        agents: agents
            .into_iter()
            .map(|row| {
                (row.id, Agent { capacity: row.capacity, skills: row.skills, at_most: BTreeMap::new() })
            })
            .collect(),
        pauses: Pause::ready_made(),
        ..Policy::default()
    })
}

/// Whatever publishing changes, locked in the order in which everybody locks who gives or takes conversations:
/// conversations, presences, then queues and watches. Whoever decided by the version before, and comes to lock somebody,
/// finds the new one.
///
/// # Errors
/// When the database fails.
pub(super) async fn lock(tx: &DatabaseTransaction, policy: &Policy) -> Result<(), DbErr> {
    let skills: Vec<Uuid> = policy.skills.iter().map(|skill| skill.id.0).collect();
    // Nobody can have a skill that is gone: what waits for it would wait for ever.
    rows::run(
        tx,
        "with asking as (
             select id from conversation where state <> 'closed' and skills <> '{}'
                 and exists (select from jsonb_object_keys(skills) as asked where asked::uuid <> all($1))
             order by id for no key update
         )
         update conversation c set version = c.version + 1, skills = (
             select coalesce(jsonb_object_agg(s.key, s.value), '{}') from jsonb_each(c.skills) s
             where s.key::uuid = any($1))
         from asking where c.id = asking.id",
        [skills.into()],
    )
    .await?;
    rows::run(tx, "select from presence order by person_id for no key update", []).await.map(drop)
}

/// Make the tables say what the document says. A queue that it no longer knows is retired and stays readable. Whose
/// capacity is another now. The caller has taken the [`lock`].
///
/// # Errors
/// When the database fails.
pub(super) async fn project(tx: &DatabaseTransaction, policy: &Policy) -> Result<Vec<PersonId>, DbErr> {
    skills(tx, policy).await?;
    queues(tx, policy).await?;
    agents(tx, policy).await
}

async fn skills(tx: &DatabaseTransaction, policy: &Policy) -> Result<(), DbErr> {
    // Names are unique, and two skills may have changed theirs for each other's.
    rows::run(tx, "delete from skill where id <> all(select (s->>'id')::uuid from json_array_elements($1::text::json) s)",
        [rows::recordset(&policy.skills)?]).await?;
    rows::run(
        tx,
        "update skill s set name = s.id::text
         from json_to_recordset($1::text::json) as t(id uuid, name text) where t.id = s.id and t.name <> s.name",
        [rows::recordset(&policy.skills)?],
    )
    .await?;
    rows::run(
        tx,
        "insert into skill (id, name, language)
         select id, name, language from json_to_recordset($1::text::json) as s(id uuid, name text, language text)
         on conflict (id) do update set name = excluded.name, language = excluded.language",
        [rows::recordset(&policy.skills)?],
    )
    .await
    .map(drop)
}

async fn queues(tx: &DatabaseTransaction, policy: &Policy) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Served<T> {
        queue_id: QueueId,
        by: T,
    }
    #[derive(Serialize)]
    struct Asked {
        queue_id: QueueId,
        skill_id: SkillId,
        level: u8,
    }

    let queues = rows::recordset(&policy.queues)?;
    rows::run(
        tx,
        "with known as (select * from json_to_recordset($1::text::json) as t(id uuid, name text))
         update queue q set retired_at = coalesce(q.retired_at, now()),
             name = case when q.name in (select name from known) then q.name || ' ' || left(q.id::text, 8)
                 else q.name end
         where q.id not in (select id from known) and (q.retired_at is null or q.name in (select name from known))",
        [queues.clone()],
    )
    .await?;
    // Only what changes, and names only where they do: whatever refers to a queue waits for one whose key changes.
    // Two may have changed theirs for each other's.
    rows::run(
        tx,
        "update queue q set name = q.id::text
         from json_to_recordset($1::text::json) as t(id uuid, name text) where t.id = q.id and t.name <> q.name",
        [queues.clone()],
    )
    .await?;
    rows::run(
        tx,
        "update queue q set name = t.name, position = t.position, priority = t.priority, shared = t.shared,
             retired_at = null
         from json_to_recordset($1::text::json)
             as t(id uuid, name text, position int, priority smallint, shared boolean)
         where t.id = q.id and (q.name, q.position, q.priority, q.shared, q.retired_at)
             is distinct from (t.name, t.position, t.priority, t.shared, null)",
        [queues.clone()],
    )
    .await?;
    rows::run(
        tx,
        "insert into queue (id, name, position, priority, shared)
         select id, name, position, priority, shared
         from json_to_recordset($1::text::json)
             as q(id uuid, name text, position int, priority smallint, shared boolean)
         on conflict (id) do nothing",
        [queues],
    )
    .await?;

    rows::run(tx, "delete from queue_member", []).await?;
    rows::run(tx, "delete from queue_team", []).await?;
    rows::run(tx, "delete from queue_skill", []).await?;
    let teams = |of: fn(&Queue) -> &BTreeSet<TeamId>| -> Vec<Served<TeamId>> {
        let queues = policy.queues.iter();
        queues
            .flat_map(|queue| of(queue).iter().map(|team| Served { queue_id: queue.id, by: *team }))
            .collect()
    };
    rows::run(
        tx,
        "insert into queue_team (queue_id, team_id)
         select queue_id, by from json_to_recordset($1::text::json) as t(queue_id uuid, by uuid)",
        [rows::recordset(&teams(|queue| &queue.teams))?],
    )
    .await?;
    let members: Vec<Served<PersonId>> = policy
        .queues
        .iter()
        .flat_map(|queue| queue.members.iter().map(|person| Served { queue_id: queue.id, by: *person }))
        .collect();
    rows::run(
        tx,
        "insert into queue_member (queue_id, person_id)
         select queue_id, by from json_to_recordset($1::text::json) as t(queue_id uuid, by uuid)
         union
         select t.queue_id, m.person_id
         from json_to_recordset($2::text::json) as t(queue_id uuid, by uuid) join team_member m on m.team_id = t.by",
        [rows::recordset(&members)?, rows::recordset(&teams(|queue| &queue.served_by))?],
    )
    .await?;
    let asked: Vec<Asked> = policy
        .queues
        .iter()
        .flat_map(|queue| {
            queue.skills.iter().map(|(skill, level)| Asked {
                queue_id: queue.id,
                skill_id: *skill,
                level: *level,
            })
        })
        .collect();
    rows::run(
        tx,
        "insert into queue_skill (queue_id, skill_id, level)
         select queue_id, skill_id, level
         from json_to_recordset($1::text::json) as t(queue_id uuid, skill_id uuid, level smallint)",
        [rows::recordset(&asked)?],
    )
    .await
    .map(drop)
}

async fn agents(tx: &DatabaseTransaction, policy: &Policy) -> Result<Vec<PersonId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Changed {
        person_id: PersonId,
    }
    #[derive(Serialize)]
    struct Capacity {
        person_id: PersonId,
        capacity: u32,
    }
    #[derive(Serialize)]
    struct Can {
        person_id: PersonId,
        skill_id: SkillId,
        level: u8,
    }

    let capacities: Vec<Capacity> = policy
        .agents
        .iter()
        .map(|(person, agent)| Capacity { person_id: *person, capacity: agent.capacity })
        .collect();
    let changed: Vec<Changed> = rows::all(
        tx,
        "insert into presence (person_id, capacity)
         select person_id, capacity from json_to_recordset($1::text::json) as a(person_id uuid, capacity int)
         order by person_id
         on conflict (person_id) do update set capacity = excluded.capacity, version = presence.version + 1
             where presence.capacity <> excluded.capacity
         returning person_id",
        [rows::recordset(&capacities)?],
    )
    .await?;
    rows::run(tx, "delete from person_skill", []).await?;
    let can: Vec<Can> = policy
        .agents
        .iter()
        .flat_map(|(person, agent)| {
            agent.skills.iter().map(|(skill, level)| Can {
                person_id: *person,
                skill_id: *skill,
                level: *level,
            })
        })
        .collect();
    rows::run(
        tx,
        "insert into person_skill (person_id, skill_id, level)
         select person_id, skill_id, level
         from json_to_recordset($1::text::json) as t(person_id uuid, skill_id uuid, level smallint)",
        [rows::recordset(&can)?],
    )
    .await?;
    Ok(changed.into_iter().map(|changed| changed.person_id).collect())
}
