//! What people and customers do.

use chrono::TimeDelta;
use domain::{ContactId, ConversationId, PresenceState};
use inbox::{
    applier,
    assignment::{self, AssignError, Handover, offers},
    closing::{self, CloseError},
    contacts::{
        self, MergeError, MergeReason,
        card::{self, CardError, Written},
    },
    dispatcher,
    handing_over::{HandOver, HandOverError, To, hand_over},
    presence::{self, PresenceError},
    reopening::{self, ReopenError},
    reply::{self, Draft},
    snoozing::{self, SnoozeError, Until},
};
use proptest::{collection::vec, prelude::*};
use routing::policy::{LapsedOffer, Mode};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction};
use testing::meta;
use uuid::Uuid;

use super::house::{AGENTS, House};

/// What happens at once, after so many seconds.
#[derive(Debug, Clone)]
pub struct Round {
    pub passes: u16,
    pub wishes: Vec<Wish>,
}

/// One thing that somebody does. Agents, conversations and queues are counted round and round.
#[derive(Debug, Clone)]
pub enum Wish {
    Writes { customer: u8, words: usize },
    Is { agent: usize, state: usize },
    IsLost { agent: usize },
    HasWrittenUp { agent: usize },
    Closes { agent: usize, nth: usize },
    Reopens { agent: usize, nth: usize },
    Replies { agent: usize, nth: usize },
    PutsBack { agent: usize, nth: usize },
    PutsAside { agent: usize, nth: usize, seconds: Option<u16> },
    FetchesBack { agent: usize, nth: usize },
    HandsOn { agent: usize, nth: usize, to: usize },
    Answers { agent: usize, accepts: bool },
    Takes { agent: usize, nth: usize },
    TakesNext { agent: usize },
    Gives { nth: usize, to: usize },
    Publishes { agent: usize, change: usize },
    Marks { customer: usize, vip: bool, owner: Option<usize> },
    Joins { from: usize, into: usize },
    Parts,
}

const WORDS: [&str; 5] = ["Hola", "ventas por favor", "mis cobros", "tengo dolor", "english please"];

pub fn round() -> impl Strategy<Value = Round> {
    (prop_oneof![0_u16..5, 5_u16..70, 70_u16..400], vec(wish(), 6..16))
        .prop_map(|(passes, wishes)| Round { passes, wishes })
}

fn wish() -> impl Strategy<Value = Wish> {
    let (agent, nth) = (0..AGENTS, 0_usize..4);
    let whose = (agent.clone(), nth.clone());
    prop_oneof![
        18 => (0_u8..60, 0..WORDS.len()).prop_map(|(customer, words)| Wish::Writes { customer, words }),
        6 => (agent.clone(), prop_oneof![9 => Just(0_usize), 3 => 1_usize..4])
            .prop_map(|(agent, state)| Wish::Is { agent, state }),
        1 => agent.clone().prop_map(|agent| Wish::IsLost { agent }),
        1 => agent.clone().prop_map(|agent| Wish::HasWrittenUp { agent }),
        5 => whose.clone().prop_map(|(agent, nth)| Wish::Closes { agent, nth }),
        2 => whose.clone().prop_map(|(agent, nth)| Wish::Reopens { agent, nth }),
        3 => whose.clone().prop_map(|(agent, nth)| Wish::Replies { agent, nth }),
        2 => whose.clone().prop_map(|(agent, nth)| Wish::PutsBack { agent, nth }),
        4 => (whose.clone(), proptest::option::weighted(0.7, 1_u16..300))
            .prop_map(|((agent, nth), seconds)| Wish::PutsAside { agent, nth, seconds }),
        2 => whose.clone().prop_map(|(agent, nth)| Wish::FetchesBack { agent, nth }),
        3 => (whose.clone(), 0_usize..11)
            .prop_map(|((agent, nth), to)| Wish::HandsOn { agent, nth, to }),
        4 => (agent.clone(), prop::bool::weighted(0.6))
            .prop_map(|(agent, accepts)| Wish::Answers { agent, accepts }),
        2 => whose.prop_map(|(agent, nth)| Wish::Takes { agent, nth }),
        3 => agent.clone().prop_map(|agent| Wish::TakesNext { agent }),
        1 => (nth, agent.clone()).prop_map(|(nth, to)| Wish::Gives { nth, to }),
        1 => (agent.clone(), 0_usize..9).prop_map(|(agent, change)| Wish::Publishes { agent, change }),
        1 => (0_usize..24, any::<bool>(), proptest::option::of(agent))
            .prop_map(|(customer, vip, owner)| Wish::Marks { customer, vip, owner }),
        1 => (0_usize..24, 0_usize..24).prop_map(|(from, into)| Wish::Joins { from, into }),
        1 => Just(Wish::Parts),
    ]
}

