//! Blocking a contact: what they write is kept, and asks nobody for anything. It holds on our side at once; where the vendor
//! can be asked not to deliver it at all, it is asked, too, and whatever it answers changes nothing here.

use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, ConversationState, Event, Permission, PersonId, Principal};
use entity::conversation;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _,
};

use super::{is_within, vendor_block};
use crate::{assignment::lock_around, closing, events, rows};

/// A reason has no more characters.
pub const LONGEST_REASON: usize = 500;

/// Why a contact was not blocked, or not let in again.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// No such contact, or not for this person.
    #[error("no such contact")]
    NotFound,
    /// It is as wanted already.
    #[error("it is so already")]
    Already,
    /// The reason is empty or too long.
    #[error("a reason is asked for")]
    NoReason,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Block a contact; their open conversations are closed. Wake the dispatcher and ring for jobs after the commit.
///
/// # Errors
/// The refusals of [`BlockError`].
pub async fn block(
    tx: &DatabaseTransaction,
    by: &Principal,
    contact: ContactId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), BlockError> {
    let reason = reason.trim();
    let fine = (1..=LONGEST_REASON).contains(&reason.chars().count()) && !reason.contains('\0');
    if !fine {
        return Err(BlockError::NoReason);
    }
    if locked(tx, by, contact).await? {
        return Err(BlockError::Already);
    }
    rows::run(
        tx,
        "update contact set blocked_at = $2, blocked_by = $3, blocked_reason = $4 where id = $1",
        [contact.into(), now.into(), by.person.into(), reason.to_owned().into()],
    )
    .await?;
    let concerned = lock_talks(tx, contact).await?;
    tell(tx, by.person, contact, true, now).await?;
    vendor_block::ask(tx, contact, true, now).await?;
    end_all(tx, &concerned, Some(by.person), now).await?;
    Ok(())
}

/// Lock what is open and the newest that is closed, with all that hangs on them.
async fn lock_talks(tx: &DatabaseTransaction, contact: ContactId) -> Result<Vec<ConversationId>, DbErr> {
    let found: Vec<Talk> = rows::all(
        tx,
        "select id from conversation where id in (
             select id from conversation where contact_id = $1 and state <> 'closed'
             union (select id from conversation where contact_id = $1 order by opened_at desc, id desc limit 1))
         order by id for no key update",
        [contact.into()],
    )
    .await?;
    let talks: Vec<ConversationId> = found.into_iter().map(|talk| talk.id).collect();
    lock_around(tx, &talks, &[]).await?;
    Ok(talks)
}

/// End those of these conversations that are open. The caller has locked them with all that hangs on them.
pub(super) async fn end_all(
    tx: &DatabaseTransaction,
    talks: &[ConversationId],
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let open = conversation::Entity::find()
        .filter(conversation::Column::Id.is_in(talks.iter().copied()))
        .filter(conversation::Column::State.ne(ConversationState::Closed))
        .order_by_asc(conversation::Column::Id)
        .all(tx)
        .await?;
    for talk in &open {
        closing::end(tx, talk, by, closing::Ending::default(), now).await?;
    }
    Ok(())
}

/// What a blocked contact writes counts again. Ring for jobs after the commit.
///
/// # Errors
/// The refusals of [`BlockError`].
pub async fn unblock(
    tx: &DatabaseTransaction,
    by: &Principal,
    contact: ContactId,
    now: DateTime<Utc>,
) -> Result<(), BlockError> {
    if !locked(tx, by, contact).await? {
        return Err(BlockError::Already);
    }
    rows::run(
        tx,
        "update contact set blocked_at = null, blocked_by = null, blocked_reason = null where id = $1",
        [contact.into()],
    )
    .await?;
    lock_talks(tx, contact).await?;
    tell(tx, by.person, contact, false, now).await?;
    vendor_block::ask(tx, contact, false, now).await?;
    Ok(())
}

/// Whether a contact is blocked.
pub(crate) async fn is_blocked(tx: &DatabaseTransaction, contact: ContactId) -> Result<bool, DbErr> {
    let blocked =
        rows::run(tx, "select from contact where id = $1 and blocked_at is not null", [contact.into()]);
    Ok(blocked.await? > 0)
}

/// Contacts before conversations, like whoever joins them. Whether it is blocked.
async fn locked(tx: &DatabaseTransaction, by: &Principal, contact: ContactId) -> Result<bool, BlockError> {
    #[derive(FromQueryResult)]
    struct Found {
        blocked: bool,
    }
    if !is_within(tx, by, Permission::ContactBlock, contact).await? {
        return Err(BlockError::NotFound);
    }
    let found: Vec<Found> = rows::all(
        tx,
        "select blocked_at is not null as blocked from contact where id = $1 and merged_into is null
         for no key update",
        [contact.into()],
    )
    .await?;
    found.first().map(|row| row.blocked).ok_or(BlockError::NotFound)
}

#[derive(FromQueryResult)]
struct Talk {
    id: ConversationId,
}

/// A line in what is open, and in the newest that is closed: there it is looked for. The caller has locked them.
pub(super) async fn tell(
    tx: &DatabaseTransaction,
    by: PersonId,
    contact: ContactId,
    on: bool,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let talks: Vec<Talk> = rows::all(
        tx,
        "update conversation set version = version + 1 where id in (
             select id from conversation where contact_id = $1 and state <> 'closed'
             union (select id from conversation where contact_id = $1 order by opened_at desc, id desc limit 1))
         returning id",
        [contact.into()],
    )
    .await?;
    let happened: Vec<_> = talks
        .into_iter()
        .map(|talk| (Event::ContactBlocked { conversation: talk.id, contact, on }, Some(by)))
        .collect();
    events::append(tx, &happened, now).await
}
