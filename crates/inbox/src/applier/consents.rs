//! What customers allow and forbid, by the vendor's notice or by a word alone in a message.

use chrono::{DateTime, Utc};
use domain::{Event, PersonId, inbound::ConsentChange};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{
    contacts::{self, Asked},
    sorting::{Told, second},
};
use crate::consent::{Given, record};

/// Take in what vendors told.
pub(crate) async fn apply(
    tx: &DatabaseTransaction,
    told: &[Told<ConsentChange>],
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<(), DbErr> {
    if told.is_empty() {
        return Ok(());
    }
    let asked: Vec<Asked<'_>> = told
        .iter()
        .map(|one| Asked { addresses: &one.said.from, account: &one.channel.account_key, name: None })
        .collect();
    let contacts = contacts::resolve(tx, &asked, now, happened).await?;
    let given: Vec<Given> = told
        .iter()
        .zip(contacts)
        .map(|(one, contact_id)| Given {
            contact_id,
            channel_id: Some(one.channel.id),
            purpose: one.said.purpose,
            given: one.said.given,
            proof: one.said.proof.clone(),
            at: second(one.said.at, one.received_at),
            source: Some(source(one)),
        })
        .collect();
    happened.extend(record(tx, &given, now).await?.into_iter().map(|event| (event, None)));
    Ok(())
}

/// What stays the same when it is told again, by another receipt or about another contact since.
fn source(told: &Told<ConsentChange>) -> String {
    let said = &told.said;
    match (&said.message, said.at, said.from.first()) {
        (Some(message), ..) => format!("message {message}"),
        (None, Some(at), Some(address)) => format!("notice {} {}", address.key(), at.timestamp()),
        _ => format!("receipt {} {}", told.receipt, told.position),
    }
}
