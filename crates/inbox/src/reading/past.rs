//! What was said with a contact before a conversation and beside it, and the files of all of it: always within reach.

use chrono::{DateTime, Utc};
use domain::{ChannelKind, ContactId, ConversationId, ConversationState, FileId, MessageId, Visibility};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;

use crate::rows::{self, Reach, within};

/// Another conversation of a contact, as the line of it says.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult, Deserialize)]
pub struct TalkLine {
    /// Which.
    pub id: ConversationId,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// Where it stands.
    pub state: ConversationState,
    /// The kind of its channel.
    pub channel_kind: ChannelKind,
    /// The name of its channel.
    pub channel_name: String,
    /// Its queue.
    pub queue: String,
    /// Who holds it; where it is over, who closed it: nobody where time did.
    pub person: Option<String>,
}

/// A [`TalkLine`] of `conversation c`, up to the `from`.
macro_rules! talk_line {
    () => {
        "select c.id, c.opened_at, c.state, channel.kind as channel_kind, channel.name as channel_name,
             queue.name as queue,
             case when c.state = 'closed' then (
                 select person.name from event join person on person.id = event.actor_id
                 where event.conversation_id = c.id and event.kind = 'conversation_closed'
                 order by event.id desc limit 1)
             else (select person.name from person where person.id = c.assignee_id) end as person
         from "
    };
}
pub(super) use talk_line;

/// A former conversation. The caller has asked whether it may be seen.
///
/// # Errors
/// When the database fails.
pub async fn line(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
) -> Result<Option<TalkLine>, DbErr> {
    let found: Vec<TalkLine> = rows::all(
        db,
        concat!(
            talk_line!(),
            "conversation c join channel on channel.id = c.channel_id join queue on queue.id = c.queue_id
             where c.id = $1"
        ),
        [conversation.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}

/// The conversation of the same contact that began last before `conversation`, of those within reach. The caller has
/// asked whether `conversation` may be seen.
///
/// # Errors
/// When the database fails.
pub async fn before(
    db: &impl ConnectionTrait,
    reach: &Visibility,
    conversation: ConversationId,
) -> Result<Option<TalkLine>, DbErr> {
    if *reach == Visibility::Nothing {
        return Ok(None);
    }
    let [everything, person, unassigned_in, all_in, beside] = Reach::of(reach).values();
    let found: Vec<TalkLine> = rows::all(
        db,
        concat!(
            talk_line!(),
            "conversation here join conversation c on c.contact_id = here.contact_id
             join channel on channel.id = c.channel_id join queue on queue.id = c.queue_id
             where here.id = $1 and (c.opened_at, c.id) < (here.opened_at, here.id) and ",
            within!(2, 3, 4, 5, 6),
            " order by c.opened_at desc, c.id desc limit 1"
        ),
        [conversation.into(), everything, person, unassigned_in, all_in, beside],
    )
    .await?;
    Ok(found.into_iter().next())
}

/// The newest twenty [`TalkLine`]s of the same contact that began after a conversation, as JSON, oldest first, as SQL: with
/// the numbers of the parameters for the conversation, from when on, before when, and those of [`Reach`].
macro_rules! parallel_lines {
    ($conversation:literal, $from:literal, $before:literal, $($reach:literal),+) => {
        concat!(
            "(select coalesce(json_agg(line order by line.opened_at, line.id), '[]') from (", talk_line!(),
                "conversation here join conversation c on c.contact_id = here.contact_id
                     and (c.opened_at, c.id) > (here.opened_at, here.id)
                 join channel on channel.id = c.channel_id join queue on queue.id = c.queue_id
                 where here.id = $", $conversation, "
                     and ($", $from, "::timestamptz is null or c.opened_at >= $", $from, ")
                     and ($", $before, "::timestamptz is null or c.opened_at < $", $before, ")
                     and ", within!($($reach),+), "
                 order by c.opened_at desc, c.id desc limit 20) line)"
        )
    };
}
pub(super) use parallel_lines;

/// The conversations of the same contact that began in a span of time after `conversation` did, of those within reach, oldest
/// first. The caller has asked whether `conversation` may be seen.
///
/// # Errors
/// When the database fails.
pub async fn parallel(
    db: &impl ConnectionTrait,
    reach: &Visibility,
    conversation: ConversationId,
    from: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
) -> Result<Vec<TalkLine>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        lines: serde_json::Value,
    }

    if *reach == Visibility::Nothing {
        return Ok(Vec::new());
    }
    let [everything, person, unassigned_in, all_in, beside] = Reach::of(reach).values();
    let found: Vec<Row> = rows::all(
        db,
        concat!("select ", parallel_lines!(1, 2, 3, 4, 5, 6, 7, 8), " as lines"),
        [conversation.into(), from.into(), before.into(), everything, person, unassigned_in, all_in, beside],
    )
    .await?;
    found.into_iter().next().map_or_else(|| Ok(Vec::new()), |row| rows::read(row.lines))
}

/// A file that came from a contact or went to them.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct FileLine {
    /// Which.
    pub id: FileId,
    /// In which message.
    pub message_id: MessageId,
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// What its bytes are.
    pub kind: Option<String>,
    /// The sender's name for it.
    pub name: Option<String>,
    /// Its size.
    pub bytes: Option<i64>,
    /// Whether there is a small picture.
    pub thumbnail: bool,
    /// When its message was written.
    pub written_at: DateTime<Utc>,
}

/// The newest `limit` files of a contact's conversations within reach, before one of them. What was taken back is gone.
///
/// # Errors
/// When the database fails.
pub async fn files(
    db: &impl ConnectionTrait,
    reach: &Visibility,
    contact: ContactId,
    before: Option<FileId>,
    limit: u64,
) -> Result<Vec<FileLine>, DbErr> {
    if *reach == Visibility::Nothing {
        return Ok(Vec::new());
    }
    let [everything, person, unassigned_in, all_in, beside] = Reach::of(reach).values();
    rows::all(
        db,
        concat!(
            "select f.id, f.message_id, f.conversation_id, f.type as kind, f.name, f.bytes, f.thumbnail, m.written_at
             from conversation c join message m on m.conversation_id = c.id and m.revoked_at is null
                 and m.kind in ('image', 'video', 'audio', 'document', 'template', 'interactive')
             join file f on f.message_id = m.id and f.state = 'stored'
             where c.contact_id = $1 and ($2::uuid is null or f.id < $2) and ",
            within!(4, 5, 6, 7, 8),
            " order by f.id desc limit $3"
        ),
        [
            contact.into(),
            before.map(|id| id.0).into(),
            limit.cast_signed().into(),
            everything,
            person,
            unassigned_in,
            all_in,
            beside,
        ],
    )
    .await
}
