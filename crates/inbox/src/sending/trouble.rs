//! What failures of messages say about the channel itself: an admin is told, and told no more once messages go out again.

use chrono::{DateTime, Utc};
use domain::{ChannelId, ChannelKind};
use sea_orm::{DatabaseTransaction, DbErr};
use serde_json::json;

use crate::{
    alarms::{self, Subject},
    rows,
};

/// Who raised it, in the alarm's data: only what sending raised ends by sending.
const BY: &str = "sending";

/// Raise what these failures of a channel's messages mean for the channel.
pub(crate) async fn failed(
    tx: &DatabaseTransaction,
    (channel, kind): (ChannelId, ChannelKind),
    codes: Vec<i64>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut told = Vec::new();
    for code in codes {
        let Some(alarm) = channel_gateway::alarm_for(kind, code) else { continue };
        if told.contains(&alarm) {
            continue;
        }
        told.push(alarm);
        let data = json!({ "by": BY, "code": code, "detail": code.to_string() });
        alarms::raise(tx, Subject::Channel(channel), alarm.kind, alarm.severity, data, now).await?;
    }
    Ok(())
}

/// A message went out: what stood in its way stands there no longer.
pub(crate) async fn went_out(
    tx: &DatabaseTransaction,
    channel: ChannelId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update alarm set cleared_at = $2
         where channel_id = $1 and cleared_at is null and severity = 'critical' and data->>'by' = $3",
        [channel.into(), now.into(), BY.into()],
    )
    .await?;
    Ok(())
}
