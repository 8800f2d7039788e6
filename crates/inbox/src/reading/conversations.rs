//! Conversations as lists and thread heads show them.

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ChannelKind, ContactId, ConversationFacts, ConversationId, ConversationState, MustAct,
    PersonId, QueueId, Visibility, conversation::ReplyWindow,
};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Statement, Value};

use crate::rows::{Reach, within};

/// A conversation with the names around it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
#[expect(missing_docs, reason = "the columns of `conversation`, and names of what they point at")]
pub struct ConversationLine {
    pub id: ConversationId,
    pub contact_id: ContactId,
    pub contact_name: String,
    pub vip: bool,
    pub channel_id: ChannelId,
    pub channel_kind: ChannelKind,
    pub channel_name: String,
    pub queue_id: QueueId,
    pub queue_name: String,
    pub state: ConversationState,
    pub assignee_id: Option<PersonId>,
    pub assignee_name: Option<String>,
    pub offered_name: Option<String>,
    pub priority: i16,
    pub must_act: MustAct,
    pub must_act_since: DateTime<Utc>,
    pub window_until: Option<DateTime<Utc>>,
    pub queued_at: DateTime<Utc>,
    pub last_activity_at: DateTime<Utc>,
    pub last_position: i64,
    pub last_kind: Option<String>,
    pub last_text: Option<String>,
    pub last_author_name: Option<String>,
    pub inbound_count: i64,
    pub version: i64,
    /// How many of them the asking person has read; 0 when nobody asks.
    pub read_count: i64,
    /// Who held it last.
    pub last_holder_id: Option<PersonId>,
    /// Once it is closed: who holds an open conversation of the contact, unless its queue is confidential.
    pub holders_beside: Vec<uuid::Uuid>,
}

impl ConversationLine {
    /// What the access rule needs to know.
    #[must_use]
    pub fn facts(&self) -> ConversationFacts {
        ConversationFacts {
            assignee: self.assignee_id,
            queue: self.queue_id,
            state: self.state,
            last_holder: self.last_holder_id,
            holders_beside: self.holders_beside.iter().map(|person| PersonId(*person)).collect(),
        }
    }

    /// The reply window at a moment.
    #[must_use]
    pub fn window(&self, now: DateTime<Utc>) -> ReplyWindow {
        ReplyWindow::at(self.channel_kind, self.window_until, now)
    }
}

const SELECT: &str = "
    select c.id, c.contact_id, contact.name as contact_name, contact.vip, c.channel_id, channel.kind as channel_kind,
        channel.name as channel_name, c.queue_id, queue.name as queue_name, c.state, c.assignee_id,
        holder.name as assignee_name, offered.name as offered_name, c.priority, c.must_act, c.must_act_since, c.window_until, c.queued_at,
        c.last_activity_at, c.last_position, c.last_kind, c.last_text, author.name as last_author_name,
        c.inbound_count, c.version, coalesce(mark.inbound_count, 0) as read_count, c.last_holder_id,
        case when c.state = 'closed' and not queue.confidential
            then array(select o.assignee_id from conversation o
                       where o.contact_id = c.contact_id and o.state = 'assigned')
            else '{}' end as holders_beside
    from conversation c
    join contact on contact.id = c.contact_id
    join channel on channel.id = c.channel_id
    join queue on queue.id = c.queue_id
    left join person holder on holder.id = c.assignee_id
    left join person offered on offered.id = c.offered_to
    left join person author on author.id = c.last_author_id
    left join read_mark mark on mark.conversation_id = c.id and mark.person_id = $1 ";

async fn select(
    db: &impl ConnectionTrait,
    rest: &str,
    values: Vec<Value>,
) -> Result<Vec<ConversationLine>, DbErr> {
    let sql = format!("{SELECT}{rest}");
    ConversationLine::find_by_statement(Statement::from_sql_and_values(
        DatabaseBackend::Postgres,
        sql,
        values,
    ))
    .all(db)
    .await
}

/// The conversations a person holds, newest activity first; and beside them `open`, if it is within `reach`.
///
/// # Errors
/// When the database fails.
pub async fn mine(
    db: &impl ConnectionTrait,
    person: PersonId,
    open: Option<ConversationId>,
    reach: &Visibility,
) -> Result<Vec<ConversationLine>, DbErr> {
    let mut values = vec![person.into(), open.map(|id| id.0).into()];
    values.extend(Reach::of(reach).values());
    select(
        db,
        concat!(
            "where (c.state = 'assigned' and c.assignee_id = $1) or (c.id = $2 and ",
            within!(3, 4, 5, 6, 7),
            ") order by c.last_activity_at desc, c.last_position desc"
        ),
        values,
    )
    .await
}

/// Some conversations by id, for whoever may see them: the caller asks `can_see` with each line's facts.
///
/// # Errors
/// When the database fails.
pub async fn some(db: &impl ConnectionTrait, ids: &[ConversationId]) -> Result<Vec<ConversationLine>, DbErr> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let nobody = None::<uuid::Uuid>;
    select(db, "where c.id = any($2)", vec![nobody.into(), ids.into()]).await
}

/// One conversation, if it is within reach.
///
/// # Errors
/// When the database fails.
pub async fn one(
    db: &impl ConnectionTrait,
    person: PersonId,
    id: ConversationId,
    reach: &Visibility,
) -> Result<Option<ConversationLine>, DbErr> {
    let mut values = vec![person.into(), id.into()];
    values.extend(Reach::of(reach).values());
    let found = select(db, concat!("where c.id = $2 and ", within!(3, 4, 5, 6, 7)), values).await?;
    Ok(found.into_iter().next())
}

/// The open conversations within reach, longest waiting first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn within(
    db: &impl ConnectionTrait,
    reach: &Visibility,
    limit: u64,
) -> Result<Vec<ConversationLine>, DbErr> {
    let mut values = vec![None::<uuid::Uuid>.into(), limit.cast_signed().into()];
    values.extend(Reach::of(reach).values());
    select(
        db,
        concat!(
            "where c.state <> 'closed' and ",
            within!(3, 4, 5, 6, 7),
            " order by (c.must_act = 'customer'), c.must_act_since, c.id limit $2"
        ),
        values,
    )
    .await
}
