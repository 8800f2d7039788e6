//! Finding receipts, a page at a time, each page at the same price however long the ledger is.

use chrono::{DateTime, Utc};
use domain::{Address, ChannelId, ConversationId, MessageId};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Statement, Value};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::rows;

/// Where a receipt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptState {
    /// Waits to be applied.
    New,
    /// Applied, perhaps without effect.
    Applied,
    /// It, or a part of it, was put aside.
    Quarantined,
}

impl ReceiptState {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::New, Self::Applied, Self::Quarantined];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Applied => "applied",
            Self::Quarantined => "quarantined",
        }
    }

    /// The state behind a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Which receipts. What is not said does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// About this customer: a number in any spelling, or a user id.
    pub number: Option<String>,
    /// About this message: the vendor's id of it, or ours.
    pub message: Option<String>,
    /// Received at or after.
    pub from: Option<DateTime<Utc>>,
    /// Received at or before.
    pub until: Option<DateTime<Utc>>,
    /// Standing there.
    pub state: Option<ReceiptState>,
    /// About this channel.
    pub channel: Option<ChannelId>,
}

/// A receipt in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceiptLine {
    /// Its number.
    pub id: i64,
    /// Where it came in.
    pub source: String,
    /// When.
    pub received_at: DateTime<Utc>,
    /// Where it stands.
    pub state: String,
    /// Tries by itself that failed.
    pub tries: i16,
    /// When it was applied or put aside.
    pub applied_at: Option<DateTime<Utc>>,
    /// When its body was forgotten.
    pub forgotten_at: Option<DateTime<Utc>>,
    /// The length of its body.
    pub bytes: i32,
    /// How many things it told; none where it is not noted yet.
    pub told: i64,
    /// The first few of them.
    pub items: Vec<Item>,
    /// Why it was put aside, the newest reason.
    pub reason: Option<String>,
}

/// One thing a receipt told, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Item {
    /// Its place in the receipt.
    pub item: i32,
    /// `message`, `status`…
    pub what: String,
    /// The channel's name.
    pub channel: Option<String>,
    /// The vendor's id of the message.
    pub vendor_id: Option<String>,
    /// The customer's address, as it is looked for.
    pub number_key: Option<String>,
    /// Our message, once there is one.
    pub message_id: Option<MessageId>,
    /// Its conversation.
    pub conversation_id: Option<ConversationId>,
    /// Whether this receipt made it, and not another one that told the same.
    #[serde(default)]
    pub made: bool,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    source: String,
    received_at: DateTime<Utc>,
    state: String,
    tries: i16,
    applied_at: Option<DateTime<Utc>>,
    forgotten_at: Option<DateTime<Utc>>,
    bytes: i32,
    told: i64,
    items: serde_json::Value,
    reason: Option<String>,
}

impl Row {
    fn line(self) -> Result<ReceiptLine, DbErr> {
        Ok(ReceiptLine {
            id: self.id,
            source: self.source,
            received_at: self.received_at,
            state: self.state,
            tries: self.tries,
            applied_at: self.applied_at,
            forgotten_at: self.forgotten_at,
            bytes: self.bytes,
            told: self.told,
            items: read(self.items)?,
            reason: self.reason,
        })
    }
}

fn read<T: DeserializeOwned>(json: serde_json::Value) -> Result<Vec<T>, DbErr> {
    serde_json::from_value(json).map_err(|error| DbErr::Json(error.to_string()))
}

/// What stands around the chosen receipts. The first items and the newest reason, by the keys of each receipt.
const AROUND: &str = "
    select r.id, r.source, r.received_at, r.state, r.tries, r.applied_at, r.forgotten_at, octet_length(r.body) as bytes,
        (select count(*) from receipt_item i where i.receipt_id = r.id) as told,
        (select coalesce(json_agg(line order by line.item), '[]') from (
            select i.item, i.what, channel.name as channel, i.vendor_id, i.number_key,
                coalesce(m.id, s.message_id) as message_id, coalesce(m.conversation_id, sm.conversation_id) as conversation_id,
                coalesce(case when i.what = 'status' then s.receipt_id = r.id else m.position / 4096 = r.id end, false)
                    as made
            from receipt_item i
            left join channel on channel.id = i.channel_id
            left join message m on m.channel_id = i.channel_id and m.vendor_id = i.vendor_id
            left join lateral (
                select * from status_report where channel_id = i.channel_id and vendor_id = i.vendor_id
                    and i.what = 'status' order by (receipt_id = r.id) desc limit 1) s on true
            left join message sm on sm.id = s.message_id
            where i.receipt_id = r.id order by i.item limit $1) line) as items,
        (select q.reason from quarantine q where q.receipt_id = r.id order by q.id desc limit 1) as reason
    from receipt r ";