impl Wish {
    /// It is done, or refused in words. An error is what nobody should ever be told.
    pub async fn comes_true(&self, house: &House) -> Result<(), String> {
        let now = house.now;
        match *self {
            Self::Writes { customer, words } => writes(house, customer, WORDS[words]).await,
            Self::Is { agent, state } => {
                let who = &house.agents[agent];
                let (state, code) = match state {
                    0 => (PresenceState::Available, None),
                    1 => (PresenceState::PrePause, Some("lunch")),
                    2 => (PresenceState::Paused, Some("bath")),
                    _ => (PresenceState::Offline, None),
                };
                let tx = house.begin().await?;
                let done = presence::set(&tx, who, who.person, state, code, now).await;
                ends(tx, done, |error| matches!(error, PresenceError::Db(_))).await
            }
            Self::IsLost { agent } => {
                let lost = "update presence set lease_until = now() - interval '2 minutes'
                    where person_id = $1 and state <> 'offline'";
                house.run(lost, [house.agents[agent].person.into()]).await;
                let tx = house.begin().await?;
                let swept = presence::sweep(&tx, now).await;
                ends(tx, swept, |_| true).await
            }
            Self::HasWrittenUp { agent } => {
                let tx = house.begin().await?;
                let done = presence::end_wrap_up(&tx, &house.agents[agent], now).await;
                ends(tx, done, |_| true).await
            }
            Self::Closes { agent, nth } => {
                let who = &house.agents[agent];
                let Some(talk) = house.held_by(who.person, nth).await else { return Ok(()) };
                let tx = house.begin().await?;
                let done = closing::close(&tx, who, talk, now).await;
                ends(tx, done, |error| matches!(error, CloseError::Db(_))).await
            }
            Self::Reopens { agent, nth } => {
                let who = &house.agents[agent];
                let closed = "select id from conversation where state = 'closed' and last_holder_id = $1
                    order by closed_at desc";
                let Some(talk) = house.nth(nth, closed, [who.person.into()]).await else { return Ok(()) };
                let tx = house.begin().await?;
                let done = reopening::reopen(&tx, who, talk, now).await;
                ends(tx, done, |error| matches!(error, ReopenError::Db(_))).await
            }
            Self::Replies { agent, nth } => {
                let who = &house.agents[agent];
                let Some(talk) = house.held_by(who.person, nth).await else { return Ok(()) };
                let tx = house.begin().await?;
                let draft = Draft::text(talk, Uuid::now_v7(), "Con gusto");
                let done = reply::submit(&tx, who, draft, now).await;
                ends(tx, done, |error| matches!(error, reply::ReplyError::Db(_))).await
            }
            Self::PutsBack { agent, nth } => {
                let who = &house.agents[agent];
                let Some(talk) = house.held_by(who.person, nth).await else { return Ok(()) };
                let tx = house.begin().await?;
                let done = assignment::release(&tx, who, talk, now).await;
                ends(tx, done, |error| matches!(error, AssignError::Db(_))).await
            }
            Self::PutsAside { agent, nth, seconds } => {
                let who = &house.agents[agent];
                let Some(talk) = house.held_by(who.person, nth).await else { return Ok(()) };
                let until = seconds
                    .map_or(Until::Answer, |seconds| Until::Time(now + TimeDelta::seconds(seconds.into())));
                let tx = house.begin().await?;
                let done = snoozing::snooze(&tx, who, talk, until, now).await;
                ends(tx, done, |error| matches!(error, SnoozeError::Db(_))).await
            }
            Self::FetchesBack { agent, nth } => {
                let who = &house.agents[agent];
                // Their own, or what a supervisor sees.
                let aside = "select id from conversation where state = 'snoozed' and (returns_to = $1 or $2)
                    order by id";
                let steers = nth == 3;
                let found = house.nth(nth, aside, [who.person.into(), steers.into()]).await;
                let Some(talk) = found else { return Ok(()) };
                let by = if steers { &house.gabriela } else { who };
                let tx = house.begin().await?;
                let done = snoozing::wake(&tx, by, talk, now).await;
                ends(tx, done, |error| matches!(error, SnoozeError::Db(_))).await
            }
            Self::HandsOn { agent, nth, to } => hands_on(house, agent, nth, to).await,
            Self::Answers { agent, accepts } => {
                let who = &house.agents[agent];
                let offered =
                    "select conversation_id as id from offer where person_id = $1 and ended_at is null
                    order by made_at";
                let Some(talk) = house.nth(0, offered, [who.person.into()]).await else { return Ok(()) };
                let tx = house.begin().await?;
                let done = match accepts {
                    true => offers::accept(&tx, who, talk, now).await,
                    false => offers::decline(&tx, who, talk, now).await,
                };
                ends(tx, done, |error| matches!(error, AssignError::Db(_))).await
            }
            Self::Takes { agent, nth } => {
                let waits = "select id from conversation where state = 'queued' order by turn_at";
                let Some(talk) = house.nth(nth, waits, []).await else { return Ok(()) };
                let tx = house.begin().await?;
                let done = assignment::claim(&tx, &house.agents[agent], talk, now).await;
                ends(tx, done, |error| matches!(error, AssignError::Db(_))).await
            }
            Self::TakesNext { agent } => {
                let tx = house.begin().await?;
                let done = dispatcher::take_next(&tx, &house.agents[agent], now).await;
                ends(tx, done, |error| matches!(error, AssignError::Db(_))).await
            }
            Self::Gives { nth, to } => gives(house, nth, to).await,
            Self::Publishes { agent, change } => publishes(house, agent, change).await,
            Self::Marks { customer, vip, owner } => marks(house, customer, vip, owner).await,
            Self::Joins { from, into } => joins(house, from, into).await,
            Self::Parts => {
                let newest =
                    "select id from contact_merge where undone_at is null order by at desc, id desc limit 1";
                let Some(join) = house.ids::<Uuid, 0>(newest, []).await.first().copied() else {
                    return Ok(());
                };
                let tx = house.begin().await?;
                tx.execute_unprepared(ABOVE).await.map_err(|error| error.to_string())?;
                let done = contacts::undo(&tx, house.gabriela.person, join, now).await;
                ends(tx, done, |error| matches!(error, MergeError::Db(_))).await
            }
        }
    }
}

