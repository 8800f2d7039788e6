//! The contact beside a conversation.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Attribute, ChannelId, ContactId, ConversationId, ConversationState, IdentityKind, Visibility,
    collected::{Collector, Origin},
    consent::{Purpose, Word},
};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;

use super::{
    notes::{NoteLine, note_line},
    past::{TalkLine, parallel_lines, talk_line},
    planned::{PlannedLine, planned_line},
    timeline::{self, TimelineEvent},
};
use crate::rows::{self, Reach, within};

/// So many other conversations stand in the panel; those before are in the thread, further up.
pub const PREVIOUS: usize = 10;

/// A contact's addresses and earlier conversations, and what happened in this one.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactDetails {
    /// First seen.
    pub first_seen: DateTime<Utc>,
    /// Whose customer they are.
    pub owner: Option<String>,
    /// The language they stated.
    pub language: Option<String>,
    /// The company's fields that hold something.
    pub fields: Vec<FieldLine>,
    /// What was collected in this conversation and is no field, in the order it was asked.
    pub collected: Vec<CollectedLine>,
    /// Addresses, oldest first.
    pub identities: Vec<IdentityLine>,
    /// Other conversations the asking person may see, newest first, [`PREVIOUS`] at most.
    pub previous: Vec<PreviousLine>,
    /// Whether there are more of them.
    pub more_previous: bool,
    /// What the contact allows and forbids, by purpose; for all channels first, then for single ones that differ.
    pub consents: Vec<ConsentLine>,
    /// What the conversation has cost, by currency.
    pub costs: Vec<CostLine>,
    /// What the vendors were asked about a block.
    pub vendor_blocks: Vec<VendorBlockLine>,
    /// The newest events of the conversation, oldest first, without those that are messages.
    pub events: Vec<TimelineEvent>,
    /// The notes on the conversation since then, oldest first.
    pub notes: Vec<NoteLine>,
    /// Other conversations the asking person may see that began since then, and after this one; oldest first.
    pub parallel: Vec<TalkLine>,
    /// What is planned to go out later, the next one first.
    pub planned: Vec<PlannedLine>,
}

/// A field and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FieldLine {
    /// Which.
    pub attribute: Attribute,
    /// As it is stored.
    pub value: String,
    /// From whom, where that is known.
    pub origin: Option<Origin>,
    /// The person it is from, by name.
    pub writer: Option<String>,
}

/// A value that was collected in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CollectedLine {
    /// What it is called where nobody sees it.
    pub key: String,
    /// The question, where it has a name.
    pub name: Option<String>,
    /// What was said, or what somebody made of it.
    pub value: String,
    /// By what it was collected.
    pub collector: Collector,
    /// What that is called.
    pub collector_name: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who corrected it, by name.
    pub corrected_by: Option<String>,
    /// Whether it names a field that is hidden from those who may not see addresses.
    pub sensitive: bool,
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IdentityLine {
    /// What the value is.
    pub kind: IdentityKind,
    /// The address.
    pub value: String,
}

/// A word on what the contact allows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ConsentLine {
    /// For what.
    pub purpose: Purpose,
    /// On which channel alone; `None`: on all of them.
    pub channel: Option<ChannelId>,
    /// What that is called.
    pub channel_name: Option<String>,
    /// Allowed or forbidden.
    pub given: bool,
    /// The proof.
    pub proof: String,
    /// Since when.
    pub at: DateTime<Utc>,
}

impl ConsentLine {
    const fn word(&self) -> Word {
        Word { purpose: self.purpose, channel: self.channel, given: self.given }
    }
}

/// What of the newest words tells by what we go.
fn counting(lines: Vec<ConsentLine>) -> Vec<ConsentLine> {
    let words: Vec<Word> = lines.iter().map(ConsentLine::word).collect();
    lines.into_iter().filter(|line| line.word().counts(&words)).collect()
}

/// What a vendor was asked about a block.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VendorBlockLine {
    /// Through which channel, by name.
    pub channel: String,
    /// Whether the contact was to be blocked.
    pub wanted: bool,
    /// `waiting`, `done` or `failed`.
    pub state: String,
    /// Why not, in the vendor's code; 0 where it did not answer.
    pub code: Option<i64>,
    /// The same in its words.
    pub detail: Option<String>,
}

