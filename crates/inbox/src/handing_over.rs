//! Handing a conversation on: to a queue, to the people of a team, or to one person, who may take it or not.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ConversationId, ConversationState, Permission, PersonId, Principal, QueueId, Scope, SkillId, TeamId,
    event::AssignmentReason,
};
use entity::{conversation, skill, team};
use routing::Skills;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, FromQueryResult, PaginatorTrait as _,
    QueryFilter as _, QuerySelect as _, sea_query::LockType,
};

use crate::{
    assignment::{self, Lost, Move, Moved, Terms, lock_around, move_holders},
    rows,
    transfer::{Place, move_to},
};

/// How long a person has to take what a colleague hands them. Nobody takes it in the meantime; whoever hands it over
/// goes on holding it.
pub const PERSON_HAS: TimeDelta = TimeDelta::seconds(30);
/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 1_000;
/// The highest level of a skill.
const HIGHEST: u8 = 5;

/// To whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// It waits there for whoever serves it.
    Queue(QueueId),
    /// It waits where it is, for the people of this team alone until its queue asks for less.
    Team(TeamId),
    /// It is offered to them.
    Person(PersonId),
}

/// What somebody wants to hand on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Which conversation.
    pub conversation: ConversationId,
    /// To whom.
    pub to: To,
    /// What whoever takes it should know; blank is none.
    pub note: Option<String>,
    /// Asked for from now on beside what is asked for already; of two levels the higher one.
    pub skills: Skills,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handed {
    /// It waits.
    Waits,
    /// It is offered until then.
    Offered(DateTime<Utc>),
}

/// Why it was not handed on. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum HandOverError {
    /// Not there, or not for this person to hand on.
    #[error("no such conversation")]
    NotFound,
    /// It is closed.
    #[error("the conversation is closed")]
    Closed,
    /// There is no such queue.
    #[error("no such queue")]
    NoSuchQueue,
    /// It is in that queue.
    #[error("it is in that queue")]
    SameQueue,
    /// There is no such team.
    #[error("no such team")]
    NoSuchTeam,
    /// Nobody of that team is at work.
    #[error("nobody of the team is at work")]
    NobodyOfTheTeam,
    /// There is no such person, or not for this one to see.
    #[error("no such person")]
    NoSuchPerson,
    /// They hold it.
    #[error("they hold it")]
    TheirsAlready,
    /// They are not available.
    #[error("the person is not available")]
    Away,
    /// They hold as many as they may.
    #[error("no more conversations fit")]
    Full,
    /// It is offered to somebody who has not answered yet.
    #[error("it is offered to somebody else")]
    OfferedTo(PersonId),
    /// Somebody was faster: this is who holds it now.
    #[error("somebody else was faster")]
    HeldBy(Option<PersonId>),
    /// The note is too long.
    #[error("the note has {0} characters")]
    NoteTooLong(usize),
    /// A skill that does not exist, or a level that is none.
    #[error("no such skill or level")]
    BadSkill,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<Lost> for HandOverError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Gone => Self::Closed,
            Lost::HeldBy(holder) => Self::HeldBy(holder),
            Lost::OfferedTo(person) => Self::OfferedTo(person),
            Lost::Full => Self::Full,
            Lost::Away => Self::Away,
        }
    }
}

/// Hand a conversation on. Wake the dispatcher after the commit.
///
/// # Errors
/// The refusals of [`HandOverError`].
pub async fn hand_over(
    tx: &DatabaseTransaction,
    by: &Principal,
    wish: HandOver,
    now: DateTime<Utc>,
) -> Result<Handed, HandOverError> {
    let note = wish.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    let length = note.as_deref().map_or(0, |note| note.chars().count());
    if length > LONGEST_NOTE {
        return Err(HandOverError::NoteTooLong(length));
    }
    let found = conversation::Entity::within(&by.reach(Permission::ConversationTransfer))
        .filter(conversation::Column::Id.eq(wish.conversation))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(HandOverError::NotFound)?;
    if found.state == ConversationState::Closed {
        return Err(HandOverError::Closed);
    }
    check_skills(tx, &wish.skills).await?;
    let place = match wish.to {
        To::Person(person) => return offer(tx, by, &found, person, note, &wish.skills, now).await,
        To::Queue(queue) => {
            check_queue(tx, queue).await?;
            if queue == found.queue_id {
                return Err(HandOverError::SameQueue);
            }
            Place { queue, team: None, note }
        }
        To::Team(team) => {
            check_team(tx, team, by.person).await?;
            Place { queue: found.queue_id, team: Some(team), note }
        }
    };
    assignment::put_back(tx, &found, by, now).await?;
    add_skills(tx, &found, &wish.skills).await?;
    move_to(tx, &found, place, Some(by.person), now).await?;
    Ok(Handed::Waits)
}

