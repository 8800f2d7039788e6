//! What was said before we were connected (coexistence), and how far its import has come.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ContactId, Content, ConversationId, DeliveryState, Event, MessageId, PersonId, QueueId,
    inbound::{PastMessage, PastProgress},
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;

use super::{
    contacts::{self, Asked},
    messages::{self, Row},
    sorting::{Told, second},
};
use crate::rows;

/// Put what was said before into the contacts' conversations: read, asking nobody for anything, opening no window. It
/// goes into the first conversation of contact and channel, because it is what came before that; where there is none
/// yet, into a closed one.
pub(crate) async fn apply(
    tx: &DatabaseTransaction,
    told: Vec<Told<PastMessage>>,
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<(), DbErr> {
    if told.is_empty() {
        return Ok(());
    }
    let (completing, told): (Vec<_>, Vec<_>) = told.into_iter().partition(|one| one.said.completes);
    let asked = told.iter().map(|one| (one.channel.id, one.said.vendor_id.as_str()));
    let mut seen = messages::stored(tx, asked).await?.seen;
    let new: Vec<Told<PastMessage>> = told
        .into_iter()
        .filter(|one| {
            one.said.customer.is_some() && seen.insert((one.channel.id, one.said.vendor_id.clone()))
        })
        .collect();
    store(tx, &new, now, happened).await?;
    complete(tx, &completing, happened).await
}

/// A conversation that takes in the past.
#[derive(Debug, Serialize, FromQueryResult)]
struct Talk {
    id: ConversationId,
    contact_id: ContactId,
    channel_id: ChannelId,
}

async fn store(
    tx: &DatabaseTransaction,
    told: &[Told<PastMessage>],
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Fate {
        message_id: MessageId,
        channel_id: ChannelId,
        conversation_id: ConversationId,
        position: i64,
        state: DeliveryState,
        at: DateTime<Utc>,
    }

    if told.is_empty() {
        return Ok(());
    }
    let asked: Vec<Asked<'_>> = told
        .iter()
        .map(|one| Asked {
            addresses: one.said.customer.as_slice(),
            account: &one.channel.account_key,
            name: None,
        })
        .collect();
    let contacts = contacts::resolve(tx, &asked, now, happened).await?;
    let talks = talks(tx, told, &contacts, now).await?;
    let mut fresh = Vec::with_capacity(told.len());
    let mut fates = Vec::new();
    for (one, contact) in told.iter().zip(&contacts) {
        let Some(conversation_id) = talks.get(&(one.channel.id, *contact)).copied() else {
            return Err(DbErr::RecordNotFound("a message of the past without its conversation".to_owned()));
        };
        let message = &one.said;
        let row = Row {
            id: MessageId::new(),
            conversation_id,
            channel_id: one.channel.id,
            direction: if message.ours { "out" } else { "in" },
            origin: Some("past"),
            kind: message.content.kind(),
            body: message.content.text(),
            content: &message.content,
            vendor_id: &message.vendor_id,
            written_at: second(message.written_at, one.received_at),
            position: one.position,
            reply_to: None,
            context: None,
            referral: None,
            target: None,
            applied_to: None,
            muted: false,
        };
        if let Some(state) = message.state.filter(|_| message.ours) {
            fates.push(Fate {
                message_id: row.id,
                channel_id: row.channel_id,
                conversation_id,
                position: row.position,
                // Nothing of the past is still on its way from us.
                state: if state.order_on_screen() < DeliveryState::Accepted.order_on_screen() {
                    DeliveryState::Accepted
                } else {
                    state
                },
                at: row.written_at,
            });
        }
        fresh.push(row);
    }
    messages::insert(tx, &fresh, now).await?;
    if !fates.is_empty() {
        rows::run(
            tx,
            "insert into delivery (message_id, channel_id, conversation_id, position, state, changed_at, due_at)
             select message_id, channel_id, conversation_id, position, state, at, at
             from json_to_recordset($1::text::json) as row(message_id uuid, channel_id uuid, conversation_id uuid,
                 position bigint, state text, at timestamptz)",
            [rows::recordset(&fates)?],
        )
        .await?;
    }
    show_newest(tx, &fresh).await?;
    let mut counts: BTreeMap<ConversationId, u32> = BTreeMap::new();
    for row in &fresh {
        *counts.entry(row.conversation_id).or_default() += 1;
    }
    happened.extend(
        counts
            .into_iter()
            .map(|(conversation, messages)| (Event::PastImported { conversation, messages }, None)),
    );
    Ok(())
}

/// The first conversation of each pair, locked; a closed one where there is none.
async fn talks(
    tx: &DatabaseTransaction,
    told: &[Told<PastMessage>],
    contacts: &[ContactId],
    now: DateTime<Utc>,
) -> Result<HashMap<(ChannelId, ContactId), ConversationId>, DbErr> {
    #[derive(Serialize)]
    struct New<'a> {
        id: ConversationId,
        contact_id: ContactId,
        channel_id: ChannelId,
        queue_id: QueueId,
        reply_address: &'a str,
        opened_at: DateTime<Utc>,
        closed_at: DateTime<Utc>,
    }

    let mut pairs: BTreeMap<(ChannelId, ContactId), New<'_>> = BTreeMap::new();
    for (one, contact) in told.iter().zip(contacts) {
        let at = second(one.said.written_at, one.received_at);
        let address = one.said.customer.as_ref().map_or("", |address| address.value.as_str());
        let new = pairs.entry((one.channel.id, *contact)).or_insert_with(|| New {
            id: ConversationId::new(),
            contact_id: *contact,
            channel_id: one.channel.id,
            queue_id: one.channel.queue_id,
            reply_address: one.said.reply_address.as_deref().unwrap_or(address),
            opened_at: at,
            closed_at: at,
        });
        new.opened_at = new.opened_at.min(at);
        new.closed_at = new.closed_at.max(at);
    }
    let all: Vec<&New<'_>> = pairs.values().collect();
    let found: Vec<Talk> = rows::all(
        tx,
        "select c.id, c.contact_id, c.channel_id
         from json_to_recordset($1::text::json) as asked(channel_id uuid, contact_id uuid)
         join lateral (
             select o.id from conversation o
             where o.channel_id = asked.channel_id and o.contact_id = asked.contact_id
             order by o.opened_at, o.id limit 1
         ) first on true
         join conversation c on c.id = first.id
         order by c.id
         for no key update of c",
        [rows::recordset(&all)?],
    )
    .await?;
    let mut by_pair: HashMap<(ChannelId, ContactId), ConversationId> =
        found.into_iter().map(|talk| ((talk.channel_id, talk.contact_id), talk.id)).collect();
    let missing: Vec<&New<'_>> =
        pairs.iter().filter(|(pair, _)| !by_pair.contains_key(*pair)).map(|(_, new)| new).collect();
    if !missing.is_empty() {
        rows::run(
            tx,
            "insert into conversation (id, contact_id, channel_id, queue_id, state, reply_address, must_act,
                 must_act_since, opened_at, queued_at, closed_at, last_activity_at)
             select id, contact_id, channel_id, queue_id, 'closed', reply_address, 'customer', $2, opened_at, opened_at,
                 closed_at, opened_at
             from json_to_recordset($1::text::json) as row(id uuid, contact_id uuid, channel_id uuid, queue_id uuid,
                 reply_address text, opened_at timestamptz, closed_at timestamptz)",
            [rows::recordset(&missing)?, now.into()],
        )
        .await?;
        by_pair.extend(missing.iter().map(|new| ((new.channel_id, new.contact_id), new.id)));
    }
    Ok(by_pair)
}

