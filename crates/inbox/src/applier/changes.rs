//! Customers whose number or user id changed: the old address ends, the new one is theirs, and answers go there.

use chrono::{DateTime, Utc};
use domain::{Address, ContactId, ConversationId, Event, IdentityKind, PersonId, inbound::AddressChange};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{contacts as addresses, sorting::Told};
use crate::{
    contacts::{self, MergeError, MergeReason, ProposalReason},
    rows,
};

/// An address that somebody has now.
#[derive(FromQueryResult)]
struct Live {
    contact_id: ContactId,
    kind: IdentityKind,
    match_key: String,
}

/// Apply changes in their order. They are rare, so each takes its own statements.
pub(crate) async fn apply(
    tx: &DatabaseTransaction,
    told: &[Told<AddressChange>],
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<(), DbErr> {
    for one in told {
        apply_one(tx, one, now, happened).await?;
    }
    Ok(())
}

async fn apply_one(
    tx: &DatabaseTransaction,
    told: &Told<AddressChange>,
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<(), DbErr> {
    let change = &told.said;
    let account: &str = &told.channel.account_key;
    if !note(tx, told).await? {
        return Ok(());
    }
    let live = live(tx, change).await?;
    let owner = |address: &Address| {
        let key = address.key();
        live.iter()
            .find(|live| live.kind == address.kind && live.match_key == key)
            .map(|live| live.contact_id)
    };
    let by_kind = |user: bool| change.before.iter().filter(move |address| address.is_user() == user);
    let Some(contact) = by_kind(true).chain(by_kind(false)).find_map(owner) else {
        // A stranger, or a change we know from another webhook.
        return Ok(());
    };
    let users_of_new_number = others_of(tx, change, account).await?;

    let mut ends = Vec::new();
    let mut gains = Vec::new();
    let mut joined = Vec::new();
    // User ids first: what they make one needs no proposal for its number.
    let mut new: Vec<&Address> =
        change.after.iter().filter(|address| !is_among(address, &change.before)).collect();
    new.sort_by_key(|address| !address.is_user());
    for address in new {
        match owner(address) {
            None => gains.push(address.clone()),
            Some(same) if same == contact || joined.contains(&same) => {}
            Some(other) if address.is_user() => {
                join(tx, other, contact, now).await?;
                joined.push(other);
            }
            // Their number has passed on: the vendor knows who had it by another id.
            Some(other) if is_another_user(other, change, &users_of_new_number) => {
                ends.push(address.clone());
                gains.push(address.clone());
            }
            Some(other) => {
                contacts::propose(tx, contact, other, &ProposalReason::NumberTaken, now).await?;
            }
        }
    }
    for address in change.before.iter().filter(|address| !is_among(address, &change.after)) {
        // A hidden number is no changed number: without a new one the old one stays.
        let replaced = address.is_user() || change.after.iter().any(|new| new.kind == address.kind);
        if replaced && owner(address) == Some(contact) {
            ends.push(address.clone());
        }
    }
    if !ends.is_empty() {
        addresses::end(tx, &ends, now).await?;
    }
    addresses::add(tx, contact, &gains, account, now).await?;
    rows::run(
        tx,
        "update address_change set contact_id = $2 where id = $1",
        [change_id(told).into(), contact.into()],
    )
    .await?;
    for conversation in answer_there(tx, contact, change, account).await? {
        happened.push((Event::AddressChanged { conversation, contact }, None));
    }
    Ok(())
}

/// The place of the change in its receipt is its id: the same however often the batch is tried.
fn change_id<T>(told: &Told<T>) -> Uuid {
    Uuid::from_u64_pair(told.receipt.unsigned_abs(), told.position.unsigned_abs())
}

/// Note a change once; whether it was not known.
async fn note(tx: &DatabaseTransaction, told: &Told<AddressChange>) -> Result<bool, DbErr> {
    let json = |addresses: &[Address]| {
        serde_json::to_value(addresses).map_err(|error| DbErr::Json(error.to_string()))
    };
    let noted = rows::run(
        tx,
        "insert into address_change (id, account_key, before, after, at, receipt_id) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        [
            change_id(told).into(),
            told.channel.account_key.to_string().into(),
            json(&told.said.before)?.into(),
            json(&told.said.after)?.into(),
            told.said.at.unwrap_or(told.received_at).into(),
            told.receipt.into(),
        ],
    )
    .await?;
    Ok(noted > 0)
}

async fn live(tx: &DatabaseTransaction, change: &AddressChange) -> Result<Vec<Live>, DbErr> {
    let asked: Vec<&Address> = change.before.iter().chain(&change.after).collect();
    rows::all(
        tx,
        "select distinct identity.contact_id, identity.kind, identity.match_key
         from json_to_recordset($1::text::json) as asked(kind text, value text)
         join identity on identity.kind = asked.kind and identity.match_key = match_key(asked.kind, asked.value)
             and identity.ended_at is null",
        [rows::recordset(&asked)?],
    )
    .await
}

/// The user ids, in this account, of those who have the new addresses.
async fn others_of(
    tx: &DatabaseTransaction,
    change: &AddressChange,
    account: &str,
) -> Result<Vec<(ContactId, Address)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        contact_id: ContactId,
        kind: IdentityKind,
        value: String,
    }
    let found: Vec<Found> = rows::all(
        tx,
        "select distinct users.contact_id, users.kind, users.value
         from json_to_recordset($1::text::json) as asked(kind text, value text)
         join identity on identity.kind = asked.kind and identity.match_key = match_key(asked.kind, asked.value)
             and identity.ended_at is null
         join identity users on users.contact_id = identity.contact_id and users.kind in ('bsuid', 'parent_bsuid')
             and users.ended_at is null and users.account_key = $2",
        [rows::recordset(&change.after)?, account.into()],
    )
    .await?;
    Ok(found.into_iter().map(|row| (row.contact_id, Address { kind: row.kind, value: row.value })).collect())
}

