//! What a message will cost if it is sent now.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{ChannelId, ChannelKind};
use pricing::{Category, Currency, Plan, Quote};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::reading;
use crate::rows;

/// What a message through `channel` to `recipient` would cost now; `None` when only the vendor can tell, afterwards.
/// `in_window`: whether the reply window is open.
///
/// # Errors
/// When the database fails.
pub async fn quote(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    recipient: &str,
    category: Category,
    in_window: bool,
    now: DateTime<Utc>,
) -> Result<Option<Quote>, DbErr> {
    #[derive(FromQueryResult)]
    struct Billed {
        kind: ChannelKind,
        currency: String,
        time_zone: String,
    }
    let found: Vec<Billed> = rows::all(
        db,
        "select ch.kind, coalesce(b.currency, 'USD') as currency, coalesce(b.time_zone, 'UTC') as time_zone
         from channel ch left join account_billing b on b.account_key = ch.account_key where ch.id = $1",
        [channel.into()],
    )
    .await?;
    let Some(billed) = found.into_iter().next() else { return Ok(None) };
    let zone: Tz = billed.time_zone.parse().unwrap_or(Tz::UTC);
    let free_used = if category == Category::Service {
        reading::free_used(db, channel, now.with_timezone(&zone).date_naive()).await?
    } else {
        0
    };
    let plan = Plan {
        channel: billed.kind,
        recipient,
        category,
        currency: billed.currency.parse().unwrap_or(Currency::USD),
        zone,
        in_window,
        // The vendor opens it and labels what falls into it; ahead of that nothing tells.
        free_entry_until: None,
        free_used: u32::try_from(free_used).unwrap_or(u32::MAX),
    };
    Ok(pricing::quote(&plan, now))
}
