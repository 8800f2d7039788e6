//! What holds whenever the floor is at rest, and of everything that was decided until then.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId};
use inbox::{dispatcher, policy};
use routing::{Candidate, Decision, Work, policy::Mode};
use sea_orm::FromQueryResult;

use super::house::House;

/// Something that waited before a round, and what it was then.
#[derive(FromQueryResult)]
pub struct Waited {
    id: ConversationId,
    version: i64,
    /// Its place and who goes first may change when its contact is marked, and nothing else of it.
    turn_at: DateTime<Utc>,
    preferred_id: Option<PersonId>,
}

impl Waited {
    fn as_it_was(&self) -> (i64, DateTime<Utc>, Option<PersonId>) {
        (self.version, self.turn_at, self.preferred_id)
    }
}

/// All that waits and is offered to nobody.
pub async fn waiting(house: &House) -> Vec<Waited> {
    let sql = "select id, version, turn_at, preferred_id from conversation
        where state = 'queued' and offered_to is null";
    house.all(sql, []).await
}

/// All of them, or the first that does not hold.
pub async fn hold(house: &House, before: &[Waited], now: DateTime<Utc>) -> Result<(), String> {
    #[derive(FromQueryResult)]
    struct Broken {
        what: String,
    }
    let broken: Vec<Broken> = house.all("select what from broken", []).await;
    if let Some(Broken { what }) = broken.first() {
        return Err(what.clone());
    }
    books_balance(house).await?;
    nothing_is_put_aside_for_too_long(house).await?;
    nothing_waits_that_somebody_could_take(house).await?;
    decisions_can_be_told(house, now).await?;
    nothing_was_overtaken(house, before, now).await?;
    nothing_happened_twice(house).await
}

/// Each question finds what must not be.
const BOOKS: [(&str, &str); 10] = [
    (
        "somebody's load is not what they hold and what is kept for them",
        "select count(*) from presence p
         where load <> (select coalesce(sum(c.weight), 0) from conversation c where c.assignee_id = p.person_id)
                     + (select coalesce(sum(c.weight), 0) from conversation c where c.offered_to = p.person_id)",
    ),
    (
        "an offer and its conversation differ",
        "select count(*) from (select * from offer where ended_at is null) o
         full join (select * from conversation where offered_to is not null) c on c.id = o.conversation_id
         where c.offered_to is distinct from o.person_id or c.weight <> o.weight or c.state = 'closed'",
    ),
    (
        "something is held and offered by the router",
        "select count(*) from conversation c join offer o on o.conversation_id = c.id and o.ended_at is null
         where c.state <> 'queued' and o.kind = 'routed'",
    ),
    (
        "holders and assignments differ",
        "select count(*) from conversation c
         full join (select * from assignment where ended_at is null) a on a.conversation_id = c.id
         where c.assignee_id is distinct from a.person_id",
    ),
    (
        "somebody finishes with nothing left",
        "select count(*) from presence where state = 'pre_pause' and load = 0",
    ),
    (
        "a line of somebody's day is not what they are",
        "select count(*) from presence p
         full join (select * from presence_span where until_at is null) s using (person_id)
         where p.state is distinct from s.state",
    ),
    (
        "time has forgotten an open conversation, or remembers a closed one",
        "select count(*) from conversation c full join watch w on w.conversation_id = c.id
         where (c.state = 'closed') is distinct from (w.conversation_id is null)",
    ),
    (
        "a customer has two open conversations",
        "select count(*) from (select from conversation where state <> 'closed'
         group by contact_id, channel_id having count(*) > 1) twice",
    ),
    (
        "something is held or closed and still comes back",
        "select count(*) from conversation
         where snoozed_until is not null and state <> 'snoozed'
             or state in ('assigned', 'closed') and returns_to is not null",
    ),
    (
        "a receipt was put aside",
        "select count(*) from receipt where state <> 'applied'",
    ),
];

async fn books_balance(house: &House) -> Result<(), String> {
    #[derive(FromQueryResult)]
    struct Wrong {
        count: i64,
    }
    for (what, sql) in BOOKS {
        let wrong: Vec<Wrong> = house.all(sql, []).await;
        if wrong[0].count > 0 {
            return Err(format!("{what}: {}", wrong[0].count));
        }
    }
    Ok(())
}

async fn nothing_is_put_aside_for_too_long(house: &House) -> Result<(), String> {
    let due = "select id from conversation where state = 'snoozed' and snoozed_until <= $1";
    let late: Vec<ConversationId> = house.ids(due, [house.now.into()]).await;
    late.first().map_or(Ok(()), |id| Err(format!("{id} is put aside beyond its time")))
}

/// The floor as the router sees it: what waits for it, and everybody.
async fn seen(house: &House) -> (Vec<Work>, Vec<Candidate>) {
    let policy = policy::current(house.db()).await.unwrap().policy;
    let (mut works, mut people) = (Vec::new(), Vec::new());
    for Waited { id, .. } in waiting(house).await {
        let seen = dispatcher::explain_waiting(house.db(), id, house.now).await.unwrap().unwrap();
        if policy.queue(seen.work.queue).mode != Mode::Pull {
            works.push(seen.work);
        }
        people = seen.people;
    }
    (works, people)
}

