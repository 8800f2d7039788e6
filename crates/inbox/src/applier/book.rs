//! The business's address book (coexistence): names for those who have not told us theirs.

use chrono::{DateTime, Utc};
use domain::{Event, PersonId, inbound::AddressBookEntry};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{
    contacts::{self, Asked},
    sorting::Told,
};

/// Take in entries. A name the customer gave is better than the one in the book, and nobody is forgotten because the
/// book forgets them.
pub(crate) async fn apply(
    tx: &DatabaseTransaction,
    told: &[Told<AddressBookEntry>],
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<(), DbErr> {
    let named: Vec<&Told<AddressBookEntry>> =
        told.iter().filter(|one| !one.said.removed && one.said.name.is_some()).collect();
    // The last word on a customer is the one to take.
    let asked: Vec<Asked<'_>> = named
        .iter()
        .rev()
        .map(|one| Asked {
            addresses: std::slice::from_ref(&one.said.address),
            account: &one.channel.account_key,
            name: one.said.name.as_deref(),
        })
        .collect();
    contacts::resolve(tx, &asked, now, happened).await?;
    Ok(())
}
