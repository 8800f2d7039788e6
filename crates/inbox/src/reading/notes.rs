//! Notes as threads show them, and who can be named in one.

use chrono::{DateTime, Utc};
use domain::{ConversationFacts, ConversationId, NoteId, Permission, PersonId, Principal, QueueId, Scope};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;
use uuid::Uuid;

use crate::{principals::queues, rows};

/// A note with the names in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NoteLine {
    /// Which.
    pub id: NoteId,
    /// On which conversation.
    pub conversation_id: ConversationId,
    /// Made by the browser that wrote it.
    pub client_id: Uuid,
    /// Who wrote it.
    pub author_id: PersonId,
    /// Their name.
    pub author_name: String,
    /// What it says.
    pub body: String,
    /// When, to the second.
    pub written_at: DateTime<Utc>,
    /// Its place among what was written in that second.
    pub position: i64,
    /// Whom it names.
    pub mentions: Vec<(PersonId, String)>,
}

/// A [`NoteLine`] as JSON, as SQL on `note n`.
macro_rules! note_line {
    () => {
        "json_build_object('id', n.id, 'conversation_id', n.conversation_id, 'client_id', n.client_id,
             'author_id', n.author_id, 'author_name', (select person.name from person where person.id = n.author_id),
             'body', n.body, 'written_at', n.written_at, 'position', n.position,
             'mentions', (select coalesce(json_agg(json_build_array(person.id, person.name)), '[]')
                          from mention join person on person.id = mention.person_id where mention.note_id = n.id))"
    };
}
pub(super) use note_line;

/// How many notes a stretch of a thread shows at most: the newest.
pub const MOST: i64 = 200;

#[derive(FromQueryResult)]
struct Row {
    note: serde_json::Value,
}

fn lines(found: Vec<Row>) -> Result<Vec<NoteLine>, DbErr> {
    found.into_iter().map(|row| rows::read(row.note)).collect()
}

/// The newest notes of a conversation in a span of time, oldest first. The caller has asked `can_see`.
///
/// # Errors
/// When the database fails.
pub async fn between(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    from: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
) -> Result<Vec<NoteLine>, DbErr> {
    let found: Vec<Row> = rows::all(
        db,
        concat!(
            "select ",
            note_line!(),
            " as note from note n
             where n.conversation_id = $1 and ($2::timestamptz is null or n.written_at >= $2)
                 and ($3::timestamptz is null or n.written_at < $3)
             order by n.written_at desc, n.position desc limit $4"
        ),
        [conversation.into(), from.into(), before.into(), MOST.into()],
    )
    .await?;
    let mut notes = lines(found)?;
    notes.reverse();
    Ok(notes)
}

/// Some notes by id.
///
/// # Errors
/// When the database fails.
pub async fn some(db: &impl ConnectionTrait, ids: &[NoteId]) -> Result<Vec<NoteLine>, DbErr> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let found: Vec<Row> = rows::all(
        db,
        concat!(
            "select ",
            note_line!(),
            " as note from note n where n.id = any($1) order by n.written_at, n.position"
        ),
        [ids.into()],
    )
    .await?;
    lines(found)
}

/// The newest note that names a person in a conversation, and that they have not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionLine {
    /// Whom it names.
    pub person: PersonId,
    /// The note.
    pub note: NoteLine,
}

/// Of each of these people and conversations the newest note that names them there unseen.
///
/// # Errors
/// When the database fails.
pub async fn unseen(
    db: &impl ConnectionTrait,
    whose: &[(PersonId, ConversationId)],
) -> Result<Vec<MentionLine>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        person_id: PersonId,
        note: serde_json::Value,
    }

    let (people, conversations): (Vec<Uuid>, Vec<Uuid>) =
        whose.iter().map(|(person, conversation)| (person.0, conversation.0)).unzip();
    let found: Vec<Row> = rows::all(
        db,
        concat!(
            "select asked.person_id, ",
            note_line!(),
            " as note from unnest($1::uuid[], $2::uuid[]) asked (person_id, conversation_id)
             join lateral (
                 select note.* from mention join note on note.id = mention.note_id
                 where mention.person_id = asked.person_id and mention.conversation_id = asked.conversation_id
                     and mention.seen_at is null
                 order by note.position desc limit 1) n on true"
        ),
        [people.into(), conversations.into()],
    )
    .await?;
    found
        .into_iter()
        .map(|row| Ok(MentionLine { person: row.person_id, note: rows::read(row.note)? }))
        .collect()
}

/// Somebody at work, and whether they may read a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Whether they may.
    pub may: bool,
}

/// Everybody who signs in here, and whether they may read a conversation: by the one access rule, asked for each.
///
/// # Errors
/// When the database fails.
pub async fn readers(db: &impl ConnectionTrait, facts: &ConversationFacts) -> Result<Vec<Reader>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: PersonId,
        name: String,
        scope: Option<String>,
        serves: Vec<Uuid>,
        team_queues: Vec<Uuid>,
        shares: Vec<Uuid>,
    }

    let queues = |ids: Vec<Uuid>| ids.into_iter().map(QueueId).collect();
    let found: Vec<Row> = rows::all(
        db,
        concat!(
            "select person.id, person.name,
                 (select scope from role_permission where role_id = person.role_id and permission = $1) as scope, ",
            queues!(),
            " from person where person.disabled_at is null order by person.name, person.id"
        ),
        [Permission::ConversationRead.as_str().into()],
    )
    .await?;
    Ok(found
        .into_iter()
        .map(|row| {
            let scope = row.scope.as_deref().and_then(Scope::parse);
            let principal = Principal {
                person: row.id,
                grants: scope.map(|scope| (Permission::ConversationRead, scope)).into_iter().collect(),
                serves: queues(row.serves),
                team_queues: queues(row.team_queues),
                shares: queues(row.shares),
            };
            Reader { id: row.id, name: row.name, may: principal.can_see(facts) }
        })
        .collect())
}