/// Receipts, newest first, before the given one.
///
/// # Errors
/// When the database fails.
pub async fn page(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<ReceiptLine>, DbErr> {
    let Some(chosen) = Chosen::of(db, wanted, before).await? else { return Ok(Vec::new()) };
    let (sql, mut values) = chosen.sql();
    let place = values.len() + 2;
    values.insert(0, 3_i64.into());
    values.push(i64::from(limit).into());
    let sql = format!(
        "with chosen as ({sql} limit ${place}) {AROUND} join chosen on chosen.id = r.id order by r.id desc"
    );
    let rows: Vec<Row> =
        Row::find_by_statement(Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values))
            .all(db)
            .await?;
    rows.into_iter().map(Row::line).collect()
}

/// The numbers of the wanted receipts, oldest first, `limit` at most.
///
/// # Errors
/// When the database fails.
pub(crate) async fn ids(db: &impl ConnectionTrait, wanted: &Wanted, limit: i64) -> Result<Vec<i64>, DbErr> {
    #[derive(FromQueryResult)]
    struct Id {
        id: i64,
    }
    let Some(chosen) = Chosen::of(db, wanted, None).await? else { return Ok(Vec::new()) };
    let (sql, mut values) = chosen.sql();
    values.insert(0, 0_i64.into());
    let place = values.len() + 1;
    values.push(limit.into());
    let sql = format!("with chosen as ({sql} limit ${place}) select id from chosen where $1 = 0 order by id");
    let found: Vec<Id> =
        Id::find_by_statement(Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values))
            .all(db)
            .await?;
    Ok(found.into_iter().map(|row| row.id).collect())
}

/// What is wanted, in the words of the tables.
struct Chosen {
    number: Option<String>,
    vendor_id: Option<String>,
    channel: Option<ChannelId>,
    state: Option<ReceiptState>,
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    /// Numbers of receipts: at least, and below.
    range: (i64, i64),
}

impl Chosen {
    /// `None` when nothing can be found: no such number, no such message.
    async fn of(
        db: &impl ConnectionTrait,
        wanted: &Wanted,
        before: Option<i64>,
    ) -> Result<Option<Self>, DbErr> {
        #[derive(FromQueryResult)]
        struct Bounds {
            first: Option<i64>,
            end: Option<i64>,
        }
        #[derive(FromQueryResult)]
        struct Named {
            vendor_id: Option<String>,
        }

        let filled = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let number = match filled(&wanted.number) {
            None => None,
            Some(text) => match Address::phone(&text).or_else(|| Address::bsuid(&text)) {
                Some(address) => Some(address.key()),
                None => return Ok(None),
            },
        };
        let mut vendor_id = filled(&wanted.message);
        if let Some(ours) = vendor_id.as_deref().and_then(|text| text.parse::<MessageId>().ok()) {
            let found: Vec<Named> =
                rows::all(db, "select vendor_id from message where id = $1", [ours.into()]).await?;
            match found.into_iter().next().and_then(|row| row.vendor_id) {
                Some(theirs) => vendor_id = Some(theirs),
                None => return Ok(None),
            }
        }
        let mut range = (0, before.unwrap_or(i64::MAX));
        if wanted.from.is_some() || wanted.until.is_some() {
            let bounds: Vec<Bounds> = rows::all(
                db,
                "select (select receipt_id from ledger_minute where minute <= $1 order by minute desc limit 1) as first,
                     (select receipt_id from ledger_minute where minute > $2 order by minute limit 1) as end",
                [wanted.from.into(), wanted.until.into()],
            )
            .await?;
            if let Some(bounds) = bounds.first() {
                range.0 = bounds.first.unwrap_or(0);
                range.1 = range.1.min(bounds.end.unwrap_or(i64::MAX));
            }
        }
        let Wanted { state, channel, from, until, .. } = wanted;
        Ok(Some(Self {
            number,
            vendor_id,
            channel: *channel,
            state: *state,
            from: *from,
            until: *until,
            range,
        }))
    }

