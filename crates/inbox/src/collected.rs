//! What bots, forms and imports collect: into the contact's fields, where people wrote nothing, or beside the
//! conversation. Each value knows what it is from, and people can correct it (docs/decisions/0034).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    ContactId, ConversationId, Event, Permission, PersonId, Principal,
    attribute::{Fault, LONGEST_VALUE},
    collected::{Collector, LONGEST_QUESTION, MOST_ANSWERS, Origin, Place, Source, place, tidy},
};
use entity::conversation;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, QueryFilter as _,
};
use serde::Serialize;

use crate::{attributes, events, rows};

/// An answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it is called where nobody sees it; a field's key puts it into that field of the contact.
    pub key: String,
    /// What people read; `None` where there is only the key.
    pub name: Option<String>,
    /// What was said.
    pub value: String,
}

/// Why something was not collected or corrected.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// No such conversation or value, or not for this person.
    #[error("no such conversation, or nothing of that name was collected in it")]
    NotFound,
    /// Somebody corrected it since they looked.
    #[error("somebody else corrected it")]
    ChangedSince,
    /// It is longer than [`LONGEST_VALUE`].
    #[error("too long")]
    TooLong,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Keep what a collector was told in a conversation. Answers what can't stand in the field that it names, by key, so that a
/// bot can ask again; it is kept beside the conversation until then. Wake the relay after the commit.
///
/// # Errors
/// When there is no such conversation, or the database fails.
pub async fn collect(
    tx: &DatabaseTransaction,
    conversation: ConversationId,
    by: Collector,
    name: &str,
    answers: Vec<Answer>,
    now: DateTime<Utc>,
) -> Result<BTreeMap<String, Fault>, CollectError> {
    let (contact, mut fields, mut sources) = locked(tx, conversation).await?;
    let known = attributes::all(tx).await?;
    let name = tidy(name, LONGEST_QUESTION);
    let (before, mut faults) = (fields.clone(), BTreeMap::new());
    let (mut beside, mut settled) = (Vec::new(), Vec::new());
    for answer in tidied(answers) {
        let field = known.iter().find(|one| one.key == answer.key);
        let standing = fields.get(&answer.key).map(|value| (value.as_str(), sources.get(&answer.key)));
        let (place, fault) = place(field.map(|one| &one.kind), standing, &answer.value);
        faults.extend(fault.map(|fault| (answer.key.clone(), fault)));
        match place {
            Place::Contact(value) => {
                let source = Source::Collected { by, name: name.clone(), conversation };
                sources.insert(answer.key.clone(), Origin { source, at: now });
                fields.insert(answer.key.clone(), value);
                settled.push(answer.key);
            }
            Place::Conversation(value) => beside.push(Answer { value, ..answer }),
            Place::Nowhere if field.is_some() && !answer.value.trim().is_empty() => settled.push(answer.key),
            Place::Nowhere => {}
        }
    }
    let values = beside.len() + fields.iter().filter(|(key, value)| before.get(*key) != Some(value)).count();
    if fields != before {
        rows::run(
            tx,
            "update contact set attributes = $2::text::jsonb, sources = $3::text::jsonb, version = version + 1
             where id = $1",
            [contact.into(), rows::json(&fields)?, rows::json(&sources)?],
        )
        .await?;
    }
    if !settled.is_empty() {
        rows::run(
            tx,
            "delete from collected where conversation_id = $1 and key = any($2)",
            [conversation.into(), settled.into()],
        )
        .await?;
    }
    store(tx, &kept(conversation, by, &name, beside), now).await?;
    if values > 0 {
        let values = u32::try_from(values).unwrap_or(u32::MAX);
        let event = Event::DataCollected { conversation, by, name, values };
        events::append(tx, &[(event, None)], now).await?;
    }
    Ok(faults)
}

/// A value beside a conversation.
#[derive(Debug, Serialize)]
pub(crate) struct Kept {
    conversation_id: ConversationId,
    pub key: String,
    name: Option<String>,
    value: String,
    collector: Collector,
    collector_name: String,
    position: usize,
}

/// Answers as they stand beside a conversation.
pub(crate) fn kept(
    conversation: ConversationId,
    by: Collector,
    name: &str,
    answers: Vec<Answer>,
) -> Vec<Kept> {
    let answers = answers.into_iter().enumerate();
    let row = |(position, answer): (usize, Answer)| Kept {
        conversation_id: conversation,
        key: answer.key,
        name: answer.name,
        value: answer.value,
        collector: by,
        collector_name: name.to_owned(),
        position,
    };
    answers.map(row).collect()
}

