//! What Twilio's webhooks failed to bring, taken from its lists: messages of customers, statuses, and the fate of sends
//! that nobody knows about. Twilio does not repeat for longer than seconds (twilio.md §4), so this is how an outage of
//! ours loses nothing.
//!
//! A missed message becomes a receipt of its own, which the applier reads as it would have read the webhook. Both may
//! come at the same time: the unique keys let one through. Nothing is ever sent again.

mod settling;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ChannelId, DeliveryState, MessageId, outbound::Ticket};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, TransactionTrait as _};

use crate::{
    costs::{self, ListedPrice},
    events, gaps,
    ledger::Source,
    rows,
};
use channel_gateway::twilio::{Listed, MESSAGE_PARAMETER};

use settling::{Uncertain, settle};

/// Windows overlap: the vendor's list may show a message late, and clocks differ.
const OVERLAP: TimeDelta = TimeDelta::minutes(15);
/// And reach beyond now.
const AHEAD: TimeDelta = TimeDelta::minutes(1);
/// A channel that was never listed is listed from its beginning, but no further back than this.
const FURTHEST: TimeDelta = TimeDelta::days(7);
/// A send that the list does not show so long after it was tried was not taken.
const NOT_LISTED_AFTER: TimeDelta = TimeDelta::minutes(10);

/// Lists messages at the vendor.
pub trait List: Send + Sync {
    /// What went through a channel between two moments, oldest first.
    fn list(
        &self,
        channel: ChannelId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> impl Future<Output = Result<Vec<Listed>, NotListed>> + Send;

    /// Ask for the files of those, which the webhook would have named.
    fn fill_in_files(
        &self,
        channel: ChannelId,
        missed: &mut [Listed],
    ) -> impl Future<Output = Result<(), NotListed>> + Send;
}

/// Why there is no list. The words are shown to admins; they hold no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotListed(pub String);

/// What a look at one channel brought.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Reconciled {
    /// Messages the vendor listed.
    pub listed: usize,
    /// Customers' messages we had missed.
    pub messages: usize,
    /// Statuses we had missed.
    pub statuses: usize,
    /// Sends of which nobody knew, and now somebody does.
    pub settled: usize,
}

impl Reconciled {
    /// What had been missed, all in all.
    #[must_use]
    pub const fn found(&self) -> usize {
        self.messages + self.statuses + self.settled
    }
}

/// Why a look brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The vendor did not list.
    #[error(transparent)]
    NotListed(#[from] NotListed),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// The channels whose messages can be listed.
///
/// # Errors
/// When the database fails.
pub async fn channels(db: &impl ConnectionTrait) -> Result<Vec<ChannelId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Id {
        id: ChannelId,
    }
    let found: Vec<Id> = rows::all(
        db,
        "select id from channel where kind in ('twilio_whatsapp', 'twilio_sms') and disabled_at is null order by id",
        [],
    )
    .await?;
    Ok(found.into_iter().map(|row| row.id).collect())
}

/// List one channel since the last time, and take in what was missed. Afterwards the applier wants to be woken.
///
/// # Errors
/// See [`ReconcileError`]; the next look begins where this one did.
pub async fn reconcile(
    db: &DatabaseConnection,
    lists: &impl List,
    channel: ChannelId,
    now: DateTime<Utc>,
) -> Result<Reconciled, ReconcileError> {
    let from = since(db, channel, now).await?;
    match look(db, lists, channel, from, now).await {
        Ok(reconciled) => Ok(reconciled),
        Err(error) => {
            if let ReconcileError::NotListed(NotListed(why)) = &error {
                note_failure(db, channel, from, why, now).await?;
            }
            Err(error)
        }
    }
}

