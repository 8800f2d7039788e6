//! What came between two moments.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ChannelKind, ContactId, ConversationId, PersonId, QueueId, TeamId, referral::Referral,
};
use routing::{
    Skills,
    entry::{CameFrom, EntryFacts},
    rehearsal::{Arrival, Day, Destination},
};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{
    MOST_CONVERSATIONS, PastError, Played, shifts,
    visits::{Step, Visit, visits},
};
use crate::{policy, rows};

/// How long a conversation is taken to last where nothing of the day tells, in seconds.
const USUAL: i64 = 300;

/// Reads the day; its figures may still be nothing.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    by_rules: bool,
    now: DateTime<Utc>,
) -> Result<Played, PastError> {
    let mut visits = visits(&steps(db, from, to, now).await?);
    visits.retain(|visit| (from..to).contains(&visit.at));
    visits.sort_by_key(|visit| (visit.at, visit.conversation));
    let talks = talks(db, &visits, from, by_rules).await?;
    let lasts = lasts(&visits, now);
    let not_over = visits.iter().filter(|visit| visit.ended_at.is_none()).count();
    let arrivals = visits
        .iter()
        .zip(lasts)
        .filter_map(|(visit, last)| {
            talks.get(&visit.conversation).map(|talk| arrival(visit, talk, last, by_rules))
        })
        .collect();
    let day = Day { arrivals, shifts: shifts::read(db, from, to).await?, teams: teams(db).await? };
    Ok(Played { day, not_over })
}

