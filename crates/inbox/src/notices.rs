//! Notices of vendors about accounts, numbers and templates: each kept once, and handed to the room that acts on it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{ChannelId, notice::Notice};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use crate::rows;

/// A notice, and whom it concerns.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The vendor's account, as in `channel.account_key`.
    pub account_key: String,
    /// The channel, when the vendor named one; `None`: the whole account.
    pub channel: Option<ChannelId>,
    /// Some channel of the account, to ask its secrets and settings.
    pub any_channel: ChannelId,
    /// In which receipt it stands.
    pub receipt: i64,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// What it says.
    pub notice: Notice,
}

impl Told {
    /// When it happened: the vendor's time, or else when we heard of it.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.notice.at.unwrap_or(self.received_at)
    }
}

/// Keep notices as rows. Answers those that were not kept before: a webhook that comes again tells nothing new.
///
/// # Errors
/// When the database fails.
pub async fn keep<'a>(tx: &DatabaseTransaction, told: &[&'a Told]) -> Result<Vec<&'a Told>, DbErr> {
    #[derive(Serialize)]
    struct Row<'a> {
        id: Uuid,
        receipt_id: i64,
        account_key: &'a str,
        channel_id: Option<ChannelId>,
        field: &'a str,
        said: &'a domain::notice::Said,
        raw: &'a serde_json::Value,
        at: DateTime<Utc>,
        timed: bool,
    }
    #[derive(FromQueryResult)]
    struct Kept {
        id: Uuid,
    }

    if told.is_empty() {
        return Ok(Vec::new());
    }
    let fresh: Vec<Row<'_>> = told
        .iter()
        .map(|one| Row {
            id: Uuid::now_v7(),
            receipt_id: one.receipt,
            account_key: &one.account_key,
            channel_id: one.channel,
            field: &one.notice.field,
            said: &one.notice.said,
            raw: &one.notice.raw,
            at: one.at(),
            timed: one.notice.at.is_some(),
        })
        .collect();
    // The same words of the same second are the same notice; where the vendor gives no second, those of one week are:
    // that is how long webhooks are repeated (whatsapp-cloud.md §1.4).
    let kept: Vec<Kept> = rows::all(
        tx,
        "insert into notice (id, receipt_id, account_key, channel_id, field, said, raw, at)
         select distinct on (account_key, channel_id, field, raw, at) id, receipt_id, account_key, channel_id, field,
             said, raw, at
         from json_to_recordset($1::text::json) as row(id uuid, receipt_id bigint, account_key text, channel_id uuid,
             field text, said jsonb, raw jsonb, at timestamptz, timed boolean)
         where not exists (
             select from notice n where n.account_key = row.account_key and n.field = row.field
                 and n.channel_id is not distinct from row.channel_id
                 and n.at between row.at - interval '7 days' and row.at + interval '7 days'
                 and (n.at = row.at or not row.timed) and n.raw = row.raw)
         order by account_key, channel_id, field, raw, at, id
         returning id",
        [rows::recordset(&fresh)?],
    )
    .await?;
    let kept: HashSet<Uuid> = kept.into_iter().map(|row| row.id).collect();
    Ok(told.iter().zip(&fresh).filter(|(_, row)| kept.contains(&row.id)).map(|(one, _)| *one).collect())
}
