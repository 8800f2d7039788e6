//! Storing customers' messages, each once.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ContactId, Content, ConversationId, Event, MessageId, PersonId, inbound::Context,
    referral::Referral,
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;

use super::{conversations::Talks, sorting::Arrival};
use crate::rows;

/// The arrivals that are new: neither stored already nor twice in this batch. The unique index decides in the end;
/// this look spares the work.
pub(crate) async fn not_yet_stored(
    tx: &DatabaseTransaction,
    arrivals: Vec<Arrival>,
) -> Result<Vec<Arrival>, DbErr> {
    #[derive(Serialize)]
    struct Asked<'a> {
        channel_id: ChannelId,
        vendor_id: &'a str,
    }
    #[derive(FromQueryResult)]
    struct Stored {
        channel_id: ChannelId,
        vendor_id: String,
    }

    if arrivals.is_empty() {
        return Ok(arrivals);
    }
    let asked: Vec<Asked<'_>> = arrivals
        .iter()
        .map(|arrival| Asked { channel_id: arrival.channel.id, vendor_id: &arrival.message.vendor_id })
        .collect();
    let stored: Vec<Stored> = rows::all(
        tx,
        "select message.channel_id, message.vendor_id
         from json_to_recordset($1::text::json) as asked(channel_id uuid, vendor_id text)
         join message on message.channel_id = asked.channel_id and message.vendor_id = asked.vendor_id",
        [rows::recordset(&asked)?],
    )
    .await?;
    let mut seen: HashSet<(ChannelId, String)> =
        stored.into_iter().map(|row| (row.channel_id, row.vendor_id)).collect();
    Ok(arrivals
        .into_iter()
        .filter(|arrival| seen.insert((arrival.channel.id, arrival.message.vendor_id.clone())))
        .collect())
}

#[derive(Serialize)]
struct Row<'a> {
    id: MessageId,
    conversation_id: ConversationId,
    channel_id: ChannelId,
    kind: &'static str,
    body: Option<&'a str>,
    content: &'a Content,
    vendor_id: &'a str,
    written_at: DateTime<Utc>,
    position: i64,
    reply_to: Option<&'a str>,
    context: Option<&'a Context>,
    referral: Option<&'a Referral>,
}

/// Store the arrivals in their conversations. Answers how many.
pub(crate) async fn store(
    tx: &DatabaseTransaction,
    arrivals: &[Arrival],
    contacts: &[ContactId],
    talks: &mut Talks,
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<usize, DbErr> {
    if arrivals.is_empty() {
        return Ok(0);
    }
    let mut fresh = Vec::with_capacity(arrivals.len());
    for (arrival, contact) in arrivals.iter().zip(contacts) {
        let Some(talk) = talks.get_mut(arrival.channel.id, *contact) else {
            return Err(DbErr::RecordNotFound("an arrival without its conversation".to_owned()));
        };
        let message = &arrival.message;
        // The thread's order is the vendor's second, then receipt.
        let written_at = arrival.written_at();
        talk.receive(arrival, written_at, now);
        fresh.push(Row {
            id: MessageId::new(),
            conversation_id: talk.id,
            channel_id: arrival.channel.id,
            kind: message.content.kind(),
            body: message.content.text(),
            content: &message.content,
            vendor_id: &message.vendor_id,
            written_at,
            position: arrival.position,
            reply_to: message.context.as_ref().and_then(|context| context.vendor_id.as_deref()),
            context: message.context.as_ref(),
            referral: message.referral.as_ref(),
        });
    }
    rows::run(
        tx,
        "insert into message (id, conversation_id, channel_id, direction, kind, body, content, vendor_id, written_at,
             position, reply_to, context, referral, created_at)
         select id, conversation_id, channel_id, 'in', kind, body, content, vendor_id, written_at, position, reply_to,
             context, referral, $2
         from json_to_recordset($1::text::json) as row(id uuid, conversation_id uuid, channel_id uuid, kind text,
             body text, content jsonb, vendor_id text, written_at timestamptz, position bigint, reply_to text,
             context jsonb, referral jsonb)",
        [rows::recordset(&fresh)?, now.into()],
    )
    .await?;
    happened.extend(
        fresh
            .iter()
            .map(|row| (Event::MessageReceived { conversation: row.conversation_id, message: row.id }, None)),
    );
    Ok(fresh.len())
}
