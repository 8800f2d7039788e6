//! What contacts allow us to write for: an append-only ledger with proofs.

use chrono::{DateTime, Utc};
use domain::{ChannelId, ContactId, ConversationId, Event, consent::Purpose};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;

use crate::rows;

/// A word of a customer, or of the vendor for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Given {
    /// Whose.
    pub contact_id: ContactId,
    /// Through which channel; `None`: told to a person.
    pub channel_id: Option<ChannelId>,
    /// For what.
    pub purpose: Purpose,
    /// Allowed or forbidden.
    pub given: bool,
    /// The vendor's sentence, or the word the customer wrote.
    pub proof: String,
    /// When, by the vendor's clock.
    pub at: DateTime<Utc>,
}

/// Where a contact stands on a purpose.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Standing {
    /// For what.
    pub purpose: Purpose,
    /// Allowed or forbidden.
    pub given: bool,
    /// The proof.
    pub proof: String,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// Write words down, each once however often it is told. Pages of the open conversations are told what changed.
///
/// # Errors
/// When the database fails.
pub async fn record(
    tx: &DatabaseTransaction,
    given: &[Given],
    now: DateTime<Utc>,
) -> Result<Vec<Event>, DbErr> {
    #[derive(FromQueryResult)]
    struct Told {
        conversation_id: ConversationId,
        contact_id: ContactId,
        purpose: Purpose,
        given: bool,
    }
    if given.is_empty() {
        return Ok(Vec::new());
    }
    let told: Vec<Told> = rows::all(
        tx,
        "with written as (
             insert into consent (contact_id, channel_id, purpose, given, proof, at, created_at)
             select distinct contact_id, channel_id, purpose, given, proof, at, $2::timestamptz
             from json_to_recordset($1::text::json) as row(contact_id uuid, channel_id uuid, purpose text, given boolean,
                 proof text, at timestamptz)
             where not exists (
                 select from consent known where known.contact_id = row.contact_id and known.purpose = row.purpose
                     and known.given = row.given and known.at = row.at and known.proof = row.proof)
             returning contact_id, purpose, given)
         select c.id as conversation_id, written.contact_id, written.purpose, written.given
         from written join conversation c on c.contact_id = written.contact_id and c.state <> 'closed'",
        [rows::recordset(given)?, now.into()],
    )
    .await?;
    Ok(told
        .into_iter()
        .map(|row| Event::ConsentChanged {
            conversation: row.conversation_id,
            contact: row.contact_id,
            purpose: row.purpose,
            given: row.given,
        })
        .collect())
}

/// Where a contact stands, and whoever became a part of it: the newest word on each purpose.
///
/// # Errors
/// When the database fails.
pub async fn standing(db: &impl ConnectionTrait, contact: ContactId) -> Result<Vec<Standing>, DbErr> {
    rows::all(
        db,
        "with recursive parts as (
             select $1::uuid as id union select contact.id from contact join parts on contact.merged_into = parts.id
         )
         select distinct on (purpose) purpose, given, proof, at
         from consent where contact_id in (select id from parts)
         order by purpose, at desc, id desc",
        [contact.into()],
    )
    .await
}

/// The word that forbids to write to a contact for a purpose; `None` when nothing does. Who asked us to write nothing at
/// all wants no offers either. Silence forbids nothing: the law of each country asks for more, which is for the company
/// to keep.
///
/// # Errors
/// When the database fails.
pub async fn forbids(
    db: &impl ConnectionTrait,
    contact: ContactId,
    purpose: Purpose,
) -> Result<Option<Standing>, DbErr> {
    Ok(standing(db, contact).await?.into_iter().find(|standing| {
        !standing.given && (standing.purpose == purpose || standing.purpose == Purpose::Anything)
    }))
}

/// Whether a contact may be written to for a purpose. See [`forbids`].
///
/// # Errors
/// When the database fails.
pub async fn allows(db: &impl ConnectionTrait, contact: ContactId, purpose: Purpose) -> Result<bool, DbErr> {
    Ok(forbids(db, contact, purpose).await?.is_none())
}
