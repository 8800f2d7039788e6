//! What supervisors and agents do themselves: give, take, put back.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ConversationFacts, ConversationId, ConversationState, Permission, PersonId, PresenceState, Principal,
    QueueId, event::AssignmentReason,
};
use entity::{assignment as held, conversation, team_member};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _, sea_query::LockType,
};

use super::moves::{Lost, Move, Moved, Terms, move_holders};
use crate::rows;

/// So long after a colleague took a conversation, whoever also clicked for it is told; later it does not exist for them.
const A_MOMENT: TimeDelta = TimeDelta::minutes(1);

/// Why a holder was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// Not there, or not for this person to see.
    #[error("no such conversation")]
    NotFound,
    /// Closed conversations have no holder.
    #[error("the conversation is closed")]
    Closed,
    /// Somebody was faster: this is who holds it now, if anybody.
    #[error("somebody else was faster")]
    HeldBy(Option<PersonId>),
    /// It is offered to somebody who has not answered yet.
    #[error("it is offered to somebody else")]
    OfferedTo(PersonId),
    /// That person can't sign in, or has no part in the queue.
    #[error("the person does not serve the queue")]
    TargetOutsideQueue,
    /// It was handed to a team, and the person is not of it.
    #[error("it waits for another team")]
    OtherTeam,
    /// That person is not at work.
    #[error("the person is offline")]
    TargetOffline,
    /// The agent holds as many as they may.
    #[error("no more conversations fit")]
    Full,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<Lost> for AssignError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Gone => Self::Closed,
            Lost::HeldBy(holder) => Self::HeldBy(holder),
            Lost::OfferedTo(person) => Self::OfferedTo(person),
            Lost::Full => Self::Full,
            Lost::Away => Self::TargetOffline,
        }
    }
}

/// A supervisor's wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handover {
    /// Which conversation.
    pub conversation: ConversationId,
    /// The holder the supervisor saw on screen. Another one by now means that somebody was faster.
    pub from: Option<PersonId>,
    /// Who shall hold it.
    pub to: PersonId,
}

/// Give a conversation to a person. The supervisor may go beyond their capacity; the router never does.
///
/// # Errors
/// The refusals of [`AssignError`], but for `Full`.
pub async fn assign(
    tx: &DatabaseTransaction,
    by: &Principal,
    wish: Handover,
    now: DateTime<Utc>,
) -> Result<(), AssignError> {
    let found = locked(tx, by, Permission::ConversationAssign, wish.conversation)
        .await?
        .ok_or(AssignError::NotFound)?;
    if found.state == ConversationState::Closed {
        return Err(AssignError::Closed);
    }
    if found.assignee_id != wish.from {
        return Err(AssignError::HeldBy(found.assignee_id));
    }
    if found.assignee_id == Some(wish.to) {
        return Ok(());
    }
    // Who moves a conversation to themselves is evidently at work and may see it.
    if wish.to != by.person {
        check_target(tx, wish.to, found.queue_id).await?;
    }
    let reason = AssignmentReason::Moved { by: by.person };
    move_one(tx, &found, Some(wish.to), reason, by, now).await
}