    /// The numbers of the receipts, newest first; its first parameter is `$2`.
    ///
    /// What narrows most leads: a message, a customer, a rare state, a channel, else the ledger itself. Each has an index
    /// in the order of receipts, so a page reads what it shows and little more.
    fn sql(&self) -> (String, Vec<Value>) {
        let mut values: Vec<Value> = Vec::new();
        let mut place = |value: Value| {
            values.push(value);
            format!("${}", values.len() + 1)
        };
        let (first, end) = (place(self.range.0.into()), place(self.range.1.into()));
        let by_item = self.vendor_id.is_some()
            || self.number.is_some()
            || self.channel.is_some() && self.state.is_none_or(|state| state == ReceiptState::Applied);
        let mut sql = if by_item {
            format!(
                "select distinct on (i.receipt_id) i.receipt_id as id from receipt_item i
                 join receipt r on r.id = i.receipt_id where i.receipt_id >= {first} and i.receipt_id < {end}"
            )
        } else {
            format!("select r.id from receipt r where r.id >= {first} and r.id < {end}")
        };
        if let Some(vendor_id) = &self.vendor_id {
            sql += &format!(" and i.vendor_id = {}", place(vendor_id.clone().into()));
        }
        if let Some(number) = &self.number {
            sql += &format!(" and i.number_key = {}", place(number.clone().into()));
        }
        if let Some(channel) = self.channel {
            let channel = place(channel.into());
            sql += &if by_item {
                format!(" and i.channel_id = {channel}")
            } else {
                format!(
                    " and exists (select from receipt_item i where i.receipt_id = r.id and i.channel_id = {channel})"
                )
            };
        }
        if let Some(state) = self.state {
            // As a word, not a parameter, so that the index of that state is seen to fit.
            sql += &format!(" and r.state = '{}'", state.as_str());
        }
        if let Some(from) = self.from {
            sql += &format!(" and r.received_at >= {}", place(from.into()));
        }
        if let Some(until) = self.until {
            sql += &format!(" and r.received_at <= {}", place(until.into()));
        }
        sql += if by_item { " order by i.receipt_id desc" } else { " order by r.id desc" };
        (sql, values)
    }
}

/// A part that was put aside.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Quarantined {
    /// Its place in the receipt; none for the whole.
    pub item: Option<i32>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was taken up again.
    pub released_at: Option<DateTime<Utc>>,
}

/// A time it was applied again.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Replayed {
    /// Which replay.
    pub replay_id: uuid::Uuid,
    /// Who asked for it; none for the program.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// How it stands: `waiting`, `released`, `done`, `refused`.
    pub state: String,
    /// What came of it.
    pub result: Option<String>,
    /// Messages that were not there before.
    pub made: Option<i32>,
}

/// A receipt with all that became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Trail {
    /// The receipt, with all that it told.
    pub line: ReceiptLine,
    /// What of it was put aside, oldest first.
    pub quarantined: Vec<Quarantined>,
    /// When it was applied again, oldest first.
    pub replayed: Vec<Replayed>,
}

/// A receipt's trail; `None` when there is no such receipt.
///
/// # Errors
/// When the database fails.
pub async fn trail(db: &impl ConnectionTrait, receipt: i64) -> Result<Option<Trail>, DbErr> {
    let sql = format!("{AROUND} where r.id = $2");
    let values: [Value; 2] = [1_000_i64.into(), receipt.into()];
    let found: Vec<Row> =
        Row::find_by_statement(Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values))
            .all(db)
            .await?;
    let Some(row) = found.into_iter().next() else { return Ok(None) };
    let quarantined = rows::all(
        db,
        "select item, reason, at, released_at from quarantine where receipt_id = $1 order by id",
        [receipt.into()],
    )
    .await?;
    let replayed = rows::all(
        db,
        "select p.replay_id, person.name as by, replay.created_at as at, p.state, p.result, p.made
         from receipt_replay p join replay on replay.id = p.replay_id left join person on person.id = replay.by_id
         where p.receipt_id = $1 order by p.id",
        [receipt.into()],
    )
    .await?;
    Ok(Some(Trail { line: row.line()?, quarantined, replayed }))
}

/// A receipt's query and body as they came; `None` when there is none, or it was forgotten.
///
/// # Errors
/// When the database fails.
pub async fn raw(db: &impl ConnectionTrait, receipt: i64) -> Result<Option<(String, Vec<u8>)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Raw {
        query: String,
        body: Vec<u8>,
    }
    let found: Vec<Raw> = rows::all(
        db,
        "select query, body from receipt where id = $1 and forgotten_at is null",
        [receipt.into()],
    )
    .await?;
    Ok(found.into_iter().next().map(|raw| (raw.query, raw.body)))
}

/// Reasons for which receipts are in quarantine now, and how many each has.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct OpenQuarantine {
    /// Why.
    pub reason: String,
    /// How many receipts.
    pub receipts: i64,
    /// The newest of them.
    pub newest: i64,
    /// When the oldest was put aside.
    pub since: DateTime<Utc>,
}

/// What is in quarantine, by reason, the most frequent first. Of very many, the newest ten thousand.
///
/// # Errors
/// When the database fails.
pub async fn open_quarantine(db: &impl ConnectionTrait) -> Result<Vec<OpenQuarantine>, DbErr> {
    rows::all(
        db,
        "select q.reason, count(distinct r.id) as receipts, max(r.id) as newest, min(q.at) as since
         from (select id from receipt where state = 'quarantined' order by id desc limit 10000) r
         join quarantine q on q.receipt_id = r.id and q.released_at is null
         group by q.reason order by receipts desc, q.reason limit 50",
        [],
    )
    .await
}
