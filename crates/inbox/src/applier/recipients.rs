//! What reports on messages of ours teach about whom they reached: the user ids of customers whom we knew by their number.

use chrono::{DateTime, Utc};
use domain::{Address, ConversationId, DeliveryState, IdentityId, IdentityKind, inbound::StatusReport};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;

use super::sorting::Told;
use crate::rows;

/// Whom a message of a conversation reached.
#[derive(Debug, Serialize)]
pub(crate) struct Reached<'a> {
    conversation_id: ConversationId,
    account_key: &'a str,
    phone: Option<&'a str>,
    user_id: &'a str,
    user_row: IdentityId,
    parent_id: Option<&'a str>,
    parent_row: IdentityId,
}

impl<'a> Reached<'a> {
    /// What a report tells about whom it reached; a message that did not arrive reached nobody.
    pub fn of(report: &'a Told<StatusReport>, conversation: ConversationId) -> Option<Self> {
        let said = &report.said;
        if !matches!(said.state, DeliveryState::Delivered | DeliveryState::Read | DeliveryState::Played) {
            return None;
        }
        let one = |kind| {
            said.to
                .iter()
                .find(|address: &&Address| address.kind == kind)
                .map(|address| address.value.as_str())
        };
        Some(Self {
            conversation_id: conversation,
            account_key: &report.channel.account_key,
            phone: one(IdentityKind::Phone),
            user_id: one(IdentityKind::Bsuid)?,
            user_row: IdentityId::new(),
            parent_id: one(IdentityKind::ParentBsuid),
            parent_row: IdentityId::new(),
        })
    }
}

/// Note the user ids of those whom messages reached (whatsapp-cloud.md §3). Nothing is learnt where there is a doubt: the
/// number is not, or no longer, the contact's; the id is somebody else's; the contact has another id in that account, as
/// when the number has a new owner; a batch tells two things. Their own next message tells more (docs/decisions/0016).
pub(crate) async fn learn(
    tx: &DatabaseTransaction,
    reached: &[Reached<'_>],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if reached.is_empty() {
        return Ok(());
    }
    rows::run(
        tx,
        "with told as (
             select c.contact_id, row.*
             from json_to_recordset($1::text::json) as row(conversation_id uuid, account_key text, phone text,
                 user_id text, user_row uuid, parent_id text, parent_row uuid)
             join conversation c on c.id = row.conversation_id
         ), sure as (
             select * from told
             where exists (
                     select from identity number where number.contact_id = told.contact_id and number.kind = 'phone'
                         and number.match_key = match_key('phone', told.phone) and number.ended_at is null)
                 and not exists (
                     select from identity theirs where theirs.kind = 'bsuid' and theirs.match_key = told.user_id
                         and theirs.ended_at is null and theirs.contact_id <> told.contact_id)
                 and not exists (
                     select from identity other where other.contact_id = told.contact_id and other.kind = 'bsuid'
                         and other.ended_at is null and other.value <> told.user_id
                         and coalesce(other.account_key, told.account_key) = told.account_key)
                 and not exists (
                     select from told doubt where doubt.user_id = told.user_id
                         and (doubt.contact_id, doubt.account_key) <> (told.contact_id, told.account_key)
                         or doubt.contact_id = told.contact_id and doubt.account_key = told.account_key
                         and doubt.user_id <> told.user_id)
         ), ids as (
             select distinct on (user_id) contact_id, account_key, 'bsuid' as kind, user_id as value, user_row as id
             from sure
             union all
             select distinct on (contact_id, account_key) contact_id, account_key, 'parent_bsuid', parent_id, parent_row
             from sure where parent_id is not null
         )
         insert into identity (id, contact_id, kind, value, account_key, created_at)
         select ids.id, ids.contact_id, ids.kind, ids.value, ids.account_key, $2 from ids
         where not exists (
             select from identity known where known.ended_at is null and known.kind = ids.kind
                 and (known.match_key = ids.value or known.contact_id = ids.contact_id
                     and coalesce(known.account_key, ids.account_key) = ids.account_key))
         on conflict do nothing",
        [rows::recordset(reached)?, now.into()],
    )
    .await?;
    Ok(())
}
