//! Corrections, deletions and reactions: they change a message that is there. Whose message we don't know stays a line
//! of its own until that comes; order of arrival does not matter.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{ChannelId, ContactId, Content, ConversationId, Event, MessageId, PersonId};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;

use super::sorting::{Arrival, Side};
use crate::rows;

/// The vendor's id of the message that a content changes.
pub(super) fn target(content: &Content) -> Option<&str> {
    match content {
        Content::Edit { original, .. } | Content::Revoke { original } => Some(original),
        Content::Reaction { target, .. } => Some(target),
        _ => None,
    }
}

/// A message that is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub(super) struct Original {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    contact_id: ContactId,
    is_inbound: bool,
}

/// Messages that arrivals change, by channel and vendor's id.
pub(super) type Originals = HashMap<(ChannelId, String), Original>;

/// Read the messages that these arrivals change, as far as they are here.
pub(super) async fn originals(tx: &DatabaseTransaction, arrivals: &[Arrival]) -> Result<Originals, DbErr> {
    #[derive(Serialize)]
    struct Asked<'a> {
        channel_id: ChannelId,
        vendor_id: &'a str,
    }
    #[derive(FromQueryResult)]
    struct Found {
        channel_id: ChannelId,
        vendor_id: String,
        #[sea_orm(nested)]
        original: Original,
    }

    let asked: Vec<Asked<'_>> = arrivals
        .iter()
        .filter_map(|arrival| {
            let vendor_id = target(&arrival.message.content)?;
            Some(Asked { channel_id: arrival.channel.id, vendor_id })
        })
        .collect();
    if asked.is_empty() {
        return Ok(Originals::new());
    }
    let found: Vec<Found> = rows::all(
        tx,
        "select m.channel_id, m.vendor_id, m.id, m.conversation_id, c.contact_id, m.direction = 'in' as is_inbound
         from json_to_recordset($1::text::json) as asked(channel_id uuid, vendor_id text)
         join message m on m.channel_id = asked.channel_id and m.vendor_id = asked.vendor_id
         join conversation c on c.id = m.conversation_id",
        [rows::recordset(&asked)?],
    )
    .await?;
    Ok(found.into_iter().map(|row| ((row.channel_id, row.vendor_id), row.original)).collect())
}

impl Original {
    /// Whether the author of this may change the message: everybody corrects their own alone.
    fn takes(&self, content: &Content, side: Side, contact: ContactId) -> bool {
        let own = self.is_inbound == (side == Side::Customer);
        self.contact_id == contact && (matches!(content, Content::Reaction { .. }) || own)
    }
}

/// The message that an arrival changes, if it is here and theirs to change.
pub(super) fn changed_by(originals: &Originals, arrival: &Arrival, contact: ContactId) -> Option<Original> {
    let content = &arrival.message.content;
    let original = originals.get(&(arrival.channel.id, target(content)?.to_owned()))?;
    original.takes(content, arrival.side, contact).then_some(*original)
}

/// What changes a message, in the order of the thread.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Effect {
    /// The row that brought it; it is no line of its own any more.
    pub id: MessageId,
    pub message_id: MessageId,
    #[serde(skip)]
    pub conversation_id: ConversationId,
    /// Where it has been shown as a line of its own until now.
    #[serde(skip)]
    pub was_line_in: Option<ConversationId>,
    pub content: Content,
    pub from_customer: bool,
    pub at: DateTime<Utc>,
    pub position: i64,
}

/// Lines that waited for messages which have come by now.
pub(super) async fn waited(tx: &DatabaseTransaction, waiting: &[MessageId]) -> Result<Vec<Effect>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        id: MessageId,
        conversation_id: ConversationId,
        content: serde_json::Value,
        direction: String,
        written_at: DateTime<Utc>,
        position: i64,
        contact_id: ContactId,
        #[sea_orm(nested)]
        original: OriginalOf,
    }
    #[derive(FromQueryResult)]
    struct OriginalOf {
        original_id: MessageId,
        original_conversation_id: ConversationId,
        original_contact_id: ContactId,
        original_is_inbound: bool,
    }

    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<uuid::Uuid> = waiting.iter().map(|id| id.0).collect();
    let found: Vec<Found> = rows::all(
        tx,
        "select e.id, e.conversation_id, e.content, e.direction, e.written_at, e.position, ec.contact_id, m.id as original_id,
             m.conversation_id as original_conversation_id, c.contact_id as original_contact_id,
             m.direction = 'in' as original_is_inbound
         from message e
         join message m on m.channel_id = e.channel_id and m.vendor_id = e.target
         join conversation c on c.id = m.conversation_id
         join conversation ec on ec.id = e.conversation_id
         where e.id = any($1) and e.applied_to is null",
        [ids.into()],
    )
    .await?;
    Ok(found
        .into_iter()
        .filter_map(|row| {
            let content: Content = serde_json::from_value(row.content).ok()?;
            let original = Original {
                id: row.original.original_id,
                conversation_id: row.original.original_conversation_id,
                contact_id: row.original.original_contact_id,
                is_inbound: row.original.original_is_inbound,
            };
            let side = if row.direction == "in" { Side::Customer } else { Side::Echo };
            original.takes(&content, side, row.contact_id).then_some(Effect {
                id: row.id,
                message_id: original.id,
                conversation_id: original.conversation_id,
                was_line_in: Some(row.conversation_id),
                content,
                from_customer: side == Side::Customer,
                at: row.written_at,
                position: row.position,
            })
        })
        .collect())
}