/// Lists show the newest message; the past is seldom that.
async fn show_newest(tx: &DatabaseTransaction, fresh: &[Row<'_>]) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Newest<'a> {
        id: ConversationId,
        at: DateTime<Utc>,
        position: i64,
        direction: &'static str,
        kind: &'static str,
        preview: Option<String>,
        #[serde(skip)]
        content: &'a Content,
    }

    let mut newest: BTreeMap<ConversationId, Newest<'_>> = BTreeMap::new();
    for row in fresh {
        let this = Newest {
            id: row.conversation_id,
            at: row.written_at,
            position: row.position,
            direction: row.direction,
            kind: row.kind,
            preview: None,
            content: row.content,
        };
        let known = newest.get(&row.conversation_id).map(|known| (known.at, known.position));
        if known.is_none_or(|known| known < (this.at, this.position)) {
            newest.insert(row.conversation_id, this);
        }
    }
    let newest: Vec<Newest<'_>> = newest
        .into_values()
        .map(|mut one| {
            one.preview = one.content.preview();
            one
        })
        .collect();
    rows::run(
        tx,
        "update conversation c set last_activity_at = t.at, last_position = t.position, last_direction = t.direction,
             last_kind = t.kind, last_text = t.preview, last_author_id = null, version = c.version + 1,
             closed_at = case when c.state = 'closed' and c.inbound_count = 0 then greatest(c.closed_at, t.at)
                 else c.closed_at end
         from json_to_recordset($1::text::json) as t(id uuid, at timestamptz, position bigint, direction text, kind text,
             preview text)
         where c.id = t.id and (c.last_kind is null or (t.at, t.position) > (c.last_activity_at, c.last_position))",
        [rows::recordset(&newest)?],
    )
    .await?;
    Ok(())
}

/// The file of a message that was told without it. One whose message never came is left in the receipt.
async fn complete(
    tx: &DatabaseTransaction,
    told: &[Told<PastMessage>],
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Given<'a> {
        channel_id: ChannelId,
        vendor_id: &'a str,
        kind: &'static str,
        body: Option<&'a str>,
        content: &'a Content,
    }
    #[derive(FromQueryResult)]
    struct Completed {
        id: MessageId,
        conversation_id: ConversationId,
    }

    let given: BTreeMap<(ChannelId, &str), Given<'_>> = told
        .iter()
        .map(|one| {
            let given = Given {
                channel_id: one.channel.id,
                vendor_id: &one.said.vendor_id,
                kind: one.said.content.kind(),
                body: one.said.content.text(),
                content: &one.said.content,
            };
            ((one.channel.id, one.said.vendor_id.as_str()), given)
        })
        .collect();
    if given.is_empty() {
        return Ok(());
    }
    let given: Vec<Given<'_>> = given.into_values().collect();
    let completed: Vec<Completed> = rows::all(
        tx,
        "update message m set kind = t.kind, body = t.body, content = t.content, version = m.version + 1
         from json_to_recordset($1::text::json) as t(channel_id uuid, vendor_id text, kind text, body text, content jsonb)
         where m.channel_id = t.channel_id and m.vendor_id = t.vendor_id and m.origin = 'past'
             and m.kind = 'unsupported'
         returning m.id, m.conversation_id",
        [rows::recordset(&given)?],
    )
    .await?;
    happened.extend(
        completed
            .into_iter()
            .map(|row| (Event::MessageChanged { conversation: row.conversation_id, message: row.id }, None)),
    );
    Ok(())
}

