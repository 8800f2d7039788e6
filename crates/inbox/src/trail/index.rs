//! Noting what receipts told, a few seconds after they came and off the road of messages: a webhook pays nothing for
//! being findable.

use std::time::Duration;

use domain::{
    Address, ChannelId,
    inbound::{Inbound, InboundEvent, PastProgress},
};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, TransactionTrait as _,
};
use serde::Serialize;

use crate::{
    applier::{Receipt, channels::Directory, parse},
    rows,
};

/// Receipts in one bite.
const BITE: i64 = 500;
/// Numbers of receipts are given before their commit: one that is younger than this may still have a neighbour before
/// it that nobody can see yet.
const SETTLED_AFTER: Duration = Duration::from_secs(10);
/// Bites in a row, so that a flood of receipts does not keep a worker for ever.
const BITES: usize = 40;

#[derive(Serialize)]
struct Row {
    receipt_id: i64,
    item: usize,
    channel_id: Option<ChannelId>,
    what: &'static str,
    vendor_id: Option<String>,
    number_key: Option<String>,
    quotes: Option<String>,
}

/// Note what receipts told until all that have settled are noted, or enough for now. How many.
///
/// # Errors
/// When the database fails; the rest is noted the next time.
pub async fn catch_up(db: &DatabaseConnection) -> Result<usize, DbErr> {
    let mut noted = 0;
    for _ in 0..BITES {
        let bite = step(db, SETTLED_AFTER).await?;
        noted += bite;
        if i64::try_from(bite).is_ok_and(|bite| bite < BITE) {
            break;
        }
    }
    Ok(noted)
}

/// Note one bite of the receipts that came longer than `settled` ago. How many.
///
/// # Errors
/// When the database fails.
pub async fn step(db: &DatabaseConnection, settled: Duration) -> Result<usize, DbErr> {
    let tx = db.begin().await?;
    let mark = progress(&tx, "indexed").await?;
    let receipts: Vec<Receipt> = rows::all(
        &tx,
        "select id, source, query, body, received_at from receipt
         where id > $1 and received_at <= clock_timestamp() - make_interval(secs => $2) order by id limit $3",
        [mark.into(), settled.as_secs_f64().into(), BITE.into()],
    )
    .await?;
    let Some(last) = receipts.last() else {
        tx.rollback().await?;
        return Ok(0);
    };
    let last = last.id;
    note(&tx, &receipts).await?;
    let ids: Vec<i64> = receipts.iter().map(|receipt| receipt.id).collect();
    rows::run(
        &tx,
        "insert into ledger_minute (minute, receipt_id)
         select date_trunc('minute', received_at), min(id) from receipt where id = any($1) group by 1
         on conflict do nothing",
        [ids.into()],
    )
    .await?;
    set_progress(&tx, "indexed", last).await?;
    tx.commit().await?;
    Ok(receipts.len())
}

/// Note what these receipts told, in place of what was noted of them before.
async fn note(tx: &DatabaseTransaction, receipts: &[Receipt]) -> Result<(), DbErr> {
    let parsed = parse::receipts(receipts);
    let directory = Directory::load(tx, parsed.items.iter().map(|item| &item.inbound.channel)).await?;
    let told = parsed.items.iter().map(|item| {
        let channel = directory.find(&item.inbound.channel).map(|channel| channel.id);
        row(item.receipt, item.index, channel, &item.inbound)
    });
    let broken = parsed.set_aside.iter().map(|entry| Row {
        receipt_id: entry.receipt_id,
        item: entry.item.unwrap_or(0),
        channel_id: None,
        what: "broken",
        vendor_id: None,
        number_key: None,
        quotes: None,
    });
    let items: Vec<Row> = told.chain(broken).collect();
    rows::run(
        tx,
        "insert into receipt_item (receipt_id, item, channel_id, what, vendor_id, number_key, quotes)
         select receipt_id, item, channel_id, what, vendor_id, number_key, quotes
         from json_to_recordset($1::text::json) as row(receipt_id bigint, item int, channel_id uuid, what text,
             vendor_id text, number_key text, quotes text)
         on conflict (receipt_id, item) do update set channel_id = excluded.channel_id, what = excluded.what,
             vendor_id = excluded.vendor_id, number_key = excluded.number_key, quotes = excluded.quotes",
        [rows::recordset(&items)?],
    )
    .await?;
    Ok(())
}

/// Note again what receipts told: their channel may have been connected since, or their kind understood.
pub(crate) async fn note_again(tx: &DatabaseTransaction, ids: &[i64]) -> Result<(), DbErr> {
    let receipts: Vec<Receipt> = rows::all(
        tx,
        "select id, source, query, body, received_at from receipt where id = any($1) order by id",
        [ids.to_vec().into()],
    )
    .await?;
    note(tx, &receipts).await
}

/// How far a reader of the ledger has come; locked until the transaction ends.
pub(crate) async fn progress(tx: &impl ConnectionTrait, name: &str) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Mark {
        receipt_id: i64,
    }
    rows::run(
        tx,
        "insert into ledger_progress (name, receipt_id) values ($1, 0) on conflict do nothing",
        [name.into()],
    )
    .await?;
    let found: Vec<Mark> =
        rows::all(tx, "select receipt_id from ledger_progress where name = $1 for update", [name.into()])
            .await?;
    Ok(found.first().map_or(0, |mark| mark.receipt_id))
}

/// A reader has come so far.
pub(crate) async fn set_progress(tx: &impl ConnectionTrait, name: &str, receipt: i64) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update ledger_progress set receipt_id = $2 where name = $1",
        [name.into(), receipt.into()],
    )
    .await?;
    Ok(())
}

fn row(receipt_id: i64, item: usize, channel_id: Option<ChannelId>, inbound: &Inbound) -> Row {
    let first = |addresses: &[Address]| addresses.first().map(Address::key);
    let mut row =
        Row { receipt_id, item, channel_id, what: "notice", vendor_id: None, number_key: None, quotes: None };
    match &inbound.event {
        InboundEvent::Message(message) => {
            row.what = "message";
            row.vendor_id = Some(message.vendor_id.clone());
            row.number_key = first(&message.from);
            row.quotes = message.context.as_ref().and_then(|context| context.vendor_id.clone());
        }
        InboundEvent::Status(report) => {
            row.what = "status";
            row.vendor_id = Some(report.vendor_id.clone());
        }
        InboundEvent::Echo(echo) => {
            row.what = "echo";
            row.vendor_id = Some(echo.vendor_id.clone());
            row.number_key = first(&echo.to);
        }
        InboundEvent::Past(past) => {
            row.what = "past";
            row.vendor_id = Some(past.vendor_id.clone());
            row.number_key = first(past.customer.as_slice());
        }
        InboundEvent::PastProgress(PastProgress::Chunk { .. } | PastProgress::Refused(_)) => {
            row.what = "past"
        }
        InboundEvent::AddressBook(entry) => {
            row.what = "address_book";
            row.number_key = Some(entry.address.key());
        }
        InboundEvent::AddressChanged(change) => {
            row.what = "address_change";
            row.number_key = first(&change.before);
        }
        InboundEvent::Consent(consent) => {
            row.what = "consent";
            row.number_key = first(&consent.from);
        }
        InboundEvent::Notice(_) => {}
    }
    row
}
