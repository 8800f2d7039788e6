//! How fast a number may send just now: its own limit, less what comes in.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{ChannelId, ChannelKind};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::{channels::first_id, rows};

/// Messages a second of a number that is used in the app on a phone, too (whatsapp-cloud.md §4.5, §5.5).
const SHARED: i32 = 20;
/// What comes in is counted over this time.
const LOOK_BACK: Duration = Duration::from_secs(10);

/// What a number carries beside our own messages.
#[derive(Debug, Clone, Copy, FromQueryResult)]
struct Carried {
    shared: bool,
    received: i64,
}

/// The messages a second that a channel may send now, of `per_second` that its settings allow.
///
/// # Errors
/// When the database fails.
pub(super) async fn now(
    db: &impl ConnectionTrait,
    (channel, kind): (ChannelId, ChannelKind),
    per_second: i32,
    now: DateTime<Utc>,
) -> Result<i32, DbErr> {
    if kind != ChannelKind::WhatsappCloud {
        return Ok(per_second);
    }
    let found: Vec<Carried> = rows::all(
        db,
        "select coalesce((select (facts->>'on_app')::boolean from channel_facts where channel_id = $1), false) as shared,
             (select count(*) from message where id >= $2 and channel_id = $1 and direction = 'in') as received",
        [channel.into(), first_id(now - LOOK_BACK).into()],
    )
    .await?;
    Ok(found.first().map_or(per_second, |carried| left(per_second, *carried)))
}

/// Meta counts both ways together (whatsapp-cloud.md §5.5). However much comes in, answers go on.
fn left(per_second: i32, carried: Carried) -> i32 {
    let most = if carried.shared { per_second.min(SHARED) } else { per_second };
    let received = carried.received / i64::try_from(LOOK_BACK.as_secs()).unwrap_or(1);
    let received = i32::try_from(received).unwrap_or(i32::MAX);
    most.saturating_sub(received).max(most / 4).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_is_taken_off_and_a_shared_number_has_twenty() {
        let left = |per_second, shared, received| left(per_second, Carried { shared, received });
        assert_eq!(left(80, false, 0), 80);
        assert_eq!(left(80, false, 305), 50);
        assert_eq!(left(80, false, 900_000), 20, "answers go on");
        assert_eq!(left(80, true, 0), 20);
        assert_eq!(left(10, true, 0), 10, "an admin may want less");
        assert_eq!(left(1, true, 900), 1);
    }
}
