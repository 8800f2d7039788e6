//! Storing customers' messages, each once.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ContactId, Content, ConversationId, Event, MessageId, PersonId, conversation::window_until,
    inbound::Context, referral::Referral,
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;

use super::{
    conversations::Talks,
    effects::{self, Effect, Original},
    forms,
    sorting::{Arrival, Side},
};
use crate::rows;

/// The arrivals that are new: neither stored already nor twice in this batch; and lines that waited for one of them to
/// come. The unique index decides in the end; this look spares the work.
pub(crate) async fn not_yet_stored(
    tx: &DatabaseTransaction,
    arrivals: Vec<Arrival>,
) -> Result<(Vec<Arrival>, Vec<MessageId>), DbErr> {
    if arrivals.is_empty() {
        return Ok((arrivals, Vec::new()));
    }
    let asked = arrivals.iter().map(|arrival| (arrival.channel.id, arrival.message.vendor_id.as_str()));
    let Stored { mut seen, waiting } = stored(tx, asked).await?;
    let new = arrivals
        .into_iter()
        .filter(|arrival| seen.insert((arrival.channel.id, arrival.message.vendor_id.clone())))
        .collect();
    Ok((new, waiting))
}

/// What is known of vendors' ids.
pub(super) struct Stored {
    /// Those that are stored.
    pub seen: HashSet<(ChannelId, String)>,
    /// Lines that wait for one of them.
    pub waiting: Vec<MessageId>,
}

pub(super) async fn stored<'a>(
    tx: &DatabaseTransaction,
    asked: impl Iterator<Item = (ChannelId, &'a str)>,
) -> Result<Stored, DbErr> {
    #[derive(Serialize)]
    struct Asked<'a> {
        channel_id: ChannelId,
        vendor_id: &'a str,
    }
    #[derive(FromQueryResult)]
    struct Found {
        channel_id: ChannelId,
        vendor_id: String,
        waits: Option<MessageId>,
    }

    let asked: Vec<Asked<'_>> =
        asked.map(|(channel_id, vendor_id)| Asked { channel_id, vendor_id }).collect();
    let found: Vec<Found> = rows::all(
        tx,
        "with asked as (select * from json_to_recordset($1::text::json) as row(channel_id uuid, vendor_id text))
         select message.channel_id, message.vendor_id, null::uuid as waits
         from asked join message on message.channel_id = asked.channel_id and message.vendor_id = asked.vendor_id
         union all
         select message.channel_id, message.target, message.id
         from asked join message on message.channel_id = asked.channel_id and message.target = asked.vendor_id
             and message.target is not null and message.applied_to is null",
        [rows::recordset(&asked)?],
    )
    .await?;
    let mut stored = Stored { seen: HashSet::new(), waiting: Vec::new() };
    for row in found {
        match row.waits {
            Some(line) => stored.waiting.push(line),
            None => {
                stored.seen.insert((row.channel_id, row.vendor_id));
            }
        }
    }
    Ok(stored)
}

/// A message to be stored.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub channel_id: ChannelId,
    pub direction: &'static str,
    pub origin: Option<&'static str>,
    pub kind: &'static str,
    pub body: Option<&'a str>,
    pub content: &'a Content,
    pub vendor_id: &'a str,
    pub written_at: DateTime<Utc>,
    pub position: i64,
    pub reply_to: Option<&'a str>,
    pub context: Option<&'a Context>,
    pub referral: Option<&'a Referral>,
    pub target: Option<&'a str>,
    pub applied_to: Option<MessageId>,
    /// Its contact is blocked.
    pub muted: bool,
}

impl<'a> Row<'a> {
    fn of(arrival: &'a Arrival, conversation_id: ConversationId) -> Self {
        let message = &arrival.message;
        Self {
            id: MessageId::new(),
            conversation_id,
            channel_id: arrival.channel.id,
            direction: arrival.side.direction(),
            origin: arrival.side.origin(),
            kind: message.content.kind(),
            body: message.content.text(),
            content: &message.content,
            vendor_id: &message.vendor_id,
            // The thread's order is the vendor's second, then receipt.
            written_at: arrival.written_at(),
            position: arrival.position,
            reply_to: message.context.as_ref().and_then(|context| context.vendor_id.as_deref()),
            context: message.context.as_ref(),
            referral: message.referral.as_ref(),
            target: effects::target(&message.content),
            applied_to: None,
            muted: false,
        }
    }
}

/// What storing brought.
#[derive(Default)]
pub(crate) struct Count {
    /// How many messages.
    pub count: usize,
    /// Those of them that change a message which came with them.
    pub waiting: Vec<MessageId>,
}

