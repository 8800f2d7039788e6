//! Answering a customer: the message, its delivery and the event in one transaction. Sending comes after the commit.

pub mod later;
mod prepare;

use channel_gateway::verdict;
use chrono::{DateTime, SubsecRound as _, Utc};
use domain::{
    ChannelKind, Content, ConversationId, ConversationState, DeliveryState, Event, MessageId, Permission,
    Principal,
    consent::Purpose,
    conversation::ReplyWindow,
    limits::{self, Flaw},
};
use entity::{channel, conversation, delivery, message};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _, sea_query::LockType,
};
use uuid::Uuid;

use crate::{consent, events, rows, watch};

/// Something somebody wants to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// To whom.
    pub conversation: ConversationId,
    /// Made by the browser: one click is one message, however often it arrives.
    pub client_id: Uuid,
    /// What to say: any kind that can be sent.
    pub content: Content,
    /// Which message of the same conversation it answers or reacts to.
    pub reply_to: Option<MessageId>,
    /// Whether it is one of many that are sent at once: then it yields to what people answer.
    pub lane: Lane,
}

/// Who goes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lane {
    /// An answer of a person.
    #[default]
    Answer,
    /// Sent to many.
    Bulk,
}

impl Draft {
    /// A line of text.
    #[must_use]
    pub fn text(conversation: ConversationId, client_id: Uuid, body: impl Into<String>) -> Self {
        let content = Content::Text { body: body.into() };
        Self { conversation, client_id, content, reply_to: None, lane: Lane::Answer }
    }
}

/// A reply that is written down and will be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Submitted {
    /// The message.
    pub message: MessageId,
    /// Whether this call made it. A repeated click finds the first one's message.
    pub new: bool,
}

/// Why a reply was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// No such conversation or message, or not for this person to answer.
    #[error("no such conversation")]
    NotFound,
    /// Closed conversations are not answered; reopening comes first.
    #[error("the conversation is closed")]
    ConversationClosed,
    /// Free text is not allowed since then, or never was; a template is the way.
    #[error("the reply window is closed")]
    WindowClosed(Option<DateTime<Utc>>),
    /// The customer wants no such messages.
    #[error("the customer wants no such messages ({0})")]
    Unwanted(Purpose),
    /// The vendor would refuse it.
    #[error("{}: {}", .0.part, .0.problem.as_str())]
    Flawed(Flaw),
    /// The vendor asks not to try again before that.
    #[error("not before {0}")]
    NotYet(DateTime<Utc>),
    /// The message is on its way or has arrived: sending it again would double it.
    #[error("the message is {0}; only failed and uncertain ones are sent again")]
    NotResendable(DeliveryState),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Write down a reply. Wake the sender after the commit.
///
/// The holder may, and supervisors of the queue without taking over. A draft whose `client_id` is known already
/// answers its author with that message, even if the window has closed or somebody else holds the conversation since:
/// whoever lost the first answer is told the truth.
///
/// # Errors
/// The refusals of [`ReplyError`].
pub async fn submit(
    tx: &DatabaseTransaction,
    by: &Principal,
    draft: Draft,
    now: DateTime<Utc>,
) -> Result<Submitted, ReplyError> {
    if let Some(message) = earlier(tx, by, &draft).await? {
        return Ok(Submitted { message, new: false });
    }
    let (talk, channel) = lock(tx, by, Permission::ConversationReply, draft.conversation).await?;
    let here = (talk.id, channel.kind);
    // Again, now that a second click at the same moment has had to wait for the first.
    if let Some(message) = earlier(tx, by, &draft).await? {
        return Ok(Submitted { message, new: false });
    }
    let mut content = prepare::tidy(&draft.content)?;
    check_open(&talk, channel.kind, &content, now)?;
    let reply_to = prepare::refer(tx, here, &mut content, draft.reply_to).await?;
    if let Content::Template(template) = &mut content {
        prepare::template(tx, &channel.account_key, template).await?;
    }
    check_wanted(tx, &talk, &content).await?;
    limits::check(channel.kind, &content).map_err(ReplyError::Flawed)?;
    let file = prepare::file(tx, by, here, &mut content).await?;
    let message = store(tx, by, &talk, &Ready { content, reply_to, draft: &draft }, now).await?;
    if let Some(file) = file {
        prepare::attach(tx, file, message).await?;
    }
    let event = Event::MessageSubmitted { conversation: talk.id, message };
    let mut happened = vec![(event, Some(by.person))];
    if let Some(marked) = prepare::react(tx, talk.id, message, now).await? {
        happened.push((Event::MessageChanged { conversation: talk.id, message: marked }, Some(by.person)));
    }
    events::append(tx, &happened, now).await?;
    Ok(Submitted { message, new: true })
}