/// Change the messages. The latest word counts, whatever the order of arrival.
pub(super) async fn apply(
    tx: &DatabaseTransaction,
    mut effects: Vec<Effect>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<(), DbErr> {
    if effects.is_empty() {
        return Ok(());
    }
    effects.sort_by_key(|effect| (effect.at, effect.position));
    rows::run(
        tx,
        "update message m set applied_to = t.message_id, version = m.version + 1
         from json_to_recordset($1::text::json) as t(id uuid, message_id uuid) where m.id = t.id",
        [rows::recordset(&effects)?],
    )
    .await?;
    correct(tx, &effects).await?;
    delete(tx, &effects).await?;
    react(tx, &effects).await?;
    let mut touched = std::collections::BTreeSet::new();
    for effect in &effects {
        if let Some(conversation) = effect.was_line_in {
            happened.push((Event::MessageChanged { conversation, message: effect.id }, None));
        }
        if touched.insert(effect.message_id) {
            let (conversation, message) = (effect.conversation_id, effect.message_id);
            happened.push((Event::MessageChanged { conversation, message }, None));
        }
    }
    Ok(())
}

async fn correct(tx: &DatabaseTransaction, effects: &[Effect]) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Row<'a> {
        id: MessageId,
        content: &'a Content,
        body: Option<&'a str>,
        preview: Option<String>,
        at: DateTime<Utc>,
    }
    // The last one of a message alone: one statement changes a row once.
    let last: HashMap<MessageId, Row<'_>> = effects
        .iter()
        .filter_map(|effect| {
            let Content::Edit { content, .. } = &effect.content else { return None };
            let row = Row {
                id: effect.message_id,
                content,
                body: content.text(),
                preview: content.preview(),
                at: effect.at,
            };
            Some((effect.message_id, row))
        })
        .collect();
    if last.is_empty() {
        return Ok(());
    }
    let rows_json = rows::recordset(&last.into_values().collect::<Vec<_>>())?;
    rows::run(
        tx,
        "with corrected as (
             update message m set edited_content = t.content, edited_at = t.at, body = t.body, version = m.version + 1
             from json_to_recordset($1::text::json) as t(id uuid, content jsonb, body text, preview text, at timestamptz)
             where m.id = t.id and m.revoked_at is null and (m.edited_at is null or m.edited_at <= t.at)
             returning m.conversation_id, m.position, t.preview)
         update conversation c set last_text = corrected.preview, version = c.version + 1
         from corrected where c.id = corrected.conversation_id and c.last_position = corrected.position",
        [rows_json],
    )
    .await?;
    Ok(())
}

async fn delete(tx: &DatabaseTransaction, effects: &[Effect]) -> Result<(), DbErr> {
    let deleted: Vec<&Effect> =
        effects.iter().filter(|effect| matches!(effect.content, Content::Revoke { .. })).collect();
    if deleted.is_empty() {
        return Ok(());
    }
    // The words leave lists and search; the row keeps them for those who may see what was deleted.
    rows::run(
        tx,
        "with deleted as (
             update message m set revoked_at = t.at, body = null, version = m.version + 1
             from (select message_id, min(at) as at
                   from json_to_recordset($1::text::json) as row(message_id uuid, at timestamptz) group by 1) t
             where m.id = t.message_id and m.revoked_at is null
             returning m.conversation_id, m.position)
         update conversation c set last_kind = 'revoke', last_text = null, version = c.version + 1
         from deleted where c.id = deleted.conversation_id and c.last_position = deleted.position",
        [rows::recordset(&deleted)?],
    )
    .await?;
    Ok(())
}

async fn react(tx: &DatabaseTransaction, effects: &[Effect]) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Row<'a> {
        message_id: MessageId,
        from_customer: bool,
        emoji: Option<&'a str>,
        at: DateTime<Utc>,
    }
    let last: HashMap<(MessageId, bool), Row<'_>> = effects
        .iter()
        .filter_map(|effect| {
            let Content::Reaction { emoji, .. } = &effect.content else { return None };
            let (message_id, from_customer) = (effect.message_id, effect.from_customer);
            let emoji = emoji.as_deref().filter(|emoji| !emoji.is_empty());
            Some(((message_id, from_customer), Row { message_id, from_customer, emoji, at: effect.at }))
        })
        .collect();
    if last.is_empty() {
        return Ok(());
    }
    rows::run(
        tx,
        "with reacted as (
             insert into reaction as known (message_id, from_customer, emoji, at)
             select message_id, from_customer, emoji, at
             from json_to_recordset($1::text::json)
                 as row(message_id uuid, from_customer boolean, emoji text, at timestamptz)
             on conflict (message_id, from_customer) do update set emoji = excluded.emoji, at = excluded.at
             where known.at <= excluded.at
             returning message_id)
         update message m set version = m.version + 1
         from (select distinct message_id from reacted) t where m.id = t.message_id",
        [rows::recordset(&last.into_values().collect::<Vec<_>>())?],
    )
    .await?;
    Ok(())
}
