//! What vendors report about messages of ours: forward only, whatever the order of arrival.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use channel_gateway::verdict;
use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ConversationId, DeliveryState, Event, MessageId, PersonId, inbound::StatusReport,
    outbound::Ticket,
};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;

use super::{
    echoes::{self, Ours},
    recipients::{self, Reached},
    sorting::Told,
};
use crate::{
    costs::posting,
    rows,
    sending::trouble::{self, Failed},
};

type Report = Told<StatusReport>;

/// A message of ours as reports find it, locked.
#[derive(FromQueryResult)]
struct Found {
    message_id: MessageId,
    conversation_id: ConversationId,
    channel_id: ChannelId,
    vendor_id: Option<String>,
    state: DeliveryState,
    attempts: i32,
}

/// What the reports of a batch make of one message.
#[derive(Serialize)]
struct Change<'a> {
    message_id: MessageId,
    conversation_id: ConversationId,
    state: DeliveryState,
    vendor_id: &'a str,
    error_code: Option<i64>,
    error_detail: Option<&'a str>,
    advice: Option<&'static str>,
    wait: f64,
    pricing: Option<&'a serde_json::Value>,
    moved: bool,
}

/// Apply reports. Those whose message is not known yet are kept; the sender adopts them with the vendor's answer.
pub(crate) async fn apply(
    tx: &DatabaseTransaction,
    reports: &[Report],
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<(), DbErr> {
    let reports = first_time(tx, reports).await?;
    if reports.is_empty() {
        return Ok(());
    }
    // Pairs with the sender's (`sending::reports`): a vendor's id that is being stored is waited for, not missed.
    tx.execute_unprepared("select pg_advisory_xact_lock(1112, 2)").await?;
    let found = find_messages(tx, &reports).await?;
    let mut changes: BTreeMap<MessageId, Change<'_>> = BTreeMap::new();
    let mut priced = BTreeSet::new();
    for report in &reports {
        let Some(message) = found.of(report) else { continue };
        let heard = &report.said;
        // A person sent it again meanwhile: that an earlier attempt failed says nothing about the one under way.
        let is_late = ticket(report)
            .and_then(|ticket| ticket.attempt)
            .is_some_and(|attempt| attempt < message.attempts);
        if is_late && heard.state == DeliveryState::Failed {
            continue;
        }
        let change = changes.entry(message.message_id).or_insert_with(|| Change {
            message_id: message.message_id,
            conversation_id: message.conversation_id,
            state: message.state,
            vendor_id: message.vendor_id.as_deref().unwrap_or(&heard.vendor_id),
            error_code: None,
            error_detail: None,
            advice: None,
            wait: 0.0,
            pricing: None,
            moved: false,
        });
        let was = change.state;
        change.pricing = change.pricing.or(heard.pricing.as_ref());
        if let Some(next) = change.state.advance(heard.state) {
            change.state = next;
            change.moved = true;
            let error = (next == DeliveryState::Failed).then_some(heard.error.as_ref()).flatten();
            change.error_code = error.map(|error| error.code);
            change.error_detail = error.map(|error| error.detail.as_str());
            change.advice =
                error.map(|error| channel_gateway::advice_for(report.channel.kind, error.code).as_str());
            let wait = error.and_then(|error| verdict::not_before(report.channel.kind, error.code));
            change.wait = wait.unwrap_or_default().as_secs_f64();
            if next == DeliveryState::Failed {
                let failure = Failed {
                    message: message.message_id,
                    conversation: message.conversation_id,
                    code: change.error_code,
                };
                let channel = (report.channel.id, report.channel.kind);
                let consequences = trouble::failed(tx, channel, &[failure], now).await?;
                happened.extend(consequences.into_iter().map(|event| (event, None)));
            }
        }
        if posting::decides(report.channel.kind, was, change.state, heard.pricing.is_some()) {
            priced.insert(message.message_id);
        }
    }
    // A report by our own id can be the first to tell the vendor's id: that settles an uncertain send.
    let learnt: Vec<(ChannelId, Ours<'_>)> = found
        .found
        .iter()
        .filter(|message| message.vendor_id.is_none())
        .filter_map(|message| {
            let change = changes.get(&message.message_id)?;
            Some((message.channel_id, Ours { message_id: change.message_id, vendor_id: change.vendor_id }))
        })
        .collect();
    for (channel, ours) in &learnt {
        let stepped = echoes::give_way(tx, *channel, std::slice::from_ref(ours)).await?;
        happened.extend(stepped.into_iter().map(|event| (event, None)));
    }
    save(tx, &changes, !learnt.is_empty(), now).await?;
    let reached = reports.iter().filter_map(|report| Reached::of(report, found.of(report)?.conversation_id));
    recipients::learn(tx, &reached.collect::<Vec<_>>(), now).await?;
    let posted = posting::decided(tx, &priced.into_iter().collect::<Vec<_>>(), now).await?;
    // A price that comes after the message had arrived: nothing moved, and pages have something new to show.
    let shown: BTreeSet<MessageId> = posted
        .into_iter()
        .filter(|message| changes.get(message).is_some_and(|change| !change.moved))
        .collect();
    posting::show(tx, shown.iter().copied()).await?;
    let is_news = |change: &&Change<'_>| change.moved || shown.contains(&change.message_id);
    happened.extend(changes.values().filter(is_news).map(|change| {
        let Change { conversation_id: conversation, message_id: message, state, .. } = *change;
        (Event::DeliveryChanged { conversation, message, state }, None)
    }));
    Ok(())
}

/// Note every report once; answers those not heard before.
async fn first_time<'a>(tx: &DatabaseTransaction, reports: &'a [Report]) -> Result<Vec<&'a Report>, DbErr> {
    #[derive(Serialize)]
    struct Row<'a> {
        channel_id: ChannelId,
        vendor_id: &'a str,
        state: DeliveryState,
        at: Option<DateTime<Utc>>,
        code: Option<i64>,
        detail: Option<&'a str>,
        pricing: Option<&'a serde_json::Value>,
        receipt_id: i64,
    }
    #[derive(FromQueryResult, PartialEq, Eq, Hash)]
    struct Key {
        channel_id: ChannelId,
        vendor_id: String,
        state: DeliveryState,
    }

    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let noted: Vec<Row<'_>> = reports
        .iter()
        .map(|Told { channel, receipt, said: report, .. }| Row {
            channel_id: channel.id,
            vendor_id: &report.vendor_id,
            state: report.state,
            at: report.at,
            code: report.error.as_ref().map(|error| error.code),
            detail: report.error.as_ref().map(|error| error.detail.as_str()),
            pricing: report.pricing.as_ref(),
            receipt_id: *receipt,
        })
        .collect();
    let fresh: Vec<Key> = rows::all(
        tx,
        "insert into status_report (channel_id, vendor_id, state, at, code, detail, pricing, receipt_id)
         select channel_id, vendor_id, state, at, code, detail, pricing, receipt_id
         from json_to_recordset($1::text::json) as row(channel_id uuid, vendor_id text, state text, at timestamptz,
             code bigint, detail text, pricing jsonb, receipt_id bigint)
         on conflict do nothing
         returning channel_id, vendor_id, state",
        [rows::recordset(&noted)?],
    )
    .await?;
    let mut fresh: HashSet<Key> = fresh.into_iter().collect();
    Ok(reports
        .iter()
        .filter(|Told { channel, said: report, .. }| {
            // Removing it keeps a report that comes twice in one batch from counting twice.
            fresh.remove(&Key {
                channel_id: channel.id,
                vendor_id: report.vendor_id.clone(),
                state: report.state,
            })
        })
        .collect())
}

