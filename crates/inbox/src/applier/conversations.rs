//! Which conversation a message belongs to: the open one, the one closed a moment ago, or a new one.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ContactId, ConversationId, ConversationState, Event, MustAct, PersonId, QueueId,
    conversation::{REOPEN_WITHIN, window_until},
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;

use super::{channels::Channel, sorting::Arrival};
use crate::rows;

/// The part of a conversation that arriving messages change.
#[derive(Debug, Clone, FromQueryResult, Serialize)]
pub(crate) struct Talk {
    pub id: ConversationId,
    pub contact_id: ContactId,
    pub channel_id: ChannelId,
    pub queue_id: QueueId,
    pub state: ConversationState,
    pub reply_address: String,
    pub must_act: MustAct,
    pub must_act_since: DateTime<Utc>,
    pub window_until: Option<DateTime<Utc>>,
    pub opened_at: DateTime<Utc>,
    pub queued_at: DateTime<Utc>,
    pub last_activity_at: DateTime<Utc>,
    pub last_position: i64,
    pub last_direction: Option<String>,
    pub last_kind: Option<String>,
    pub last_text: Option<String>,
    pub inbound_count: i64,
}

/// The conversations of a batch, locked, by channel and contact.
pub(crate) struct Talks {
    by_pair: HashMap<(ChannelId, ContactId), Talk>,
    waiting: bool,
}

type Pairs = BTreeMap<(ChannelId, ContactId), (Channel, usize)>;

impl Talk {
    /// Take in one message, which may come late: the newest in the thread's order is what lists show.
    pub fn receive(&mut self, arrival: &Arrival, written_at: DateTime<Utc>, now: DateTime<Utc>) {
        let content = &arrival.message.content;
        self.inbound_count += 1;
        self.window_until = self.window_until.max(window_until(arrival.channel.kind, written_at));
        if content.asks_for_an_answer() && self.must_act == MustAct::Customer {
            self.must_act = MustAct::Agent;
            self.must_act_since = now;
        }
        if (written_at, arrival.position) >= (self.last_activity_at, self.last_position)
            || self.last_kind.is_none()
        {
            self.last_activity_at = written_at;
            self.last_position = arrival.position;
            self.last_direction = Some("in".to_owned());
            self.last_kind = Some(content.kind().to_owned());
            self.last_text = content.preview();
            arrival.message.reply_address.clone_into(&mut self.reply_address);
        }
    }
}

