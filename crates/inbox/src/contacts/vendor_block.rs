//! What the vendor is asked about a contact who is blocked here, or let in again: WhatsApp's Cloud API alone can be
//! (whatsapp-cloud.md §5.6). The block here never waits for it and never depends on it.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};
use domain::{ChannelId, ContactId, ConversationId, Event, Permission, Principal};
use jobs::Terms;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};

use super::{blocking::BlockError, is_within};
use crate::{events, rows};

/// The kind of job that asks. Its key is contact and channel; each address of theirs there is a question.
pub const ASK: &str = "vendor_block";
/// After so many tries without an answer it is for a person to ask again: about a day.
const TRIES: i32 = 8;
/// So long nobody else asks what somebody is asking: longer than any answer is waited for.
const LEASE: Duration = Duration::from_secs(120);
/// The first pause between two tries; each is four times as long as the one before, up to six hours.
const PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(6 * 3600);

/// About whom to ask, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Whom.
    pub contact: ContactId,
    /// Through which number.
    pub channel: ChannelId,
}

/// A question that stands.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Question {
    /// Whether they are to be blocked.
    pub wanted: bool,
    /// The customer's address there.
    pub address: String,
    /// How often it was asked without an answer.
    pub tries: i32,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is as wanted.
    Done,
    /// It is not: the vendor's code and words.
    Refused(i64, String),
    /// Nobody knows; it is asked again.
    NoAnswer(String),
}

/// Ask every Cloud number through which the contact wrote, about each address they wrote from; letting in again, about
/// those that were asked about before. What is as wished already is not asked again.
pub(super) async fn ask(
    tx: &DatabaseTransaction,
    contact: ContactId,
    wanted: bool,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let asked: Vec<Named> = rows::all(
        tx,
        "with theirs as (
             select channel_id, address from vendor_block where contact_id = $1
             union
             select channel_id, reply_address from conversation where contact_id = $1 and reply_address <> '' and $2)
         insert into vendor_block (contact_id, channel_id, address, wanted, state, asked_at, changed_at)
         select $1::uuid, channel_id, theirs.address, $2, 'waiting', $3::timestamptz, $3::timestamptz
         from theirs join channel on channel.id = theirs.channel_id
         where channel.kind = 'whatsapp_cloud' and channel.disabled_at is null
         order by channel_id, theirs.address
         on conflict (channel_id, address) do update set contact_id = excluded.contact_id, wanted = excluded.wanted,
             state = 'waiting', code = null, detail = null, tries = 0, asked_at = excluded.asked_at,
             changed_at = excluded.changed_at
             where (vendor_block.contact_id, vendor_block.wanted, vendor_block.state)
                 is distinct from (excluded.contact_id, excluded.wanted, 'done')
         returning channel_id",
        [contact.into(), wanted.into(), now.into()],
    )
    .await?;
    enqueue_all(tx, contact, asked).await
}

#[derive(FromQueryResult)]
struct Named {
    channel_id: ChannelId,
}

async fn enqueue_all(tx: &DatabaseTransaction, contact: ContactId, asked: Vec<Named>) -> Result<(), DbErr> {
    for channel in asked.into_iter().map(|asked| asked.channel_id).collect::<BTreeSet<_>>() {
        enqueue(tx, Ask { contact, channel }, Duration::ZERO).await?;
    }
    Ok(())
}

async fn enqueue(db: &impl ConnectionTrait, ask: Ask, after: Duration) -> Result<(), DbErr> {
    let key = format!("{}/{}", ask.contact, ask.channel);
    jobs::enqueue(db, ASK, &ask, Terms::after(after).keyed(key)).await
}

/// Ask again where the vendor said no or nothing. Ring for jobs after the commit.
///
/// # Errors
/// The refusals of [`BlockError`]; [`BlockError::Already`] where nothing failed.
pub async fn again(
    tx: &DatabaseTransaction,
    by: &Principal,
    contact: ContactId,
    now: DateTime<Utc>,
) -> Result<(), BlockError> {
    if !is_within(tx, by, Permission::ContactBlock, contact).await? {
        return Err(BlockError::NotFound);
    }
    let asked: Vec<Named> = rows::all(
        tx,
        "update vendor_block set state = 'waiting', code = null, detail = null, tries = 0, asked_at = $2, changed_at = $2
         where contact_id = $1 and state = 'failed' returning channel_id",
        [contact.into(), now.into()],
    )
    .await?;
    if asked.is_empty() {
        return Err(BlockError::Already);
    }
    enqueue_all(tx, contact, asked).await.map_err(BlockError::from)
}

/// What is still to be asked.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &impl ConnectionTrait, ask: Ask) -> Result<Vec<Question>, DbErr> {
    rows::all(
        db,
        "select wanted, tries, address from vendor_block
         where contact_id = $1 and channel_id = $2 and state = 'waiting' order by address",
        [ask.contact.into(), ask.channel.into()],
    )
    .await
}