async fn offer(
    tx: &DatabaseTransaction,
    by: &Principal,
    found: &conversation::Model,
    person: PersonId,
    note: Option<String>,
    skills: &Skills,
    now: DateTime<Utc>,
) -> Result<Handed, HandOverError> {
    if found.assignee_id == Some(person) || person == by.person {
        return Err(HandOverError::TheirsAlready);
    }
    check_person(tx, by, person).await?;
    let until = now + PERSON_HAS;
    let wanted = Move {
        conversation: found.id,
        from: found.assignee_id,
        to: Some(person),
        reason: AssignmentReason::HandedOver { by: by.person },
        by: Some(by.person),
        terms: Terms::Offered { until, note },
    };
    if let Some(Moved::Lost(lost)) = move_holders(tx, &[wanted], now).await?.first() {
        return Err((*lost).into());
    }
    add_skills(tx, found, skills).await?;
    Ok(Handed::Offered(until))
}

/// So long somebody may take back what they handed on and nobody has taken.
pub const TAKEN_BACK_WITHIN: TimeDelta = TimeDelta::seconds(30);

/// Take back what one has just handed on: an offer ends, and what waits is held again by whoever held it, if nobody has
/// taken it meanwhile. Wake the dispatcher after the commit.
///
/// # Errors
/// `NotFound` when there is nothing of this person's to take back, `HeldBy` when somebody has taken it, `Full`.
pub async fn take_back(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    now: DateTime<Utc>,
) -> Result<(), HandOverError> {
    #[derive(FromQueryResult)]
    struct Handed {
        offered: bool,
        from_queue: Option<QueueId>,
        held: bool,
    }
    // Out of one's reach already: what gives the right is that one has just had it.
    let found = conversation::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let Some(found) = found else { return Err(HandOverError::NotFound) };
    let handed: Vec<Handed> = rows::all(
        tx,
        "select exists (select from offer o where o.conversation_id = $1 and o.by_id = $2 and o.kind = 'transfer'
                 and o.ended_at is null) as offered,
             (select (e.data->>'from')::uuid from event e where e.conversation_id = $1 and e.actor_id = $2
                  and e.kind = 'conversation_transferred' and e.at > $3 order by e.id desc limit 1) as from_queue,
             coalesce((select a.person_id = $2 from assignment a where a.conversation_id = $1 and a.ended_at > $3
                  order by a.ended_at desc limit 1), false) as held",
        [id.into(), by.person.into(), (now - TAKEN_BACK_WITHIN).into()],
    )
    .await?;
    let Some(handed) = handed.into_iter().next() else { return Err(HandOverError::NotFound) };
    if handed.offered {
        let (kept, mut happened) =
            assignment::offers::withdraw(tx, id, found.offered_to, found.weight, now).await?;
        happened.extend(assignment::lighten(tx, kept.into_iter().collect(), now).await?);
        rows::run(tx, "update conversation set version = version + 1 where id = $1", [id.into()]).await?;
        return Ok(crate::events::append(tx, &happened, now).await?);
    }
    let Some(queue) = handed.from_queue.filter(|_| handed.held) else { return Err(HandOverError::NotFound) };
    if found.assignee_id.is_some() || found.state != ConversationState::Queued {
        return Err(HandOverError::HeldBy(found.assignee_id));
    }
    lock_around(tx, &[id], &[by.person]).await?;
    move_to(tx, &found, Place::queue(queue), Some(by.person), now).await?;
    let wanted = Move {
        conversation: id,
        from: None,
        to: Some(by.person),
        reason: AssignmentReason::Resumed,
        by: Some(by.person),
        terms: Terms::Done,
    };
    match move_holders(tx, &[wanted], now).await?.first() {
        Some(Moved::Lost(lost)) => Err((*lost).into()),
        Some(Moved::Won) | None => Ok(()),
    }
}

