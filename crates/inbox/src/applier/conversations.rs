//! Which conversation a message belongs to: the open one, the one closed a moment ago, or a new one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ContactId, ConversationId, ConversationState, Event, MustAct, PersonId, QueueId,
    conversation::{reopens_after, window_until},
    event::Woken,
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use super::{
    channels::Channel,
    effects,
    entering::{self, Beginning},
    sorting::{Arrival, Side},
};
use crate::{rows, snoozing, waiting, watch};

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
    pub last_author_id: Option<PersonId>,
    pub inbound_count: i64,
    pub closed_at: Option<DateTime<Utc>>,
    /// Somebody of the business answered, in the phone app beside us.
    #[sea_orm(skip)]
    #[serde(skip)]
    pub answered: bool,
    /// Its contact is blocked.
    #[serde(skip)]
    pub muted: bool,
}

/// The conversations of a batch, locked, by channel and contact.
#[derive(Default)]
pub(crate) struct Talks {
    by_pair: HashMap<(ChannelId, ContactId), Talk>,
    /// Those that came to wait.
    waiting: Vec<ConversationId>,
    /// Contacts who are blocked.
    muted: BTreeSet<ContactId>,
    /// Whose turn it was before the messages.
    before: HashMap<ConversationId, MustAct>,
}

/// The channel, the first arrival, and whether the customer wrote: what the phone app beside us wrote asks nobody for
/// anything, so it opens nothing.
type Pairs = BTreeMap<(ChannelId, ContactId), (Channel, usize, bool)>;

impl Talk {
    /// Take in one message, which may come late: the newest in the thread's order is what lists show.
    pub fn receive(&mut self, arrival: &Arrival, written_at: DateTime<Utc>, now: DateTime<Utc>) {
        let content = &arrival.message.content;
        let newest = (written_at, arrival.position) >= (self.last_activity_at, self.last_position);
        let is_line = effects::target(content).is_some();
        match arrival.side {
            Side::Customer => {
                self.inbound_count += i64::from(!is_line);
                self.window_until = self.window_until.max(window_until(arrival.channel.kind, written_at));
                if content.asks_for_an_answer() && self.must_act == MustAct::Customer && !self.muted {
                    self.must_act = MustAct::Agent;
                    self.must_act_since = now;
                }
            }
            // Somebody answered in the phone app: neither opens nor lengthens the window (whatsapp-cloud.md §4.5).
            Side::Echo => {
                self.answered |= !is_line;
                if newest && !is_line && self.must_act == MustAct::Agent {
                    self.must_act = MustAct::Customer;
                    self.must_act_since = now;
                }
            }
        }
        if (newest && !is_line) || self.last_kind.is_none() {
            self.last_activity_at = written_at;
            self.last_position = arrival.position;
            self.last_direction = Some(arrival.side.direction().to_owned());
            self.last_kind = Some(content.kind().to_owned());
            self.last_text = content.preview();
            self.last_author_id = None;
            if arrival.side == Side::Customer {
                arrival.message.reply_address.clone_into(&mut self.reply_address);
            }
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
        let pair =
            pairs.entry((arrival.channel.id, *contact)).or_insert((arrival.channel.clone(), index, false));
        if arrival.side == Side::Customer && !pair.2 {
            // A conversation begins with the customer's message.
            *pair = (arrival.channel.clone(), index, true);
        }
    }
    let mut talks = Talks { by_pair: HashMap::with_capacity(pairs.len()), ..Talks::default() };
    if pairs.is_empty() {
        return Ok(talks);
    }
    talks.lock_open(tx, &pairs).await?;
    talks.wake(tx, &pairs, now, happened).await?;
    pairs.retain(|pair, _| !talks.by_pair.contains_key(pair));
    let (mut asking, mut telling): (Pairs, Pairs) =
        pairs.into_iter().partition(|(_, (_, _, by_customer))| *by_customer);
    if !asking.is_empty() {
        // Whoever is blocked asks nobody for anything: what they write is kept where they wrote last.
        let blocked = blocked(tx, &asking).await?;
        let (muted, heard): (Pairs, Pairs) =
            asking.into_iter().partition(|((_, contact), _)| blocked.contains(contact));
        asking = heard;
        telling.extend(muted.into_iter().map(|(pair, (channel, first, _))| (pair, (channel, first, false))));
        talks.muted = blocked;
    }
    if !asking.is_empty() {
        talks.reopen(tx, &asking, now, happened).await?;
        asking.retain(|pair, _| !talks.by_pair.contains_key(pair));
    }
    if !asking.is_empty() {
        talks.insert(tx, &asking, arrivals, now, happened).await?;
    }
    if !telling.is_empty() {
        talks.lock_latest(tx, &telling).await?;
        telling.retain(|pair, _| !talks.by_pair.contains_key(pair));
    }
    if !telling.is_empty() {
        talks.insert(tx, &telling, arrivals, now, happened).await?;
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

/// Of the contacts of these pairs those who are blocked.
async fn blocked(tx: &DatabaseTransaction, pairs: &Pairs) -> Result<BTreeSet<ContactId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        id: ContactId,
    }
    let contacts: Vec<Uuid> = pairs.keys().map(|(_, contact)| contact.0).collect();
    let found: Vec<Found> = rows::all(
        tx,
        "select id from contact where id = any($1) and blocked_at is not null",
        [contacts.into()],
    )
    .await?;
    Ok(found.into_iter().map(|row| row.id).collect())
}

impl Talks {
    /// The conversation of a channel and contact.
    pub fn get_mut(&mut self, channel: ChannelId, contact: ContactId) -> Option<&mut Talk> {
        self.by_pair.get_mut(&(channel, contact))
    }