async fn look(
    db: &DatabaseConnection,
    lists: &impl List,
    channel: ChannelId,
    from: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Reconciled, ReconcileError> {
    // The vendor counts in seconds, by its own clock: what was sent a moment ago is within.
    let listed = lists.list(channel, from, now + AHEAD).await?;
    let mut missed = missed_messages(db, channel, &listed).await?;
    lists.fill_in_files(channel, &mut missed).await?;

    let tx = db.begin().await?;
    let uncertain = uncertain(&tx, channel).await?;
    let strangers = strangers(&tx, channel, &listed).await?;
    let settled = settle(&uncertain, &strangers);
    let statuses = missed_statuses(&tx, channel, &listed).await?;
    let mut receipts: Vec<(String, Vec<u8>)> =
        missed.iter().map(|one| (String::new(), one.receipt())).collect();
    receipts.extend(statuses.iter().map(|one| (String::new(), one.receipt())));
    receipts
        .extend(settled.iter().map(|(ticket, one)| (format!("{MESSAGE_PARAMETER}={ticket}"), one.receipt())));
    store(&tx, receipts).await?;
    let gone = not_taken(&tx, &uncertain, &settled, from, now).await?;
    let prices: Vec<ListedPrice> = listed
        .iter()
        .filter_map(|one| {
            let (micros, currency) = one.price?;
            Some(ListedPrice { vendor_id: one.sid.clone(), micros, currency })
        })
        .collect();
    let posted = costs::post_listed(&tx, channel, &prices, now).await?;
    announce(&tx, posted, now).await?;
    let reconciled = Reconciled {
        listed: listed.len(),
        messages: missed.len(),
        statuses: statuses.len(),
        settled: settled.len() + gone,
    };
    note(&tx, channel, now, &reconciled).await?;
    gaps::settle(&tx, now).await?;
    tx.commit().await?;
    Ok(reconciled)
}

/// Since when there is something to list: the last time, less the overlap, or the beginning of an open gap.
async fn since(
    db: &DatabaseConnection,
    channel: ChannelId,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, DbErr> {
    #[derive(FromQueryResult)]
    struct Since {
        since: DateTime<Utc>,
    }
    let found: Vec<Since> = rows::all(
        db,
        "select least(coalesce(r.until_at, c.created_at),
                      (select min(g.from_at) from ledger_gap g
                       where g.state = 'open' and (g.channel_id is null or g.channel_id = c.id)
                           and (r.until_at is null or r.until_at < g.until_at))) as since
         from channel c left join reconciled r on r.channel_id = c.id where c.id = $1",
        [channel.into()],
    )
    .await?;
    let since = found.first().map_or(now, |row| row.since);
    Ok((since - OVERLAP).max(now - FURTHEST))
}

/// Customers' messages that are not stored.
async fn missed_messages(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    listed: &[Listed],
) -> Result<Vec<Listed>, DbErr> {
    let inbound: Vec<&Listed> = listed.iter().filter(|one| one.inbound).collect();
    let known = known(db, channel, inbound.iter().map(|one| one.sid.clone()).collect()).await?;
    Ok(inbound.into_iter().filter(|one| !known.contains(&one.sid)).cloned().collect())
}

/// Messages of this number that we did not send, as far as we know.
async fn strangers<'a>(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    listed: &'a [Listed],
) -> Result<Vec<&'a Listed>, DbErr> {
    let ours: Vec<&Listed> = listed.iter().filter(|one| !one.inbound).collect();
    let known = known(db, channel, ours.iter().map(|one| one.sid.clone()).collect()).await?;
    Ok(ours.into_iter().filter(|one| !known.contains(&one.sid)).collect())
}

async fn known(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    ids: Vec<String>,
) -> Result<std::collections::HashSet<String>, DbErr> {
    #[derive(FromQueryResult)]
    struct Known {
        vendor_id: String,
    }
    if ids.is_empty() {
        return Ok(std::collections::HashSet::new());
    }
    let found: Vec<Known> = rows::all(
        db,
        "select vendor_id from message where channel_id = $1 and vendor_id = any($2)",
        [channel.into(), ids.into()],
    )
    .await?;
    Ok(found.into_iter().map(|row| row.vendor_id).collect())
}

/// Messages of ours that have come further than we know.
async fn missed_statuses<'a>(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    listed: &'a [Listed],
) -> Result<Vec<&'a Listed>, DbErr> {
    #[derive(FromQueryResult)]
    struct Stands {
        vendor_id: String,
        state: DeliveryState,
    }
    let ids: Vec<String> =
        listed.iter().filter(|one| one.state.is_some()).map(|one| one.sid.clone()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let found: Vec<Stands> = rows::all(
        db,
        "select m.vendor_id, d.state from message m join delivery d on d.message_id = m.id
         where m.channel_id = $1 and m.vendor_id = any($2)",
        [channel.into(), ids.into()],
    )
    .await?;
    Ok(listed
        .iter()
        .filter(|one| {
            let stands = found.iter().find(|row| row.vendor_id == one.sid);
            stands.zip(one.state).is_some_and(|(row, state)| row.state.advance(state).is_some())
        })
        .collect())
}

/// Sends of this channel of which nobody knows whether the vendor took them, oldest first.
async fn uncertain(tx: &impl ConnectionTrait, channel: ChannelId) -> Result<Vec<Uncertain>, DbErr> {
    rows::all(
        tx,
        "select d.message_id, d.attempts as attempt, m.body, c.reply_address as address, a.started_at
         from delivery d
         join message m on m.id = d.message_id
         join conversation c on c.id = d.conversation_id
         join delivery_attempt a on a.message_id = d.message_id and a.number = d.attempts
         where d.channel_id = $1 and d.state = 'uncertain'
         order by a.started_at, d.message_id",
        [channel.into()],
    )
    .await
}

