//! What contacts allow us to write for: an append-only ledger with proofs.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ContactId, Content, ConversationId, Event, Permission, Principal,
    consent::Purpose,
    template::{TemplateMessage, categories},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use crate::{contacts, events, rows};

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
    /// What told us, in words that are the same whenever it is told again; none when a person was told.
    pub source: Option<String>,
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
             insert into consent (contact_id, channel_id, purpose, given, proof, at, created_at, source)
             select distinct contact_id, channel_id, purpose, given, proof, at, $2::timestamptz,
                 sha256(convert_to(source, 'UTF8'))
             from json_to_recordset($1::text::json) as row(contact_id uuid, channel_id uuid, purpose text, given boolean,
                 proof text, at timestamptz, source text)
             where not exists (
                 select from consent known where known.contact_id = row.contact_id and known.purpose = row.purpose
                     and known.given = row.given and known.at = row.at and known.proof = row.proof
                     and known.channel_id is not distinct from row.channel_id)
             on conflict (channel_id, purpose, given, source) where source is not null do nothing
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

/// What the words of a contact forbid on a channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wishes {
    /// No offers, on no channel.
    pub no_offers: bool,
    /// Nothing at all on this channel.
    pub nothing: bool,
}

impl Wishes {
    /// The wish that stands against a content, whose template has this category by now: the vendor may have changed it.
    #[must_use]
    pub fn forbid(self, content: &Content, category: Option<&str>) -> Option<Purpose> {
        if self.nothing {
            return Some(Purpose::Anything);
        }
        let Content::Template(template) = content else { return None };
        let sells = category.or(template.category.as_deref()).is_some_and(is_marketing);
        (self.no_offers && sells).then_some(Purpose::Marketing)
    }
}

fn is_marketing(category: &str) -> bool {
    category.eq_ignore_ascii_case(categories::MARKETING)
}

/// What these contacts, with whoever became a part of them, forbid on a channel; who forbids nothing is not in it.
///
/// The newest word counts. No more offers is meant for all channels, and so is, as far as offers go, a stop of
/// everything; everything else is stopped on the channel where the carrier was told so (twilio.md §11), or everywhere
/// if a person was told. Silence forbids nothing: the law of each country asks for more, which is for the company to
/// keep.
///
/// # Errors
/// When the database fails.
pub async fn wishes(
    db: &impl ConnectionTrait,
    contacts: &[ContactId],
    channel: ChannelId,
) -> Result<HashMap<ContactId, Wishes>, DbErr> {
    #[derive(FromQueryResult)]
    struct Wished {
        contact_id: ContactId,
        no_offers: bool,
        nothing: bool,
    }
    if contacts.is_empty() {
        return Ok(HashMap::new());
    }
    let contacts: Vec<Uuid> = contacts.iter().map(|contact| contact.0).collect();
    let wished: Vec<Wished> = rows::all(
        db,
        "with recursive parts as (
             select whole, whole as id from unnest($1::uuid[]) as asked(whole)
             union select parts.whole, contact.id from contact join parts on contact.merged_into = parts.id
         ), said as (
             select parts.whole, c.id, c.purpose, c.given, c.at,
                 case when c.purpose = 'anything' then c.channel_id end as channel_id
             from parts join consent c on c.contact_id = parts.id
         ), newest as (
             select distinct on (whole, purpose, channel_id) whole, purpose, channel_id, given
             from said order by whole, purpose, channel_id, at desc, id desc
         )
         select whole as contact_id, bool_or(not given) as no_offers,
             bool_or(not given and purpose = 'anything' and coalesce(channel_id, $2) = $2) as nothing
         from newest group by whole having bool_or(not given)",
        [contacts.into(), channel.into()],
    )
    .await?;
    let wishes = |row: Wished| Wishes { no_offers: row.no_offers, nothing: row.nothing };
    Ok(wished.into_iter().map(|row| (row.contact_id, wishes(row))).collect())
}

/// The wish of a contact that stands against sending them this on a channel; `None` when nothing does.
///
/// # Errors
/// When the database fails.
pub async fn forbids(
    db: &impl ConnectionTrait,
    contact: ContactId,
    channel: ChannelId,
    content: &Content,
) -> Result<Option<Purpose>, DbErr> {
    #[derive(FromQueryResult)]
    struct Now {
        category: String,
    }
    let Some(wishes) = wishes(db, &[contact], channel).await?.remove(&contact) else { return Ok(None) };
    let now: Vec<Now> = match content {
        Content::Template(TemplateMessage { template: Some(id), .. }) => {
            rows::all(db, "select category from template where id = $1", [(*id).into()]).await?
        }
        _ => Vec::new(),
    };
    Ok(wishes.forbid(content, now.first().map(|now| now.category.as_str())))
}

/// A proof has no more characters.
pub const LONGEST_PROOF: usize = 300;

/// Why a word of a contact was not written down.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// No such contact, or not for this person to write on.
    #[error("no such contact")]
    NotFound,
    /// Nobody could tell later how the contact said so.
    #[error("how the contact said so is missing, or too long")]
    Unproven,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Write down what a contact told a person: for what, whether they allow it, and how they said so. It counts on all
/// channels. Wake the relay after the commit.
///
/// # Errors
/// The refusals of [`NoteError`].
pub async fn note(
    tx: &DatabaseTransaction,
    by: &Principal,
    contact: ContactId,
    (purpose, given): (Purpose, bool),
    proof: &str,
    now: DateTime<Utc>,
) -> Result<(), NoteError> {
    let proof = proof.replace('\0', "").trim().to_owned();
    if proof.is_empty() || proof.chars().count() > LONGEST_PROOF {
        return Err(NoteError::Unproven);
    }
    if !contacts::is_within(tx, by, Permission::ContactUpdate, contact).await? {
        return Err(NoteError::NotFound);
    }
    let said = Given { contact_id: contact, channel_id: None, purpose, given, proof, at: now, source: None };
    let told = record(tx, &[said], now).await?;
    let happened: Vec<_> = told.into_iter().map(|event| (event, Some(by.person))).collect();
    events::append(tx, &happened, now).await?;
    Ok(())
}