    /// Those that came to wait in a queue.
    pub fn waiting(&self) -> &[ConversationId] {
        &self.waiting
    }

    fn keep(&mut self, found: Vec<Talk>) {
        let mut found = found;
        for talk in &mut found {
            talk.muted |= self.muted.contains(&talk.contact_id);
        }
        self.before.extend(found.iter().map(|talk| (talk.id, talk.must_act)));
        self.by_pair.extend(found.into_iter().map(|talk| ((talk.channel_id, talk.contact_id), talk)));
    }

    async fn lock_open(&mut self, tx: &DatabaseTransaction, pairs: &Pairs) -> Result<(), DbErr> {
        let found = rows::all(
            tx,
            "select c.id, c.contact_id, c.channel_id, c.queue_id, c.state, c.reply_address, c.must_act, c.must_act_since,
                 c.window_until, c.opened_at, c.queued_at, c.last_activity_at, c.last_position, c.last_direction,
                 c.last_kind, c.last_text, c.last_author_id, c.inbound_count, c.closed_at,
                 contact.blocked_at is not null as muted
             from json_to_recordset($1::text::json) as asked(channel_id uuid, contact_id uuid)
             join conversation c on c.channel_id = asked.channel_id and c.contact_id = asked.contact_id
                 and c.state <> 'closed'
             join contact on contact.id = c.contact_id
             order by c.id
             for no key update of c",
            [recordset(pairs)?],
        )
        .await?;
        self.keep(found);
        Ok(())
    }

    /// What was put aside comes back with the customer's message, to whoever put it aside before all others.
    async fn wake(
        &mut self,
        tx: &DatabaseTransaction,
        pairs: &Pairs,
        now: DateTime<Utc>,
        happened: &mut Vec<(Event, Option<PersonId>)>,
    ) -> Result<(), DbErr> {
        let mut woken = Vec::new();
        for (pair, (_, _, by_customer)) in pairs {
            let Some(talk) = self.by_pair.get_mut(pair).filter(|_| *by_customer) else { continue };
            if talk.state == ConversationState::Snoozed && !talk.muted {
                (talk.state, talk.queued_at) = (ConversationState::Queued, now);
                woken.push(talk.id);
            }
        }
        happened.extend(snoozing::wake_all(tx, &woken, Woken::Customer, None, now).await?);
        self.waiting.extend(woken);
        Ok(())
    }

    /// Where there is no open one, the latest: it stays closed.
    async fn lock_latest(&mut self, tx: &DatabaseTransaction, pairs: &Pairs) -> Result<(), DbErr> {
        let found = rows::all(
            tx,
            "select c.id, c.contact_id, c.channel_id, c.queue_id, c.state, c.reply_address, c.must_act, c.must_act_since,
                 c.window_until, c.opened_at, c.queued_at, c.last_activity_at, c.last_position, c.last_direction,
                 c.last_kind, c.last_text, c.last_author_id, c.inbound_count, c.closed_at, false as muted
             from json_to_recordset($1::text::json) as asked(channel_id uuid, contact_id uuid)
             join lateral (
                 select o.id from conversation o
                 where o.channel_id = asked.channel_id and o.contact_id = asked.contact_id
                 order by o.opened_at desc, o.id desc limit 1
             ) latest on true
             join conversation c on c.id = latest.id
             order by c.id
             for no key update of c",
            [recordset(pairs)?],
        )
        .await?;
        self.keep(found);
        Ok(())
    }

