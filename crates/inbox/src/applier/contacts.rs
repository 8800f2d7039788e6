//! Who wrote: one contact for each customer, however many addresses they have and messages they send at once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{Address, ContactId, IdentityId, IdentityKind};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;

use super::sorting::Arrival;
use crate::rows;

#[derive(Serialize)]
struct NewContact<'a> {
    id: ContactId,
    name: &'a str,
}

#[derive(Serialize)]
struct NewIdentity<'a> {
    id: IdentityId,
    contact_id: ContactId,
    kind: IdentityKind,
    value: &'a str,
}

/// The contact of each arrival, in the same order; unknown ones are created.
pub(crate) async fn resolve(
    tx: &DatabaseTransaction,
    arrivals: &[Arrival],
    now: DateTime<Utc>,
) -> Result<Vec<ContactId>, DbErr> {
    if arrivals.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = known(tx, arrivals).await?;
    let (mut contacts, mut identities) = (Vec::new(), Vec::new());
    let mut resolved = Vec::with_capacity(arrivals.len());
    for Arrival { message, .. } in arrivals {
        let contact =
            message.from.iter().find_map(|address| known.get(address)).copied().unwrap_or_else(|| {
                let id = ContactId::new();
                contacts.push(NewContact { id, name: display_name(message.name.as_deref(), &message.from) });
                id
            });
        for address in &message.from {
            // An address that belongs to somebody stays with them: joining two contacts is a person's decision.
            known.entry(address.clone()).or_insert_with(|| {
                identities.push(NewIdentity {
                    id: IdentityId::new(),
                    contact_id: contact,
                    kind: address.kind,
                    value: &address.value,
                });
                contact
            });
        }
        resolved.push(contact);
    }
    insert(tx, &contacts, &identities, now).await?;
    Ok(resolved)
}

async fn known(tx: &DatabaseTransaction, arrivals: &[Arrival]) -> Result<HashMap<Address, ContactId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Known {
        kind: IdentityKind,
        value: String,
        contact_id: ContactId,
    }

    let addresses: Vec<&Address> = arrivals.iter().flat_map(|arrival| &arrival.message.from).collect();
    let found: Vec<Known> = rows::all(
        tx,
        "select identity.kind, identity.value, identity.contact_id
         from (select distinct kind, value from json_to_recordset($1::text::json) as asked(kind text, value text)) asked
         join identity on identity.kind = asked.kind and identity.value = asked.value",
        [rows::recordset(&addresses)?],
    )
    .await?;
    Ok(found.into_iter().map(|row| (Address { kind: row.kind, value: row.value }, row.contact_id)).collect())
}

async fn insert(
    tx: &DatabaseTransaction,
    contacts: &[NewContact<'_>],
    identities: &[NewIdentity<'_>],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if !contacts.is_empty() {
        rows::run(
            tx,
            "insert into contact (id, name, created_at)
             select id, name, $2 from json_to_recordset($1::text::json) as row(id uuid, name text)",
            [rows::recordset(contacts)?, now.into()],
        )
        .await?;
    }
    if !identities.is_empty() {
        // No ON CONFLICT: whoever was faster (an import, an agent) makes this transaction start again and find them.
        rows::run(
            tx,
            "insert into identity (id, contact_id, kind, value, created_at)
             select id, contact_id, kind, value, $2
             from json_to_recordset($1::text::json) as row(id uuid, contact_id uuid, kind text, value text)",
            [rows::recordset(identities)?, now.into()],
        )
        .await?;
    }
    Ok(())
}

/// The name the customer chose, else the address they wrote from.
fn display_name<'a>(name: Option<&'a str>, from: &'a [Address]) -> &'a str {
    name.map(str::trim)
        .filter(|name| !name.is_empty())
        .or_else(|| from.first().map(|address| address.value.as_str()))
        .unwrap_or("?")
}