/// The messages that reports are about, by the vendor's id and by ours.
struct Messages {
    by_vendor_id: HashMap<(ChannelId, String), usize>,
    by_id: HashMap<MessageId, usize>,
    found: Vec<Found>,
}

impl Messages {
    fn of(&self, report: &Report) -> Option<&Found> {
        let index = ticket(report)
            .and_then(|ticket| self.by_id.get(&ticket.message))
            .or_else(|| self.by_vendor_id.get(&(report.channel.id, report.said.vendor_id.clone())))?;
        self.found.get(*index)
    }
}

/// Our own name for the attempt, if the report echoes one. The channel is checked with the row.
fn ticket(report: &Report) -> Option<Ticket> {
    report.said.opaque.as_deref()?.parse().ok()
}

async fn find_messages(tx: &DatabaseTransaction, reports: &[&Report]) -> Result<Messages, DbErr> {
    #[derive(Serialize)]
    struct Asked<'a> {
        channel_id: ChannelId,
        vendor_id: &'a str,
        message_id: Option<MessageId>,
    }

    let asked: Vec<Asked<'_>> = reports
        .iter()
        .map(|report| Asked {
            channel_id: report.channel.id,
            vendor_id: &report.said.vendor_id,
            message_id: ticket(report).map(|ticket| ticket.message),
        })
        .collect();
    let found: Vec<Found> = rows::all(
        tx,
        "with asked as (
             select * from json_to_recordset($1::text::json) as row(channel_id uuid, vendor_id text, message_id uuid)
         ), named as (
             select m.id, m.vendor_id from asked
                 join message m on m.channel_id = asked.channel_id and m.vendor_id = asked.vendor_id
             union
             select m.id, m.vendor_id from asked
                 join message m on m.id = asked.message_id and m.channel_id = asked.channel_id
         )
         select d.message_id, d.conversation_id, d.channel_id, named.vendor_id, d.state, d.attempts
         from named join delivery d on d.message_id = named.id
         order by d.message_id
         for update of d",
        [rows::recordset(&asked)?],
    )
    .await?;
    let by_id = found.iter().enumerate().map(|(index, row)| (row.message_id, index)).collect();
    let by_vendor_id = found
        .iter()
        .enumerate()
        .filter_map(|(index, row)| Some(((row.channel_id, row.vendor_id.clone()?), index)))
        .collect();
    Ok(Messages { by_vendor_id, by_id, found })
}

