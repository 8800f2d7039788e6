//! Contacts: two that are one person are joined, and joining them is taken back.
//!
//! Joining moves addresses and conversations; each message stays in its conversation, and consents stay where they were
//! given and count for both. Where both have an open conversation on a channel, the older goes on (docs/decisions/0017).

pub mod blocking;
pub mod card;
mod merging;
mod parting;
mod proposals;
pub mod vendor_block;

use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, ConversationState, Permission, PersonId, Principal, Visibility};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use merging::merge;
pub use parting::undo;
pub use proposals::{ProposalReason, Proposed, proposals_of};
pub(crate) use proposals::{pair, propose};

use crate::rows::{self, Reach, within};

/// Why two contacts are one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum MergeReason {
    /// The vendor said that both addresses are one user's.
    SameUser,
    /// Both were made for one number in two spellings.
    SameNumber,
    /// A person said so.
    Person {
        /// In their words.
        note: String,
    },
}

/// Why contacts were not joined, or a join was not taken back.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// No such contact or join, or not for this person.
    #[error("no such contact")]
    NotFound,
    /// It is one contact already.
    #[error("it is the same contact")]
    Same,
    /// One of them became a part of another before.
    #[error("the contact was joined with another before")]
    JoinedBefore,
    /// It was taken back before.
    #[error("joining them was taken back before")]
    PartedBefore,
    /// The contact that goes on was itself joined with another since: that has to be taken back first.
    #[error("the contact was joined with another since")]
    JoinedSince,
    /// Both were one number in two spellings.
    #[error("both have the same number")]
    SameNumber,
    /// Their addresses or conversations changed since in a way that nobody can tell apart.
    #[error("addresses or conversations changed since")]
    ChangedSince,
    /// The customer wrote into the conversation that went on for both.
    #[error("the customer wrote into a conversation of both since")]
    WroteSince,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// What a join moved, so that it can be told and taken back.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Moved {
    identities: Vec<Uuid>,
    conversations: Vec<ConversationId>,
    closed: Vec<Closed>,
    /// Addresses that were a second spelling of one.
    dropped: Vec<serde_json::Value>,
    /// What the contact that goes on was called before, and how it was marked.
    before: Option<Marks>,
    after: Option<Marks>,
    /// Whether the contact that goes on was blocked before and after; joins of before this was kept don't say.
    blocks: Option<Blocks>,
}

/// Whether somebody was blocked before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Blocks {
    before: Option<Block>,
    after: Option<Block>,
}

/// Since when somebody is blocked, by whom and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Block {
    at: DateTime<Utc>,
    by: Option<PersonId>,
    reason: Option<String>,
}

/// An open conversation that was closed because an older one goes on; or, where that is itself, because its contact is
/// blocked from the join on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Closed {
    conversation: ConversationId,
    state: ConversationState,
    holder: Option<PersonId>,
    queued_at: DateTime<Utc>,
    goes_on: ConversationId,
    /// Where the one that goes on was answered before, and until when.
    #[serde(default)]
    answered: Option<Answered>,
}

/// Where a conversation is answered, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Answered {
    address: String,
    until: Option<DateTime<Utc>>,
}

/// What people wrote on a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromQueryResult)]
struct Marks {
    name: String,
    vip: bool,
    owner_id: Option<PersonId>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default = "no_attributes")]
    attributes: serde_json::Value,
    #[serde(default = "no_attributes")]
    sources: serde_json::Value,
}

/// What joins hold that were made before there were fields, or before it was kept from whom they are.
fn no_attributes() -> serde_json::Value {
    serde_json::Value::Object(serde_json::Map::new())
}

/// A contact, locked.
#[derive(Debug, FromQueryResult)]
struct Locked {
    id: ContactId,
    merged_into: Option<ContactId>,
    #[sea_orm(nested)]
    marks: Marks,
    blocked_at: Option<DateTime<Utc>>,
    blocked_by: Option<PersonId>,
    blocked_reason: Option<String>,
}

impl Locked {
    fn block(&self) -> Option<Block> {
        let (by, reason) = (self.blocked_by, self.blocked_reason.clone());
        self.blocked_at.map(|at| Block { at, by, reason })
    }
}

/// Alone with contacts: no webhook is applied and no other join runs meanwhile. Taken before any row is locked.
async fn alone(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    tx.execute_unprepared("select pg_advisory_xact_lock(1112, 1)").await?;
    Ok(())
}

async fn lock(tx: &DatabaseTransaction, contacts: [ContactId; 2]) -> Result<Vec<Locked>, DbErr> {
    rows::all(
        tx,
        "select id, merged_into, name, vip, owner_id, language, attributes, sources, blocked_at, blocked_by,
             blocked_reason
         from contact where id = any($1) order by id for no key update",
        [contacts.map(|contact| contact.0).to_vec().into()],
    )
    .await
}

/// Whether a permission of a person reaches this contact: one of its conversations at least, or one of the contact's
/// that it became a part of.
///
/// # Errors
/// When the database fails.
pub async fn is_within(
    db: &impl ConnectionTrait,
    by: &Principal,
    permission: Permission,
    contact: ContactId,
) -> Result<bool, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        found: bool,
    }

    let reach: Visibility = by.reach(permission);
    let [everything, person, unassigned_in, all_in, beside] = Reach::of(&reach).values();
    let found: Vec<Found> = rows::all(
        db,
        concat!(
            "select $2 or exists (select from conversation c
                 where c.contact_id = coalesce(contact.merged_into, contact.id) and ",
            within!(2, 3, 4, 5, 6),
            ") as found from contact where id = $1"
        ),
        [contact.into(), everything, person, unassigned_in, all_in, beside],
    )
    .await?;
    Ok(found.first().is_some_and(|row| row.found))
}

/// A join, for those who may take it back.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Merge {
    /// Which.
    pub id: Uuid,
    /// Who is no contact of their own any more.
    pub from_id: ContactId,
    /// Who goes on.
    pub into_id: ContactId,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
}

/// One join.
///
/// # Errors
/// When the database fails.
pub async fn merge_of(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Merge>, DbErr> {
    let found: Vec<Merge> = rows::all(
        db,
        "select id, from_id, into_id, at, undone_at from contact_merge where id = $1",
        [id.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}

/// A join that can be taken back.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Joined {
    /// Which.
    pub id: Uuid,
    /// Who was joined.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Who became a part of this contact and was not taken out again, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn joined_into(db: &impl ConnectionTrait, contact: ContactId) -> Result<Vec<Joined>, DbErr> {
    rows::all(
        db,
        "select j.id, part.name, j.at from contact_merge j join contact part on part.id = j.from_id
         where j.into_id = $1 and j.undone_at is null order by j.at desc limit 10",
        [contact.into()],
    )
    .await
}

async fn queue_of(tx: &DatabaseTransaction, id: ConversationId) -> Result<domain::QueueId, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        queue_id: domain::QueueId,
    }
    let found: Vec<Found> =
        rows::all(tx, "select queue_id from conversation where id = $1", [id.into()]).await?;
    found
        .first()
        .map(|row| row.queue_id)
        .ok_or_else(|| DbErr::RecordNotFound("a conversation of a join is gone".to_owned()))
}
