//! What can be done to many: each by the operation that does it to one.

use chrono::{DateTime, Utc};
use domain::{
    ConversationId, ConversationState, OutcomeId, Permission, PersonId, Principal, QueueId,
    event::AssignmentReason,
};
use entity::conversation;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _, sea_query::LockType,
};
use serde::{Deserialize, Serialize};

use super::Row;
use crate::{
    assignment::{self, AssignError, Handover, Move, Terms, lock_around, move_holders},
    closing::{self, CloseError, With},
    handing_over::{HandOver, HandOverError, To, hand_over},
    reopening::{self, ReopenError},
    rows,
    snoozing::{self, SnoozeError, Until},
    tagging::{self, TagError},
    transfer::{Place, move_to},
};

/// One thing to do to many conversations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Deed {
    /// They get a tag, or lose it.
    Tag {
        /// Which.
        tag: String,
        /// Get it.
        on: bool,
    },
    /// They are given to somebody.
    Assign {
        /// To whom.
        to: PersonId,
    },
    /// They move to another queue.
    Move {
        /// Which.
        to: QueueId,
    },
    /// They are closed.
    Close {
        /// With what.
        outcome: Option<OutcomeId>,
    },
    /// They are put aside.
    Snooze {
        /// Until when; nothing: until the customer answers.
        until: Option<DateTime<Utc>>,
    },
    /// What another wide deed did is taken back: each row carries what that needs.
    Undo,
}

/// What taking one row back needs, and how the deed left the conversation: one that is otherwise by now is not taken from
/// whoever has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Before {
    #[serde(flatten)]
    back: Back,
    #[serde(default)]
    left: Option<Left>,
}

/// Who had a conversation, where and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromQueryResult)]
struct Left {
    assignee_id: Option<PersonId>,
    queue_id: QueueId,
    state: ConversationState,
    closed_at: Option<DateTime<Utc>>,
    snoozed_until: Option<DateTime<Utc>>,
}

/// What taking one row back needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "back", rename_all = "snake_case")]
enum Back {
    /// The tag comes, or goes.
    Tag { tag: String, on: bool },
    /// Whoever held it holds it again; nobody: it goes back to its queue.
    Holder { person: Option<PersonId> },
    /// It moves back, and whoever held it there holds it again.
    Queue {
        queue: QueueId,
        #[serde(default)]
        holder: Option<PersonId>,
    },
    /// It is opened again.
    Reopen,
    /// It is fetched back.
    Wake,
    /// It is put aside as it was before.
    Snooze { until: Option<DateTime<Utc>> },
}

