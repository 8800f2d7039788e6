//! From receipts to messages: batches of receipts become conversations, messages, deliveries and events.
//!
//! One applier works at a time in an installation (an advisory lock for the length of a transaction), which keeps the
//! order of each contact; the unique indexes decide all the same. A receipt that breaks its batch is found by halving
//! and put into quarantine after five tries; its neighbours go on.

mod channels;
mod contacts;
mod conversations;
mod messages;
mod parse;
mod quarantine;
mod statuses;

use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};
use domain::inbound::{InboundEvent, InboundMessage, StatusReport};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult};

use crate::{Wakes, events, rows};

/// How many receipts one transaction takes.
const BATCH: i64 = 500;
/// How often a receipt that fails by itself is tried before it is put aside.
const TRIES: i16 = 5;
/// A lost wake-up costs at most this.
const POLL: Duration = Duration::from_secs(1);

/// What one step did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Receipts taken off the ledger.
    pub receipts: usize,
    /// Messages stored for the first time.
    pub messages: usize,
    /// Whether conversations now wait for an agent.
    pub waiting: bool,
    /// Whether receipts may be left.
    pub more: bool,
}

/// A receipt as the applier reads it.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Receipt {
    id: i64,
    source: String,
    query: String,
    body: Vec<u8>,
    received_at: DateTime<Utc>,
}

/// A customer's message with everything around it that is needed to store it.
pub(crate) struct Arrival {
    channel: channels::Channel,
    position: i64,
    received_at: DateTime<Utc>,
    message: InboundMessage,
}

impl Arrival {
    /// The vendor's second; ours where the vendor has no clock. Nobody writes later than we heard of it: a clock that
    /// runs ahead would hold the reply window open and keep its message the newest for as long.
    fn written_at(&self) -> DateTime<Utc> {
        self.message.written_at.map_or(self.received_at, |at| at.min(self.received_at)).trunc_subsecs(0)
    }
}

/// A report on a message of ours, and where it came from.
pub(crate) struct Report {
    channel: channels::Channel,
    receipt: i64,
    report: StatusReport,
}

/// Apply what waits in the ledger, one batch.
///
/// # Errors
/// When the database fails; the receipts stay and are taken again.
pub async fn step(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<Applied, DbErr> {
    match attempt(db, BATCH, now).await {
        Ok(applied) => Ok(applied),
        Err(error) if is_about_data(&error) => halve(db, error, now).await,
        Err(error) => Err(error),
    }
}

/// Smaller and smaller batches until they pass or a single receipt is left to blame.
async fn halve(db: &DatabaseConnection, mut error: DbErr, now: DateTime<Utc>) -> Result<Applied, DbErr> {
    let mut size = BATCH;
    while size > 1 {
        size /= 2;
        match attempt(db, size, now).await {
            Ok(applied) => return Ok(applied),
            Err(next) if is_about_data(&next) => error = next,
            Err(next) => return Err(next),
        }
    }
    quarantine::suspect_oldest(db, &error, TRIES, now).await?;
    Ok(Applied { receipts: 1, more: true, ..Applied::default() })
}

/// Whether an error can lie with the data; a lost connection, a deadlock or a race does not.
fn is_about_data(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => false,
        DbErr::Exec(sea_orm::RuntimeErr::SqlxError(cause))
        | DbErr::Query(sea_orm::RuntimeErr::SqlxError(cause)) => {
            // Classes 22 (data exception) and 23 (constraint), see the PostgreSQL manual, appendix A.
            cause
                .as_database_error()
                .and_then(|fault| fault.code())
                .is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
        }
        DbErr::Type(_) | DbErr::Json(_) => true,
        _ => false,
    }
}

async fn attempt(db: &DatabaseConnection, limit: i64, now: DateTime<Utc>) -> Result<Applied, DbErr> {
    let tx = rows::begin_alone(db, 1).await?;
    let receipts: Vec<Receipt> = rows::all(
        &tx,
        "select id, source, query, body, received_at from receipt where state = 'new' order by id limit $1",
        [limit.into()],
    )
    .await?;
    if receipts.is_empty() {
        tx.rollback().await?;
        return Ok(Applied::default());
    }
    let mut applied = apply(&tx, &receipts, now).await?;
    tx.commit().await?;
    applied.more = i64::try_from(receipts.len()).is_ok_and(|taken| taken >= limit);
    Ok(applied)
}

async fn apply(tx: &DatabaseTransaction, receipts: &[Receipt], now: DateTime<Utc>) -> Result<Applied, DbErr> {
    let parsed = parse::receipts(receipts);
    let directory =
        channels::Directory::load(tx, parsed.items.iter().map(|item| &item.inbound.channel)).await?;

    let mut set_aside = parsed.set_aside;
    let (mut arrivals, mut reports) = (Vec::new(), Vec::new());
    for item in parsed.items {
        let Some(channel) = directory.find(&item.inbound.channel) else {
            set_aside.push(quarantine::unknown_channel(&item));
            continue;
        };
        match item.inbound.event {
            InboundEvent::Message(message) => arrivals.push(Arrival {
                channel,
                position: item.position,
                received_at: item.received_at,
                message: *message,
            }),
            InboundEvent::Status(report) => {
                reports.push(Report { channel, receipt: item.receipt, report: *report })
            }
            // Kept raw in the receipt until the rooms that act on it exist.
            _ => tracing::info!(receipt = item.receipt, "receipt {} carries a notice", item.receipt),
        }
    }

    let mut happened = Vec::new();
    let arrivals = messages::not_yet_stored(tx, arrivals).await?;
    let contacts = contacts::resolve(tx, &arrivals, now).await?;
    let mut talks = conversations::open(tx, &arrivals, &contacts, now, &mut happened).await?;
    let messages = messages::store(tx, &arrivals, &contacts, &mut talks, now, &mut happened).await?;
    talks.save(tx).await?;
    statuses::apply(tx, &reports, now, &mut happened).await?;
    quarantine::store(tx, &set_aside).await?;
    settle(tx, receipts, &set_aside, now).await?;
    events::append(tx, &happened, now).await?;
    Ok(Applied { receipts: receipts.len(), messages, waiting: talks.any_waiting(), more: false })
}

/// Take the receipts off the list of new ones.
async fn settle(
    tx: &DatabaseTransaction,
    receipts: &[Receipt],
    set_aside: &[quarantine::SetAside],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let all: Vec<i64> = receipts.iter().map(|receipt| receipt.id).collect();
    let spoiled: Vec<i64> = set_aside.iter().map(|entry| entry.receipt_id).collect();
    rows::run(
        tx,
        "update receipt set applied_at = $3, state = case when id = any($2) then 'quarantined' else 'applied' end
         where id = any($1)",
        [all.into(), spoiled.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// The loop around [`step`]. Ends when `stop` is set.
pub async fn run(db: DatabaseConnection, wakes: Wakes, mut stop: tokio::sync::watch::Receiver<bool>) {
    while !*stop.borrow() {
        // Whatever is committed from here on rings, so only a full batch is a reason to look again at once.
        let rung = wakes.applier.notified();
        match step(&db, Utc::now()).await {
            Ok(applied) => {
                if applied.receipts > 0 {
                    wakes.relay();
                }
                if applied.waiting {
                    wakes.dispatch();
                }
                if applied.more {
                    continue;
                }
            }
            Err(error) => {
                tracing::error!(%error, "receipts could not be applied; they stay in the ledger and are tried again");
            }
        }
        tokio::select! {
            () = rung => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stop.changed() => {}
        }
    }
}
