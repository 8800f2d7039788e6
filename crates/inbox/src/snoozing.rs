//! Putting a conversation aside until a time or until the customer answers, and fetching it back.
//!
//! Nobody holds what is put aside and it takes nobody's slots, but it stays in sight of whoever held it. It comes back
//! by its time, by any message of the customer, or by hand; then it waits in its queue, for whoever put it aside before
//! all others, and the router gives it out like everything else. What was promised to the customer goes on meanwhile:
//! they wait no less for an answer because we put their question aside, so first and next answer stay owed where they
//! were owed, and so does the resolution. With its time it is our turn again: we said that we would see to it then.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ConversationId, ConversationState, Event, Permission, PersonId, Principal,
    event::{AssignmentReason, Woken},
};
use entity::conversation;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, FromQueryResult, QueryFilter as _, QuerySelect as _,
    sea_query::LockType,
};
use uuid::Uuid;

use crate::{
    assignment::{self, Freed, Lost, Move, Moved, Terms, lock_around, move_holders, offers},
    events, rows, waiting, watch,
};

/// Longer than this nothing is put aside.
pub const LONGEST: TimeDelta = TimeDelta::days(365);

/// Until when a conversation is put aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// This moment, or an answer of the customer before it.
    Time(DateTime<Utc>),
    /// An answer of the customer.
    Answer,
}

impl Until {
    fn time(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Time(at) => Some(at),
            Self::Answer => None,
        }
    }
}

/// Why nothing was put aside, or fetched back.
#[derive(Debug, thiserror::Error)]
pub enum SnoozeError {
    /// Not there, or not for this person to put aside.
    #[error("no such conversation")]
    NotFound,
    /// It is closed.
    #[error("the conversation is closed")]
    Closed,
    /// That moment is over, or further away than [`LONGEST`].
    #[error("nothing is put aside until then")]
    BadTime,
    /// It is not put aside.
    #[error("the conversation is not put aside")]
    NotSnoozed,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// What became of a conversation that was fetched back by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// Whoever fetched it holds it again.
    Held,
    /// It waits in its queue: it was somebody else's before, or as many are held as fit.
    Waits,
}

/// Put a conversation aside, or put aside until another time what is put aside already. Whoever held it has room for
/// another: wake dispatcher and watch after the commit.
///
/// # Errors
/// `NotFound`, `Closed`, `BadTime`.
pub async fn snooze(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    until: Until,
    now: DateTime<Utc>,
) -> Result<(), SnoozeError> {
    let found = locked(tx, by, id).await?;
    if found.state == ConversationState::Closed {
        return Err(SnoozeError::Closed);
    }
    if until.time().is_some_and(|at| at <= now || at > now + LONGEST) {
        return Err(SnoozeError::BadTime);
    }
    rows::run(
        tx,
        "update conversation set state = 'snoozed', assignee_id = null, snoozed_until = $2,
             returns_to = coalesce(assignee_id, case when state = 'snoozed' then returns_to end), returned_by = null,
             version = version + 1
         where id = $1",
        [id.into(), until.time().into()],
    )
    .await?;
    let event =
        Event::ConversationSnoozed { conversation: id, until: until.time(), holder: found.assignee_id };
    let mut happened = vec![(event, Some(by.person))];
    let mut freed = Vec::new();
    if let Some(holder) = found.assignee_id {
        assignment::end_assignments(tx, vec![id.0], now).await?;
        // Nothing is written up: it is not done.
        freed.push(Freed { person: holder, weight: found.weight, wrap_up_until: None });
    }
    let (kept, over) = offers::withdraw(tx, id, found.offered_to, found.weight, now).await?;
    freed.extend(kept);
    happened.extend(over);
    happened.extend(assignment::lighten(tx, freed, now).await?);
    events::append(tx, &happened, now).await?;
    watch::look(tx, &[id], now).await?;
    Ok(())
}

/// Fetch back what was put aside. Whoever held it before holds it again, if they have room; by anybody else's hand it
/// waits in its queue for them before all others. Wake dispatcher and watch after the commit.
///
/// # Errors
/// `NotFound`, `NotSnoozed`.
pub async fn wake(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    now: DateTime<Utc>,
) -> Result<Fetched, SnoozeError> {
    let found = locked(tx, by, id).await?;
    if found.state != ConversationState::Snoozed {
        return Err(SnoozeError::NotSnoozed);
    }
    lock_around(tx, &[id], &found.returns_to.into_iter().collect::<Vec<_>>()).await?;
    come_back(tx, &found, Woken::Person, Some(by.person), now).await?;
    if found.returns_to == Some(by.person) {
        resume(tx, id, by.person, now).await
    } else {
        Ok(Fetched::Waits)
    }
}

/// Whoever held what waits holds it again, if it fits.
pub(crate) async fn resume(
    tx: &DatabaseTransaction,
    id: ConversationId,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Fetched, SnoozeError> {
    let wanted = Move {
        conversation: id,
        from: None,
        to: Some(person),
        reason: AssignmentReason::Resumed,
        by: Some(person),
        terms: Terms::Done,
    };
    match move_holders(tx, &[wanted], now).await?.first() {
        Some(Moved::Won) => Ok(Fetched::Held),
        Some(Moved::Lost(Lost::Gone)) => Err(SnoozeError::Closed),
        Some(Moved::Lost(_)) | None => Ok(Fetched::Waits),
    }
}

/// A conversation that the caller has locked and that was put aside waits in its queue again.
pub(crate) async fn come_back(
    tx: &DatabaseTransaction,
    found: &conversation::Model,
    why: Woken,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let happened = wake_all(tx, &[found.id], why, by, now).await?;
    events::append(tx, &happened, now).await?;
    waiting::begin(tx, &[found.id], now).await
}

/// These conversations, which the caller has locked, are not put aside any more; they still have to begin to wait. The
/// events that say so.
pub(crate) async fn wake_all(
    tx: &DatabaseTransaction,
    conversations: &[ConversationId],
    why: Woken,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<Vec<(Event, Option<PersonId>)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Back {
        id: ConversationId,
        returns_to: Option<PersonId>,
    }
    if conversations.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = conversations.iter().map(|id| id.0).collect();
    // The silence of a customer was put aside with it: by its time it is our turn, by hand it begins anew, so that
    // nothing is closed for a silence that was agreed upon.
    let back: Vec<Back> = rows::all(
        tx,
        "update conversation set state = 'queued', snoozed_until = null, queued_at = $2, returned_by = null,
             must_act_since = case when must_act = 'customer' and $3 <> 'customer' then $2 else must_act_since end,
             must_act = case when $3 = 'time' then 'agent' else must_act end, version = version + 1
         where id = any($1) and state = 'snoozed'
         returning id, returns_to",
        [ids.into(), now.into(), why.as_str().into()],
    )
    .await?;
    Ok(back
        .into_iter()
        .map(|back| (Event::ConversationWoken { conversation: back.id, why, holder: back.returns_to }, by))
        .collect())
}

async fn locked(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
) -> Result<conversation::Model, SnoozeError> {
    conversation::Entity::within(&by.reach(Permission::ConversationSnooze))
        .filter(conversation::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(SnoozeError::NotFound)
}
