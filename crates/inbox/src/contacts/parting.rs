//! Taking a join back: exactly, or not at all.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    Address, ChannelId, ContactId, ConversationId, ConversationState, Event, IdentityKind, PersonId,
    event::AssignmentReason,
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{Block, Closed, MergeError, Moved, alone, lock, vendor_block};
use crate::{
    assignment::{Move, Terms, lock_around, move_holders},
    events, rows, waiting,
};

#[derive(FromQueryResult)]
struct Row {
    from_id: ContactId,
    into_id: ContactId,
    moved: serde_json::Value,
    at: DateTime<Utc>,
    undone_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Talk {
    id: ConversationId,
    channel_id: ChannelId,
    state: ConversationState,
    reply_address: String,
    opened_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    /// Whether the customer wrote into it since the join.
    heard_since: bool,
}

/// Take a join back. What the customer began since goes to whom its address belongs. Wake dispatcher and relay and ring
/// for jobs after the commit.
///
/// # Errors
/// The refusals of [`MergeError`]: then new facts stand against it, and nothing is changed.
pub async fn undo(
    tx: &DatabaseTransaction,
    by: PersonId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), MergeError> {
    alone(tx).await?;
    let found: Vec<Row> = rows::all(
        tx,
        "select from_id, into_id, moved, at, undone_at from contact_merge where id = $1 for update",
        [id.into()],
    )
    .await?;
    let row = found.into_iter().next().ok_or(MergeError::NotFound)?;
    if row.undone_at.is_some() {
        return Err(MergeError::PartedBefore);
    }
    let moved: Moved =
        serde_json::from_value(row.moved.clone()).map_err(|error| DbErr::Json(error.to_string()))?;
    if !moved.dropped.is_empty() {
        return Err(MergeError::SameNumber);
    }
    let contacts = lock(tx, [row.from_id, row.into_id]).await?;
    let joined = |id| contacts.iter().find(|contact| contact.id == id).map(|contact| contact.merged_into);
    if joined(row.into_id) != Some(None) || joined(row.from_id) != Some(Some(row.into_id)) {
        return Err(MergeError::JoinedSince);
    }
    let theirs = check_addresses(tx, &row, &moved).await?;
    let talks = lock_talks(tx, &row).await?;
    let back = check_talks(&talks, &row, &moved, &theirs)?;
    let holders: Vec<PersonId> = moved.closed.iter().filter_map(|closed| closed.holder).collect();
    lock_around(tx, &talks.iter().map(|talk| talk.id).collect::<Vec<_>>(), &holders).await?;

    rows::run(
        tx,
        "update identity set contact_id = $2 where id = any($1)",
        [moved.identities.clone().into(), row.from_id.into()],
    )
    .await?;
    let ids: Vec<Uuid> = back.iter().map(|id| id.0).collect();
    rows::run(
        tx,
        "update conversation set contact_id = $2, version = version + 1 where id = any($1)",
        [ids.into(), row.from_id.into()],
    )
    .await?;
    restore_marks(tx, &row, &moved).await?;
    answer_as_before(tx, &moved).await?;
    let block = |id| contacts.iter().find(|contact| contact.id == id).and_then(super::Locked::block);
    let blocked = restore_blocks(tx, &row, &moved, [block(row.from_id), block(row.into_id)]).await?;
    ask_vendor(tx, &row, &theirs, blocked, now).await?;
    rows::run(tx, "update contact_merge set undone_at = $2 where id = $1", [id.into(), now.into()]).await?;
    let happened: Vec<_> = talks
        .iter()
        .filter(|talk| back.contains(&talk.id) || talk.state != ConversationState::Closed)
        .map(|talk| {
            let event = Event::ContactsParted { conversation: talk.id, from: row.from_id, into: row.into_id };
            (event, Some(by))
        })
        .collect();
    events::append(tx, &happened, now).await?;
    open_again(tx, &talks, &moved, Sides { row: &row, back: &back, blocked }, by, now).await?;
    Ok(())
}

/// Whose conversation is whose from now on, and who of the two is blocked: who was joined, who went on.
struct Sides<'a> {
    row: &'a Row,
    back: &'a BTreeSet<ConversationId>,
    blocked: [bool; 2],
}

