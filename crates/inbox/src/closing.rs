//! Closing a conversation, with an outcome where the company has them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, ConversationState, Event, OutcomeId, Permission, PersonId, Principal};
use entity::conversation;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, QueryFilter as _, QuerySelect as _, sea_query::LockType,
};

use crate::{
    alerts,
    assignment::{self, Freed, offers},
    contacts::card::{self, CardError, Spot, Wrong},
    events,
    handing_over::LONGEST_NOTE,
    outcomes, policy, rows, watch,
};

/// Why a conversation was not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// Not there, or not for this person to close.
    #[error("no such conversation")]
    NotFound,
    /// Somebody was faster.
    #[error("the conversation is closed already")]
    AlreadyClosed,
    /// The company asks for an outcome.
    #[error("an outcome is asked for")]
    OutcomeRequired,
    /// There is no such outcome, or it is a group of them.
    #[error("no such outcome")]
    NoSuchOutcome,
    /// Fields of the contact have to be filled in first: their names.
    #[error("fields are empty that have to be filled in")]
    Missing(Vec<String>),
    /// What was filled in can't be so.
    #[error("what was filled in can't be so")]
    Wrong(BTreeMap<Spot, Wrong>),
    /// The note is too long.
    #[error("the note has {0} characters")]
    NoteTooLong(usize),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// With what somebody closes a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct With {
    /// The leaf.
    pub outcome: Option<OutcomeId>,
    /// What is to be known about it later; blank is none.
    pub note: Option<String>,
    /// Fields of the contact that are filled in on the way, by key, as typed. Those that are not empty stay as they are.
    pub fields: BTreeMap<String, String>,
}

/// How a conversation ends, in words that stay.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ending {
    /// With what.
    pub outcome: Option<String>,
    /// The leaf it is.
    pub outcome_id: Option<OutcomeId>,
    /// What was said about it.
    pub note: Option<String>,
}

/// The same as [`close_with`] nothing.
///
/// # Errors
/// The refusals of [`CloseError`].
pub async fn close(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    now: DateTime<Utc>,
) -> Result<(), CloseError> {
    close_with(tx, by, id, With::default(), now).await
}

/// Close a conversation. Its holder has room for another: wake the dispatcher after the commit.
///
/// # Errors
/// The refusals of [`CloseError`].
pub async fn close_with(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    with: With,
    now: DateTime<Utc>,
) -> Result<(), CloseError> {
    let mine = conversation::Entity::within(&by.reach(Permission::ConversationClose));
    if !with.fields.is_empty() {
        // Contacts before conversations, like whoever joins them.
        let talk = mine.clone().filter(conversation::Column::Id.eq(id)).one(tx).await?;
        let contact = talk.ok_or(CloseError::NotFound)?.contact_id;
        match card::fill(tx, by, contact, with.fields, now).await {
            // Whoever may not write on the contact is told below what is missing.
            Ok(()) | Err(CardError::NotFound | CardError::ChangedSince) => {}
            Err(CardError::Wrong(wrong)) => return Err(CloseError::Wrong(wrong)),
            Err(CardError::Db(error)) => return Err(error.into()),
        }
    }
    let found = mine
        .filter(conversation::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(CloseError::NotFound)?;
    if found.state == ConversationState::Closed {
        return Err(CloseError::AlreadyClosed);
    }
    let note = with.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    let length = note.as_deref().map_or(0, |note| note.chars().count());
    if length > LONGEST_NOTE {
        return Err(CloseError::NoteTooLong(length));
    }
    let rule = outcomes::rule(tx).await?;
    let mut required = rule.required;
    let mut ending = Ending { note, ..Ending::default() };
    match with.outcome {
        Some(id) => {
            let all = outcomes::all(tx).await?;
            let chosen = all.into_iter().find(|one| one.id == id && !one.is_group);
            let chosen = chosen.ok_or(CloseError::NoSuchOutcome)?;
            required.extend(chosen.required);
            (ending.outcome, ending.outcome_id) = (Some(chosen.path), Some(id));
        }
        // Asked for only where there is something to choose.
        None if rule.outcome_required && !outcomes::all(tx).await?.is_empty() => {
            return Err(CloseError::OutcomeRequired);
        }
        None => {}
    }
    let missing = outcomes::missing(tx, found.contact_id, &required).await?;
    if !missing.is_empty() {
        return Err(CloseError::Missing(missing));
    }
    end(tx, &found, Some(by.person), ending, now).await?;
    Ok(())
}

/// Close a conversation that the caller has locked. `by` is `None` for the machine.
pub(crate) async fn end(
    tx: &DatabaseTransaction,
    found: &conversation::Model,
    by: Option<PersonId>,
    ending: Ending,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let id = found.id;
    rows::run(
        tx,
        // What time closes with may be the name of a leaf: then it is that one.
        "update conversation set state = 'closed', assignee_id = null, closed_at = $2, outcome = $3, version = version + 1,
             outcome_id = coalesce($4, (
                 select o.id from outcome o where lower(o.name) = lower($3) and o.retired_at is null and not exists (
                     select from outcome below where below.parent_id = o.id and below.retired_at is null)
                 order by o.created_at limit 1)),
             first_due_at = null, next_due_at = null, resolve_due_at = null, due_at = null, snoozed_until = null,
             returns_to = null
         where id = $1",
        [id.into(), now.into(), ending.outcome.clone().into(), ending.outcome_id.into()],
    )
    .await?;
    let closed = Event::ConversationClosed {
        conversation: id,
        holder: found.assignee_id,
        outcome: ending.outcome,
        note: ending.note,
    };
    let mut happened = vec![(closed, by)];
    let mut freed = Vec::new();
    if let Some(holder) = found.assignee_id {
        assignment::end_assignments(tx, vec![id.0], now).await?;
        let wrap_up = policy::current(tx).await?.policy.queue(found.queue_id).wrap_up;
        let wrap_up_until = (wrap_up > 0).then(|| now + TimeDelta::seconds(i64::from(wrap_up)));
        freed.push(Freed { person: holder, weight: found.weight, wrap_up_until });
    }
    let (kept, over) = offers::withdraw(tx, id, found.offered_to, found.weight, now).await?;
    freed.extend(kept);
    happened.extend(over);
    happened.extend(assignment::lighten(tx, freed, now).await?);
    events::append(tx, &happened, now).await?;
    watch::forget(tx, id).await?;
    alerts::end(tx, id, now).await
}