/// What was spent in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CostLine {
    /// ISO 4217.
    pub currency: String,
    /// In millionths.
    pub micros: i64,
    /// Messages of which a fee is not known: the sum is without it.
    pub unknown: i64,
    /// Whether any of it follows from a card.
    pub estimated: bool,
}

/// An earlier conversation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PreviousLine {
    /// Which.
    pub id: ConversationId,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// Whether it began before the one it stands beside.
    pub is_before: bool,
    /// Its queue.
    pub queue: String,
    /// Who held it last.
    pub holder: Option<String>,
    /// Where it stands.
    pub state: ConversationState,
    /// With what it was closed, in the words of then.
    pub outcome: Option<String>,
    /// What was said about that.
    pub note: Option<String>,
}

/// What stands beside the messages of `conversation`: its contact, and the events since `from`, `lines` of them at most.
/// One question, because opening a conversation is what agents do all day. Of the contact's other conversations it names
/// those within reach, so that none is listed that can't be opened.
///
/// # Errors
/// When the database fails.
pub async fn details(
    db: &impl ConnectionTrait,
    contact: ContactId,
    conversation: ConversationId,
    reach: &Visibility,
    from: Option<DateTime<Utc>>,
    lines: u64,
) -> Result<Option<ContactDetails>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        created_at: DateTime<Utc>,
        owner: Option<String>,
        language: Option<String>,
        fields: serde_json::Value,
        collected: serde_json::Value,
        identities: serde_json::Value,
        previous: serde_json::Value,
        costs: serde_json::Value,
        consents: serde_json::Value,
        events: serde_json::Value,
        notes: serde_json::Value,
        parallel: serde_json::Value,
        planned: serde_json::Value,
        vendor_blocks: serde_json::Value,
    }

    if *reach == Visibility::Nothing {
        return Ok(None);
    }
    let [everything, person, unassigned_in, all_in, beside] = Reach::of(reach).values();
    let found: Vec<Row> = rows::all(
        db,
        concat!("select contact.created_at, contact.language,
             (select person.name from person where person.id = contact.owner_id) as owner,
             (select coalesce(json_agg(json_build_object('value', contact.attributes ->> a.key,
                  'origin', contact.sources -> a.key,
                  'writer', (select name from person where id = (contact.sources -> a.key ->> 'person')::uuid),
                  'attribute', json_build_object('key', a.key, 'name', a.name, 'kind', a.kind, 'sensitive', a.sensitive))
                  order by a.created_at, a.key), '[]')
              from attribute a where contact.attributes ? a.key and a.retired_at is null) as fields,
             (select coalesce(json_agg(said order by said.at, said.position), '[]') from (
                 select k.key, coalesce(case when a.retired_at is null then a.name end, k.name) as name, k.value, k.collector, k.collector_name, k.at, k.position,
                     coalesce(a.sensitive, false) as sensitive,
                     (select name from person where person.id = k.corrected_by) as corrected_by
                 from collected k left join attribute a on a.key = k.key
                 where k.conversation_id = $2) said) as collected,
             (select coalesce(json_agg(json_build_object('kind', kind, 'value', value) order by created_at, id), '[]')
              from identity where contact_id = contact.id and ended_at is null) as identities,
             (select coalesce(json_agg(earlier), '[]') from (
                 select c.id, c.opened_at, queue.name as queue, c.state,
                     (c.opened_at, c.id) < (select h.opened_at, h.id from conversation h where h.id = $2) as is_before,
                     case when c.state = 'closed' then c.outcome end as outcome,
                     case when c.state = 'closed' then (
                         select e.data ->> 'note' from event e
                         where e.conversation_id = c.id and e.kind = 'conversation_closed'
                         order by e.id desc limit 1) end as note,
                     (select person.name from assignment a join person on person.id = a.person_id
                      where a.conversation_id = c.id order by a.started_at desc limit 1) as holder
                 from conversation c join queue on queue.id = c.queue_id
                 where c.contact_id = contact.id and c.id <> $2
                     and ", within!(3, 4, 8, 5, 9), "
                 order by c.opened_at desc limit $10 + 1) earlier) as previous,
             (with recursive parts as (
                  select contact.id union select part.id from contact part join parts on part.merged_into = parts.id)
              select coalesce(json_agg(word order by word.purpose, word.channel_name nulls first, word.channel), '[]') from (
                  select newest.*, (select name from channel where id = newest.channel) as channel_name from (
                      select distinct on (purpose, channel) purpose, channel, given, proof, at from (
                          select id, purpose, given, proof, at,
                              case when purpose = 'anything' then channel_id end as channel
                          from consent where contact_id in (select id from parts)) said
                      order by purpose, channel, at desc, id desc) newest) word) as consents,
             (select coalesce(json_agg(cost), '[]') from (
                 select currency, sum(coalesce(vendor_micros, 0) + carrier_micros)::bigint as micros,
                     count(*) filter (where vendor_micros is null) as unknown, bool_or(estimated) as estimated
                 from message_cost where conversation_id = $2 group by currency order by currency) cost) as costs,
             (select coalesce(json_agg(line order by line.id), '[]') from (
                 select id, at, actor_id as actor, data as event from event
                 where conversation_id = $2 and kind not in ('message_received', 'message_submitted', 'delivery_changed',
                         'message_changed', 'message_echoed', 'due_changed', 'note_written', 'mentions_seen',
                         'planned_changed')
                     and ($6::timestamptz is null or at >= $6)
                 order by id desc limit $7) line) as events,
             (select coalesce(json_agg(line order by written_at, position), '[]') from (
                 select n.written_at, n.position, ", note_line!(), " as line from note n
                 where n.conversation_id = $2 and ($6::timestamptz is null or n.written_at >= $6)
                 order by n.written_at desc, n.position desc limit 200) noted) as notes,
             ", parallel_lines!(2, 6, 11, 3, 4, 8, 5, 9), " as parallel,
             (select coalesce(json_agg(", planned_line!(), " order by p.due_at, p.id), '[]') from planned p
              where p.conversation_id = $2 and p.state in ('waiting', 'asked')) as planned,
             (select coalesce(json_agg(json_build_object('channel', channel.name, 'wanted', v.wanted, 'state', v.state,
                  'code', v.code, 'detail', v.detail) order by channel.name, channel.id, v.address), '[]')
              from vendor_block v join channel on channel.id = v.channel_id
              where v.contact_id = contact.id) as vendor_blocks
         from contact where contact.id = $1"),
        [
            contact.into(),
            conversation.into(),
            everything,
            person,
            all_in,
            from.into(),
            lines.cast_signed().into(),
            unassigned_in,
            beside,
            i64::try_from(PREVIOUS).unwrap_or(i64::MAX).into(),
            None::<DateTime<Utc>>.into(),
        ],
    )
    .await?;
    found
        .into_iter()
        .next()
        .map(|row| {
            let mut previous: Vec<PreviousLine> = rows::read(row.previous)?;
            let more_previous = previous.len() > PREVIOUS;
            previous.truncate(PREVIOUS);
            Ok(ContactDetails {
                first_seen: row.created_at,
                owner: row.owner,
                language: row.language,
                fields: rows::read(row.fields)?,
                collected: rows::read(row.collected)?,
                identities: rows::read(row.identities)?,
                previous,
                more_previous,
                costs: rows::read(row.costs)?,
                consents: counting(rows::read(row.consents)?),
                events: timeline::known(row.events)?,
                notes: rows::read(row.notes)?,
                parallel: rows::read(row.parallel)?,
                planned: rows::read(row.planned)?,
                vendor_blocks: rows::read(row.vendor_blocks)?,
            })
        })
        .transpose()
}

/// What these conversations have cost so far, by currency; those that have cost nothing yet are absent.
///
/// # Errors
/// When the database fails.
pub async fn costs(
    db: &impl ConnectionTrait,
    conversations: &[ConversationId],
) -> Result<BTreeMap<ConversationId, Vec<CostLine>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        conversation_id: ConversationId,
        costs: serde_json::Value,
    }

    let ids: Vec<uuid::Uuid> = conversations.iter().map(|id| id.0).collect();
    let found: Vec<Row> = rows::all(
        db,
        "select conversation_id, json_agg(cost order by currency) as costs from (
             select conversation_id, currency, sum(coalesce(vendor_micros, 0) + carrier_micros)::bigint as micros,
                 count(*) filter (where vendor_micros is null) as unknown, bool_or(estimated) as estimated
             from message_cost where conversation_id = any($1) group by conversation_id, currency) cost
         group by conversation_id",
        [ids.into()],
    )
    .await?;
    found.into_iter().map(|row| Ok((row.conversation_id, rows::read(row.costs)?))).collect()
}