/// Have a question to oneself, before it is asked. Of two wishes the one that reaches the vendor last counts there, so
/// the newer one waits until the older one is [`answered`], or whoever asked it is given up. Whether it may be asked now.
///
/// # Errors
/// When the database fails.
pub async fn begin(db: &impl ConnectionTrait, ask: Ask, question: &Question) -> Result<bool, DbErr> {
    let begun = rows::run(
        db,
        "update vendor_block set asking_until = clock_timestamp() + make_interval(secs => $5)
         where contact_id = $1 and channel_id = $2 and address = $3 and state = 'waiting' and wanted = $4
             and (asking_until is null or asking_until < clock_timestamp())",
        [
            ask.contact.into(),
            ask.channel.into(),
            question.address.clone().into(),
            question.wanted.into(),
            LEASE.as_secs_f64().into(),
        ],
    )
    .await?;
    if begun == 0 {
        enqueue(db, ask, LEASE).await?;
    }
    Ok(begun > 0)
}

/// Write down what came of a question that was [begun](begin), and tell it in the contact's newest conversation there.
/// Where the wish is another one by now this answer counts no more, and the new one is asked. Wake the relay after the
/// commit.
///
/// # Errors
/// When the database fails.
pub async fn answered(
    tx: &DatabaseTransaction,
    ask: Ask,
    question: &Question,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Settled {
        contact_id: ContactId,
        waits: bool,
        counts: bool,
    }
    let tries = question.tries + 1;
    let (state, code, detail) = match outcome {
        Outcome::Done => ("done", None, None),
        Outcome::Refused(code, detail) => ("failed", Some(*code), Some(detail.clone())),
        Outcome::NoAnswer(why) if tries >= TRIES => ("failed", Some(0), Some(why.clone())),
        Outcome::NoAnswer(_) => ("waiting", None, None),
    };
    // The address is another contact's by now where they were joined. Conversations before questions, like whoever blocks.
    let told_in = told_in(tx, ask.channel, &question.address).await?;
    let settled: Vec<Settled> = rows::all(
        tx,
        "with asked as (
             select contact_id, state = 'waiting' and wanted = $8 as counts, state = 'waiting' as waits
             from vendor_block where channel_id = $1 and address = $2 for no key update)
         update vendor_block v set asking_until = null,
             state = case when counts then $3 else state end, code = case when counts then $4 else code end,
             detail = case when counts then $5 else detail end, tries = case when counts then $6 else tries end,
             changed_at = case when counts then $7 else changed_at end
         from asked where v.channel_id = $1 and v.address = $2
         returning v.contact_id, asked.waits, asked.counts",
        [
            ask.channel.into(),
            question.address.clone().into(),
            state.into(),
            code.into(),
            detail.into(),
            tries.into(),
            now.into(),
            question.wanted.into(),
        ],
    )
    .await?;
    let Some(Settled { contact_id: contact, waits, counts }) = settled.into_iter().next() else {
        return Ok(());
    };
    if !counts {
        let anew = Ask { contact, ..ask };
        return if waits { enqueue(tx, anew, Duration::ZERO).await } else { Ok(()) };
    }
    if state == "waiting" {
        return enqueue(tx, Ask { contact, ..ask }, pause(tries)).await;
    }
    tell(tx, told_in, contact, question.wanted, code, now).await
}

/// Where it is told what came of a question about an address, locked.
async fn told_in(
    tx: &DatabaseTransaction,
    channel: ChannelId,
    address: &str,
) -> Result<Option<ConversationId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        id: ConversationId,
    }
    let found: Vec<Found> = rows::all(
        tx,
        "select c.id from vendor_block v join conversation c on c.contact_id = v.contact_id and c.channel_id = v.channel_id
         where v.channel_id = $1 and v.address = $2 order by c.opened_at desc, c.id desc limit 1 for no key update of c",
        [channel.into(), address.to_owned().into()],
    )
    .await?;
    Ok(found.first().map(|found| found.id))
}

/// How long to wait before the next try.
fn pause(tries: i32) -> Duration {
    let times = 4_u32.saturating_pow(u32::try_from(tries - 1).unwrap_or(0).min(8));
    PAUSE.saturating_mul(times).min(LONGEST_PAUSE)
}

async fn tell(
    tx: &DatabaseTransaction,
    conversation: Option<ConversationId>,
    contact: ContactId,
    on: bool,
    code: Option<i64>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let Some(conversation) = conversation else { return Ok(()) };
    rows::run(tx, "update conversation set version = version + 1 where id = $1", [conversation.into()])
        .await?;
    events::append(tx, &[(Event::VendorBlocked { conversation, contact, on, code }, None)], now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        assert_eq!(pause(1), Duration::from_secs(30));
        assert_eq!(pause(2), Duration::from_secs(120));
        assert_eq!(pause(7), LONGEST_PAUSE);
        assert_eq!(pause(i32::MAX), LONGEST_PAUSE);
    }
}
