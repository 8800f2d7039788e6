//! Tags of a conversation and how urgent it is, by hand. Rules and time give tags of their own.

use chrono::{DateTime, Utc};
use domain::{ConversationId, ConversationState, Event, Permission, Principal, conversation::Urgency};
use entity::conversation;
use routing::policy::LateAction;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, QueryFilter as _,
    QuerySelect as _, sea_query::LockType,
};

use crate::{events, policy, rows, waiting};

/// A tag has no more characters.
pub const LONGEST: usize = 80;
/// A conversation has no more tags.
pub const MOST: usize = 30;
/// More tags in use are not offered.
const OFFERED: usize = 500;

/// Why a conversation was not tagged, or not called urgent.
#[derive(Debug, thiserror::Error)]
pub enum TagError {
    /// Not there, or not for this person to tag.
    #[error("no such conversation")]
    NotFound,
    /// Empty, too long, or with characters that no line has.
    #[error("not a tag")]
    BadTag,
    /// It is in use nowhere, and this person makes none.
    #[error("no such tag")]
    NotInUse,
    /// It has [`MOST`] of them.
    #[error("too many tags")]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

#[derive(FromQueryResult)]
struct Tag {
    tag: String,
}

/// The tags in use, and those that rules give, in the order of the alphabet.
///
/// # Errors
/// When the database fails.
pub async fn in_use(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    // From one tag to the next in the index: there are few tags and many conversations.
    let found: Vec<Tag> = rows::all(
        db,
        "with recursive used as (
             (select tag from conversation_tag order by tag limit 1)
             union all
             select (select t.tag from conversation_tag t where t.tag > used.tag order by t.tag limit 1)
             from used where used.tag is not null)
         select tag from used where tag is not null limit $1",
        [i64::try_from(OFFERED).unwrap_or(i64::MAX).into()],
    )
    .await?;
    let mut tags: Vec<String> = found.into_iter().map(|row| row.tag).collect();
    let policy = policy::current(db).await?.policy;
    tags.extend(policy.rules.iter().flat_map(|rule| rule.entry.tags.iter().cloned()));
    tags.extend(policy.queues.iter().flat_map(|queue| &queue.late).filter_map(|late| match &late.action {
        LateAction::Tag { tag } => Some(tag.clone()),
        _ => None,
    }));
    tags.sort_by_key(|tag| (tag.to_lowercase(), tag.clone()));
    tags.dedup();
    Ok(tags)
}

/// Give a conversation a tag, or take it away. The same in other letters is the one in use. Answers the tag if that
/// changed anything.
///
/// # Errors
/// The refusals of [`TagError`].
pub async fn tag(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    tag: &str,
    on: bool,
    now: DateTime<Utc>,
) -> Result<Option<String>, TagError> {
    let tag = tag.trim();
    if !(1..=LONGEST).contains(&tag.chars().count()) || tag.chars().any(char::is_control) {
        return Err(TagError::BadTag);
    }
    locked(tx, by, Permission::ConversationTag, id).await?;
    let changed = if on { add(tx, by, id, tag, now).await? } else { take(tx, id, tag).await? };
    if let Some(tag) = &changed {
        rows::run(tx, "update conversation set version = version + 1 where id = $1", [id.into()]).await?;
        let event = Event::ConversationTagged { conversation: id, tag: tag.clone(), on };
        events::append(tx, &[(event, Some(by.person))], now).await?;
    }
    Ok(changed)
}

async fn add(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    tag: &str,
    now: DateTime<Utc>,
) -> Result<Option<String>, TagError> {
    let known = in_use(tx).await?;
    let same = known.into_iter().find(|known| known.to_lowercase() == tag.to_lowercase());
    let tag = match same {
        Some(known) => known,
        None if by.holds(Permission::TagManage) => tag.to_owned(),
        None => return Err(TagError::NotInUse),
    };
    let has: Vec<Tag> =
        rows::all(tx, "select tag from conversation_tag where conversation_id = $1", [id.into()]).await?;
    if has.iter().any(|one| one.tag == tag) {
        return Ok(None);
    }
    if has.len() >= MOST {
        return Err(TagError::TooMany);
    }
    rows::run(
        tx,
        "insert into conversation_tag (conversation_id, tag, by_id, at) values ($1, $2, $3, $4)
         on conflict do nothing",
        [id.into(), tag.clone().into(), by.person.into(), now.into()],
    )
    .await?;
    Ok(Some(tag))
}

async fn take(tx: &DatabaseTransaction, id: ConversationId, tag: &str) -> Result<Option<String>, TagError> {
    let gone: Vec<Tag> = rows::all(
        tx,
        "delete from conversation_tag where conversation_id = $1 and lower(tag) = lower($2) returning tag",
        [id.into(), tag.into()],
    )
    .await?;
    Ok(gone.into_iter().next().map(|row| row.tag))
}

/// Say how urgent a conversation is. What waits takes the place that follows from it: wake the dispatcher after the
/// commit. Answers how urgent it was.
///
/// # Errors
/// `NotFound`.
pub async fn prioritize(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: ConversationId,
    urgency: Urgency,
    now: DateTime<Utc>,
) -> Result<Urgency, TagError> {
    let found = locked(tx, by, Permission::ConversationPriority, id).await?;
    let before = Urgency::of(found.priority);
    if before == urgency {
        return Ok(before);
    }
    rows::run(
        tx,
        "update conversation set priority = $2, version = version + 1 where id = $1",
        [id.into(), urgency.priority().into()],
    )
    .await?;
    if found.state == ConversationState::Queued {
        waiting::place_again(tx, &[id]).await?;
    }
    let event = Event::ConversationPrioritized { conversation: id, priority: urgency.priority() };
    events::append(tx, &[(event, Some(by.person))], now).await?;
    Ok(before)
}

async fn locked(
    tx: &DatabaseTransaction,
    by: &Principal,
    permission: Permission,
    id: ConversationId,
) -> Result<conversation::Model, TagError> {
    conversation::Entity::within(&by.reach(permission))
        .filter(conversation::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(TagError::NotFound)
}