async fn save(
    tx: &DatabaseTransaction,
    changes: &BTreeMap<MessageId, Change<'_>>,
    learnt: bool,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if changes.is_empty() {
        return Ok(());
    }
    let changes: Vec<&Change<'_>> = changes.values().collect();
    let recordset = rows::recordset(&changes)?;
    rows::run(
        tx,
        "update delivery d set state = c.state, changed_at = case when c.moved then $2 else d.changed_at end,
             lease_until = case when c.moved then null else d.lease_until end, pricing = coalesce(d.pricing, c.pricing),
             error_code = case when c.moved then c.error_code else d.error_code end,
             error_detail = case when c.moved then c.error_detail else d.error_detail end,
             advice = case when c.moved then c.advice else d.advice end,
             held = case when c.moved then null else d.held end,
             due_at = case when c.moved then clock_timestamp() + make_interval(secs => c.wait) else d.due_at end
         from json_to_recordset($1::text::json) as c(message_id uuid, state text, error_code bigint,
             error_detail text, advice text, wait double precision, pricing jsonb, moved boolean)
         where d.message_id = c.message_id",
        [recordset.clone(), now.into()],
    )
    .await?;
    if learnt {
        rows::run(
            tx,
            "update message m set vendor_id = c.vendor_id
             from json_to_recordset($1::text::json) as c(message_id uuid, vendor_id text)
             where m.id = c.message_id and m.vendor_id is null
                 and not exists (select from message o where o.channel_id = m.channel_id and o.vendor_id = c.vendor_id)",
            [recordset.clone()],
        )
        .await?;
    }
    rows::run(
        tx,
        "update status_report r set message_id = c.message_id
         from json_to_recordset($1::text::json) as c(message_id uuid, vendor_id text), message m
         where m.id = c.message_id and r.channel_id = m.channel_id and r.vendor_id = c.vendor_id
             and r.message_id is null",
        [recordset],
    )
    .await?;
    Ok(())
}
