//! Two contacts that may be one: what speaks for it is kept until a person decides.

use chrono::{DateTime, Utc};
use domain::ContactId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::rows;

/// What speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum ProposalReason {
    /// A message came with the number of one and the user id of the other.
    SameMessage,
    /// One changed to a number that the other has.
    NumberTaken,
}

/// A proposal nobody has decided on.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Proposed {
    /// Which.
    pub id: Uuid,
    /// The other contact.
    pub other_id: ContactId,
    /// Its name.
    pub other_name: String,
    /// What speaks for it.
    pub reason: serde_json::Value,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// Two contacts in the order in which proposals are stored.
pub(crate) fn pair(one: ContactId, other: ContactId) -> (ContactId, ContactId) {
    if one < other { (one, other) } else { (other, one) }
}

/// Propose to join two contacts; once is enough.
pub(crate) async fn propose(
    tx: &DatabaseTransaction,
    one: ContactId,
    other: ContactId,
    reason: &ProposalReason,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (one, other) = pair(one, other);
    let reason = serde_json::to_value(reason).map_err(|error| DbErr::Json(error.to_string()))?;
    rows::run(
        tx,
        "insert into contact_proposal (id, one_id, other_id, reason, at) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        [Uuid::now_v7().into(), one.into(), other.into(), reason.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// What is proposed for a contact.
///
/// # Errors
/// When the database fails.
pub async fn proposals_of(db: &impl ConnectionTrait, contact: ContactId) -> Result<Vec<Proposed>, DbErr> {
    rows::all(
        db,
        "select p.id, other.id as other_id, other.name as other_name, p.reason, p.at
         from contact_proposal p
         join contact other on other.id = case when p.one_id = $1 then p.other_id else p.one_id end
         where $1 in (p.one_id, p.other_id) and p.settled_at is null
         order by p.at",
        [contact.into()],
    )
    .await
}
