//! Files that come with messages: a row and a job each, in the transaction of the message. Nobody waits for the bytes.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ChannelId, Content, FileId};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;

use crate::{files, rows};

/// How long the vendor keeps what a customer sent: seven days at Meta, since 2025-10-09 (whatsapp-cloud.md §6). Twilio
/// keeps it for longer and says for how long nowhere; after a week of failures nobody waits for a picture any more.
const KEPT: TimeDelta = TimeDelta::days(7);

/// A file that a message names.
#[derive(Debug, Serialize)]
pub(crate) struct Expected {
    id: FileId,
    channel_id: ChannelId,
    vendor_id: String,
    vendor_media_id: Option<String>,
    vendor_url: Option<String>,
    vendor_sha256: Option<String>,
    claimed_type: Option<String>,
    name: Option<String>,
    voice: bool,
    until: DateTime<Utc>,
}

/// Give the files of new messages their ids. Each message by its channel and the vendor's id of it.
pub(crate) fn expect<'a>(
    messages: impl Iterator<Item = (ChannelId, &'a str, &'a mut Content)>,
    now: DateTime<Utc>,
) -> Vec<Expected> {
    let mut expected = Vec::new();
    for (channel_id, vendor_id, content) in messages {
        let Some(media) = content.media_mut() else { continue };
        if media.vendor_media_id.is_none() && media.url.is_none() {
            // The vendor names no file: it was too large for it, say.
            continue;
        }
        let id = FileId::new();
        media.file = Some(id);
        expected.push(Expected {
            id,
            channel_id,
            vendor_id: vendor_id.to_owned(),
            vendor_media_id: media.vendor_media_id.clone(),
            vendor_url: media.url.clone(),
            vendor_sha256: media.sha256.clone(),
            claimed_type: media.mime.clone(),
            name: media.filename.clone(),
            voice: media.voice,
            until: now + KEPT,
        });
    }
    expected
}

/// Store them, now that their messages are, and have them fetched. A message that was there before keeps the file it
/// names. How many.
pub(crate) async fn store(
    tx: &DatabaseTransaction,
    expected: &[Expected],
    now: DateTime<Utc>,
) -> Result<usize, DbErr> {
    if expected.is_empty() {
        return Ok(0);
    }
    rows::run(
        tx,
        "insert into file (id, message_id, channel_id, conversation_id, state, vendor_media_id, vendor_url,
             vendor_sha256, claimed_type, name, voice, until, created_at, changed_at)
         select row.id, message.id, message.channel_id, message.conversation_id, 'waiting', row.vendor_media_id,
             row.vendor_url, row.vendor_sha256, row.claimed_type, row.name, row.voice, row.until, $2, $2
         from json_to_recordset($1::text::json) as row(id uuid, channel_id uuid, vendor_id text, vendor_media_id text,
             vendor_url text, vendor_sha256 text, claimed_type text, name text, voice boolean, until timestamptz)
         join message on message.channel_id = row.channel_id and message.vendor_id = row.vendor_id
             and message.content ->> 'file' = row.id::text",
        [rows::recordset(expected)?, now.into()],
    )
    .await?;
    let jobs: Vec<_> =
        expected.iter().map(|file| (file.id.to_string(), files::Fetch { file: file.id })).collect();
    jobs::enqueue_all(tx, files::FETCH, &jobs).await?;
    Ok(expected.len())
}
