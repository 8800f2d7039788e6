//! Making two contacts one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Address, ChannelId, ContactId, ConversationId, ConversationState, Event, MustAct, PersonId,
    event::AssignmentReason,
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{
    Answered, Blocks, Closed, Locked, Marks, MergeError, MergeReason, Moved, alone, blocking, lock,
    vendor_block,
};
use crate::{
    alerts,
    assignment::{self, Freed, Move, Terms, lock_around, move_holders, offers},
    events, rows, watch,
};

/// A conversation of one of the two, locked.
#[derive(Debug, Clone, FromQueryResult)]
struct Talk {
    id: ConversationId,
    contact_id: ContactId,
    channel_id: ChannelId,
    state: ConversationState,
    assignee_id: Option<PersonId>,
    offered_to: Option<PersonId>,
    weight: i16,
    opened_at: DateTime<Utc>,
    queued_at: DateTime<Utc>,
    must_act: MustAct,
    must_act_since: DateTime<Utc>,
    window_until: Option<DateTime<Utc>>,
    reply_address: String,
    last_activity_at: DateTime<Utc>,
}

/// `from` is a part of `into` from now on. `by` is `None` for the vendor's word. Whoever joins a blocked contact is blocked,
/// too. Answers the join's id, by which it can be taken back. Wake dispatcher and relay and ring for jobs after the commit.
///
/// # Errors
/// The refusals of [`MergeError`].
pub async fn merge(
    tx: &DatabaseTransaction,
    by: Option<PersonId>,
    from: ContactId,
    into: ContactId,
    reason: &MergeReason,
    now: DateTime<Utc>,
) -> Result<Uuid, MergeError> {
    if from == into {
        return Err(MergeError::Same);
    }
    alone(tx).await?;
    let contacts = lock(tx, [from, into]).await?;
    let find = |id| contacts.iter().find(|contact| contact.id == id).ok_or(MergeError::NotFound);
    let (gone, stays) = (find(from)?, find(into)?);
    if gone.merged_into.is_some() || stays.merged_into.is_some() {
        return Err(MergeError::JoinedBefore);
    }
    let talks = lock_talks(tx, from, into).await?;
    lock_around(tx, &talks.iter().map(|talk| talk.id).collect::<Vec<_>>(), &[]).await?;
    let mut happened = Vec::new();
    let mut closed = close_newer(tx, &talks, by, now, &mut happened).await?;
    let blocks = Blocks { before: stays.block(), after: stays.block().or_else(|| gone.block()) };
    let block = blocks.after.clone();
    let ended = if block.is_some() { left_open(&talks, &closed) } else { Vec::new() };
    closed.extend(ended.iter().copied().map(ended_by_block));
    let after = marks(gone, stays);
    let moved = Moved {
        identities: move_identities(tx, from, into).await?,
        conversations: talks.iter().filter(|talk| talk.contact_id == from).map(|talk| talk.id).collect(),
        closed,
        dropped: Vec::new(),
        before: Some(stays.marks.clone()),
        after: Some(after.clone()),
        blocks: Some(blocks),
    };
    rows::run(
        tx,
        "update conversation set contact_id = $2, version = version + 1 where contact_id = $1",
        [from.into(), into.into()],
    )
    .await?;
    rows::run(
        tx,
        "update contact set merged_into = case when id = $1 then $2 end,
             name = case when id = $2 then $3 else name end, vip = case when id = $2 then $4 else vip end,
             owner_id = case when id = $2 then $5 else owner_id end,
             language = case when id = $2 then $6 else language end,
             attributes = case when id = $2 then $7 else attributes end, version = version + 1,
             blocked_at = case when id = $2 then $8 else blocked_at end,
             blocked_by = case when id = $2 then $9 else blocked_by end,
             blocked_reason = case when id = $2 then $10 else blocked_reason end,
             sources = case when id = $2 then $11 else sources end
         where id in ($1, $2)",
        [
            from.into(),
            into.into(),
            after.name.into(),
            after.vip.into(),
            after.owner_id.into(),
            after.language.into(),
            after.attributes.into(),
            block.as_ref().map(|block| block.at).into(),
            block.as_ref().and_then(|block| block.by).into(),
            block.as_ref().and_then(|block| block.reason.clone()).into(),
            after.sources.into(),
        ],
    )
    .await?;
    rows::run(
        tx,
        "update vendor_block set contact_id = $2 where contact_id = $1",
        [from.into(), into.into()],
    )
    .await?;
    vendor_block::ask(tx, into, block.is_some(), now).await?;
    settle_proposals(tx, from, into, now).await?;
    let id = Uuid::now_v7();
    let json =
        |value: serde_json::Result<serde_json::Value>| value.map_err(|error| DbErr::Json(error.to_string()));
    rows::run(
        tx,
        "insert into contact_merge (id, from_id, into_id, by_id, reason, moved, at) values ($1, $2, $3, $4, $5, $6, $7)",
        [
            id.into(),
            from.into(),
            into.into(),
            by.into(),
            json(serde_json::to_value(reason))?.into(),
            json(serde_json::to_value(&moved))?.into(),
            now.into(),
        ],
    )
    .await?;
    happened.extend(
        talks
            .iter()
            .filter(|talk| talk.contact_id == from || talk.state != ConversationState::Closed)
            .map(|talk| (Event::ContactsJoined { conversation: talk.id, from, into }, by)),
    );
    events::append(tx, &happened, now).await?;
    let Some(_) = block else {
        give_on(tx, &talks, &moved.closed, by, now).await?;
        return Ok(id);
    };
    if let Some(by) = by.filter(|_| stays.blocked_at.is_none() || gone.blocked_at.is_none()) {
        blocking::tell(tx, by, into, true, now).await?;
    }
    let ended: Vec<ConversationId> = ended.iter().map(|talk| talk.id).collect();
    blocking::end_all(tx, &ended, by, now).await?;
    Ok(id)
}

