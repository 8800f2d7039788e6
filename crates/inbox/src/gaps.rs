//! Stretches in which we may have missed something: when no node was there to hear, statuses about messages nobody knows,
//! customers who answer what we never got, numbers that fell silent.
//!
//! A gap of a Twilio channel is closed by listing; Meta repeats by itself for days (whatsapp-cloud.md §1.4), so a gap of
//! its channels stands until that time is over.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{AlarmKind, ChannelId};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, TransactionTrait as _};
use uuid::Uuid;

use crate::{rows, trail};

/// Why we may have missed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// No node was alive to take webhooks.
    Stopped,
    /// Statuses came about messages that we don't know.
    UnknownStatus,
    /// Customers answered messages that we never got.
    Quoted,
    /// A number that is usually busy said nothing.
    Silent,
}

impl Cause {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Stopped, Self::UnknownStatus, Self::Quoted, Self::Silent];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::UnknownStatus => "unknown_status",
            Self::Quoted => "quoted",
            Self::Silent => "silent",
        }
    }

    /// The cause behind a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == word)
    }
}

/// After this Meta repeats nothing any more, and what was missed stays missed.
const META_REPEATS_DAYS: i32 = 7;

/// A stretch in which something may have been missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The channel; none for all.
    pub channel: Option<ChannelId>,
    /// Why.
    pub cause: Cause,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// How many signs of it there were.
    pub seen: i32,
}

/// Write a gap down, or extend the open one of its cause and channel.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &impl ConnectionTrait, stretch: &Stretch) -> Result<(), DbErr> {
    rows::run(
        tx,
        "insert into ledger_gap as g (id, channel_id, cause, from_at, until_at, seen) values ($1, $2, $3, $4, $5, $6)
         on conflict (cause, coalesce(channel_id::text, '')) where state = 'open' do update
             set from_at = least(g.from_at, excluded.from_at), until_at = greatest(g.until_at, excluded.until_at),
                 seen = g.seen + excluded.seen",
        [
            Uuid::now_v7().into(),
            stretch.channel.into(),
            stretch.cause.as_str().into(),
            stretch.from.into(),
            stretch.until.into(),
            stretch.seen.into(),
        ],
    )
    .await?;
    Ok(())
}

/// A number that is usually busy said nothing from `since` until now; `fresh`: that was not known before. While it goes
/// on it is one gap, which no list closes.
pub(crate) async fn fell_silent(
    tx: &impl ConnectionTrait,
    channel: ChannelId,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
    fresh: bool,
) -> Result<(), DbErr> {
    if fresh {
        let stretch =
            Stretch { channel: Some(channel), cause: Cause::Silent, from: since, until: now, seen: 1 };
        return open(tx, &stretch).await;
    }
    rows::run(
        tx,
        "update ledger_gap set until_at = greatest(until_at, $3)
         where channel_id = $1 and cause = $2 and state = 'open'",
        [channel.into(), Cause::Silent.as_str().into(), now.into()],
    )
    .await?;
    Ok(())
}

/// A message came at `last`: a silence before it is over. Meta repeats by itself what it could not deliver, so there is
/// nothing more to do; of a Twilio number the silence is listed first. `ended`: the alarm stood until now.
pub(crate) async fn heard_again(
    tx: &impl ConnectionTrait,
    channel: ChannelId,
    last: DateTime<Utc>,
    ended: bool,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update ledger_gap g set until_at = case when $4 then greatest(g.until_at, $3) else g.until_at end,
             state = case when c.kind = 'whatsapp_cloud' then 'noted' else g.state end,
             settled_at = case when c.kind = 'whatsapp_cloud' then $5 else g.settled_at end
         from channel c
         where g.channel_id = $1 and c.id = g.channel_id and g.cause = $2 and g.state = 'open' and g.from_at < $3",
        [channel.into(), Cause::Silent.as_str().into(), last.into(), ended.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// A node that takes webhooks is alive. When none had been for longer than `silence`, the stretch is written down and
/// answered.
///
/// # Errors
/// When the database fails.
pub async fn beat(db: &DatabaseConnection, silence: Duration) -> Result<Option<Stretch>, DbErr> {
    #[derive(FromQueryResult)]
    struct Before {
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    }
    let tx = db.begin().await?;
    // Nodes that start together wait for each other here, and only the first finds the silence.
    let before: Vec<Before> =
        rows::all(&tx, "select at, clock_timestamp() as now from heartbeat for update", []).await?;
    rows::run(
        &tx,
        "insert into heartbeat (at) values (clock_timestamp())
         on conflict (only_row) do update set at = greatest(heartbeat.at, excluded.at)",
        [],
    )
    .await?;
    let gap = before
        .first()
        .filter(|row| (row.now - row.at).to_std().is_ok_and(|quiet| quiet > silence))
        .map(|row| Stretch { channel: None, cause: Cause::Stopped, from: row.at, until: row.now, seen: 1 });
    if let Some(gap) = &gap {
        open(&tx, gap).await?;
    }
    tx.commit().await?;
    Ok(gap)
}

#[derive(FromQueryResult)]
struct Signs {
    channel_id: ChannelId,
    from_at: DateTime<Utc>,
    until_at: DateTime<Utc>,
    seen: i32,
}

/// Look through what was received longer than `patience` ago for statuses whose message never became known, and for
/// quoted messages that never came. New gaps.
///
/// # Errors
/// When the database fails.
pub async fn watch(db: &DatabaseConnection, patience: Duration) -> Result<Vec<Stretch>, DbErr> {
    #[derive(FromQueryResult)]
    struct Bound {
        bound: Option<i64>,
    }
    let tx = db.begin().await?;
    let mark = trail::progress(&tx, "watched").await?;
    let bounds: Vec<Bound> = rows::all(
        &tx,
        // No further than what is noted, and a day's worth of a busy house at a time.
        "select least((select receipt_id - 1 from ledger_minute
                       where minute > clock_timestamp() - make_interval(secs => $2) order by minute limit 1),
                      (select receipt_id from ledger_progress where name = 'indexed'),
                      $1 + 100000) as bound",
        [mark.into(), patience.as_secs_f64().into()],
    )
    .await?;
    let Some(bound) = bounds.first().and_then(|row| row.bound).filter(|bound| *bound > mark) else {
        tx.rollback().await?;
        return Ok(Vec::new());
    };
    let unknown: Vec<Signs> = rows::all(
        &tx,
        "select i.channel_id, min(r.received_at) as from_at, max(r.received_at) as until_at, count(*)::int as seen
         from receipt_item i join receipt r on r.id = i.receipt_id
         where i.receipt_id > $1 and i.receipt_id <= $2 and i.what = 'status' and i.channel_id is not null
             and not exists (select from message m where m.channel_id = i.channel_id and m.vendor_id = i.vendor_id)
         group by i.channel_id",
        [mark.into(), bound.into()],
    )
    .await?;
    let quoted: Vec<Signs> = rows::all(
        &tx,
        "select i.channel_id, min(r.received_at) as from_at, max(r.received_at) as until_at, count(*)::int as seen
         from receipt_item i join receipt r on r.id = i.receipt_id
         where i.receipt_id > $1 and i.receipt_id <= $2 and i.what = 'message' and i.channel_id is not null
             and i.quotes is not null
             and not exists (select from message m where m.channel_id = i.channel_id and m.vendor_id = i.quotes)
         group by i.channel_id",
        [mark.into(), bound.into()],
    )
    .await?;
    trail::set_progress(&tx, "watched", bound).await?;
    let stretches = |signs: Vec<Signs>, cause| {
        signs.into_iter().map(move |signs| Stretch {
            channel: Some(signs.channel_id),
            cause,
            from: signs.from_at,
            until: signs.until_at,
            seen: signs.seen,
        })
    };
    let found: Vec<Stretch> =
        stretches(unknown, Cause::UnknownStatus).chain(stretches(quoted, Cause::Quoted)).collect();
    for stretch in &found {
        open(&tx, stretch).await?;
    }
    tx.commit().await?;
    Ok(found)
}