    /// A message within its channel's time after closing goes on with the same conversation.
    async fn reopen(
        &mut self,
        tx: &DatabaseTransaction,
        pairs: &Pairs,
        now: DateTime<Utc>,
        happened: &mut Vec<(Event, Option<PersonId>)>,
    ) -> Result<(), DbErr> {
        #[derive(Serialize)]
        struct Asked {
            channel_id: ChannelId,
            contact_id: ContactId,
            closed_after: DateTime<Utc>,
        }
        let asked: Vec<Asked> = pairs
            .iter()
            .filter_map(|((channel_id, contact_id), (channel, ..))| {
                let closed_after = reopens_after(channel.reopen_within, now)?;
                Some(Asked { channel_id: *channel_id, contact_id: *contact_id, closed_after })
            })
            .collect();
        if asked.is_empty() {
            return Ok(());
        }
        let found: Vec<Talk> = rows::all(
            tx,
            "with latest as (
                 select newest.id
                 from json_to_recordset($1::text::json)
                     as asked(channel_id uuid, contact_id uuid, closed_after timestamptz)
                 cross join lateral (
                     select c.id from conversation c
                     where c.contact_id = asked.contact_id and c.channel_id = asked.channel_id and c.state = 'closed'
                         and c.closed_at > asked.closed_after
                     order by c.closed_at desc
                     limit 1
                 ) newest
             )
             update conversation c set state = 'queued', closed_at = null, queued_at = $2, must_act = 'agent',
                 must_act_since = $2, begun_at = $2, first_answered_at = null, outcome = null,
                 outcome_id = null,
                 returned_by = null
             from latest where c.id = latest.id
             returning c.id, c.contact_id, c.channel_id, c.queue_id, c.state, c.reply_address, c.must_act,
                 c.must_act_since, c.window_until, c.opened_at, c.queued_at, c.last_activity_at, c.last_position,
                 c.last_direction, c.last_kind, c.last_text, c.last_author_id, c.inbound_count, c.closed_at,
                 false as muted",
            [rows::recordset(&asked)?, now.into()],
        )
        .await?;
        happened.extend(
            found.iter().map(|talk| {
                (Event::ConversationReopened { conversation: talk.id, queue: talk.queue_id }, None)
            }),
        );
        self.waiting.extend(found.iter().map(|talk| talk.id));
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
        let beginnings: Vec<Beginning<'_>> = pairs
            .iter()
            .filter_map(|((_, contact), (channel, first, _))| {
                Some(Beginning { channel, contact: *contact, first: arrivals.get(*first)? })
            })
            .collect();
        let (version, entered) = entering::decide(tx, &beginnings, now).await?;
        let fresh: Vec<Talk> = pairs
            .iter()
            .zip(&beginnings)
            .zip(&entered)
            .map(|(((_, (_, _, by_customer)), beginning), entered)| {
                let Beginning { channel, contact, first } = beginning;
                let written_at = first.written_at();
                Talk {
                    id: ConversationId::new(),
                    contact_id: *contact,
                    channel_id: channel.id,
                    queue_id: entered.queue,
                    state: if *by_customer { ConversationState::Queued } else { ConversationState::Closed },
                    reply_address: first.message.reply_address.clone(),
                    must_act: if *by_customer { MustAct::Agent } else { MustAct::Customer },
                    must_act_since: now,
                    window_until: None,
                    opened_at: written_at,
                    queued_at: now,
                    last_activity_at: written_at,
                    last_position: 0,
                    last_direction: None,
                    last_kind: None,
                    last_text: None,
                    last_author_id: None,
                    inbound_count: 0,
                    closed_at: (!by_customer).then_some(written_at),
                    answered: false,
                    muted: false,
                }
            })
            .collect();
        // No ON CONFLICT: if another writer opened one a moment ago, this transaction starts again and finds it.
        rows::run(
            tx,
            "insert into conversation (id, contact_id, channel_id, queue_id, state, reply_address, must_act,
                 must_act_since, opened_at, queued_at, last_activity_at, closed_at, begun_at)
             select id, contact_id, channel_id, queue_id, state, reply_address, must_act, must_act_since, opened_at,
                 queued_at, last_activity_at, closed_at, $2
             from json_populate_recordset(null::conversation, $1::text::json)",
            [rows::recordset(&fresh)?, now.into()],
        )
        .await?;
        let entered: Vec<_> = fresh.iter().map(|talk| talk.id).zip(entered).collect();
        let tagged = entering::keep(tx, &entered, version, now).await?;
        let open = fresh.iter().filter(|talk| talk.state != ConversationState::Closed);
        for talk in open {
            self.waiting.push(talk.id);
            happened.push((Event::ConversationOpened { conversation: talk.id, queue: talk.queue_id }, None));
        }
        happened.extend(tagged);
        self.keep(fresh);
        Ok(())
    }

    /// Write back what the messages changed, and let what came to wait begin to.
    pub async fn save(&self, tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<(), DbErr> {
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
                 last_author_id = t.last_author_id,
                 inbound_count = t.inbound_count, version = c.version + 1
             from json_populate_recordset(null::conversation, $1::text::json) t
             where c.id = t.id",
            [rows::recordset(&changed)?],
        )
        .await?;
        let answered: Vec<Uuid> = changed.iter().filter(|talk| talk.answered).map(|talk| talk.id.0).collect();
        if !answered.is_empty() {
            rows::run(
                tx,
                "update conversation set first_answered_at = coalesce(first_answered_at, $2), last_answered_at = $2
                 where id = any($1)",
                [answered.into(), now.into()],
            )
            .await?;
        }
        waiting::place_all(tx, &self.waiting).await?;
        let turned = changed
            .iter()
            .filter(|talk| talk.state != ConversationState::Closed)
            .filter(|talk| self.before.get(&talk.id).is_some_and(|before| *before != talk.must_act))
            .map(|talk| talk.id);
        // All in one go, in the order of their ids: two who look at the same ones never wait in a circle.
        let looked_at: Vec<ConversationId> = turned.chain(self.waiting.iter().copied()).collect();
        watch::look(tx, &looked_at, now).await
    }
}