async fn ends<T, E: std::fmt::Debug>(
    tx: DatabaseTransaction,
    done: Result<T, E>,
    is_fault: impl Fn(&E) -> bool,
) -> Result<(), String> {
    match done {
        Ok(_) => tx.commit().await.map_err(|error| error.to_string()),
        Err(error) if is_fault(&error) => Err(format!("{error:?}")),
        Err(_) => tx.rollback().await.map_err(|error| error.to_string()),
    }
}

async fn writes(house: &House, customer: u8, words: &str) -> Result<(), String> {
    let from = format!("519000000{customer:02}");
    let id = format!("wamid.{}", Uuid::now_v7());
    let body = meta::messages(&[meta::text(&from, &id, house.now.timestamp(), words)]);
    let receipt = "insert into receipt (source, body, received_at) values ('whatsapp', $1, $2)";
    house.run(receipt, [body.into(), house.now.into()]).await;
    applier::step(house.db(), house.now).await.map_err(|error| error.to_string())?;
    Ok(())
}

async fn contacts(house: &House) -> Vec<ContactId> {
    house.ids("select id from contact where merged_into is null order by id", []).await
}

async fn marks(house: &House, nth: usize, vip: bool, owner: Option<usize>) -> Result<(), String> {
    let all = contacts(house).await;
    let Some(contact) = nth.checked_rem(all.len()).map(|nth| all[nth]) else { return Ok(()) };
    let Some(card) = card::read(house.db(), contact).await.map_err(|error| error.to_string())? else {
        return Ok(());
    };
    let written = Written {
        version: card.version,
        name: card.name,
        vip,
        owner: owner.map(|owner| house.agents[owner].person),
        language: String::new(),
        attributes: [].into(),
    };
    let tx = house.begin().await?;
    let done = card::write(&tx, &house.gabriela, contact, written, house.now).await;
    ends(tx, done, |error| matches!(error, CardError::Db(_))).await
}

