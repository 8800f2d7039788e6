//! Taking deliveries to send: the oldest of each conversation, as many as the vendor takes now.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ChannelKind, ContactId, Content, ConversationId, DeliveryState, Event, MessageId,
    conversation::ReplyWindow,
    outbound::{Advice, Outbound},
};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, TransactionTrait as _};
use serde::Serialize;
use uuid::Uuid;

use super::{
    portfolio::{Budget, Waiting},
    rates::{Busy, Rates},
};
use crate::{consent, events, rows};

/// How long an attempt may take, its record included, before its outcome counts as unknown.
pub(super) const ATTEMPT_LEASE: Duration = Duration::from_secs(120);

/// An attempt that is committed: the vendor may be called, once.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub conversation: ConversationId,
    /// Which attempt of this message.
    pub number: i32,
    /// When the message was written.
    pub created_at: DateTime<Utc>,
    /// Whether it is one of many, which yield to what people answer.
    pub bulk: bool,
    pub outbound: Outbound,
}

/// What a claim brought.
#[derive(Debug, Default)]
pub(super) struct Claim {
    /// To be sent now.
    pub attempts: Vec<Attempt>,
    /// Conversations whose customer can't be written to before that.
    pub held: Vec<(ConversationId, Duration)>,
    /// The number has to rest so long.
    pub rest: Option<Duration>,
    /// Deliveries that were refused without a call.
    pub refused: usize,
    /// Deliveries that wait for another day.
    pub put_off: usize,
}

/// How many may be claimed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// In all.
    pub all: usize,
    /// Of them, sent to many.
    pub bulk: usize,
}

#[derive(FromQueryResult)]
struct Head {
    message_id: MessageId,
    conversation_id: ConversationId,
    attempts: i32,
    content: serde_json::Value,
    reply_to: Option<String>,
    created_at: DateTime<Utc>,
    reply_address: String,
    window_until: Option<DateTime<Utc>>,
    kind: ChannelKind,
    lane: i16,
    contact_id: ContactId,
    portfolio: String,
    messaging_limit: Option<String>,
    category: Option<String>,
}

/// Why something is not even tried. The words are stored as the detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// The window closed while it waited.
    WindowClosed,
    /// The customer asked for no such messages while it waited.
    Unwanted,
    /// Its content is not of this version.
    Unreadable,
}

impl Refusal {
    const fn detail(self) -> &'static str {
        match self {
            Self::WindowClosed => "window_closed",
            Self::Unwanted => "unwanted",
            Self::Unreadable => "unreadable_content",
        }
    }

    const fn advice(self) -> Advice {
        match self {
            Self::WindowClosed => Advice::UseTemplate,
            Self::Unwanted => Advice::Never,
            Self::Unreadable => Advice::FixMessage,
        }
    }
}

/// Claims deliveries of a channel whose lease `holder` has, as many as there is room for, but none of the `held`
/// conversations. What people answer goes before what is sent to many.
pub(super) async fn claim(
    db: &DatabaseConnection,
    (channel, holder): (ChannelId, Uuid),
    rates: &mut Rates,
    held: &[ConversationId],
    room: Room,
    now: DateTime<Utc>,
) -> Result<Claim, DbErr> {
    let tx = db.begin().await?;
    let heads = heads(&tx, channel, holder, held, room).await?;
    let customers: Vec<ContactId> = heads.iter().map(|head| head.contact_id).collect();
    let wishes = consent::wishes(&tx, &customers, channel).await?;
    let mut claim = Claim::default();
    let mut refused = Vec::new();
    let clock = Instant::now();
    let (mut budget, mut bulk) = (None, 0);
    for head in heads {
        let is_bulk = head.lane > 0;
        if is_bulk && bulk >= room.bulk {
            break;
        }
        let Ok(content) = serde_json::from_value::<Content>(head.content) else {
            refused.push((head.message_id, head.conversation_id, Refusal::Unreadable));
            continue;
        };
        let wishes = wishes.get(&head.contact_id).copied().unwrap_or_default();
        if wishes.forbid(&content, head.category.as_deref()).is_some() {
            refused.push((head.message_id, head.conversation_id, Refusal::Unwanted));
            continue;
        }
        let window = ReplyWindow::at(head.kind, head.window_until, now);
        if !window.allows(&content) {
            refused.push((head.message_id, head.conversation_id, Refusal::WindowClosed));
            continue;
        }
        let begins = matches!(window, ReplyWindow::Closed(_));
        if begins && budget.is_none() {
            let limit = head.messaging_limit.as_deref();
            budget = Some(Budget::open(&tx, &head.portfolio, limit, &customers).await?);
        }
        let mut budget = budget.as_mut().filter(|_| begins);
        if let Some(budget) = &mut budget
            && budget.is_spent_for(head.contact_id)
        {
            budget.put_off(Waiting { message: head.message_id, conversation: head.conversation_id });
            continue;
        }
        match rates.take(&head.reply_address, clock) {
            Ok(()) => {}
            Err(Busy::Pair(wait)) => {
                claim.held.push((head.conversation_id, wait));
                continue;
            }
            Err(Busy::Number(wait)) => {
                claim.rest = Some(wait);
                break;
            }
        }
        if let Some(budget) = budget {
            budget.spend(head.contact_id);
        }
        bulk += usize::from(is_bulk);
        claim.attempts.push(Attempt {
            conversation: head.conversation_id,
            number: head.attempts + 1,
            created_at: head.created_at,
            bulk: is_bulk,
            outbound: Outbound {
                message: head.message_id,
                attempt: head.attempts + 1,
                to: head.reply_address,
                content,
                reply_to: head.reply_to,
            },
        });
    }
    claim.refused = refused.len();
    claim.put_off = budget.as_ref().map_or(0, Budget::put_off_count);
    if claim.attempts.is_empty() && refused.is_empty() && claim.put_off == 0 {
        tx.rollback().await?;
        return Ok(claim);
    }
    if let Some(budget) = budget {
        budget.close(&tx, now).await?;
    }
    begin(&tx, &claim.attempts, now).await?;
    refuse(&tx, &refused, now).await?;
    announce(&tx, &claim.attempts, &refused, now).await?;
    tx.commit().await?;
    Ok(claim)
}