/// Uncertain sends that the vendor's list should show by now and does not: it never took them. A person may send them
/// again. How many.
async fn not_taken(
    tx: &sea_orm::DatabaseTransaction,
    uncertain: &[Uncertain],
    settled: &[(Ticket, &Listed)],
    from: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<usize, DbErr> {
    #[derive(FromQueryResult)]
    struct Failed {
        message_id: MessageId,
        conversation_id: domain::ConversationId,
    }
    let gone: Vec<uuid::Uuid> = uncertain
        .iter()
        .filter(|one| !settled.iter().any(|(ticket, _)| ticket.message == one.message_id))
        .filter(|one| one.started_at >= from && one.started_at + NOT_LISTED_AFTER <= now)
        .map(|one| one.message_id.0)
        .collect();
    if gone.is_empty() {
        return Ok(0);
    }
    let failed: Vec<Failed> = rows::all(
        tx,
        "with gone as (
             select message_id from delivery where message_id = any($1) and state = 'uncertain'
             order by message_id for no key update
         ), shown as (
             update message m set version = m.version + 1 from gone where m.id = gone.message_id
         )
         update delivery d set state = 'failed', changed_at = $2, error_code = null, error_detail = 'not_listed',
             advice = 'later'
         from gone where d.message_id = gone.message_id
         returning d.message_id, d.conversation_id",
        [gone.into(), now.into()],
    )
    .await?;
    let happened: Vec<_> = failed
        .iter()
        .map(|row| {
            let (conversation, message) = (row.conversation_id, row.message_id);
            (domain::Event::DeliveryChanged { conversation, message, state: DeliveryState::Failed }, None)
        })
        .collect();
    events::append(tx, &happened, now).await?;
    Ok(failed.len())
}

/// Pages that show these learn what they cost.
async fn announce(
    tx: &sea_orm::DatabaseTransaction,
    posted: Vec<MessageId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Ours {
        message_id: MessageId,
        conversation_id: domain::ConversationId,
        state: DeliveryState,
    }
    if posted.is_empty() {
        return Ok(());
    }
    let ids: Vec<uuid::Uuid> = posted.iter().map(|id| id.0).collect();
    let ours: Vec<Ours> = rows::all(
        tx,
        "select message_id, conversation_id, state from delivery where message_id = any($1)",
        [ids.into()],
    )
    .await?;
    let happened: Vec<_> = ours
        .iter()
        .map(|row| {
            let (conversation, message, state) = (row.conversation_id, row.message_id, row.state);
            (domain::Event::DeliveryChanged { conversation, message, state }, None)
        })
        .collect();
    events::append(tx, &happened, now).await
}

/// Put what was missed into the ledger, in its order.
async fn store(tx: &impl ConnectionTrait, receipts: Vec<(String, Vec<u8>)>) -> Result<(), DbErr> {
    if receipts.is_empty() {
        return Ok(());
    }
    let (queries, bodies): (Vec<String>, Vec<Vec<u8>>) = receipts.into_iter().unzip();
    rows::run(
        tx,
        "insert into receipt (source, query, body)
         select $1, query, body from unnest($2::text[], $3::bytea[]) with ordinality as row(query, body, n) order by n",
        [Source::TwilioListed.as_str().into(), queries.into(), bodies.into()],
    )
    .await?;
    Ok(())
}

async fn note(
    tx: &impl ConnectionTrait,
    channel: ChannelId,
    now: DateTime<Utc>,
    reconciled: &Reconciled,
) -> Result<(), DbErr> {
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    rows::run(
        tx,
        "insert into reconciled (channel_id, until_at, ran_at, listed, found, error) values ($1, $2, $2, $3, $4, null)
         on conflict (channel_id) do update set until_at = excluded.until_at, ran_at = excluded.ran_at,
             listed = excluded.listed, found = excluded.found, error = null",
        [channel.into(), now.into(), count(reconciled.listed).into(), count(reconciled.found()).into()],
    )
    .await?;
    rows::run(
        tx,
        "update ledger_gap set found = coalesce(found, 0) + $2
         where state = 'open' and (channel_id is null or channel_id = $1)",
        [channel.into(), count(reconciled.found()).into()],
    )
    .await?;
    Ok(())
}

async fn note_failure(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    from: DateTime<Utc>,
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    // Where it stood stays, so that the next look covers this one's stretch.
    rows::run(
        db,
        "insert into reconciled (channel_id, until_at, ran_at, error) values ($1, $2, $3, $4)
         on conflict (channel_id) do update set ran_at = excluded.ran_at, listed = 0, found = 0, error = excluded.error",
        [channel.into(), (from + OVERLAP).into(), now.into(), why.into()],
    )
    .await?;
    Ok(())
}

/// How a channel's listing stands.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Standing {
    /// Which channel.
    pub channel_id: ChannelId,
    /// Its name.
    pub channel: String,
    /// Up to when it was listed.
    pub until_at: Option<DateTime<Utc>>,
    /// When that was tried last.
    pub ran_at: Option<DateTime<Utc>>,
    /// Messages of the last list.
    pub listed: Option<i32>,
    /// What of them had been missed.
    pub found: Option<i32>,
    /// What went wrong.
    pub error: Option<String>,
}

/// How the listing of each channel that has one stands.
///
/// # Errors
/// When the database fails.
pub async fn standing(db: &impl ConnectionTrait) -> Result<Vec<Standing>, DbErr> {
    rows::all(
        db,
        "select c.id as channel_id, c.name as channel, r.until_at, r.ran_at, r.listed, r.found, r.error
         from channel c left join reconciled r on r.channel_id = c.id
         where c.kind in ('twilio_whatsapp', 'twilio_sms') and c.disabled_at is null order by c.name",
        [],
    )
    .await
}
