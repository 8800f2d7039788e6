//! Costs as screens and exports read them: summed by whatever they are asked for, unknown ones counted and never summed.

use chrono::{Datelike as _, NaiveDate};
use domain::{ChannelId, ConversationId, PersonId, QueueId};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Statement, Value};

use crate::rows;

/// A sum in one currency.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Total {
    /// ISO 4217.
    pub currency: String,
    /// Fees of both, in millionths.
    pub micros: i64,
    /// Meta's part of it.
    pub vendor_micros: i64,
    /// Twilio's part of it.
    pub carrier_micros: i64,
    /// How many messages.
    pub messages: i64,
    /// How many of them are billed at more than nothing.
    pub billed: i64,
    /// Of how many a fee is not known: the sum is without it.
    pub unknown: i64,
    /// Whether any of it follows from a card and not from the vendor's figure.
    pub estimated: bool,
}

/// A line of a report: a sum and what it is of.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Line {
    /// What it is grouped by: a day, a category, an id; empty for none (nobody wrote it).
    pub key: String,
    /// That in words, where there are any: a person's or queue's name.
    pub name: Option<String>,
    /// The sum.
    #[sea_orm(nested)]
    pub total: Total,
}

/// What a report is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Days of the account.
    Day,
    /// What it was billed as.
    Category,
    /// Who wrote it.
    Agent,
    /// The queue it was in.
    Queue,
    /// The recipient's market.
    Market,
    /// The channel.
    Channel,
}

impl By {
    const fn columns(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Day => ("k.day::text", "null::text", ""),
            Self::Category => ("k.category || ':' || k.basis", "null::text", ""),
            Self::Agent => (
                "coalesce(k.person_id::text, '')",
                "person.name",
                "left join person on person.id = k.person_id",
            ),
            Self::Queue => ("k.queue_id::text", "queue.name", "join queue on queue.id = k.queue_id"),
            Self::Market => ("k.market", "null::text", ""),
            Self::Channel => {
                ("k.channel_id::text", "channel.name", "join channel on channel.id = k.channel_id")
            }
        }
    }
}

/// Which costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Of {
    /// Of one channel.
    pub channel: Option<ChannelId>,
    /// Of one agent.
    pub person: Option<PersonId>,
    /// Of one queue.
    pub queue: Option<QueueId>,
    /// From this day on,
    pub from: Option<NaiveDate>,
    /// and up to this one.
    pub until: Option<NaiveDate>,
}

const SUMS: &str = "k.currency, sum(coalesce(k.vendor_micros, 0) + k.carrier_micros)::bigint as micros,
    sum(coalesce(k.vendor_micros, 0))::bigint as vendor_micros, sum(k.carrier_micros)::bigint as carrier_micros,
    count(*) as messages, count(*) filter (where coalesce(k.vendor_micros, 0) + k.carrier_micros > 0) as billed,
    count(*) filter (where k.vendor_micros is null) as unknown, coalesce(bool_or(k.estimated), false) as estimated";

/// Sums by something, in the order of its key; one line for each currency.
///
/// # Errors
/// When the database fails.
pub async fn by(db: &impl ConnectionTrait, by: By, of: Of) -> Result<Vec<Line>, DbErr> {
    let (key, name, join) = by.columns();
    let sql = format!(
        "select {key} as key, min({name}) as name, {SUMS} from message_cost k {join}
         where ($1::uuid is null or k.channel_id = $1) and ($2::uuid is null or k.person_id = $2)
             and ($3::uuid is null or k.queue_id = $3) and ($4::date is null or k.day >= $4)
             and ($5::date is null or k.day <= $5)
         group by 1, k.currency order by 1, k.currency"
    );
    let values: Vec<Value> = vec![
        of.channel.map(|id| id.0).into(),
        of.person.map(|id| id.0).into(),
        of.queue.map(|id| id.0).into(),
        of.from.into(),
        of.until.into(),
    ];
    Line::find_by_statement(Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values))
        .all(db)
        .await
}

/// What a conversation has cost, by currency.
///
/// # Errors
/// When the database fails.
pub async fn of_conversation(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
) -> Result<Vec<Total>, DbErr> {
    let sql = format!(
        "select {SUMS} from message_cost k where k.conversation_id = $1 group by k.currency order by 1"
    );
    Total::find_by_statement(Statement::from_sql_and_values(
        DatabaseBackend::Postgres,
        sql,
        [conversation.into()],
    ))
    .all(db)
    .await
}

/// How many free service messages a channel's number has had in the month of `day`, by the vendor's own labels.
///
/// # Errors
/// When the database fails.
pub async fn free_used(db: &impl ConnectionTrait, channel: ChannelId, day: NaiveDate) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Used {
        used: i64,
    }
    let first = day.with_day(1).unwrap_or(day);
    let found: Vec<Used> = rows::all(
        db,
        "select count(*) as used from message_cost
         where channel_id = $1 and day >= $2 and day <= $3 and category = 'service'
             and basis = 'free_customer_service'",
        [channel.into(), first.into(), day.into()],
    )
    .await?;
    Ok(found.first().map_or(0, |row| row.used))
}

/// One message's cost, for the export.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
#[expect(missing_docs, reason = "the columns of `message_cost`, and names of what they point at")]
pub struct CostRow {
    pub message_id: domain::MessageId,
    pub conversation_id: ConversationId,
    pub day: NaiveDate,
    pub direction: String,
    pub queue: String,
    pub agent: Option<String>,
    pub market: String,
    pub category: String,
    pub basis: String,
    pub currency: String,
    pub vendor_micros: Option<i64>,
    pub carrier_micros: i64,
    pub unknown: Option<String>,
    pub card: Option<String>,
    pub carrier_card: Option<String>,
    pub estimated: bool,
}

/// The costs of a channel between two days, message by message after the given place, `limit` at most. By day and id.
///
/// # Errors
/// When the database fails.
pub async fn rows_of(
    db: &impl ConnectionTrait,
    channel: ChannelId,
    from: NaiveDate,
    until: NaiveDate,
    after: Option<(NaiveDate, domain::MessageId)>,
    limit: i64,
) -> Result<Vec<CostRow>, DbErr> {
    let (day, id) = after.map_or((from, uuid::Uuid::nil()), |(day, id)| (day, id.0));
    rows::all(
        db,
        "select k.message_id, k.conversation_id, k.day, k.direction, queue.name as queue, person.name as agent, k.market,
             k.category, k.basis, k.currency, k.vendor_micros, k.carrier_micros, k.unknown, k.card, k.carrier_card,
             k.estimated
         from message_cost k join queue on queue.id = k.queue_id left join person on person.id = k.person_id
         where k.channel_id = $1 and k.day >= $4 and k.day <= $2 and (k.day, k.message_id) > ($4, $5)
         order by k.day, k.message_id limit $3",
        [channel.into(), until.into(), limit.into(), day.into(), id.into()],
    )
    .await
}