/// The first waiting delivery of each conversation, if it is due and nothing before it is on its way. What waits for
/// another day, and what is sent to many, holds up no answer of a person.
async fn heads(
    tx: &DatabaseTransaction,
    channel: ChannelId,
    holder: Uuid,
    held: &[ConversationId],
    room: Room,
) -> Result<Vec<Head>, DbErr> {
    let held: Vec<Uuid> = held.iter().map(|conversation| conversation.0).collect();
    rows::all(
        tx,
        "select d.message_id, d.conversation_id, d.attempts, m.content, m.reply_to, m.created_at, c.reply_address,
             c.window_until, c.contact_id, ch.kind, d.lane, f.facts->>'limit' as messaging_limit,
             coalesce(f.facts->>'portfolio_id', ch.account_key) as portfolio,
             case when m.kind = 'template' then
                 (select category from template t where t.id = (m.content->>'template')::uuid) end as category
         from delivery d
         join message m on m.id = d.message_id
         join conversation c on c.id = d.conversation_id
         join channel ch on ch.id = d.channel_id
         left join channel_facts f on f.channel_id = d.channel_id
         where d.channel_id = $1 and d.state = 'queued' and d.due_at <= clock_timestamp()
             and (d.lane = 0 or $6) and d.conversation_id <> all($2)
             and not exists (
                 select from delivery e where e.conversation_id = d.conversation_id and e.position < d.position
                     and (e.state = 'sending' or e.state = 'queued' and e.lane <= d.lane and e.held is null))
             and exists (select from lease where name = $3 and holder = $4 and until > clock_timestamp())
         order by d.lane, d.position
         limit $5
         for update of d skip locked",
        [
            channel.into(),
            held.into(),
            super::channel::lease_name(channel).into(),
            holder.into(),
            i64::try_from(room.all).unwrap_or(i64::MAX).into(),
            (room.bulk > 0).into(),
        ],
    )
    .await
}

async fn begin(tx: &DatabaseTransaction, attempts: &[Attempt], now: DateTime<Utc>) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Begun {
        message_id: MessageId,
        number: i32,
    }

    if attempts.is_empty() {
        return Ok(());
    }
    let begun: Vec<Begun> = attempts
        .iter()
        .map(|attempt| Begun { message_id: attempt.outbound.message, number: attempt.number })
        .collect();
    rows::run(
        tx,
        "with begun as (
             select * from json_to_recordset($1::text::json) as t(message_id uuid, number int)
         ), noted as (
             insert into delivery_attempt (message_id, number, started_at) select message_id, number, $2 from begun
         ), shown as (
             update message m set version = m.version + 1 from begun where m.id = begun.message_id
         )
         update delivery d set state = 'sending', attempts = begun.number, changed_at = $2,
             lease_until = clock_timestamp() + make_interval(secs => $3), error_code = null, error_detail = null,
             advice = null, held = null
         from begun where d.message_id = begun.message_id",
        [rows::recordset(&begun)?, now.into(), ATTEMPT_LEASE.as_secs_f64().into()],
    )
    .await?;
    Ok(())
}

async fn refuse(
    tx: &DatabaseTransaction,
    refused: &[(MessageId, ConversationId, Refusal)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Refused {
        message_id: MessageId,
        detail: &'static str,
        advice: &'static str,
    }

    if refused.is_empty() {
        return Ok(());
    }
    let refused: Vec<Refused> = refused
        .iter()
        .map(|(message_id, _, refusal)| Refused {
            message_id: *message_id,
            detail: refusal.detail(),
            advice: refusal.advice().as_str(),
        })
        .collect();
    rows::run(
        tx,
        "with refused as (
             select * from json_to_recordset($1::text::json) as t(message_id uuid, detail text, advice text)
         ), shown as (
             update message m set version = m.version + 1 from refused where m.id = refused.message_id
         )
         update delivery d set state = 'failed', changed_at = $2, lease_until = null, error_code = null,
             error_detail = refused.detail, advice = refused.advice
         from refused where d.message_id = refused.message_id",
        [rows::recordset(&refused)?, now.into()],
    )
    .await?;
    Ok(())
}

async fn announce(
    tx: &DatabaseTransaction,
    attempts: &[Attempt],
    refused: &[(MessageId, ConversationId, Refusal)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let sending = attempts
        .iter()
        .map(|attempt| (attempt.conversation, attempt.outbound.message, DeliveryState::Sending));
    let failed =
        refused.iter().map(|(message, conversation, _)| (*conversation, *message, DeliveryState::Failed));
    let happened: Vec<_> = sending
        .chain(failed)
        .map(|(conversation, message, state)| (Event::DeliveryChanged { conversation, message, state }, None))
        .collect();
    events::append(tx, &happened, now).await
}