/// What is open still when the newer of two is closed.
fn left_open<'a>(talks: &'a [Talk], closed: &[Closed]) -> Vec<&'a Talk> {
    let is_closed = |id| closed.iter().any(|closed| closed.conversation == id);
    talks.iter().filter(|talk| talk.state != ConversationState::Closed && !is_closed(talk.id)).collect()
}

fn ended_by_block(talk: &Talk) -> Closed {
    Closed {
        conversation: talk.id,
        state: talk.state,
        holder: talk.assignee_id,
        queued_at: talk.queued_at,
        goes_on: talk.id,
        answered: None,
    }
}

async fn lock_talks(tx: &DatabaseTransaction, from: ContactId, into: ContactId) -> Result<Vec<Talk>, DbErr> {
    rows::all(
        tx,
        "select id, contact_id, channel_id, state, assignee_id, offered_to, weight, opened_at, queued_at, must_act,
             must_act_since,
             window_until, reply_address, last_activity_at
         from conversation where contact_id in ($1, $2) order by id for no key update",
        [from.into(), into.into()],
    )
    .await
}

/// On each channel where both have an open conversation, the older one goes on, with what the newer one knows.
async fn close_newer(
    tx: &DatabaseTransaction,
    talks: &[Talk],
    by: Option<PersonId>,
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<Vec<Closed>, DbErr> {
    let mut open: BTreeMap<ChannelId, Vec<&Talk>> = BTreeMap::new();
    for talk in talks.iter().filter(|talk| talk.state != ConversationState::Closed) {
        open.entry(talk.channel_id).or_default().push(talk);
    }
    let (mut closed, mut freed) = (Vec::new(), Vec::new());
    for mut twins in open.into_values() {
        twins.sort_by_key(|talk| (talk.opened_at, talk.id));
        let [older, newer] = twins[..] else { continue };
        closed.push(Closed {
            conversation: newer.id,
            state: newer.state,
            holder: newer.assignee_id,
            queued_at: newer.queued_at,
            goes_on: older.id,
            answered: Some(Answered { address: older.reply_address.clone(), until: older.window_until }),
        });
        rows::run(
            tx,
            "update conversation set state = 'closed', assignee_id = null, closed_at = $2, version = version + 1,
                 snoozed_until = null, returns_to = null, first_due_at = null, next_due_at = null, resolve_due_at = null, due_at = null
             where id = $1",
            [newer.id.into(), now.into()],
        )
        .await?;
        watch::forget(tx, newer.id).await?;
        alerts::end(tx, newer.id, now).await?;
        watch::look(tx, &[older.id], now).await?;
        let owed = [older, newer].into_iter().filter(|talk| talk.must_act == MustAct::Agent);
        let owed_since = owed.map(|talk| talk.must_act_since).min();
        let latest = if newer.last_activity_at > older.last_activity_at { newer } else { older };
        rows::run(
            tx,
            "update conversation set window_until = $2, reply_address = $3, must_act = $4, must_act_since = $5,
                 version = version + 1
             where id = $1",
            [
                older.id.into(),
                older.window_until.max(newer.window_until).into(),
                latest.reply_address.clone().into(),
                owed_since.map_or(MustAct::Customer, |_| MustAct::Agent).as_str().into(),
                owed_since.unwrap_or(older.must_act_since).into(),
            ],
        )
        .await?;
        let closing = Event::ConversationClosed {
            conversation: newer.id,
            holder: newer.assignee_id,
            outcome: None,
            note: None,
        };
        happened.push((closing, by));
        let holder = newer.assignee_id;
        freed.extend(holder.map(|person| Freed { person, weight: newer.weight, wrap_up_until: None }));
        let (kept, over) = offers::withdraw(tx, newer.id, newer.offered_to, newer.weight, now).await?;
        freed.extend(kept);
        watch::forget(tx, newer.id).await?;
        happened.extend(over);
    }
    let ended: Vec<Uuid> = closed.iter().map(|closed| closed.conversation.0).collect();
    assignment::end_assignments(tx, ended, now).await?;
    happened.extend(assignment::lighten(tx, freed, now).await?);
    Ok(closed)
}

/// Whoever held the newer one goes on with the older, if nobody has that.
async fn give_on(
    tx: &DatabaseTransaction,
    talks: &[Talk],
    closed: &[Closed],
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let moves: Vec<Move> = closed
        .iter()
        .filter(|closed| talks.iter().any(|talk| talk.id == closed.goes_on && talk.assignee_id.is_none()))
        .filter_map(|closed| {
            let to = Some(closed.holder?);
            Some(Move {
                conversation: closed.goes_on,
                from: None,
                to,
                reason: AssignmentReason::Joined,
                by,
                terms: Terms::Done,
            })
        })
        .collect();
    move_holders(tx, &moves, now).await?;
    Ok(())
}

async fn move_identities(
    tx: &DatabaseTransaction,
    from: ContactId,
    into: ContactId,
) -> Result<Vec<Uuid>, DbErr> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let moved: Vec<Id> = rows::all(
        tx,
        "update identity set contact_id = $2 where contact_id = $1 returning id",
        [from.into(), into.into()],
    )
    .await?;
    Ok(moved.into_iter().map(|row| row.id).collect())
}

