//! The vendor's own books, to be compared with ours. They never overwrite ours.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Serialize;

use crate::rows;

/// A line of the vendor's books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// The day, in the account's time zone.
    pub day: NaiveDate,
    /// Our number, digits.
    pub number: String,
    /// As ours.
    pub category: String,
    /// As ours.
    pub basis: String,
    /// The recipient's country.
    pub country: String,
    /// Messages.
    pub volume: i64,
    /// In millionths; `None` where the vendor hides it.
    pub cost_micros: Option<i64>,
}

/// Write down what the vendor's books say of some days. What they said before of the same is replaced.
///
/// # Errors
/// When the database fails.
pub async fn record(
    tx: &impl ConnectionTrait,
    account_key: &str,
    currency: &str,
    points: &[Point],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "insert into vendor_cost (account_key, day, number, category, basis, country, volume, cost_micros, currency,
             read_at)
         select $2, day, number, category, basis, country, sum(volume), sum(cost_micros), $3, $4
         from json_to_recordset($1::text::json) as row(day date, number text, category text, basis text, country text,
             volume bigint, cost_micros bigint)
         group by day, number, category, basis, country
         on conflict (account_key, day, number, category, basis, country) do update set volume = excluded.volume,
             cost_micros = excluded.cost_micros, currency = excluded.currency, read_at = excluded.read_at",
        [rows::recordset(points)?, account_key.into(), currency.into(), now.into()],
    )
    .await?;
    note(tx, account_key, points.iter().map(|point| point.day).max(), None, now).await
}

/// Write down that the vendor's books were asked for, and what came of it.
///
/// # Errors
/// When the database fails.
pub async fn note(
    tx: &impl ConnectionTrait,
    account_key: &str,
    until: Option<NaiveDate>,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "insert into vendor_cost_read (account_key, read_at, until_day, error) values ($1, $2, $3, $4)
         on conflict (account_key) do update set read_at = excluded.read_at,
             until_day = greatest(vendor_cost_read.until_day, excluded.until_day), error = excluded.error",
        [account_key.into(), now.into(), until.into(), error.map(str::to_owned).into()],
    )
    .await?;
    Ok(())
}

/// Ours and theirs of one category.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Compared {
    /// As stored.
    pub category: String,
    /// As stored.
    pub basis: String,
    /// Messages we posted.
    pub ours: i64,
    /// Messages the vendor counts.
    pub theirs: i64,
    /// What we posted, in millionths.
    pub our_micros: i64,
    /// What the vendor bills; `None` where it hides that.
    pub their_micros: Option<i64>,
    /// The vendor's currency.
    pub currency: String,
}

/// Ours beside theirs for the days that the vendor's books hold, of one number.
///
/// # Errors
/// When the database fails.
pub async fn compare(
    db: &impl ConnectionTrait,
    channel: domain::ChannelId,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Vec<Compared>, DbErr> {
    rows::all(
        db,
        "with theirs as (
             select v.category, v.basis, v.currency, v.day, v.volume, v.cost_micros
             from channel ch join vendor_cost v on v.account_key = ch.account_key
                 and v.number = regexp_replace(ch.address, '[^0-9]', '', 'g')
             where ch.id = $1 and v.day between $2 and $3
         ), days as (select distinct day from theirs), ours as (
             select k.category, k.basis, count(*) as n, sum(coalesce(k.vendor_micros, 0))::bigint as micros
             from message_cost k join days on days.day = k.day
             where k.channel_id = $1 and k.direction = 'out' group by 1, 2
         ), summed as (
             select category, basis, min(currency) as currency, sum(volume)::bigint as n,
                 case when count(cost_micros) > 0 then sum(cost_micros)::bigint end as micros
             from theirs group by 1, 2
         )
         select coalesce(o.category, t.category) as category, coalesce(o.basis, t.basis) as basis,
             coalesce(o.n, 0) as ours, coalesce(t.n, 0) as theirs, coalesce(o.micros, 0) as our_micros,
             t.micros as their_micros, coalesce(t.currency, '') as currency
         from ours o full join summed t on t.category = o.category and t.basis = o.basis
         order by 1, 2",
        [channel.into(), from.into(), until.into()],
    )
    .await
}

/// When an account's books were last read, and what went wrong.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Read {
    /// When.
    pub read_at: DateTime<Utc>,
    /// The newest day they told of.
    pub until_day: Option<NaiveDate>,
    /// What went wrong.
    pub error: Option<String>,
}

/// When an account's books were last read.
///
/// # Errors
/// When the database fails.
pub async fn last_read(db: &impl ConnectionTrait, account_key: &str) -> Result<Option<Read>, DbErr> {
    let found: Vec<Read> = rows::all(
        db,
        "select read_at, until_day, error from vendor_cost_read where account_key = $1",
        [account_key.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}