/// Note how far the import of the past has come, for the channel's page.
pub(crate) async fn note_progress(
    tx: &DatabaseTransaction,
    told: &[Told<PastProgress>],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Row<'a> {
        channel_id: ChannelId,
        past: &'a PastProgress,
    }

    if told.is_empty() {
        return Ok(());
    }
    let newest: BTreeMap<ChannelId, &PastProgress> =
        told.iter().map(|one| (one.channel.id, &one.said)).collect();
    let rows: Vec<Row<'_>> = newest.into_iter().map(|(channel_id, past)| Row { channel_id, past }).collect();
    // Parts can come in any order: the furthest counts, by phase and then by share. A refusal comes alone.
    rows::run(
        tx,
        "insert into channel_facts as known (channel_id, facts)
         select channel_id, jsonb_build_object('past', past, 'past_at', $2::timestamptz)
         from json_to_recordset($1::text::json) as row(channel_id uuid, past jsonb)
         on conflict (channel_id) do update set facts = known.facts || excluded.facts, changed_at = now()
         where not coalesce(
             ((known.facts -> 'past' ->> 'phase')::int, (known.facts -> 'past' ->> 'progress')::int)
                 > ((excluded.facts -> 'past' ->> 'phase')::int, (excluded.facts -> 'past' ->> 'progress')::int), false)",
        [rows::recordset(&rows)?, now.into()],
    )
    .await?;
    Ok(())
}