fn is_another_user(other: ContactId, change: &AddressChange, users: &[(ContactId, Address)]) -> bool {
    let is_told = change.after.iter().any(Address::is_user);
    is_told && users.iter().any(|(contact, user)| *contact == other && !is_among(user, &change.after))
}

fn is_among(address: &Address, addresses: &[Address]) -> bool {
    addresses.iter().any(|other| other.is_same_as(address))
}

/// The vendor's word that both are one user: `other` was made because their message overtook the notice.
async fn join(
    tx: &DatabaseTransaction,
    other: ContactId,
    contact: ContactId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    match contacts::merge(tx, None, other, contact, &MergeReason::SameUser, now).await {
        Ok(_) | Err(MergeError::Same | MergeError::JoinedBefore | MergeError::NotFound) => Ok(()),
        Err(MergeError::Db(error)) => Err(error),
        Err(refused) => {
            tracing::warn!(%refused, "contact {other} could not be joined with {contact}");
            Ok(())
        }
    }
}

/// Their conversations in this account are answered at the new address. Answers the open ones.
async fn answer_there(
    tx: &DatabaseTransaction,
    contact: ContactId,
    change: &AddressChange,
    account: &str,
) -> Result<Vec<ConversationId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        id: ConversationId,
    }
    let found: Vec<Found> = rows::all(
        tx,
        "with theirs as (
             select c.id from conversation c join channel on channel.id = c.channel_id and channel.account_key = $2
             where c.contact_id = $1 and c.state <> 'closed'
             order by c.id for no key update of c)
         update conversation c set reply_address = coalesce($3, c.reply_address), version = c.version + 1
         from theirs where c.id = theirs.id
         returning c.id",
        [contact.into(), account.into(), change.reply_address.clone().into()],
    )
    .await?;
    Ok(found.into_iter().map(|row| row.id).collect())
}
