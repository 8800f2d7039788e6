//! Putting aside what can't be understood or applied, with its reason, so that everything else goes on.

use chrono::{DateTime, Utc};
use domain::inbound::Broken;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, TransactionTrait};
use serde::Serialize;

use super::parse::Item;
use crate::rows;

/// A part of a receipt, or the whole, that goes into quarantine.
#[derive(Debug, Serialize)]
pub(crate) struct SetAside {
    pub receipt_id: i64,
    pub item: Option<usize>,
    pub reason: String,
    pub raw: Option<serde_json::Value>,
}

/// A webhook that is signed by a vendor we know about a number we don't.
pub(crate) fn unknown_channel(item: &Item) -> SetAside {
    SetAside {
        receipt_id: item.receipt,
        item: Some(item.index),
        reason: format!("no channel is connected as {}", item.inbound.channel.text()),
        raw: serde_json::to_value(&item.inbound).ok(),
    }
}

/// A part that the gateway could not read.
pub(crate) fn broken(receipt_id: i64, item: usize, broken: Broken) -> SetAside {
    SetAside { receipt_id, item: Some(item), reason: broken.reason, raw: Some(broken.raw) }
}

/// A receipt that could not be read at all.
pub(crate) fn unreadable(receipt_id: i64, reason: String) -> SetAside {
    SetAside { receipt_id, item: None, reason, raw: None }
}

/// Write the entries down.
pub(crate) async fn store(tx: &DatabaseTransaction, entries: &[SetAside]) -> Result<(), DbErr> {
    if entries.is_empty() {
        return Ok(());
    }
    for entry in entries {
        tracing::warn!(
            receipt = entry.receipt_id,
            item = entry.item,
            "a part of receipt {} went into quarantine",
            entry.receipt_id
        );
    }
    rows::run(
        tx,
        "insert into quarantine (receipt_id, item, reason, raw)
         select receipt_id, item, reason, raw
         from json_to_recordset($1::text::json) as row(receipt_id bigint, item int, reason text, raw jsonb)",
        [rows::recordset(entries)?],
    )
    .await?;
    Ok(())
}

/// Why the database did not take a receipt, for the admin and the log: its own sentence can quote what customers wrote.
fn why(error: &DbErr) -> String {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return "it can't be written down".to_owned();
    };
    let fault = cause.as_database_error();
    let code = fault.and_then(|fault| fault.code()).unwrap_or_default();
    match fault.and_then(|fault| fault.constraint()) {
        Some(constraint) => format!("the database refuses it: {code}, {constraint}"),
        None => format!("the database refuses it: {code}"),
    }
}

/// The oldest receipt failed by itself: count the try, and put it aside when it has had enough of them.
pub(crate) async fn suspect_oldest(
    db: &DatabaseConnection,
    error: &DbErr,
    tries: i16,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let why = why(error);
    let tx = db.begin().await?;
    rows::run(
        &tx,
        "with oldest as (
             update receipt set tries = tries + 1,
                 state = case when tries + 1 >= $2 then 'quarantined' else state end,
                 applied_at = case when tries + 1 >= $2 then $3 else applied_at end
             where id = (select id from receipt where state = 'new' order by id limit 1)
             returning id, state
         )
         insert into quarantine (receipt_id, reason) select id, $1 from oldest where state = 'quarantined'",
        [why.as_str().into(), tries.into(), now.into()],
    )
    .await?;
    tx.commit().await?;
    tracing::error!(error = why, "the oldest receipt can't be applied by itself");
    Ok(())
}