async fn nothing_waits_that_somebody_could_take(house: &House) -> Result<(), String> {
    let (works, people) = seen(house).await;
    let given = routing::assign(&works, &people, house.now)
        .into_iter()
        .find(|routed| matches!(routed.decision, Decision::Assign { .. }));
    given.map_or(Ok(()), |given| Err(format!("it waits, though somebody could take it: {given:?}")))
}

#[derive(FromQueryResult)]
struct Decided {
    conversation_id: ConversationId,
    person_id: PersonId,
    taken: bool,
    work: serde_json::Value,
}

async fn decided(house: &House, now: DateTime<Utc>) -> Vec<Decided> {
    house
        .all(
            "select d.conversation_id, d.person_id, d.work,
                 exists (select from assignment a where a.conversation_id = d.conversation_id
                     and a.person_id = d.person_id and a.reason->>'why' = 'taken' and a.started_at = d.at) as taken
             from decision d where d.at = $1",
            [now.into()],
        )
        .await
}

/// Whoever asks why is told what was decided, computed again from what was kept.
async fn decisions_can_be_told(house: &House, now: DateTime<Utc>) -> Result<(), String> {
    let decided = decided(house, now).await;
    let taken: BTreeSet<_> =
        decided.iter().filter(|one| one.taken).map(|one| (one.conversation_id, one.person_id)).collect();
    let conversations: BTreeSet<_> = decided.iter().map(|one| one.conversation_id).collect();
    for conversation in conversations {
        let told = dispatcher::explain_past(house.db(), conversation, 100).await.unwrap();
        for told in told.iter().filter(|told| told.at == now) {
            let by_hand = taken.contains(&(conversation, told.person));
            let same =
                matches!(told.choice.decision, Decision::Assign { person, .. } if person == told.person);
            if !same && !by_hand {
                return Err(format!("it went to {}, and what is told is {told:?}", told.person));
            }
        }
    }
    Ok(())
}

/// What waited all the while was not passed over for what came later to the same queue and asks for the same.
async fn nothing_was_overtaken(house: &House, before: &[Waited], now: DateTime<Utc>) -> Result<(), String> {
    #[derive(FromQueryResult)]
    struct Published {
        published: bool,
    }
    let sql = "select exists (select from routing_policy where published_at = $1) as published";
    let published: Vec<Published> = house.all(sql, [now.into()]).await;
    if published[0].published {
        return Ok(());
    }
    let still: BTreeMap<ConversationId, Waited> =
        waiting(house).await.into_iter().map(|waits| (waits.id, waits)).collect();
    let is_untouched =
        |was: &&Waited| still.get(&was.id).is_some_and(|waits| waits.as_it_was() == was.as_it_was());
    let untouched: BTreeSet<ConversationId> = before.iter().filter(is_untouched).map(|was| was.id).collect();
    let (works, _) = seen(house).await;
    let asks = |work: &Work| (work.queue, work.skills.clone(), work.weight, work.widened.clone(), work.team);
    for decided in decided(house, now).await.into_iter().filter(|decided| !decided.taken) {
        let given: Work = serde_json::from_value(decided.work).unwrap();
        let passed_over = works.iter().find(|waits| {
            untouched.contains(&waits.conversation)
                && waits.place() < given.place()
                && asks(waits) == asks(&given)
                && waits.barred.is_empty()
                && waits.preferred.is_none()
        });
        if let Some(passed_over) = passed_over {
            return Err(format!("{given:?} went before {passed_over:?}"));
        }
    }
    Ok(())
}

/// Between two things that time does once, something else has happened to the conversation.
async fn nothing_happened_twice(house: &House) -> Result<(), String> {
    #[derive(FromQueryResult)]
    struct Happened {
        conversation_id: ConversationId,
        kind: String,
        data: serde_json::Value,
    }
    let happened: Vec<Happened> = house
        .all(
            "select conversation_id, kind, data from event where conversation_id is not null order by id",
            [],
        )
        .await;
    let mut once: BTreeSet<(ConversationId, String)> = BTreeSet::new();
    for Happened { conversation_id: talk, kind, data } in happened {
        match kind.as_str() {
            "conversation_alerted" | "conversation_relaxed" | "conversation_tagged" => {
                let what = format!("{kind} {data}");
                // One silence warns of itself once, and once more when nothing else is done about it.
                let again =
                    data["alert"] == "agent_silent" && once.insert((talk, format!("{what} at first")));
                if !again && !once.insert((talk, what.clone())) {
                    return Err(format!("{what} twice of {talk}"));
                }
            }
            "conversation_opened"
            | "conversation_reopened"
            | "conversation_assigned"
            | "conversation_transferred"
            | "conversation_closed"
            | "conversation_snoozed"
            | "conversation_woken"
            | "message_received"
            | "message_submitted"
            // Who joins two, or parts them, may change since when somebody owes an answer.
            | "contacts_joined"
            | "contacts_parted" => once.retain(|(of, _)| *of != talk),
            _ => {}
        }
    }
    Ok(())
}