/// The addresses that moved are where they were moved to; answers their keys.
async fn check_addresses(
    tx: &DatabaseTransaction,
    row: &Row,
    moved: &Moved,
) -> Result<BTreeSet<(String, String)>, MergeError> {
    #[derive(FromQueryResult)]
    struct Found {
        contact_id: ContactId,
        kind: IdentityKind,
        match_key: String,
        ended_at: Option<DateTime<Utc>>,
    }
    let found: Vec<Found> = rows::all(
        tx,
        "select contact_id, kind, match_key, ended_at from identity where id = any($1)",
        [moved.identities.clone().into()],
    )
    .await?;
    let untouched = found.len() == moved.identities.len()
        && found.iter().all(|one| {
            one.contact_id == row.into_id && one.ended_at.is_none_or(|ended_at| ended_at <= row.at)
        });
    if !untouched {
        return Err(MergeError::ChangedSince);
    }
    Ok(found.into_iter().map(|one| (one.kind.as_str().to_owned(), one.match_key)).collect())
}

async fn lock_talks(tx: &DatabaseTransaction, row: &Row) -> Result<Vec<Talk>, DbErr> {
    rows::all(
        tx,
        "select c.id, c.channel_id, c.state, c.reply_address, c.opened_at, c.closed_at,
             exists (select from message m where m.conversation_id = c.id and m.direction = 'in'
                 and m.created_at > $2) as heard_since
         from conversation c where c.contact_id = $1 order by c.id for no key update",
        [row.into_id.into(), row.at.into()],
    )
    .await
}

/// The conversations that go back.
fn check_talks(
    talks: &[Talk],
    row: &Row,
    moved: &Moved,
    theirs: &BTreeSet<(String, String)>,
) -> Result<BTreeSet<ConversationId>, MergeError> {
    let find = |id: ConversationId| talks.iter().find(|talk| talk.id == id);
    if moved.conversations.iter().any(|id| find(*id).is_none()) {
        return Err(MergeError::ChangedSince);
    }
    let twins = moved.closed.iter().filter(|closed| closed.goes_on != closed.conversation);
    if twins.into_iter().any(|closed| find(closed.goes_on).is_none_or(|talk| talk.heard_since)) {
        return Err(MergeError::WroteSince);
    }
    let begun_since = talks
        .iter()
        .filter(|talk| talk.opened_at > row.at && is_theirs(&talk.reply_address, theirs))
        .map(|talk| talk.id);
    let back: BTreeSet<ConversationId> = moved.conversations.iter().copied().chain(begun_since).collect();
    Ok(back)
}

/// Whether an address as the vendor gave it is one of these.
fn is_theirs(reply_address: &str, theirs: &BTreeSet<(String, String)>) -> bool {
    let text = reply_address.strip_prefix("whatsapp:").unwrap_or(reply_address);
    Address::phone(text)
        .or_else(|| Address::bsuid(text))
        .is_some_and(|address| theirs.contains(&(address.kind.as_str().to_owned(), address.key())))
}

/// Name and marks of the one who went on, unless somebody changed them since.
async fn restore_marks(tx: &DatabaseTransaction, row: &Row, moved: &Moved) -> Result<(), DbErr> {
    rows::run(tx, "update contact set merged_into = null where id = $1", [row.from_id.into()]).await?;
    if let Some((before, after)) = moved.before.as_ref().zip(moved.after.as_ref()) {
        rows::run(
            tx,
            "update contact set name = $2, vip = $3, owner_id = $4, language = $8, attributes = $9, sources = $12,
                 version = version + 1
             where id = $1 and name = $5 and vip = $6 and owner_id is not distinct from $7
                 and language is not distinct from $10 and attributes = $11",
            [
                row.into_id.into(),
                before.name.clone().into(),
                before.vip.into(),
                before.owner_id.into(),
                after.name.clone().into(),
                after.vip.into(),
                after.owner_id.into(),
                before.language.clone().into(),
                before.attributes.clone().into(),
                after.language.clone().into(),
                after.attributes.clone().into(),
                before.sources.clone().into(),
            ],
        )
        .await?;
    }
    Ok(())
}

/// What went on for both is answered where it was answered before: the customer did not write into it since.
async fn answer_as_before(tx: &DatabaseTransaction, moved: &Moved) -> Result<(), DbErr> {
    for closed in &moved.closed {
        let Some(answered) = &closed.answered else { continue };
        rows::run(
            tx,
            "update conversation set reply_address = $2, window_until = $3 where id = $1",
            [closed.goes_on.into(), answered.address.clone().into(), answered.until.into()],
        )
        .await?;
    }
    Ok(())
}

