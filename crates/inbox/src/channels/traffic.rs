//! How busy numbers are, by the hour, and whether one that usually is has fallen silent.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use domain::{
    AlarmKind, ChannelId, Severity,
    silence::{Silence, WEEKS, judge},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use crate::{
    alarms::{self, Subject},
    gaps, rows,
};

/// The smallest id of a message made at that moment: ids are time-ordered, so the primary key finds the newest.
pub(crate) fn first_id(at: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    Uuid::from_bytes(bytes)
}

/// Count what came in during the last hours. Counting again gives the same; old counts are forgotten.
///
/// # Errors
/// When the database fails.
pub async fn count_hours(tx: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Counted {
        until: Option<DateTime<Utc>>,
    }
    let counted: Vec<Counted> = rows::all(tx, "select max(hour) as until from channel_hour", []).await?;
    let forgotten = now - TimeDelta::weeks(WEEKS + 1);
    let from = counted.first().and_then(|row| row.until).unwrap_or(forgotten).max(forgotten);
    let from = from.duration_trunc(TimeDelta::hours(1)).unwrap_or(from);
    rows::run(
        tx,
        "insert into channel_hour (channel_id, hour, inbound)
         select channel_id, date_trunc('hour', written_at, 'UTC'), count(*)
         from message where id >= $1 and written_at >= $2 and direction = 'in' group by 1, 2
         on conflict (channel_id, hour) do update set inbound = excluded.inbound",
        [first_id(from - TimeDelta::minutes(1)).into(), from.into()],
    )
    .await?;
    rows::run(tx, "delete from channel_hour where hour < $1", [forgotten.into()]).await?;
    Ok(())
}

/// Raise or clear the alarm of silence for every channel in use, and open or close the ledger's gap with it; how many are
/// silent.
///
/// # Errors
/// When the database fails.
pub async fn judge_silence(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<usize, DbErr> {
    #[derive(FromQueryResult)]
    struct Busy {
        id: ChannelId,
        created_at: DateTime<Utc>,
        last: Option<DateTime<Utc>>,
        hours: Vec<i64>,
        counts: Vec<i64>,
    }
    let all: Vec<Busy> = rows::all(
        tx,
        "select c.id, least(c.created_at, min(t.hour)) as created_at,
             (select message_at from channel_heard h where h.channel_id = c.id) as last,
             coalesce(array_agg(extract(epoch from t.hour)::bigint order by t.hour)
                 filter (where t.hour is not null), '{}') as hours,
             coalesce(array_agg(t.inbound::bigint order by t.hour) filter (where t.hour is not null), '{}') as counts
         from channel c left join channel_hour t on t.channel_id = c.id
         where c.disabled_at is null group by c.id",
        [],
    )
    .await?;
    let mut silent = 0;
    for channel in all {
        let past: Vec<(DateTime<Utc>, i64)> = channel
            .hours
            .iter()
            .zip(&channel.counts)
            .filter_map(|(hour, count)| Some((DateTime::from_timestamp(*hour, 0)?, *count)))
            .collect();
        let about = Subject::Channel(channel.id);
        match judge(&past, channel.created_at, channel.last, now) {
            Silence::Silent { since, expected } => {
                silent += 1;
                let data = json!({ "detail": format!("0/{expected}"), "since": since, "expected": expected });
                let fresh =
                    alarms::raise(tx, about, AlarmKind::Silent, Severity::Critical, data, now).await?;
                gaps::fell_silent(tx, channel.id, since, now, fresh).await?;
            }
            Silence::Usual => {
                let ended = alarms::clear(tx, about, AlarmKind::Silent, now).await?;
                if let Some(last) = channel.last {
                    gaps::heard_again(tx, channel.id, last, ended, now).await?;
                }
            }
        }
    }
    Ok(silent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_later_are_larger() {
        let now = Utc::now();
        let id = Uuid::now_v7();
        assert!(first_id(now - TimeDelta::seconds(1)) < id && id < first_id(now + TimeDelta::seconds(60)));
    }
}