/// Take an unassigned conversation from a queue one serves.
///
/// # Errors
/// `NotFound`, `Closed`, `HeldBy` when a colleague was faster, `OtherTeam`, `Full`.
pub async fn claim(
    tx: &DatabaseTransaction,
    by: &Principal,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<(), AssignError> {
    let Some(found) = locked(tx, by, Permission::ConversationClaim, conversation).await? else {
        return Err(who_was_faster(tx, by, conversation, now).await?);
    };
    match found.assignee_id {
        _ if found.state == ConversationState::Closed => Err(AssignError::Closed),
        Some(holder) if holder == by.person => Ok(()),
        Some(holder) => Err(AssignError::HeldBy(Some(holder))),
        None if !is_theirs(tx, by.person, &found).await? => Err(AssignError::OtherTeam),
        None => move_one(tx, &found, Some(by.person), AssignmentReason::Taken, by, now).await,
    }
}

/// Put a conversation back into its queue. For a while the router will not return it to the one who held it.
///
/// # Errors
/// `NotFound`, `Closed`, and `HeldBy(None)` when nobody holds it.
pub async fn release(
    tx: &DatabaseTransaction,
    by: &Principal,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<(), AssignError> {
    let found =
        locked(tx, by, Permission::ConversationTransfer, conversation).await?.ok_or(AssignError::NotFound)?;
    if found.state == ConversationState::Closed {
        return Err(AssignError::Closed);
    }
    if found.assignee_id.is_none() {
        return Err(AssignError::HeldBy(None));
    }
    move_one(tx, &found, None, AssignmentReason::Released { by: Some(by.person) }, by, now).await
}

/// Nobody holds a conversation that the caller has locked, whoever did.
pub(crate) async fn put_back(
    tx: &DatabaseTransaction,
    found: &conversation::Model,
    by: &Principal,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if found.assignee_id.is_none() {
        return Ok(());
    }
    let reason = AssignmentReason::Released { by: Some(by.person) };
    let wanted = Move {
        conversation: found.id,
        from: found.assignee_id,
        to: None,
        reason,
        by: Some(by.person),
        terms: Terms::Done,
    };
    move_holders(tx, &[wanted], now).await.map(drop)
}

async fn move_one(
    tx: &DatabaseTransaction,
    found: &conversation::Model,
    to: Option<PersonId>,
    reason: AssignmentReason,
    by: &Principal,
    now: DateTime<Utc>,
) -> Result<(), AssignError> {
    let wanted = Move {
        conversation: found.id,
        from: found.assignee_id,
        to,
        reason,
        by: Some(by.person),
        terms: Terms::Done,
    };
    match move_holders(tx, &[wanted], now).await?.first() {
        Some(Moved::Lost(lost)) => Err((*lost).into()),
        Some(Moved::Won) | None => Ok(()),
    }
}

async fn locked(
    tx: &DatabaseTransaction,
    by: &Principal,
    permission: Permission,
    id: ConversationId,
) -> Result<Option<conversation::Model>, DbErr> {
    conversation::Entity::within(&by.reach(permission))
        .filter(conversation::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await
}

/// A conversation that a colleague took is out of an agent's sight, but the one who clicked a moment too late is told
/// who has it.
async fn who_was_faster(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    now: DateTime<Utc>,
) -> Result<AssignError, DbErr> {
    let just_taken = held::Entity::find()
        .filter(held::Column::ConversationId.eq(id))
        .filter(held::Column::EndedAt.is_null())
        .filter(held::Column::StartedAt.gt(now - A_MOMENT))
        .one(tx)
        .await?;
    if just_taken.is_none() {
        return Ok(AssignError::NotFound);
    }
    let found = conversation::Entity::find_by_id(id).one(tx).await?;
    Ok(match found {
        Some(taken)
            if taken.state == ConversationState::Assigned
                && by.can(
                    Permission::ConversationClaim,
                    &ConversationFacts { assignee: None, ..taken.facts() },
                ) =>
        {
            AssignError::HeldBy(taken.assignee_id)
        }
        _ => AssignError::NotFound,
    })
}

/// Whether somebody may take what waits: what was handed to a team is its people's until less is asked.
async fn is_theirs(
    tx: &DatabaseTransaction,
    person: PersonId,
    found: &conversation::Model,
) -> Result<bool, DbErr> {
    let Some(team) = found.team_id.filter(|_| found.relaxed == 0) else { return Ok(true) };
    Ok(team_member::Entity::find_by_id((team, person)).one(tx).await?.is_some())
}

/// Whether somebody is at work and serves a queue.
pub(crate) async fn check_target(
    tx: &DatabaseTransaction,
    to: PersonId,
    queue: QueueId,
) -> Result<(), AssignError> {
    #[derive(FromQueryResult)]
    struct Target {
        state: Option<PresenceState>,
    }
    let found: Vec<Target> = rows::all(
        tx,
        "select pr.state from person p left join presence pr on pr.person_id = p.id
         where p.id = $1 and p.disabled_at is null and (
             exists (select from queue_member m where m.person_id = p.id and m.queue_id = $2)
             or exists (select from team_member t join queue_team q using (team_id)
                        where t.person_id = p.id and q.queue_id = $2))",
        [to.into(), queue.into()],
    )
    .await?;
    match found.first().map(|target| target.state) {
        None => Err(AssignError::TargetOutsideQueue),
        Some(None | Some(PresenceState::Offline)) => Err(AssignError::TargetOffline),
        Some(Some(_)) => Ok(()),
    }
}
