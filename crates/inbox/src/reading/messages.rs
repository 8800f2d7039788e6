//! Messages as threads show them.

use chrono::{DateTime, Utc};
use domain::{ChannelKind, ContactId, ConversationId, DeliveryState, FileId, MessageId, PersonId};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Statement, Value};

/// A message with its delivery, its quote and the names around it.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
#[expect(missing_docs, reason = "the columns of `message` and `delivery`, and names of what they point at")]
pub struct MessageLine {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub channel_kind: ChannelKind,
    pub contact_id: ContactId,
    pub contact_name: String,
    pub direction: String,
    pub content: serde_json::Value,
    pub client_id: Option<uuid::Uuid>,
    pub author_id: Option<PersonId>,
    pub author_name: Option<String>,
    pub written_at: DateTime<Utc>,
    pub position: i64,
    pub version: i64,
    pub origin: Option<String>,
    pub referral: Option<serde_json::Value>,
    pub context: Option<serde_json::Value>,
    pub edited_content: Option<serde_json::Value>,
    pub revoked: bool,
    pub muted: bool,
    pub reactions: serde_json::Value,
    pub delivery_state: Option<DeliveryState>,
    pub attempts: Option<i32>,
    pub error_code: Option<i64>,
    pub advice: Option<String>,
    pub held: Option<String>,
    pub due_at: Option<DateTime<Utc>>,
    pub quote_id: Option<MessageId>,
    pub quote_conversation: Option<ConversationId>,
    pub quote_direction: Option<String>,
    pub quote_author_name: Option<String>,
    pub quote_kind: Option<String>,
    pub quote_body: Option<String>,
    pub file_id: Option<FileId>,
    pub file_state: Option<String>,
    pub file_reason: Option<String>,
    pub file_type: Option<String>,
    pub file_name: Option<String>,
    pub file_bytes: Option<i64>,
    pub file_width: Option<i32>,
    pub file_height: Option<i32>,
    pub file_seconds: Option<f32>,
    pub file_thumbnail: Option<bool>,
    pub file_tries: Option<i32>,
    pub cost: Option<serde_json::Value>,
}

impl MessageLine {
    /// Grows with every change of the message or its delivery: content first, then attempts, then how far one came.
    #[must_use]
    pub fn shown_version(&self) -> i64 {
        let delivery = self.delivery_state.map_or(0, |state| {
            i64::from(self.attempts.unwrap_or(0)) * 16 + i64::from(state.order_on_screen())
        });
        self.version * 1_000_000 + delivery
    }
}

const SELECT: &str = "
    select m.id, m.conversation_id, channel.kind as channel_kind, c.contact_id, contact.name as contact_name,
        m.direction, m.content, m.client_id, m.author_id, author.name as author_name, m.written_at, m.position,
        m.version, m.origin, m.referral, m.context, m.edited_content, m.revoked_at is not null as revoked, m.muted,
        (select coalesce(json_agg(json_build_array(r.emoji, r.from_customer) order by r.at), '[]')
         from reaction r where r.message_id = m.id and r.emoji is not null) as reactions,
        d.state as delivery_state, d.attempts, d.error_code, d.advice, d.held, d.due_at,
        q.id as quote_id, q.conversation_id as quote_conversation, q.direction as quote_direction, quoted.name as quote_author_name, case when q.revoked_at is null then q.kind else 'revoke' end as quote_kind, q.body as quote_body,
        f.id as file_id, f.state as file_state, f.reason as file_reason, f.type as file_type, f.name as file_name,
        f.bytes as file_bytes, f.width as file_width, f.height as file_height, f.seconds as file_seconds,
        f.thumbnail as file_thumbnail, f.tries as file_tries,
        case when k.message_id is not null then json_build_object('vendor_micros', k.vendor_micros,
            'carrier_micros', k.carrier_micros, 'currency', k.currency, 'category', k.category, 'basis', k.basis,
            'card', k.card, 'unknown', k.unknown, 'estimated', k.estimated) end as cost
    from message m
    join conversation c on c.id = m.conversation_id
    join contact on contact.id = c.contact_id
    join channel on channel.id = m.channel_id
    left join person author on author.id = m.author_id
    left join delivery d on d.message_id = m.id
    left join message_cost k on k.message_id = m.id
    left join message q on q.channel_id = m.channel_id and q.vendor_id = m.reply_to
    left join person quoted on quoted.id = q.author_id
    left join lateral (select * from file where file.message_id = m.id order by file.id limit 1) f on true ";

