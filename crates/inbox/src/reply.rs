//! Answering a customer: the message, its delivery and the event in one transaction. Sending comes after the commit.

use chrono::{DateTime, SubsecRound as _, Utc};
use domain::{
    ChannelId, ChannelKind, Content, ConversationId, ConversationState, DeliveryState, Event, MessageId,
    Permission, Principal, conversation::ReplyWindow,
};
use entity::{channel, conversation, delivery, message};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _, sea_query::LockType,
};
use uuid::Uuid;

use crate::{events, rows};

/// A line somebody wants to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// To whom.
    pub conversation: ConversationId,
    /// Made by the browser: one click is one message, however often it arrives.
    pub client_id: Uuid,
    /// What to say.
    pub text: String,
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
    /// There is nothing to send.
    #[error("the text is empty")]
    Empty,
    /// The vendor would refuse it.
    #[error("the text has {length} characters; the channel takes {longest}")]
    TooLong {
        /// Its length, in characters.
        length: usize,
        /// The channel's limit.
        longest: usize,
    },
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
    let (talk, kind) = lock(tx, by, Permission::ConversationReply, draft.conversation).await?;
    // Again, now that a second click at the same moment has had to wait for the first.
    if let Some(message) = earlier(tx, by, &draft).await? {
        return Ok(Submitted { message, new: false });
    }
    check_open(&talk, kind, now)?;
    let content = Content::Text { body: check_text(&draft.text, kind)? };
    let message = store(tx, by, &talk, draft.client_id, &content, now).await?;
    let event = Event::MessageSubmitted { conversation: talk.id, message };
    events::append(tx, &[(event, Some(by.person))], now).await?;
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
    let (talk, kind) = lock(tx, by, Permission::MessageResend, sent.conversation_id).await?;
    let stands = delivery::Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(ReplyError::NotFound)?;
    if !matches!(stands.state, DeliveryState::Failed | DeliveryState::Uncertain) {
        return Err(ReplyError::NotResendable(stands.state));
    }
    check_open(&talk, kind, now)?;
    rows::run(
        tx,
        "update delivery set state = 'queued', changed_at = $2, due_at = clock_timestamp(), lease_until = null,
             error_code = null, error_detail = null, advice = null
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
) -> Result<(conversation::Model, ChannelKind), ReplyError> {
    let talk = conversation::Entity::within(&by.reach(permission))
        .filter(conversation::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(ReplyError::NotFound)?;
    let kind = kind(tx, talk.channel_id).await?;
    Ok((talk, kind))
}

async fn kind(tx: &DatabaseTransaction, id: ChannelId) -> Result<ChannelKind, ReplyError> {
    Ok(channel::Entity::find_by_id(id).one(tx).await?.ok_or(ReplyError::NotFound)?.kind)
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

fn check_open(talk: &conversation::Model, kind: ChannelKind, now: DateTime<Utc>) -> Result<(), ReplyError> {
    if talk.state == ConversationState::Closed {
        return Err(ReplyError::ConversationClosed);
    }
    match ReplyWindow::at(kind, talk.window_until, now) {
        ReplyWindow::Closed(since) => Err(ReplyError::WindowClosed(since)),
        ReplyWindow::Open(_) | ReplyWindow::Boundless => Ok(()),
    }
}

/// The text as it will be sent: browsers' line ends made one, no blank edge, none of the character no table takes.
fn check_text(text: &str, kind: ChannelKind) -> Result<String, ReplyError> {
    let text = text.replace("\r\n", "\n").replace('\0', "");
    let text = text.trim_end().trim_start_matches('\n');
    if text.trim().is_empty() {
        return Err(ReplyError::Empty);
    }
    let (length, longest) = (text.chars().count(), kind.longest_text());
    if length > longest {
        return Err(ReplyError::TooLong { length, longest });
    }
    Ok(text.to_owned())
}

async fn store(
    tx: &DatabaseTransaction,
    by: &Principal,
    talk: &conversation::Model,
    client_id: Uuid,
    content: &Content,
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
             written_at, position, created_at)
         values ($1, $2, $3, 'out', $4, $5, $6, $7, $8, $9, nextval('thread_position') * 4096, $10)
         returning position",
        [
            id.into(),
            talk.id.into(),
            talk.channel_id.into(),
            content.kind().into(),
            content.text().map(str::to_owned).into(),
            json.into(),
            client_id.into(),
            by.person.into(),
            now.trunc_subsecs(0).into(),
            now.into(),
        ],
    )
    .await?;
    let position = placed.first().map_or(0, |placed| placed.position);
    rows::run(
        tx,
        "insert into delivery (message_id, channel_id, conversation_id, position, state, changed_at, due_at)
         values ($1, $2, $3, $4, 'queued', $5, clock_timestamp())",
        [id.into(), talk.channel_id.into(), talk.id.into(), position.into(), now.into()],
    )
    .await?;
    rows::run(
        tx,
        "update conversation set last_activity_at = greatest(last_activity_at, $2), last_position = $3,
             last_direction = 'out', last_kind = $4, last_text = $5, last_author_id = $6,
             must_act = 'customer', must_act_since = $7, version = version + 1
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
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_sent_as_written_but_for_its_blank_edges() {
        let checked = |text| check_text(text, ChannelKind::WhatsappCloud);
        assert_eq!(checked("  Hola\r\n¿qué tal?\n\n").unwrap(), "  Hola\n¿qué tal?");
        for blank in ["", "   ", "\r\n\t", "\0"] {
            assert!(matches!(checked(blank), Err(ReplyError::Empty)), "{blank:?}");
        }
    }

    #[test]
    fn length_counts_characters_and_each_channel_has_its_own() {
        let text = "ñ".repeat(1601);
        assert!(check_text(&text, ChannelKind::WhatsappCloud).is_ok());
        assert!(matches!(
            check_text(&text, ChannelKind::TwilioSms),
            Err(ReplyError::TooLong { length: 1601, longest: 1600 })
        ));
    }
}