/// A name goes before an address, and a mark stays a mark.
fn marks(gone: &Locked, stays: &Locked) -> Marks {
    let unnamed = Address::is_address(&stays.marks.name);
    Marks {
        name: if unnamed { gone.marks.name.clone() } else { stays.marks.name.clone() },
        vip: stays.marks.vip || gone.marks.vip,
        owner_id: stays.marks.owner_id.or(gone.marks.owner_id),
        language: stays.marks.language.clone().or_else(|| gone.marks.language.clone()),
        attributes: both(&gone.marks.attributes, &stays.marks.attributes),
        sources: both_sources(&gone.marks, &stays.marks),
    }
}

/// The fields of both; where both have one, the one who goes on.
fn both(gone: &serde_json::Value, stays: &serde_json::Value) -> serde_json::Value {
    let fields = [gone, stays].into_iter().filter_map(serde_json::Value::as_object).flatten();
    serde_json::Value::Object(fields.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// From whom the fields of both are: the source goes with its value.
fn both_sources(gone: &Marks, stays: &Marks) -> serde_json::Value {
    let of = |marks: &Marks| marks.sources.as_object().cloned().unwrap_or_default();
    let mut sources = of(gone);
    sources.retain(|key, _| stays.attributes.get(key).is_none());
    sources.extend(of(stays));
    serde_json::Value::Object(sources)
}

/// What was proposed for the two is settled; what was proposed for one with a third is proposed for both.
async fn settle_proposals(
    tx: &DatabaseTransaction,
    from: ContactId,
    into: ContactId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "with settled as (
             update contact_proposal set settled_at = $3 where $1 in (one_id, other_id) and settled_at is null
             returning one_id, other_id, reason, at
         ), third as (
             select case when one_id = $1 then other_id else one_id end as id, reason, at from settled
         )
         insert into contact_proposal (id, one_id, other_id, reason, at)
         select gen_random_uuid(), least(third.id, $2), greatest(third.id, $2), reason, at from third
         where third.id <> $2
         on conflict do nothing",
        [from.into(), into.into(), now.into()],
    )
    .await?;
    Ok(())
}
