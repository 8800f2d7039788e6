//! Notes: written by whoever may, whatever the state of the conversation and of its reply window, and told to those
//! whom they name. Nothing of them goes to a vendor.

use chrono::{DateTime, SubsecRound as _, Utc};
use domain::{ConversationId, Event, NoteId, Permission, PersonId, Principal, note};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, TransactionTrait as _};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    events, reading,
    rows::{self, Reach, within},
};

/// A note that somebody wants to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNote {
    /// On which conversation.
    pub conversation: ConversationId,
    /// Made by the browser: one click is one note, however often it arrives.
    pub client_id: Uuid,
    /// What it says. Whom it names is read from it: `@` and a full name.
    pub body: String,
}

/// A note that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub note: NoteId,
    /// Whether this call wrote it. A repeated click finds the first one's note.
    pub new: bool,
}

/// Why a note was not written.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// No such conversation, or not for this person to write on.
    #[error("no such conversation")]
    NotFound,
    /// It says nothing.
    #[error("the note is empty")]
    Empty,
    /// It has so many characters.
    #[error("the note has {0} characters")]
    TooLong(usize),
    /// It names people who may not see the conversation: their names.
    #[error("the note names {} who can't see it", .0.len())]
    OutOfSight(Vec<String>),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Write a note. Wake the relay after the commit.
///
/// # Errors
/// The refusals of [`NoteError`].
pub async fn write(
    tx: &DatabaseTransaction,
    by: &Principal,
    new: NewNote,
    now: DateTime<Utc>,
) -> Result<Written, NoteError> {
    let NewNote { conversation, client_id, body } = new;
    if let Some(note) = earlier(tx, by, conversation, client_id).await? {
        return Ok(Written { note, new: false });
    }
    let reach = by.reach(Permission::ConversationNote);
    let talk =
        reading::conversations::one(tx, by.person, conversation, &reach).await?.ok_or(NoteError::NotFound)?;
    let body = body.replace("\r\n", "\n").replace('\0', "").trim().to_owned();
    let length = body.chars().count();
    match length {
        0 => return Err(NoteError::Empty),
        length if length > note::LONGEST => return Err(NoteError::TooLong(length)),
        _ => {}
    }
    let mentioned = if body.contains('@') { meant(tx, by, &talk.facts(), &body).await? } else { Vec::new() };
    let id = NoteId::new();
    // A second click at the same moment waits here for the first.
    let placed = rows::run(
        tx,
        "insert into note (id, conversation_id, author_id, client_id, body, written_at, position)
         values ($1, $2, $3, $4, $5, $6, nextval('thread_position') * 4096)
         on conflict (conversation_id, client_id) do nothing",
        [
            id.into(),
            conversation.into(),
            by.person.into(),
            client_id.into(),
            body.into(),
            now.trunc_subsecs(0).into(),
        ],
    )
    .await?;
    if placed == 0 {
        let note = earlier(tx, by, conversation, client_id).await?.ok_or(NoteError::NotFound)?;
        return Ok(Written { note, new: false });
    }
    tell(tx, id, conversation, &mentioned, now).await?;
    let event = Event::NoteWritten { conversation, note: id, mentioned };
    events::append(tx, &[(event, Some(by.person))], now).await?;
    Ok(Written { note: id, new: true })
}

/// A person has the end of a conversation's thread before them: nothing in it calls for them any more. Answers whether
/// something did.
///
/// # Errors
/// When the database fails.
pub async fn see(
    db: &DatabaseConnection,
    reader: &Principal,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let tx = db.begin().await?;
    let [everything, person, unassigned_in, all_in, beside] =
        Reach::of(&reader.reach(Permission::ConversationRead)).values();
    let seen = rows::run(
        &tx,
        concat!(
            "update mention set seen_at = $3
             where person_id = $1 and conversation_id = $2 and seen_at is null
                 and exists (select from conversation c where c.id = $2 and ",
            within!(4, 5, 6, 7, 8),
            ")"
        ),
        [
            reader.person.into(),
            conversation.into(),
            now.into(),
            everything,
            person,
            unassigned_in,
            all_in,
            beside,
        ],
    )
    .await?;
    if seen > 0 {
        let event = Event::MentionsSeen { conversation, person: reader.person };
        events::append(&tx, &[(event, Some(reader.person))], now).await?;
    }
    tx.commit().await?;
    Ok(seen > 0)
}

async fn earlier(
    tx: &DatabaseTransaction,
    by: &Principal,
    conversation: ConversationId,
    client_id: Uuid,
) -> Result<Option<NoteId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        id: NoteId,
    }

    let found: Vec<Found> = rows::all(
        tx,
        "select id from note where conversation_id = $1 and client_id = $2 and author_id = $3",
        [conversation.into(), client_id.into(), by.person.into()],
    )
    .await?;
    Ok(found.first().map(|found| found.id))
}

/// Whom the text names, without its author: all of them may see the conversation, or the note is not written.
async fn meant(
    tx: &DatabaseTransaction,
    by: &Principal,
    facts: &domain::ConversationFacts,
    body: &str,
) -> Result<Vec<PersonId>, NoteError> {
    let readers = reading::notes::readers(tx, facts).await?;
    let names: Vec<(PersonId, &str)> = readers.iter().map(|one| (one.id, one.name.as_str())).collect();
    let mut meant = Vec::new();
    let mut out_of_sight = Vec::new();
    for (_, people) in note::named(body, &names) {
        let (may, may_not): (Vec<_>, Vec<_>) =
            readers.iter().filter(|one| people.contains(&one.id)).partition(|one| one.may);
        // Of people who share a name those who can see it are meant.
        if may.is_empty() {
            out_of_sight.extend(may_not.first().map(|one| one.name.clone()));
        }
        meant.extend(may.iter().map(|one| one.id).filter(|id| *id != by.person));
    }
    out_of_sight.sort();
    out_of_sight.dedup();
    if !out_of_sight.is_empty() {
        return Err(NoteError::OutOfSight(out_of_sight));
    }
    meant.sort();
    meant.dedup();
    Ok(meant)
}

async fn tell(
    tx: &DatabaseTransaction,
    note: NoteId,
    conversation: ConversationId,
    mentioned: &[PersonId],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Row {
        person_id: PersonId,
    }

    if mentioned.is_empty() {
        return Ok(());
    }
    let people: Vec<Row> = mentioned.iter().map(|person_id| Row { person_id: *person_id }).collect();
    rows::run(
        tx,
        "insert into mention (note_id, person_id, conversation_id, at)
         select $1, person_id, $2, $3 from json_to_recordset($4::text::json) as row(person_id uuid)",
        [note.into(), conversation.into(), now.into(), rows::recordset(&people)?],
    )
    .await?;
    Ok(())
}