async fn joins(house: &House, from: usize, into: usize) -> Result<(), String> {
    let all = contacts(house).await;
    let nth = |nth: usize| nth.checked_rem(all.len()).map(|nth| all[nth]);
    let (Some(from), Some(into)) = (nth(from), nth(into)) else { return Ok(()) };
    let tx = house.begin().await?;
    tx.execute_unprepared(ABOVE).await.map_err(|error| error.to_string())?;
    let reason = MergeReason::Person { note: String::new() };
    let done = contacts::merge(&tx, Some(house.gabriela.person), from, into, &reason, house.now).await;
    ends(tx, done, |error| matches!(error, MergeError::Db(_))).await
}

async fn hands_on(house: &House, agent: usize, nth: usize, to: usize) -> Result<(), String> {
    let who = &house.agents[agent];
    let Some(conversation) = house.held_by(who.person, nth).await else { return Ok(()) };
    let to = match to {
        0..4 => To::Queue(house.queues[to]),
        4 => To::Team(house.noche),
        _ => To::Person(house.agents[to - 5].person),
    };
    let skills = if nth == 3 { [(house.skills[1], 4)].into() } else { [].into() };
    let tx = house.begin().await?;
    let done = hand_over(&tx, who, HandOver { conversation, to, note: None, skills }, house.now).await;
    ends(tx, done, |error| matches!(error, HandOverError::Db(_))).await
}

/// Whoever does this may go over what somebody may hold: supervisors, and whoever joins two contacts.
const ABOVE: &str = "set local model.above = 'on'";

/// A supervisor may go over what somebody may hold.
async fn gives(house: &House, nth: usize, to: usize) -> Result<(), String> {
    let open = "select id from conversation where state in ('queued', 'assigned', 'snoozed') order by id";
    let Some(conversation): Option<ConversationId> = house.nth(nth, open, []).await else { return Ok(()) };
    #[derive(sea_orm::FromQueryResult)]
    struct Holder {
        assignee_id: Option<domain::PersonId>,
    }
    let held: Vec<Holder> =
        house.all("select assignee_id from conversation where id = $1", [conversation.into()]).await;
    let tx = house.begin().await?;
    tx.execute_unprepared(ABOVE).await.map_err(|error| error.to_string())?;
    let wish = Handover { conversation, from: held[0].assignee_id, to: house.agents[to].person };
    let done = assignment::assign(&tx, &house.gabriela, wish, house.now).await;
    ends(tx, done, |error| matches!(error, AssignError::Db(_))).await
}

async fn publishes(house: &House, agent: usize, change: usize) -> Result<(), String> {
    let person = house.agents[agent].person;
    let [dental, english] = house.skills;
    house
        .publishes(|policy| {
            let agent = policy.agents.entry(person).or_default();
            match change {
                0..4 => agent.capacity = u32::try_from(change * 2).unwrap(),
                4 => agent.skills = [].into(),
                5 => agent.skills = [(dental, 5), (english, 5)].into(),
                6 => {
                    let weight = policy.weights.entry(domain::ChannelKind::WhatsappCloud).or_insert(1);
                    *weight = 3 - *weight;
                }
                7 => {
                    policy.queues[0].mode = match policy.queues[0].mode {
                        Mode::Push => Mode::Offer { seconds: 30, lapsed: LapsedOffer { pause_after: 3 } },
                        _ => Mode::Push,
                    }
                }
                _ => drop(agent.at_most.insert(house.queues[0], 1)),
            }
        })
        .await
}