/// Close the gaps that the last listings have covered, and those for which nothing more can come. How many.
///
/// # Errors
/// When the database fails.
pub async fn settle(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64, DbErr> {
    // What concerns all channels is closed when each Twilio channel in use was listed beyond it.
    let settled = rows::run(
        db,
        "with twilio as (
             select id from channel where kind in ('twilio_whatsapp', 'twilio_sms') and disabled_at is null
         )
         update ledger_gap g set state = 'settled', settled_at = $1, found = coalesce(g.found, 0)
         where g.state = 'open' and exists (select from twilio where g.channel_id is null or twilio.id = g.channel_id)
             -- A silence that goes on is no stretch yet.
             and not (g.cause = 'silent' and exists (
                 select from alarm a where a.channel_id = g.channel_id and a.kind = $2 and a.cleared_at is null))
             and not exists (
                 select from twilio left join reconciled r on r.channel_id = twilio.id
                 where (g.channel_id is null or twilio.id = g.channel_id)
                     and (r.until_at is null or r.until_at < g.until_at or r.error is not null))",
        [now.into(), AlarmKind::Silent.into()],
    )
    .await?;
    let noted = rows::run(
        db,
        "update ledger_gap set state = 'noted', settled_at = $1
         where state = 'open' and until_at < $1 - make_interval(days => $2)",
        [now.into(), META_REPEATS_DAYS.into()],
    )
    .await?;
    if settled + noted > 0 {
        rows::run(
            db,
            "update alarm a set cleared_at = $1
             where a.kind = $2 and a.cleared_at is null
                 and not exists (select from ledger_gap g where g.channel_id = a.channel_id and g.state = 'open')",
            [now.into(), AlarmKind::LedgerGap.into()],
        )
        .await?;
    }
    Ok(settled + noted)
}

/// A gap as the ledger's page shows it.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct GapLine {
    /// Which.
    pub id: Uuid,
    /// The channel's name; none for all.
    pub channel: Option<String>,
    /// What the channel speaks.
    pub kind: Option<domain::ChannelKind>,
    /// A [`Cause`] as stored.
    pub cause: String,
    /// From when.
    pub from_at: DateTime<Utc>,
    /// Until when.
    pub until_at: DateTime<Utc>,
    /// How many signs of it there were.
    pub seen: i32,
    /// `open`, `settled` or `noted`.
    pub state: String,
    /// Messages and statuses that the listing brought.
    pub found: Option<i32>,
    /// When it was closed.
    pub settled_at: Option<DateTime<Utc>>,
}

/// The newest gaps; of one channel when it is named.
///
/// # Errors
/// When the database fails.
pub async fn recent(
    db: &impl ConnectionTrait,
    channel: Option<ChannelId>,
    limit: i64,
) -> Result<Vec<GapLine>, DbErr> {
    rows::all(
        db,
        "select g.id, channel.name as channel, channel.kind, g.cause, g.from_at, g.until_at, g.seen, g.state, g.found,
             g.settled_at
         from ledger_gap g left join channel on channel.id = g.channel_id
         where $1::uuid is null or g.channel_id is null or g.channel_id = $1
         order by (g.state = 'open') desc, g.created_at desc limit $2",
        [channel.map(|id| id.0).into(), limit.into()],
    )
    .await
}