/// Why a row was not done.
pub(super) enum Failed {
    /// In one word.
    Refused(&'static str),
    /// The database failed.
    Db(DbErr),
}

impl From<DbErr> for Failed {
    fn from(error: DbErr) -> Self {
        Self::Db(error)
    }
}

type Performed = Result<(&'static str, Option<serde_json::Value>), Failed>;

/// Do it to one, in a transaction that ends with it.
pub(super) async fn perform(
    tx: &DatabaseTransaction,
    by: &Principal,
    deed: &Deed,
    row: &Row,
    now: DateTime<Utc>,
) -> Performed {
    if !by.holds(Permission::ConversationBulk) {
        return Err(Failed::Refused("not_found"));
    }
    let id = row.conversation_id;
    let back = match deed {
        Deed::Tag { tag, on } => match tagging::tag(tx, by, id, tag, *on, now).await? {
            Some(tag) => Some(Back::Tag { tag, on: !on }),
            None => return Ok(("unchanged", None)),
        },
        Deed::Assign { to } => {
            let before = seen(tx, by, Permission::ConversationAssign, row).await?;
            if before.assignee_id == Some(*to) {
                return Ok(("unchanged", None));
            }
            let wish = Handover { conversation: id, from: before.assignee_id, to: *to };
            assignment::assign(tx, by, wish, now).await?;
            Some(Back::Holder { person: before.assignee_id })
        }
        Deed::Move { to } => {
            let before = seen(tx, by, Permission::ConversationTransfer, row).await?;
            let wish = HandOver { conversation: id, to: To::Queue(*to), note: None, skills: [].into() };
            match hand_over(tx, by, wish, now).await {
                Ok(_) => Some(Back::Queue { queue: before.queue_id, holder: before.assignee_id }),
                Err(HandOverError::SameQueue) => return Ok(("unchanged", None)),
                Err(error) => return Err(error.into()),
            }
        }
        Deed::Close { outcome } => {
            closing::close_with(tx, by, id, With { outcome: *outcome, ..With::default() }, now).await?;
            Some(Back::Reopen)
        }
        Deed::Snooze { until } => {
            let before = stands(tx, id).await?.filter(|one| one.state == ConversationState::Snoozed);
            snoozing::snooze(tx, by, id, until_of(*until), now).await?;
            Some(before.map_or(Back::Wake, |before| Back::Snooze { until: before.snoozed_until }))
        }
        Deed::Undo => {
            let Some(before) = row.before.clone() else { return Ok(("unchanged", None)) };
            take_back(tx, by, rows::read(before)?, row, now).await?;
            None
        }
    };
    let Some(back) = back else { return Ok(("done", None)) };
    // Of tags it counts alone whether they are there.
    let left = if matches!(back, Back::Tag { .. }) { None } else { stands(tx, id).await? };
    let before =
        serde_json::to_value(Before { back, left }).map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(("done", Some(before)))
}

fn until_of(until: Option<DateTime<Utc>>) -> Until {
    until.map_or(Until::Answer, Until::Time)
}

/// A conversation as it stands, locked.
async fn stands(tx: &DatabaseTransaction, id: ConversationId) -> Result<Option<Left>, DbErr> {
    let found = rows::all(
        tx,
        "select assignee_id, queue_id, state, closed_at, snoozed_until from conversation where id = $1 for no key update",
        [id.into()],
    );
    Ok(found.await?.into_iter().next())
}

async fn take_back(
    tx: &DatabaseTransaction,
    by: &Principal,
    Before { back, left }: Before,
    row: &Row,
    now: DateTime<Utc>,
) -> Result<(), Failed> {
    let id = row.conversation_id;
    if left.is_some() && left != stands(tx, id).await? {
        return Err(Failed::Refused("changed"));
    }
    match back {
        Back::Tag { tag, on } => {
            tagging::tag(tx, by, id, &tag, on, now).await?;
        }
        Back::Holder { person: Some(to) } => {
            let found = seen(tx, by, Permission::ConversationAssign, row).await?;
            let wish = Handover { conversation: id, from: found.assignee_id, to };
            assignment::assign(tx, by, wish, now).await?;
        }
        Back::Holder { person: None } => assignment::release(tx, by, id, now).await?,
        Back::Queue { queue, holder } => move_back(tx, by, id, queue, holder, now).await?,
        Back::Reopen => {
            reopening::reopen(tx, by, id, now).await?;
        }
        // Its time has come meanwhile.
        Back::Snooze { until: Some(at) } if at <= now => {
            snoozing::wake(tx, by, id, now).await?;
        }
        Back::Snooze { until } => snoozing::snooze(tx, by, id, until_of(until), now).await?,
        Back::Wake => {
            snoozing::wake(tx, by, id, now).await?;
        }
    }
    Ok(())
}

/// Back into a queue, and to whoever held it there, if they are at work; else it waits. It may be out of this person's reach
/// by now: what gives the right is that they moved it and nobody has touched it since.
async fn move_back(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    queue: QueueId,
    holder: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<(), Failed> {
    if !by.holds(Permission::ConversationTransfer) {
        return Err(Failed::Refused("not_found"));
    }
    let found = conversation::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx).await?;
    let found = found.ok_or(Failed::Refused("not_found"))?;
    lock_around(tx, &[id], &holder.into_iter().collect::<Vec<_>>()).await?;
    move_to(tx, &found, Place::queue(queue), Some(by.person), now).await?;
    let Some(to) = holder else { return Ok(()) };
    match assignment::check_target(tx, to, queue).await {
        Ok(()) => {}
        Err(AssignError::Db(error)) => return Err(Failed::Db(error)),
        Err(_) => return Ok(()),
    }
    let reason = AssignmentReason::Moved { by: by.person };
    let terms = Terms::Done;
    let again = Move { conversation: id, from: None, to: Some(to), reason, by: Some(by.person), terms };
    move_holders(tx, &[again], now).await?;
    Ok(())
}

async fn seen(
    tx: &DatabaseTransaction,
    by: &Principal,
    permission: Permission,
    row: &Row,
) -> Result<conversation::Model, Failed> {
    conversation::Entity::within(&by.reach(permission))
        .filter(conversation::Column::Id.eq(row.conversation_id))
        .one(tx)
        .await?
        .ok_or(Failed::Refused("not_found"))
}

impl From<TagError> for Failed {
    fn from(error: TagError) -> Self {
        match error {
            TagError::NotFound => Self::Refused("not_found"),
            TagError::BadTag => Self::Refused("bad_tag"),
            TagError::NotInUse => Self::Refused("tag_not_in_use"),
            TagError::TooMany => Self::Refused("too_many_tags"),
            TagError::Db(error) => Self::Db(error),
        }
    }
}

impl From<AssignError> for Failed {
    fn from(error: AssignError) -> Self {
        match error {
            AssignError::NotFound => Self::Refused("not_found"),
            AssignError::Closed => Self::Refused("closed"),
            AssignError::HeldBy(_) | AssignError::OfferedTo(_) => Self::Refused("changed"),
            AssignError::TargetOutsideQueue => Self::Refused("target_outside_queue"),
            AssignError::OtherTeam => Self::Refused("other_team"),
            AssignError::TargetOffline => Self::Refused("target_offline"),
            AssignError::Full => Self::Refused("full"),
            AssignError::Db(error) => Self::Db(error),
        }
    }
}

impl From<HandOverError> for Failed {
    fn from(error: HandOverError) -> Self {
        match error {
            HandOverError::NotFound => Self::Refused("not_found"),
            HandOverError::Closed => Self::Refused("closed"),
            HandOverError::Db(error) => Self::Db(error),
            HandOverError::NoSuchQueue => Self::Refused("no_such_target"),
            _ => Self::Refused("changed"),
        }
    }
}

impl From<CloseError> for Failed {
    fn from(error: CloseError) -> Self {
        match error {
            CloseError::NotFound => Self::Refused("not_found"),
            CloseError::AlreadyClosed => Self::Refused("closed"),
            CloseError::OutcomeRequired => Self::Refused("outcome_required"),
            CloseError::NoSuchOutcome => Self::Refused("no_such_outcome"),
            CloseError::Missing(_) => Self::Refused("fields_missing"),
            CloseError::Wrong(_) | CloseError::NoteTooLong(_) => Self::Refused("failed"),
            CloseError::Db(error) => Self::Db(error),
        }
    }
}

impl From<ReopenError> for Failed {
    fn from(error: ReopenError) -> Self {
        match error {
            ReopenError::NotFound => Self::Refused("not_found"),
            ReopenError::Open => Self::Refused("changed"),
            ReopenError::Blocked => Self::Refused("contact_blocked"),
            ReopenError::TooLate => Self::Refused("reopen_too_late"),
            ReopenError::Another(_) => Self::Refused("another_open"),
            ReopenError::Db(error) => Self::Db(error),
        }
    }
}

impl From<SnoozeError> for Failed {
    fn from(error: SnoozeError) -> Self {
        match error {
            SnoozeError::NotFound => Self::Refused("not_found"),
            SnoozeError::Closed => Self::Refused("closed"),
            SnoozeError::BadTime => Self::Refused("snooze_time"),
            SnoozeError::NotSnoozed => Self::Refused("changed"),
            SnoozeError::Db(error) => Self::Db(error),
        }
    }
}