/// All steps of the conversations that came to wait between the two moments, from their beginning until now.
async fn steps(
    db: &impl ConnectionTrait,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Step>, PastError> {
    #[derive(FromQueryResult)]
    struct Came {
        conversation_id: Uuid,
    }
    let most = i64::try_from(MOST_CONVERSATIONS).unwrap_or(i64::MAX);
    // The condition is the index's own, word by word.
    let came: Vec<Came> = rows::all(
        db,
        "select distinct conversation_id from event
         where at >= $1 and at < $2 and (kind in ('conversation_opened', 'conversation_reopened',
             'conversation_transferred') or (kind = 'conversation_assigned' and person_id is null))
         limit $3",
        [from.into(), to.into(), (most + 1).into()],
    )
    .await?;
    if came.len() > MOST_CONVERSATIONS {
        return Err(PastError::TooMuch);
    }
    let ids: Vec<Uuid> = came.into_iter().map(|came| came.conversation_id).collect();
    let steps = rows::all(
        db,
        "select e.conversation_id, e.at, e.kind, e.actor_id is not null as by_hand,
             case e.kind when 'conversation_transferred' then (e.data->>'to')::uuid
                         else (e.data->>'queue')::uuid end as queue,
             case e.kind when 'conversation_assigned' then e.person_id end as to
         from unnest($1::uuid[]) as t(id) cross join lateral (
             select * from event
             where conversation_id = t.id and at <= $2 and kind in ('conversation_opened', 'conversation_reopened',
                 'conversation_assigned', 'conversation_transferred', 'conversation_closed')
             order by id) e
         order by e.conversation_id, e.id",
        [ids.into(), now.into()],
    )
    .await?;
    Ok(steps)
}

/// What is known of a conversation today.
#[derive(FromQueryResult)]
struct Talk {
    id: ConversationId,
    contact_id: ContactId,
    channel_id: ChannelId,
    kind: ChannelKind,
    fallback_queue: QueueId,
    name: String,
    vip: bool,
    owner_id: Option<PersonId>,
    language: Option<String>,
    attributes: serde_json::Value,
    priority: i16,
    skills: serde_json::Value,
    /// What its first entry asked for.
    entered: Option<serde_json::Value>,
    /// Who had one of the contact's conversations last, before the day.
    last_agent: Option<PersonId>,
    /// For the rules alone.
    text: Option<String>,
    referral: Option<serde_json::Value>,
    last_closed: Option<DateTime<Utc>>,
}

async fn talks(
    db: &impl ConnectionTrait,
    visits: &[Visit],
    from: DateTime<Utc>,
    by_rules: bool,
) -> Result<HashMap<ConversationId, Talk>, DbErr> {
    let mut ids: Vec<Uuid> = visits.iter().map(|visit| visit.conversation.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let found: Vec<Talk> = rows::all(
        db,
        "select c.id, c.contact_id, c.channel_id, ch.kind, ch.queue_id as fallback_queue, k.name, k.vip, k.owner_id,
             k.language, k.attributes, c.priority, c.skills,
             (select n.entered from conversation_entry n where n.conversation_id = c.id order by n.at limit 1) as entered,
             (select e.person_id from conversation o join lateral (
                  select person_id, at from event
                  where conversation_id = o.id and kind = 'conversation_assigned' and person_id is not null and at < $2
                  order by id desc limit 1) e on true
              where o.contact_id = c.contact_id order by e.at desc limit 1) as last_agent,
             f.body as text, f.referral,
             case when $3 then (select max(o.closed_at) from conversation o where o.contact_id = c.contact_id
                 and o.id <> c.id and o.closed_at < c.begun_at) end as last_closed
         from unnest($1::uuid[]) as t(id)
         join conversation c on c.id = t.id
         join contact k on k.id = c.contact_id join channel ch on ch.id = c.channel_id
         left join lateral (
             select m.body, m.referral from message m
             where $3 and m.conversation_id = c.id and m.direction = 'in'
             order by m.written_at, m.position limit 1) f on true",
        [ids.into(), from.into(), by_rules.into()],
    )
    .await?;
    Ok(found.into_iter().map(|talk| (talk.id, talk)).collect())
}

fn arrival(visit: &Visit, talk: &Talk, handle_seconds: u32, by_rules: bool) -> Arrival {
    // A wait that nobody ended by taking it was ended by giving up.
    let gave_up = visit.taken_at.is_none().then_some(visit.ended_at).flatten();
    Arrival {
        at: visit.at,
        contact: talk.contact_id,
        kind: talk.kind,
        to: destination(visit, talk, by_rules),
        vip: talk.vip,
        owner: talk.owner_id,
        last_agent: visit.last_agent.or(talk.last_agent),
        handle_seconds,
        patience: gave_up.map(|at| whole((at - visit.at).num_seconds())),
    }
}

/// Rules decide where conversations begin; where they come back to was decided before.
fn destination(visit: &Visit, talk: &Talk, by_rules: bool) -> Destination {
    if visit.begins && by_rules {
        return Destination::Rules { facts: Box::new(facts(talk)) };
    }
    let entered = talk.entered.as_ref().filter(|_| visit.begins);
    let skills = entered.and_then(|entered| entered.get("skills")).unwrap_or(&talk.skills);
    Destination::Queue {
        queue: visit.queue,
        skills: serde_json::from_value::<Skills>(skills.clone()).unwrap_or_default(),
        priority: talk.priority,
    }
}

/// As the applier knew them when the conversation began; who the customer is, as it is known today.
fn facts(talk: &Talk) -> EntryFacts {
    let referral: Option<Referral> =
        talk.referral.as_ref().and_then(|referral| serde_json::from_value(referral.clone()).ok());
    EntryFacts {
        channel: talk.channel_id,
        kind: talk.kind,
        text: talk.text.clone(),
        stated_language: talk.language.clone(),
        referral: referral.map(|referral| CameFrom {
            words: [referral.headline, referral.body, referral.url]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" "),
            id: referral.source_id,
        }),
        attributes: policy::contact_fields(&talk.attributes, &talk.name),
        vip: talk.vip,
        owned: talk.owner_id.is_some(),
        last_closed: talk.last_closed,
        fallback_queue: talk.fallback_queue,
    }
}

/// How long each keeps an agent: from being taken until it was closed or went back to wait. One that is not over lasts
/// as long as it has, and at least as long as its queue's usually did; one that nobody took, as long as usual.
fn lasts(visits: &[Visit], now: DateTime<Utc>) -> Vec<u32> {
    let whole_visit = |visit: &Visit| Some((visit.ended_at? - visit.taken_at?).num_seconds());
    let mut by_queue: BTreeMap<QueueId, Vec<i64>> = BTreeMap::new();
    for visit in visits {
        by_queue.entry(visit.queue).or_default().extend(whole_visit(visit));
    }
    let everywhere = median(by_queue.values().flatten().copied().collect()).unwrap_or(USUAL);
    let usual: BTreeMap<QueueId, i64> =
        by_queue.into_iter().map(|(queue, all)| (queue, median(all).unwrap_or(everywhere))).collect();
    visits
        .iter()
        .map(|visit| {
            let usual = usual.get(&visit.queue).copied().unwrap_or(everywhere);
            let so_far = visit.taken_at.map_or(0, |taken| (now - taken).num_seconds());
            whole(whole_visit(visit).unwrap_or_else(|| usual.max(so_far)))
        })
        .collect()
}

fn median(mut all: Vec<i64>) -> Option<i64> {
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}

fn whole(seconds: i64) -> u32 {
    u32::try_from(seconds.max(0)).unwrap_or(u32::MAX)
}

/// Who belongs to which team today.
pub(super) async fn teams(db: &impl ConnectionTrait) -> Result<BTreeMap<TeamId, BTreeSet<PersonId>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Member {
        team_id: TeamId,
        person_id: PersonId,
    }
    let members: Vec<Member> = rows::all(db, "select team_id, person_id from team_member", []).await?;
    let mut teams: BTreeMap<TeamId, BTreeSet<PersonId>> = BTreeMap::new();
    for Member { team_id, person_id } in members {
        teams.entry(team_id).or_default().insert(person_id);
    }
    Ok(teams)
}