/// Both are blocked, or not, as before; what somebody decided about the one since counts for both. Who is: who was joined,
/// who went on.
async fn restore_blocks(
    tx: &DatabaseTransaction,
    row: &Row,
    moved: &Moved,
    [gone, stays]: [Option<Block>; 2],
) -> Result<[bool; 2], DbErr> {
    let Some(blocks) = &moved.blocks else { return Ok([gone.is_some(), stays.is_some()]) };
    let untouched = stays == blocks.after;
    let (id, block) = if untouched { (row.into_id, &blocks.before) } else { (row.from_id, &stays) };
    rows::run(
        tx,
        "update contact set blocked_at = $2, blocked_by = $3, blocked_reason = $4 where id = $1",
        [
            id.into(),
            block.as_ref().map(|block| block.at).into(),
            block.as_ref().and_then(|block| block.by).into(),
            block.as_ref().and_then(|block| block.reason.clone()).into(),
        ],
    )
    .await?;
    let blocked = block.is_some();
    Ok(if untouched { [gone.is_some(), blocked] } else { [blocked, blocked] })
}

/// Questions go with their addresses, and are asked again where they are answered otherwise now.
async fn ask_vendor(
    tx: &DatabaseTransaction,
    row: &Row,
    theirs: &BTreeSet<(String, String)>,
    [gone, stays]: [bool; 2],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Asked {
        address: String,
    }
    let asked: Vec<Asked> = rows::all(
        tx,
        "select distinct address from vendor_block where contact_id = $1",
        [row.into_id.into()],
    )
    .await?;
    let back: Vec<String> =
        asked.into_iter().map(|one| one.address).filter(|address| is_theirs(address, theirs)).collect();
    rows::run(
        tx,
        "update vendor_block set contact_id = $3 where contact_id = $1 and address = any($2)",
        [row.into_id.into(), back.into(), row.from_id.into()],
    )
    .await?;
    vendor_block::ask(tx, row.from_id, gone, now).await?;
    vendor_block::ask(tx, row.into_id, stays, now).await
}

/// What was closed only because of the join waits again, and goes back to who held it; but for whoever is blocked still.
async fn open_again(
    tx: &DatabaseTransaction,
    talks: &[Talk],
    moved: &Moved,
    Sides { row, back, blocked }: Sides<'_>,
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let find = |id: ConversationId| talks.iter().find(|talk| talk.id == id);
    let mut again: Vec<&Closed> = Vec::new();
    for closed in &moved.closed {
        let Some(talk) = find(closed.conversation) else { continue };
        let side = back.contains(&talk.id);
        let has_another = talks.iter().any(|other| {
            other.channel_id == talk.channel_id
                && other.state != ConversationState::Closed
                && back.contains(&other.id) == side
        });
        // The join's own time, to the microsecond that the database keeps.
        let only_by_us =
            talk.closed_at.is_some_and(|closed_at| closed_at.timestamp_micros() == row.at.timestamp_micros());
        let is_blocked = if side { blocked[0] } else { blocked[1] };
        if only_by_us && !has_another && !is_blocked {
            again.push(closed);
        }
    }
    let mut happened = Vec::new();
    for closed in &again {
        rows::run(
            tx,
            "update conversation set state = 'queued', closed_at = null, queued_at = $2, version = version + 1
             where id = $1",
            [closed.conversation.into(), closed.queued_at.into()],
        )
        .await?;
        let queue = super::queue_of(tx, closed.conversation).await?;
        happened.push((Event::ConversationReopened { conversation: closed.conversation, queue }, Some(by)));
    }
    events::append(tx, &happened, now).await?;
    let reopened: Vec<ConversationId> = again.iter().map(|closed| closed.conversation).collect();
    waiting::begin(tx, &reopened, now).await?;
    let moves: Vec<Move> = again
        .iter()
        .filter_map(|closed| {
            let to = Some(closed.holder?);
            let reason = AssignmentReason::Joined;
            Some(Move {
                conversation: closed.conversation,
                from: None,
                to,
                reason,
                by: Some(by),
                terms: Terms::Done,
            })
        })
        .collect();
    move_holders(tx, &moves, now).await?;
    Ok(())
}
