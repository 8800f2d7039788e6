//! The contact beside a conversation.

use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, ConversationState, IdentityKind, Visibility};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;

use crate::rows;

/// A contact's addresses and earlier conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactDetails {
    /// First seen.
    pub first_seen: DateTime<Utc>,
    /// Addresses, oldest first.
    pub identities: Vec<IdentityLine>,
    /// Other conversations the asking person may see, newest first.
    pub previous: Vec<PreviousLine>,
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IdentityLine {
    /// What the value is.
    pub kind: IdentityKind,
    /// The address.
    pub value: String,
}

/// An earlier conversation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PreviousLine {
    /// Which.
    pub id: ConversationId,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// Its queue.
    pub queue: String,
    /// Who held it last.
    pub holder: Option<String>,
    /// Where it stands.
    pub state: ConversationState,
}

/// A contact's details beside `conversation`. Holding a contact's open conversation lets one read the earlier ones.
///
/// # Errors
/// When the database fails.
pub async fn details(
    db: &impl ConnectionTrait,
    contact: ContactId,
    conversation: ConversationId,
    reach: &Visibility,
) -> Result<Option<ContactDetails>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        created_at: DateTime<Utc>,
        identities: serde_json::Value,
        previous: serde_json::Value,
    }

    let (everything, person, all_in) = match reach {
        Visibility::Nothing => return Ok(None),
        Visibility::Everything => (true, None, Vec::new()),
        Visibility::Some { person, all_in, .. } => {
            (false, Some(person.0), all_in.iter().map(|queue| queue.0).collect())
        }
    };
    let found: Vec<Row> = rows::all(
        db,
        "select contact.created_at,
             (select coalesce(json_agg(json_build_object('kind', kind, 'value', value) order by created_at, id), '[]')
              from identity where contact_id = contact.id) as identities,
             (select coalesce(json_agg(earlier), '[]') from (
                 select c.id, c.opened_at, queue.name as queue, c.state,
                     (select person.name from assignment a join person on person.id = a.person_id
                      where a.conversation_id = c.id order by a.started_at desc limit 1) as holder
                 from conversation c join queue on queue.id = c.queue_id
                 where c.contact_id = contact.id and c.id <> $2
                     and ($3 or c.queue_id = any($5) or exists (
                         select from conversation held
                         where held.contact_id = contact.id and held.state = 'assigned' and held.assignee_id = $4))
                 order by c.opened_at desc limit 10) earlier) as previous
         from contact where contact.id = $1",
        [contact.into(), conversation.into(), everything.into(), person.into(), all_in.into()],
    )
    .await?;
    let read = |json| serde_json::from_value(json).map_err(|error| DbErr::Json(error.to_string()));
    found
        .into_iter()
        .next()
        .map(|row| {
            let previous =
                serde_json::from_value(row.previous).map_err(|error| DbErr::Json(error.to_string()))?;
            Ok(ContactDetails { first_seen: row.created_at, identities: read(row.identities)?, previous })
        })
        .transpose()
}
