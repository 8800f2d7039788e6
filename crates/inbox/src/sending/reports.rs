//! Reports that overtook the vendor's answer: they wait by the vendor's id until the answer tells whose it is.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{ChannelId, DeliveryState, MessageId};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;

use crate::{
    applier::echoes::{self, Ours},
    events, rows,
};

/// A vendor's id that has just been learnt.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Learnt {
    pub message_id: MessageId,
    pub vendor_id: String,
}

/// A report that waited.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Waited {
    message_id: MessageId,
    pub state: DeliveryState,
    pub code: Option<i64>,
    pub detail: Option<String>,
    pub pricing: Option<serde_json::Value>,
}

/// Taken before any row is locked, when vendors' ids will be stored.
///
/// It pairs with the applier's: without it, a report stored while the vendor's id is being stored would see nothing,
/// be seen by nobody, and wait for ever.
pub(super) async fn lock(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    tx.execute_unprepared("select pg_advisory_xact_lock_shared(1112, 2)").await?;
    Ok(())
}

const STORE_IDS: &str = "update message m set vendor_id = t.vendor_id
    from json_to_recordset($1::text::json) as t(message_id uuid, vendor_id text)
    where m.id = t.message_id and m.vendor_id is null
        and not exists (select from message o where o.channel_id = m.channel_id and o.vendor_id = t.vendor_id)";

/// Store vendors' ids, and give the reports that waited for them to their messages. Needs [`lock`].
pub(super) async fn adopt(
    tx: &DatabaseTransaction,
    channel: ChannelId,
    learnt: &[Learnt],
    now: DateTime<Utc>,
) -> Result<HashMap<MessageId, Vec<Waited>>, DbErr> {
    if learnt.is_empty() {
        return Ok(HashMap::new());
    }
    let ours: Vec<Ours<'_>> = learnt
        .iter()
        .map(|learnt| Ours { message_id: learnt.message_id, vendor_id: &learnt.vendor_id })
        .collect();
    let count = learnt.len();
    let learnt = rows::recordset(learnt)?;
    let stored = rows::run(tx, STORE_IDS, [learnt.clone()]).await?;
    if usize::try_from(stored).is_ok_and(|stored| stored < count) {
        // The phone app's echo of our own message may have been faster than the vendor's answer.
        let stepped = echoes::give_way(tx, channel, &ours).await?;
        if !stepped.is_empty() {
            rows::run(tx, STORE_IDS, [learnt.clone()]).await?;
            let happened: Vec<_> = stepped.into_iter().map(|event| (event, None)).collect();
            events::append(tx, &happened, now).await?;
        }
    }
    let waited: Vec<Waited> = rows::all(
        tx,
        "update status_report r set message_id = t.message_id
         from json_to_recordset($1::text::json) as t(message_id uuid, vendor_id text)
         where r.channel_id = $2 and r.vendor_id = t.vendor_id and r.message_id is null
         returning r.message_id, r.state, r.code, r.detail, r.pricing",
        [learnt, channel.into()],
    )
    .await?;
    let mut by_message: HashMap<MessageId, Vec<Waited>> = HashMap::new();
    for report in waited {
        by_message.entry(report.message_id).or_default().push(report);
    }
    Ok(by_message)
}
