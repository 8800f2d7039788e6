//! From receipts to messages: batches of receipts become conversations, messages, deliveries and events.
//!
//! One applier works at a time in an installation (an advisory lock for the length of a transaction), which keeps the
//! order of each contact; the unique indexes decide all the same. A receipt that breaks its batch is found by halving
//! and put into quarantine after five tries; its neighbours go on.

mod book;
mod changes;
pub(crate) mod channels;
mod consents;
mod contacts;
mod conversations;
pub(crate) mod echoes;
mod effects;
mod entering;
mod files;
mod forms;
mod messages;
mod notices;
pub(crate) mod parse;
mod past;
mod quarantine;
mod recipients;
mod settling;
mod sorting;
mod statuses;

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{ChannelKind, Event, PersonId};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult};

use crate::{Wakes, costs::posting, events, rows};

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
    /// Files that came with them, to be fetched.
    pub files: usize,
    /// Whether conversations now wait for an agent, or an agent may have room: of two who are one, one conversation ends.
    pub waiting: bool,
    /// Whether receipts may be left.
    pub more: bool,
}

/// A receipt as the applier reads it.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Receipt {
    pub id: i64,
    pub source: String,
    pub query: String,
    pub body: Vec<u8>,
    pub received_at: DateTime<Utc>,
}

/// What happened in a batch, and who did it.
type Happened = Vec<(Event, Option<PersonId>)>;

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
            // Classes 22 (data exception), 23 (constraint) and 54 (too long for an index, too deep), see the PostgreSQL
            // manual, appendix A.
            cause
                .as_database_error()
                .and_then(|fault| fault.code())
                .is_some_and(|code| ["22", "23", "54"].iter().any(|class| code.starts_with(class)))
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
    let sorted = sorting::sort(parsed.items, &directory, &mut set_aside);
    let ears = settling::Ears::of(&sorted);

    let mut happened = Happened::new();
    let mut applied = Applied { receipts: receipts.len(), ..Applied::default() };
    let mut arrivals = sorted.runs.iter().flat_map(|run| &run.arrivals);
    let carried = arrivals.any(|arrival| arrival.channel.kind == ChannelKind::TwilioWhatsapp);
    for run in sorted.runs {
        apply_run(tx, run, now, &mut happened, &mut applied).await?;
    }
    if carried {
        posting::received(tx, &happened, now).await?;
    }
    statuses::apply(tx, &sorted.reports, now, &mut happened).await?;
    past::note_progress(tx, &sorted.progress, now).await?;
    notices::apply(tx, &sorted.notices, now).await?;
    quarantine::store(tx, &set_aside).await?;
    settling::settle(tx, receipts, &set_aside, &ears, now).await?;
    events::append(tx, &happened, now).await?;
    Ok(applied)
}

async fn apply_run(
    tx: &DatabaseTransaction,
    run: sorting::Run,
    now: DateTime<Utc>,
    happened: &mut Happened,
    applied: &mut Applied,
) -> Result<(), DbErr> {
    changes::apply(tx, &run.changes, now, happened).await?;
    applied.waiting |= !run.changes.is_empty();
    book::apply(tx, &run.book, now, happened).await?;
    let mut told = run.past;
    let expected = files::expect(
        told.iter_mut().map(|one| (one.channel.id, one.said.vendor_id.as_str(), &mut one.said.content)),
        now,
    );
    past::apply(tx, told, now, happened).await?;
    applied.files += files::store(tx, &expected, now).await?;

    let (arrivals, mut waiting) = messages::not_yet_stored(tx, run.arrivals).await?;
    let asked: Vec<contacts::Asked<'_>> = arrivals
        .iter()
        .map(|arrival| contacts::Asked {
            addresses: &arrival.message.from,
            account: &arrival.channel.account_key,
            name: arrival.message.name.as_deref(),
        })
        .collect();
    let contacts = contacts::resolve(tx, &asked, now, happened).await?;
    consents::apply(tx, &run.consents, now, happened).await?;

    // What changes a message that is here opens no conversation: it goes where that message is.
    let originals = effects::originals(tx, &arrivals).await?;
    let (mut new, mut whose, mut changing) = (Vec::new(), Vec::new(), Vec::new());
    for (arrival, contact) in arrivals.into_iter().zip(contacts) {
        match effects::changed_by(&originals, &arrival, contact) {
            Some(original) => changing.push((arrival, original)),
            None => {
                new.push(arrival);
                whose.push(contact);
            }
        }
    }
    let expected = files::expect(
        new.iter_mut().map(|one: &mut sorting::Arrival| {
            (one.channel.id, one.message.vendor_id.as_str(), &mut one.message.content)
        }),
        now,
    );
    let mut talks = conversations::open(tx, &new, &whose, now, happened).await?;
    let stored = messages::store(tx, &new, &whose, &mut talks, now, happened).await?;
    applied.files += files::store(tx, &expected, now).await?;
    talks.save(tx, now).await?;
    applied.messages += stored.count + changing.len();
    applied.waiting |= !talks.waiting().is_empty();

    waiting.extend(stored.waiting);
    let mut effects = messages::store_changing(tx, &changing, now).await?;
    effects.extend(effects::waited(tx, &waiting).await?);
    effects::apply(tx, effects, happened).await
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
                if applied.files > 0 {
                    wakes.work();
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