/// Lock the conversations that the arrivals belong to; reopen or open where there is none.
pub(crate) async fn open(
    tx: &DatabaseTransaction,
    arrivals: &[Arrival],
    contacts: &[ContactId],
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<Talks, DbErr> {
    let mut pairs = Pairs::new();
    for (index, (arrival, contact)) in arrivals.iter().zip(contacts).enumerate() {
        pairs.entry((arrival.channel.id, *contact)).or_insert((arrival.channel.clone(), index));
    }
    let mut talks = Talks { by_pair: HashMap::with_capacity(pairs.len()), waiting: false };
    if pairs.is_empty() {
        return Ok(talks);
    }
    talks.lock_open(tx, &pairs).await?;
    pairs.retain(|pair, _| !talks.by_pair.contains_key(pair));
    if !pairs.is_empty() {
        talks.reopen(tx, &pairs, now, happened).await?;
        pairs.retain(|pair, _| !talks.by_pair.contains_key(pair));
    }
    if !pairs.is_empty() {
        talks.insert(tx, &pairs, arrivals, now, happened).await?;
    }
    Ok(talks)
}

#[derive(Serialize)]
struct Pair {
    channel_id: ChannelId,
    contact_id: ContactId,
}

fn recordset(pairs: &Pairs) -> Result<sea_orm::Value, DbErr> {
    let pairs: Vec<Pair> = pairs
        .keys()
        .map(|(channel_id, contact_id)| Pair { channel_id: *channel_id, contact_id: *contact_id })
        .collect();
    rows::recordset(&pairs)
}

impl Talks {
    /// The conversation of a channel and contact.
    pub fn get_mut(&mut self, channel: ChannelId, contact: ContactId) -> Option<&mut Talk> {
        self.by_pair.get_mut(&(channel, contact))
    }

    /// Whether any of them now waits in a queue.
    pub fn any_waiting(&self) -> bool {
        self.waiting
    }

    fn keep(&mut self, found: Vec<Talk>) {
        self.by_pair.extend(found.into_iter().map(|talk| ((talk.channel_id, talk.contact_id), talk)));
    }

    async fn lock_open(&mut self, tx: &DatabaseTransaction, pairs: &Pairs) -> Result<(), DbErr> {
        let found = rows::all(
            tx,
            "select c.id, c.contact_id, c.channel_id, c.queue_id, c.state, c.reply_address, c.must_act, c.must_act_since,
                 c.window_until, c.opened_at, c.queued_at, c.last_activity_at, c.last_position, c.last_direction,
                 c.last_kind, c.last_text, c.inbound_count
             from json_to_recordset($1::text::json) as asked(channel_id uuid, contact_id uuid)
             join conversation c on c.channel_id = asked.channel_id and c.contact_id = asked.contact_id
                 and c.state <> 'closed'
             order by c.id
             for no key update of c",
            [recordset(pairs)?],
        )
        .await?;
        self.keep(found);
        Ok(())
    }

    /// A message soon after closing goes on with the same conversation.
    async fn reopen(
        &mut self,
        tx: &DatabaseTransaction,
        pairs: &Pairs,
        now: DateTime<Utc>,
        happened: &mut Vec<(Event, Option<PersonId>)>,
    ) -> Result<(), DbErr> {
        let found: Vec<Talk> = rows::all(
            tx,
            "with latest as (
                 select newest.id
                 from json_to_recordset($1::text::json) as asked(channel_id uuid, contact_id uuid)
                 cross join lateral (
                     select c.id from conversation c
                     where c.contact_id = asked.contact_id and c.channel_id = asked.channel_id and c.state = 'closed'
                         and c.closed_at > $2
                     order by c.closed_at desc
                     limit 1
                 ) newest
             )
             update conversation c set state = 'queued', closed_at = null, queued_at = $3, must_act = 'agent',
                 must_act_since = $3
             from latest where c.id = latest.id
             returning c.id, c.contact_id, c.channel_id, c.queue_id, c.state, c.reply_address, c.must_act,
                 c.must_act_since, c.window_until, c.opened_at, c.queued_at, c.last_activity_at, c.last_position,
                 c.last_direction, c.last_kind, c.last_text, c.inbound_count",
            [recordset(pairs)?, (now - REOPEN_WITHIN).into(), now.into()],
        )
        .await?;
        happened.extend(
            found.iter().map(|talk| {
                (Event::ConversationReopened { conversation: talk.id, queue: talk.queue_id }, None)
            }),
        );
        self.waiting |= !found.is_empty();
        self.keep(found);
        Ok(())
    }

    async fn insert(
        &mut self,
        tx: &DatabaseTransaction,
        pairs: &Pairs,
        arrivals: &[Arrival],
        now: DateTime<Utc>,
        happened: &mut Vec<(Event, Option<PersonId>)>,
    ) -> Result<(), DbErr> {
        let fresh: Vec<Talk> = pairs
            .iter()
            .filter_map(|((channel_id, contact_id), (channel, first))| {
                let arrival = arrivals.get(*first)?;
                let written_at = arrival.written_at();
                Some(Talk {
                    id: ConversationId::new(),
                    contact_id: *contact_id,
                    channel_id: *channel_id,
                    queue_id: channel.queue_id,
                    state: ConversationState::Queued,
                    reply_address: arrival.message.reply_address.clone(),
                    must_act: MustAct::Agent,
                    must_act_since: now,
                    window_until: None,
                    opened_at: written_at,
                    queued_at: now,
                    last_activity_at: written_at,
                    last_position: 0,
                    last_direction: None,
                    last_kind: None,
                    last_text: None,
                    inbound_count: 0,
                })
            })
            .collect();
        // No ON CONFLICT: if another writer opened one a moment ago, this transaction starts again and finds it.
        rows::run(
            tx,
            "insert into conversation (id, contact_id, channel_id, queue_id, state, reply_address, must_act,
                 must_act_since, opened_at, queued_at, last_activity_at)
             select id, contact_id, channel_id, queue_id, state, reply_address, must_act, must_act_since, opened_at,
                 queued_at, last_activity_at
             from json_populate_recordset(null::conversation, $1::text::json)",
            [rows::recordset(&fresh)?],
        )
        .await?;
        happened.extend(
            fresh.iter().map(|talk| {
                (Event::ConversationOpened { conversation: talk.id, queue: talk.queue_id }, None)
            }),
        );
        self.waiting |= !fresh.is_empty();
        self.keep(fresh);
        Ok(())
    }

    /// Write back what the messages changed.
    pub async fn save(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        if self.by_pair.is_empty() {
            return Ok(());
        }
        let changed: Vec<&Talk> = self.by_pair.values().collect();
        rows::run(
            tx,
            "update conversation c set reply_address = t.reply_address, must_act = t.must_act,
                 must_act_since = t.must_act_since, window_until = t.window_until,
                 last_activity_at = t.last_activity_at, last_position = t.last_position,
                 last_direction = t.last_direction, last_kind = t.last_kind, last_text = t.last_text,
                 last_author_id = case when t.last_direction = 'in' then null else c.last_author_id end,
                 inbound_count = t.inbound_count, version = c.version + 1
             from json_populate_recordset(null::conversation, $1::text::json) t
             where c.id = t.id",
            [rows::recordset(&changed)?],
        )
        .await?;
        Ok(())
    }
}