async fn select(
    db: &impl ConnectionTrait,
    rest: &str,
    values: Vec<Value>,
) -> Result<Vec<MessageLine>, DbErr> {
    let sql = format!("{SELECT}{rest}");
    MessageLine::find_by_statement(Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values))
        .all(db)
        .await
}

/// The place of a message in its thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The vendor's second.
    pub written_at: DateTime<Utc>,
    /// Order of receipt.
    pub position: i64,
}

/// The newest `limit` messages of a conversation before a place, oldest first. The caller has asked `can_see`.
///
/// # Errors
/// When the database fails.
pub async fn thread(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    before: Option<Place>,
    limit: u64,
) -> Result<Vec<MessageLine>, DbErr> {
    let mut values: Vec<Value> = vec![conversation.into(), limit.cast_signed().into()];
    let rest = match before {
        None => {
            "where m.conversation_id = $1 and m.applied_to is null order by m.written_at desc, m.position desc limit $2"
        }
        Some(place) => {
            values.extend([place.written_at.into(), place.position.into()]);
            "where m.conversation_id = $1 and m.applied_to is null and (m.written_at, m.position) < ($3, $4)
             order by m.written_at desc, m.position desc limit $2"
        }
    };
    let mut found = select(db, rest, values).await?;
    found.reverse();
    Ok(found)
}

/// The oldest `limit` messages of a conversation after a place, oldest first. The caller has asked `can_see`.
///
/// # Errors
/// When the database fails.
pub async fn after(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    place: Place,
    limit: u64,
) -> Result<Vec<MessageLine>, DbErr> {
    select(
        db,
        "where m.conversation_id = $1 and m.applied_to is null and (m.written_at, m.position) > ($3, $4)
         order by m.written_at, m.position limit $2",
        vec![conversation.into(), limit.cast_signed().into(), place.written_at.into(), place.position.into()],
    )
    .await
}

/// Where a message or note stands in its conversation; `None` when it is not one of it.
///
/// # Errors
/// When the database fails.
pub async fn place(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    id: uuid::Uuid,
) -> Result<Option<Place>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        written_at: DateTime<Utc>,
        position: i64,
    }
    let found = Row::find_by_statement(Statement::from_sql_and_values(
        DatabaseBackend::Postgres,
        "select written_at, position from message where id = $1 and conversation_id = $2
         union all select written_at, position from note where id = $1 and conversation_id = $2",
        [id.into(), conversation.into()],
    ))
    .one(db)
    .await?;
    Ok(found.map(|Row { written_at, position }| Place { written_at, position }))
}

/// Some messages by id, without those that are no lines of their own any more.
///
/// # Errors
/// When the database fails.
pub async fn some(db: &impl ConnectionTrait, ids: &[MessageId]) -> Result<Vec<MessageLine>, DbErr> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    select(db, "where m.id = any($1) and m.applied_to is null", vec![ids.into()]).await
}

/// What a message held when it came, for those who may see that, and in which conversation it is.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Original {
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// What it said first.
    pub content: serde_json::Value,
    /// Whether its author deleted it.
    pub revoked: bool,
}

/// The original of a message. The caller has yet to ask `can_see`.
///
/// # Errors
/// When the database fails.
pub async fn original(db: &impl ConnectionTrait, id: MessageId) -> Result<Option<Original>, DbErr> {
    Original::find_by_statement(Statement::from_sql_and_values(
        DatabaseBackend::Postgres,
        "select conversation_id, content, revoked_at is not null as revoked from message where id = $1",
        [id.into()],
    ))
    .one(db)
    .await
}
