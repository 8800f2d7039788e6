//! The end of a batch: receipts leave the list of new ones, and channels are noted as heard of.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::ChannelId;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;

use super::{Receipt, quarantine::SetAside, sorting::Sorted};
use crate::rows;

/// When a channel was last heard of, by kind of webhook.
#[derive(Debug, Serialize)]
struct Heard {
    channel_id: ChannelId,
    message_at: Option<DateTime<Utc>>,
    status_at: Option<DateTime<Utc>>,
    notice_at: Option<DateTime<Utc>>,
}

/// The channels that a batch was about, to be noted when it ends.
#[derive(Default)]
pub(crate) struct Ears(BTreeMap<ChannelId, Heard>);

impl Ears {
    pub fn of(sorted: &Sorted) -> Self {
        let mut ears = Self::default();
        for arrival in sorted.runs.iter().flat_map(|run| &run.arrivals) {
            let heard = ears.channel(arrival.channel.id);
            heard.message_at = heard.message_at.max(Some(arrival.received_at));
        }
        for report in &sorted.reports {
            let heard = ears.channel(report.channel.id);
            heard.status_at = heard.status_at.max(Some(report.received_at));
        }
        for told in &sorted.notices {
            let heard = ears.channel(told.any_channel);
            heard.notice_at = heard.notice_at.max(Some(told.received_at));
        }
        ears
    }

    fn channel(&mut self, id: ChannelId) -> &mut Heard {
        self.0.entry(id).or_insert(Heard {
            channel_id: id,
            message_at: None,
            status_at: None,
            notice_at: None,
        })
    }
}

/// Take the receipts off the list of new ones. What was heard is noted in the same breath, to five seconds: a busy
/// channel's row is not written for every batch.
pub(crate) async fn settle(
    tx: &DatabaseTransaction,
    receipts: &[Receipt],
    set_aside: &[SetAside],
    ears: &Ears,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let all: Vec<i64> = receipts.iter().map(|receipt| receipt.id).collect();
    let spoiled: Vec<i64> = set_aside.iter().map(|entry| entry.receipt_id).collect();
    let heard: Vec<&Heard> = ears.0.values().collect();
    rows::run(
        tx,
        "with noted as (
             insert into channel_heard as known (channel_id, message_at, status_at, notice_at)
             select channel_id, message_at, status_at, notice_at
             from json_to_recordset($4::text::json)
                 as row(channel_id uuid, message_at timestamptz, status_at timestamptz, notice_at timestamptz)
             on conflict (channel_id) do update set message_at = greatest(known.message_at, excluded.message_at),
                 status_at = greatest(known.status_at, excluded.status_at),
                 notice_at = greatest(known.notice_at, excluded.notice_at)
             where excluded.message_at > coalesce(known.message_at, '-infinity') + interval '5 seconds'
                 or excluded.status_at > coalesce(known.status_at, '-infinity') + interval '5 seconds'
                 or excluded.notice_at > coalesce(known.notice_at, '-infinity') + interval '5 seconds')
         update receipt set applied_at = $3, state = case when id = any($2) then 'quarantined' else 'applied' end
         where id = any($1)",
        [all.into(), spoiled.into(), now.into(), rows::recordset(&heard)?],
    )
    .await?;
    Ok(())
}