/// Send a message again that failed or whose fate is unknown. Only a person decides that. Wake the sender after the
/// commit.
///
/// # Errors
/// The refusals of [`ReplyError`], but for those about the text.
pub async fn resend(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: MessageId,
    now: DateTime<Utc>,
) -> Result<(), ReplyError> {
    let sent = message::Entity::find_by_id(id).one(tx).await?.ok_or(ReplyError::NotFound)?;
    let (talk, channel) = lock(tx, by, Permission::MessageResend, sent.conversation_id).await?;
    let stands = delivery::Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(ReplyError::NotFound)?;
    if !matches!(stands.state, DeliveryState::Failed | DeliveryState::Uncertain) {
        return Err(ReplyError::NotResendable(stands.state));
    }
    // Of another version: the sender will say so.
    let content = serde_json::from_value(sent.content).unwrap_or(Content::Welcome);
    check_open(&talk, channel.kind, &content, now)?;
    check_wanted(tx, &talk, &content).await?;
    let asked_to_wait =
        stands.error_code.is_some_and(|code| verdict::not_before(channel.kind, code).is_some());
    if stands.state == DeliveryState::Failed && asked_to_wait && stands.due_at > now {
        return Err(ReplyError::NotYet(stands.due_at));
    }
    rows::run(
        tx,
        "update delivery set state = 'queued', changed_at = $2, due_at = clock_timestamp(), lease_until = null,
             error_code = null, error_detail = null, advice = null, held = null
         where message_id = $1",
        [id.into(), now.into()],
    )
    .await?;
    // The vendor gives every attempt an id of its own; reports on the earlier one keep their row.
    rows::run(tx, "update message set vendor_id = null, version = version + 1 where id = $1", [id.into()])
        .await?;
    let event = Event::DeliveryChanged { conversation: talk.id, message: id, state: DeliveryState::Queued };
    events::append(tx, &[(event, Some(by.person))], now).await?;
    Ok(())
}

async fn lock(
    tx: &DatabaseTransaction,
    by: &Principal,
    permission: Permission,
    id: ConversationId,
) -> Result<(conversation::Model, channel::Model), ReplyError> {
    let talk = conversation::Entity::within(&by.reach(permission))
        .filter(conversation::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(ReplyError::NotFound)?;
    let channel = channel::Entity::find_by_id(talk.channel_id).one(tx).await?.ok_or(ReplyError::NotFound)?;
    Ok((talk, channel))
}

async fn earlier(
    tx: &DatabaseTransaction,
    by: &Principal,
    draft: &Draft,
) -> Result<Option<MessageId>, DbErr> {
    let found = message::Entity::find()
        .filter(message::Column::ConversationId.eq(draft.conversation))
        .filter(message::Column::AuthorId.eq(by.person))
        .filter(message::Column::ClientId.eq(draft.client_id))
        .one(tx)
        .await?;
    Ok(found.map(|message| message.id))
}

/// The same law as when it is sent.
fn check_open(
    talk: &conversation::Model,
    kind: ChannelKind,
    content: &Content,
    now: DateTime<Utc>,
) -> Result<(), ReplyError> {
    if talk.state == ConversationState::Closed {
        return Err(ReplyError::ConversationClosed);
    }
    match ReplyWindow::at(kind, talk.window_until, now) {
        ReplyWindow::Closed(since) if !ReplyWindow::Closed(since).allows(content) => {
            Err(ReplyError::WindowClosed(since))
        }
        _ => Ok(()),
    }
}

/// Whether the customer lets us write this; asked again when it is sent.
async fn check_wanted(
    tx: &DatabaseTransaction,
    talk: &conversation::Model,
    content: &Content,
) -> Result<(), ReplyError> {
    match consent::forbids(tx, talk.contact_id, talk.channel_id, content).await? {
        Some(purpose) => Err(ReplyError::Unwanted(purpose)),
        None => Ok(()),
    }
}

/// A message that can be written down.
struct Ready<'a> {
    content: Content,
    reply_to: Option<String>,
    draft: &'a Draft,
}

async fn store(
    tx: &DatabaseTransaction,
    by: &Principal,
    talk: &conversation::Model,
    Ready { content, reply_to, draft }: &Ready<'_>,
    now: DateTime<Utc>,
) -> Result<MessageId, DbErr> {
    #[derive(FromQueryResult)]
    struct Placed {
        position: i64,
    }

    let id = MessageId::new();
    let json = serde_json::to_value(content).map_err(|error| DbErr::Json(error.to_string()))?;
    // Receipts take 4096 places each, for the messages in them; a reply takes the first place of its number.
    let placed: Vec<Placed> = rows::all(
        tx,
        "insert into message (id, conversation_id, channel_id, direction, kind, body, content, client_id, author_id,
             written_at, position, created_at, reply_to)
         values ($1, $2, $3, 'out', $4, $5, $6, $7, $8, $9, nextval('thread_position') * 4096, $10, $11)
         returning position",
        [
            id.into(),
            talk.id.into(),
            talk.channel_id.into(),
            content.kind().into(),
            content.text().map(str::to_owned).into(),
            json.into(),
            draft.client_id.into(),
            by.person.into(),
            now.trunc_subsecs(0).into(),
            now.into(),
            reply_to.clone().into(),
        ],
    )
    .await?;
    let position = placed.first().map_or(0, |placed| placed.position);
    rows::run(
        tx,
        "insert into delivery (message_id, channel_id, conversation_id, position, state, changed_at, due_at, lane)
         values ($1, $2, $3, $4, 'queued', $5, clock_timestamp(), $6)",
        [
            id.into(),
            talk.channel_id.into(),
            talk.id.into(),
            position.into(),
            now.into(),
            i16::from(draft.lane == Lane::Bulk).into(),
        ],
    )
    .await?;
    // A thumb says nothing new in a list, and answers nobody.
    if matches!(content, Content::Reaction { .. }) {
        return Ok(id);
    }
    rows::run(
        tx,
        "update conversation set last_activity_at = greatest(last_activity_at, $2), last_position = $3,
             last_direction = 'out', last_kind = $4, last_text = $5, last_author_id = $6,
             must_act = 'customer', must_act_since = $7, version = version + 1,
             first_answered_at = coalesce(first_answered_at, $7), last_answered_at = $7
         where id = $1",
        [
            talk.id.into(),
            now.trunc_subsecs(0).into(),
            position.into(),
            content.kind().into(),
            content.preview().into(),
            by.person.into(),
            now.into(),
        ],
    )
    .await?;
    watch::look(tx, &[talk.id], now).await?;
    Ok(id)
}