async fn check_queue(tx: &DatabaseTransaction, queue: QueueId) -> Result<(), HandOverError> {
    let there =
        rows::run(tx, "select from queue where id = $1 and retired_at is null", [queue.into()]).await?;
    if there == 0 { Err(HandOverError::NoSuchQueue) } else { Ok(()) }
}

/// Somebody of the team beside whoever hands over has to be at work, if only on a pause.
async fn check_team(tx: &DatabaseTransaction, team: TeamId, by: PersonId) -> Result<(), HandOverError> {
    if team::Entity::find_by_id(team).one(tx).await?.is_none() {
        return Err(HandOverError::NoSuchTeam);
    }
    let at_work = rows::run(
        tx,
        "select from team_member t join presence p using (person_id) join person on person.id = t.person_id
         where t.team_id = $1 and t.person_id <> $2 and person.disabled_at is null and p.state <> 'offline'
             and p.lease_until > clock_timestamp() limit 1",
        [team.into(), by.into()],
    )
    .await?;
    if at_work == 0 { Err(HandOverError::NobodyOfTheTeam) } else { Ok(()) }
}

/// Whoever one may not see does not exist.
async fn check_person(
    tx: &DatabaseTransaction,
    by: &Principal,
    person: PersonId,
) -> Result<(), HandOverError> {
    #[derive(FromQueryResult)]
    struct Serves {
        queues: Vec<uuid::Uuid>,
    }
    let found: Vec<Serves> = rows::all(
        tx,
        "select array(select queue_id from queue_member where person_id = p.id) as queues
         from person p join presence pr on pr.person_id = p.id where p.id = $1 and p.disabled_at is null",
        [person.into()],
    )
    .await?;
    let found = found.into_iter().next().ok_or(HandOverError::NoSuchPerson)?;
    let seen = by.scope(Permission::UserRead) == Some(Scope::All)
        || found.queues.iter().any(|queue| by.reaches_queue(Permission::UserRead, QueueId(*queue)));
    if seen { Ok(()) } else { Err(HandOverError::NoSuchPerson) }
}

async fn check_skills(tx: &DatabaseTransaction, skills: &Skills) -> Result<(), HandOverError> {
    if skills.values().any(|level| *level == 0 || *level > HIGHEST) {
        return Err(HandOverError::BadSkill);
    }
    if skills.is_empty() {
        return Ok(());
    }
    let ids: Vec<SkillId> = skills.keys().copied().collect();
    let known = skill::Entity::find().filter(skill::Column::Id.is_in(ids)).count(tx).await?;
    if usize::try_from(known).is_ok_and(|known| known == skills.len()) {
        Ok(())
    } else {
        Err(HandOverError::BadSkill)
    }
}

async fn add_skills(
    tx: &DatabaseTransaction,
    found: &conversation::Model,
    skills: &Skills,
) -> Result<(), DbErr> {
    if skills.is_empty() {
        return Ok(());
    }
    let json = |error: serde_json::Error| DbErr::Json(error.to_string());
    let mut asked: Skills = serde_json::from_value(found.skills.clone()).map_err(json)?;
    for (skill, level) in skills {
        let now = asked.entry(*skill).or_insert(*level);
        *now = (*now).max(*level);
    }
    let asked = serde_json::to_value(asked).map_err(json)?;
    rows::run(
        tx,
        "update conversation set skills = $2, version = version + 1 where id = $1",
        [found.id.into(), asked.into()],
    )
    .await
    .map(drop)
}