/// Answers whose keys, names and values can be kept, each key once: the last word counts.
pub(crate) fn tidied(answers: Vec<Answer>) -> Vec<Answer> {
    let mut tidied: Vec<Answer> = Vec::with_capacity(answers.len().min(MOST_ANSWERS));
    for answer in answers {
        let answer = Answer {
            key: tidy(&answer.key, LONGEST_QUESTION),
            name: answer.name.map(|name| tidy(&name, LONGEST_QUESTION)).filter(|name| !name.is_empty()),
            value: tidy(&answer.value, LONGEST_VALUE),
        };
        if let Some(known) = tidied.iter_mut().find(|known| known.key == answer.key) {
            *known = answer;
        } else if !answer.key.is_empty() && tidied.len() < MOST_ANSWERS {
            tidied.push(answer);
        }
    }
    tidied
}

/// Put values beside their conversations: what was collected again is renewed, what people corrected stays.
pub(crate) async fn store(
    tx: &DatabaseTransaction,
    values: &[Kept],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if values.is_empty() {
        return Ok(());
    }
    rows::run(
        tx,
        "insert into collected (conversation_id, key, name, value, collector, collector_name, position, at)
         select conversation_id, key, name, value, collector, collector_name, position, $2
         from json_to_recordset($1::text::json) as row(conversation_id uuid, key text, name text, value text,
             collector text, collector_name text, position int)
         on conflict (conversation_id, key) do update set name = excluded.name, value = excluded.value,
             collector = excluded.collector, collector_name = excluded.collector_name, position = excluded.position,
             at = excluded.at, version = collected.version + 1
         where collected.corrected_by is null",
        [rows::recordset(values)?, now.into()],
    )
    .await?;
    Ok(())
}

/// A collected value, as whoever corrects it sees it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Value {
    /// The question, where it has a name.
    pub name: Option<String>,
    /// What stands there.
    pub value: String,
    /// Grows with every change.
    pub version: i32,
}

/// A value beside a conversation. The caller has asked whether the conversation may be seen.
///
/// # Errors
/// When the database fails.
pub async fn one(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    key: &str,
) -> Result<Option<Value>, DbErr> {
    let found: Vec<Value> = rows::all(
        db,
        "select name, value, version from collected where conversation_id = $1 and key = $2",
        [conversation.into(), key.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}

/// Correct a value beside a conversation; an empty one takes it away. Wake the relay after the commit.
///
/// # Errors
/// The refusals of [`CollectError`].
pub async fn correct(
    tx: &DatabaseTransaction,
    by: &Principal,
    conversation: ConversationId,
    key: &str,
    version: i32,
    value: &str,
    now: DateTime<Utc>,
) -> Result<(), CollectError> {
    if value.trim().chars().count() > LONGEST_VALUE {
        return Err(CollectError::TooLong);
    }
    // Whoever else corrects it or collects waits here.
    let (contact, ..) = locked(tx, conversation).await?;
    let mine = conversation::Entity::within(&by.reach(Permission::ContactUpdate));
    let talk = mine.filter(conversation::Column::Id.eq(conversation)).one(tx).await?;
    talk.ok_or(CollectError::NotFound)?;
    let before = one(tx, conversation, key).await?.ok_or(CollectError::NotFound)?;
    if before.version != version {
        return Err(CollectError::ChangedSince);
    }
    let value = tidy(value, LONGEST_VALUE);
    if value == before.value {
        return Ok(());
    }
    if value.is_empty() {
        rows::run(
            tx,
            "delete from collected where conversation_id = $1 and key = $2",
            [conversation.into(), key.into()],
        )
        .await?;
    } else {
        rows::run(
            tx,
            "update collected set value = $3, corrected_by = $4, corrected_at = $5, version = version + 1
             where conversation_id = $1 and key = $2",
            [conversation.into(), key.into(), value.into(), by.person.into(), now.into()],
        )
        .await?;
    }
    let event = Event::ContactChanged { conversation, contact };
    events::append(tx, &[(event, Some(by.person))], now).await?;
    Ok(())
}

/// The contact of a conversation, locked, with its fields and from whom they are.
async fn locked(
    tx: &DatabaseTransaction,
    conversation: ConversationId,
) -> Result<(ContactId, BTreeMap<String, String>, BTreeMap<String, Origin>), CollectError> {
    #[derive(FromQueryResult)]
    struct Row {
        id: ContactId,
        attributes: serde_json::Value,
        sources: serde_json::Value,
    }

    let found: Vec<Row> = rows::all(
        tx,
        "select id, attributes, sources from contact
         where id = (select contact_id from conversation where id = $1) and merged_into is null for no key update",
        [conversation.into()],
    )
    .await?;
    let row = found.into_iter().next().ok_or(CollectError::NotFound)?;
    Ok((row.id, rows::read(row.attributes)?, rows::read(row.sources)?))
}

/// From whom the fields of a contact are after somebody wrote on it.
pub(crate) fn sources_after(
    mut sources: BTreeMap<String, Origin>,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    by: PersonId,
    now: DateTime<Utc>,
) -> BTreeMap<String, Origin> {
    sources.retain(|key, _| after.contains_key(key));
    for (key, _) in after.iter().filter(|(key, value)| before.get(*key) != Some(value)) {
        sources.insert(key.clone(), Origin { source: Source::Person { person: by }, at: now });
    }
    sources
}