/// Store the arrivals in their conversations.
pub(crate) async fn store(
    tx: &DatabaseTransaction,
    arrivals: &[Arrival],
    contacts: &[ContactId],
    talks: &mut Talks,
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<Count, DbErr> {
    if arrivals.is_empty() {
        return Ok(Count::default());
    }
    let mut fresh = Vec::with_capacity(arrivals.len());
    for (arrival, contact) in arrivals.iter().zip(contacts) {
        let Some(talk) = talks.get_mut(arrival.channel.id, *contact) else {
            return Err(DbErr::RecordNotFound("an arrival without its conversation".to_owned()));
        };
        talk.receive(arrival, arrival.written_at(), now);
        let muted = talk.muted && arrival.side == Side::Customer;
        fresh.push(Row { muted, ..Row::of(arrival, talk.id) });
    }
    insert(tx, &fresh, now).await?;
    happened.extend(fresh.iter().zip(arrivals).map(|(row, arrival)| {
        let (conversation, message) = (row.conversation_id, row.id);
        let event = match arrival.side {
            Side::Customer => Event::MessageReceived { conversation, message },
            Side::Echo => Event::MessageEchoed { conversation, message },
        };
        (event, None)
    }));
    forms::keep(tx, &fresh, now, happened).await?;
    let came: HashSet<(ChannelId, &str)> = if fresh.iter().any(|row| row.target.is_some()) {
        fresh.iter().map(|row| (row.channel_id, row.vendor_id)).collect()
    } else {
        HashSet::new()
    };
    let waiting = fresh
        .iter()
        .filter(|row| row.target.is_some_and(|target| came.contains(&(row.channel_id, target))))
        .map(|row| row.id)
        .collect();
    Ok(Count { count: fresh.len(), waiting })
}

/// Store what changes messages that are here. It is no line of the thread; a customer's opens the reply window.
pub(crate) async fn store_changing(
    tx: &DatabaseTransaction,
    changing: &[(Arrival, Original)],
    now: DateTime<Utc>,
) -> Result<Vec<Effect>, DbErr> {
    #[derive(Serialize)]
    struct Window {
        id: ConversationId,
        until: DateTime<Utc>,
    }

    if changing.is_empty() {
        return Ok(Vec::new());
    }
    let fresh: Vec<Row<'_>> = changing
        .iter()
        .map(|(arrival, original)| Row {
            applied_to: Some(original.id),
            ..Row::of(arrival, original.conversation_id)
        })
        .collect();
    insert(tx, &fresh, now).await?;
    let windows: Vec<Window> = changing
        .iter()
        .filter(|(arrival, _)| arrival.side == Side::Customer)
        .filter_map(|(arrival, original)| {
            let until = window_until(arrival.channel.kind, arrival.written_at())?;
            Some(Window { id: original.conversation_id, until })
        })
        .collect();
    if !windows.is_empty() {
        rows::run(
            tx,
            "update conversation c set window_until = greatest(c.window_until, t.until), version = c.version + 1
             from (select id, max(until) as until
                   from json_to_recordset($1::text::json) as row(id uuid, until timestamptz) group by id) t
             where c.id = t.id and c.state <> 'closed'",
            [rows::recordset(&windows)?],
        )
        .await?;
    }
    Ok(fresh
        .iter()
        .zip(changing)
        .map(|(row, (arrival, original))| Effect {
            id: row.id,
            message_id: original.id,
            conversation_id: original.conversation_id,
            was_line_in: None,
            content: row.content.clone(),
            from_customer: arrival.side == Side::Customer,
            at: row.written_at,
            position: row.position,
        })
        .collect())
}

/// Insert messages.
pub(super) async fn insert(
    tx: &DatabaseTransaction,
    fresh: &[Row<'_>],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "insert into message (id, conversation_id, channel_id, direction, origin, kind, body, content, vendor_id,
             written_at, position, reply_to, context, referral, target, applied_to, muted, created_at)
         select id, conversation_id, channel_id, direction, origin, kind, body, content, vendor_id, written_at, position,
             reply_to, context, referral, target, applied_to, muted, $2
         from json_to_recordset($1::text::json) as row(id uuid, conversation_id uuid, channel_id uuid, direction text,
             origin text, kind text, body text, content jsonb, vendor_id text, written_at timestamptz, position bigint,
             reply_to text, context jsonb, referral jsonb, target text, applied_to uuid, muted boolean)",
        [rows::recordset(fresh)?, now.into()],
    )
    .await?;
    Ok(())
}
