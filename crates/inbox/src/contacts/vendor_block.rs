//! What the vendor is asked about a contact who is blocked here, or let in again: WhatsApp's Cloud API alone can be
//! (whatsapp-cloud.md §5.6). The block here never waits for it and never depends on it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{ChannelId, ContactId, ConversationId, Event, Permission, Principal};
use jobs::Terms;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};

use super::{blocking::BlockError, is_within};
use crate::{events, rows};

/// The kind of job that asks. Its key is contact and channel.
pub const ASK: &str = "vendor_block";
/// After so many tries without an answer it is for a person to ask again: about a day.
const TRIES: i32 = 8;
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

/// Ask every Cloud number through which the contact wrote; letting in again, those that were asked to block.
pub(super) async fn ask(
    tx: &DatabaseTransaction,
    contact: ContactId,
    wanted: bool,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let asked: Vec<Named> = rows::all(
        tx,
        "insert into vendor_block (contact_id, channel_id, wanted, state, asked_at, changed_at)
         select distinct $1::uuid, c.channel_id, $2, 'waiting', $3::timestamptz, $3::timestamptz
         from conversation c join channel on channel.id = c.channel_id
         where c.contact_id = $1 and channel.kind = 'whatsapp_cloud' and channel.disabled_at is null and c.reply_address <> ''
             and ($2 or exists (select from vendor_block v where v.contact_id = $1 and v.channel_id = c.channel_id))
         on conflict (contact_id, channel_id) do update set wanted = excluded.wanted, state = 'waiting', code = null,
             detail = null, tries = 0, asked_at = excluded.asked_at, changed_at = excluded.changed_at
         returning channel_id",
        [contact.into(), wanted.into(), now.into()],
    )
    .await?;
    for Named { channel_id } in asked {
        enqueue(tx, Ask { contact, channel: channel_id }, Duration::ZERO).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Named {
    channel_id: ChannelId,
}

async fn enqueue(tx: &DatabaseTransaction, ask: Ask, after: Duration) -> Result<(), DbErr> {
    let key = format!("{}/{}", ask.contact, ask.channel);
    jobs::enqueue(tx, ASK, &ask, Terms::after(after).keyed(key)).await
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
    for Named { channel_id } in asked {
        enqueue(tx, Ask { contact, channel: channel_id }, Duration::ZERO).await?;
    }
    Ok(())
}

/// What is still to be asked.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &impl ConnectionTrait, ask: Ask) -> Result<Option<Question>, DbErr> {
    let found = rows::all(
        db,
        "select v.wanted, v.tries, (select c.reply_address from conversation c
             where c.contact_id = v.contact_id and c.channel_id = v.channel_id and c.reply_address <> ''
             order by c.last_activity_at desc limit 1) as address
         from vendor_block v
         where v.contact_id = $1 and v.channel_id = $2 and v.state = 'waiting' and exists (
             select from conversation c
             where c.contact_id = v.contact_id and c.channel_id = v.channel_id and c.reply_address <> '')",
        [ask.contact.into(), ask.channel.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}

/// Write down what came of a question, and tell it in the contact's newest conversation there. Whoever wished otherwise
/// meanwhile has asked anew, and this answer counts no more. Wake the relay after the commit.
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
    let tries = question.tries + 1;
    let (state, code, detail) = match outcome {
        Outcome::Done => ("done", None, None),
        Outcome::Refused(code, detail) => ("failed", Some(*code), Some(detail.clone())),
        Outcome::NoAnswer(why) if tries >= TRIES => ("failed", Some(0), Some(why.clone())),
        Outcome::NoAnswer(_) => ("waiting", None, None),
    };
    let changed = rows::run(
        tx,
        "update vendor_block set state = $3, code = $4, detail = $5, tries = $6, changed_at = $7
         where contact_id = $1 and channel_id = $2 and state = 'waiting' and wanted = $8",
        [
            ask.contact.into(),
            ask.channel.into(),
            state.into(),
            code.into(),
            detail.into(),
            tries.into(),
            now.into(),
            question.wanted.into(),
        ],
    )
    .await?;
    if changed == 0 {
        return Ok(());
    }
    if state == "waiting" {
        return enqueue(tx, ask, pause(tries)).await;
    }
    tell(tx, ask, question.wanted, code, now).await
}

/// How long to wait before the next try.
fn pause(tries: i32) -> Duration {
    let times = 4_u32.saturating_pow(u32::try_from(tries - 1).unwrap_or(0).min(8));
    PAUSE.saturating_mul(times).min(LONGEST_PAUSE)
}

async fn tell(
    tx: &DatabaseTransaction,
    Ask { contact, channel }: Ask,
    on: bool,
    code: Option<i64>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        id: ConversationId,
    }
    let found: Vec<Found> = rows::all(
        tx,
        "update conversation set version = version + 1 where id = (
             select id from conversation where contact_id = $1 and channel_id = $2
             order by opened_at desc, id desc limit 1)
         returning id",
        [contact.into(), channel.into()],
    )
    .await?;
    let happened: Vec<_> = found
        .into_iter()
        .map(|talk| (Event::VendorBlocked { conversation: talk.id, contact, on, code }, None))
        .collect();
    events::append(tx, &happened, now).await
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
