//! Why somebody was chosen, kept so that it can be told later.
//!
//! What a pass saw is kept once, and of each decision what it was about. How each candidate fared is computed from both
//! by the functions that decided, so the explanation can't differ from the decision, and costs nothing until asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId, QueueId, TeamId};
use routing::{Candidate, Choice, Decision, Routed, Work};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};

use crate::rows;

/// A decision of the past, with how everybody fared in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// When.
    pub at: DateTime<Utc>,
    /// Under which version of the routing; 0: before the first.
    pub policy: u32,
    /// Who got it.
    pub person: PersonId,
    /// Whether it was given or offered, and how the offer ended.
    pub outcome: Outcome,
    /// What was known of the conversation.
    pub work: Work,
    /// How everybody fared.
    pub choice: Choice,
    /// Everybody as they stood when it was decided.
    pub people: Vec<Candidate>,
}

/// How somebody got it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was given.
    Given,
    /// It was offered.
    Offered,
}

/// What a pass looked at. An array of people where nothing but what came true took anybody's room.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Seen<P, W> {
    People(Vec<P>),
    Beside { people: Vec<P>, beside: Vec<Beside<W>> },
}

/// What took or kept somebody's room in the pass without coming to them, so that it shows in what was decided after it: it
/// needs more slots than are free, or somebody's hand was faster.
#[derive(Serialize, Deserialize)]
struct Beside<W> {
    place: usize,
    work: W,
}

/// Keep what was decided, in its order, and which of it came true.
pub(super) async fn keep(
    tx: &DatabaseTransaction,
    policy: u32,
    works: &HashMap<ConversationId, &Work>,
    candidates: &[Candidate],
    (routed, won): (&[Routed], &BTreeMap<ConversationId, bool>),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Row<'a> {
        place: usize,
        conversation_id: ConversationId,
        person_id: PersonId,
        offered: bool,
        work: &'a Work,
    }
    #[derive(FromQueryResult)]
    struct Pass {
        id: i64,
    }
    let (mut decided, mut beside) = (Vec::with_capacity(won.len()), Vec::new());
    for (place, routed) in routed.iter().enumerate() {
        let Some(work) = works.get(&routed.conversation).copied() else { continue };
        match (&routed.decision, won.get(&routed.conversation)) {
            (Decision::Assign { person, .. }, Some(offered)) => decided.push(Row {
                place,
                conversation_id: routed.conversation,
                person_id: *person,
                offered: *offered,
                work,
            }),
            (Decision::Assign { .. }, None) => beside.push(Beside { place, work }),
            (Decision::Wait { .. }, _) if routed.keeps.is_some() => beside.push(Beside { place, work }),
            _ => {}
        }
    }
    let Some(last) = decided.last().map(|row| row.place) else { return Ok(()) };
    beside.retain(|beside| beside.place < last);
    let all = || decided.iter().map(|row| row.work).chain(beside.iter().map(|beside| beside.work));
    let queues: BTreeSet<QueueId> = all().map(|work| work.queue).collect();
    let teams: BTreeSet<TeamId> =
        all().flat_map(|work| work.widened.iter().chain(&work.team)).copied().collect();
    let people: Vec<&Candidate> = candidates
        .iter()
        .filter(|candidate| !candidate.queues.is_disjoint(&queues) || !candidate.teams.is_disjoint(&teams))
        .collect();
    let seen = if beside.is_empty() { Seen::People(people) } else { Seen::Beside { people, beside } };
    let pass: Vec<Pass> = rows::all(
        tx,
        "insert into routing_pass (at, policy, people) values ($1, $2, $3::text::jsonb) returning id",
        [now.into(), policy.cast_signed().into(), rows::json(&seen)?],
    )
    .await?;
    let Some(pass) = pass.first() else { return Ok(()) };
    rows::run(
        tx,
        "insert into decision (pass_id, place, conversation_id, at, person_id, offered, work)
         select $2, place, conversation_id, $3, person_id, offered, work
         from json_to_recordset($1::text::json)
             as t(place int, conversation_id uuid, person_id uuid, offered boolean, work jsonb)",
        [rows::recordset(&decided)?, pass.id.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// The decisions about a conversation, newest first, each with how everybody fared in it.
///
/// # Errors
/// When the database fails.
pub async fn explain_past(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    limit: u32,
) -> Result<Vec<Explained>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        at: DateTime<Utc>,
        policy: i32,
        place: i32,
        person_id: PersonId,
        offered: bool,
        work: serde_json::Value,
        before: serde_json::Value,
        people: serde_json::Value,
    }
    let found: Vec<Row> = rows::all(
        db,
        "select d.at, p.policy, d.place, d.person_id, d.offered, d.work, p.people,
             (select coalesce(json_agg(b.work), '[]') from decision b
              where b.pass_id = d.pass_id and b.place < d.place) as before
         from decision d join routing_pass p on p.id = d.pass_id
         where d.conversation_id = $1 order by d.at desc, d.pass_id desc limit $2",
        [conversation.into(), i64::from(limit).into()],
    )
    .await?;
    found
        .into_iter()
        .map(|row| {
            let work: Work = rows::read(row.work)?;
            let mut works: Vec<Work> = rows::read(row.before)?;
            works.push(work.clone());
            let people: Vec<Candidate> = match rows::read(row.people)? {
                Seen::People(people) => people,
                Seen::Beside { people, beside } => {
                    let before =
                        |beside: &Beside<Work>| i32::try_from(beside.place).is_ok_and(|at| at < row.place);
                    works.extend(beside.into_iter().filter(before).map(|beside| beside.work));
                    people
                }
            };
            let choice = routing::explain(conversation, &works, &people, row.at)
                .unwrap_or_else(|| routing::choose(&work, &people, row.at));
            Ok(Explained {
                at: row.at,
                policy: row.policy.unsigned_abs(),
                person: row.person_id,
                outcome: if row.offered { Outcome::Offered } else { Outcome::Given },
                work,
                choice,
                people,
            })
        })
        .collect()
}
