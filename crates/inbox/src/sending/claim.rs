//! Taking deliveries to send: the oldest of each conversation, as many as the vendor takes now.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ChannelKind, Content, ConversationId, DeliveryState, Event, MessageId,
    conversation::ReplyWindow,
    outbound::{Advice, Outbound},
};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, TransactionTrait as _};
use serde::Serialize;
use uuid::Uuid;

use super::rates::{Busy, Rates};
use crate::{events, rows};

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
}

/// Why something is not even tried. The words are stored as the detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// The window closed while it waited.
    WindowClosed,
    /// Its content is not of this version.
    Unreadable,
}

impl Refusal {
    const fn detail(self) -> &'static str {
        match self {
            Self::WindowClosed => "window_closed",
            Self::Unreadable => "unreadable_content",
        }
    }

    const fn advice(self) -> Advice {
        match self {
            Self::WindowClosed => Advice::UseTemplate,
            Self::Unreadable => Advice::FixMessage,
        }
    }
}

/// Claims up to `limit` deliveries of a channel whose lease `holder` has, but none of the `held` conversations.
pub(super) async fn claim(
    db: &DatabaseConnection,
    (channel, holder): (ChannelId, Uuid),
    rates: &mut Rates,
    held: &[ConversationId],
    limit: usize,
    now: DateTime<Utc>,
) -> Result<Claim, DbErr> {
    let tx = db.begin().await?;
    let heads = heads(&tx, channel, holder, held, limit).await?;
    let mut claim = Claim::default();
    let mut refused = Vec::new();
    let clock = Instant::now();
    for head in heads {
        if !ReplyWindow::at(head.kind, head.window_until, now).allows_text() {
            refused.push((head.message_id, head.conversation_id, Refusal::WindowClosed));
            continue;
        }
        let Ok(content) = serde_json::from_value::<Content>(head.content) else {
            refused.push((head.message_id, head.conversation_id, Refusal::Unreadable));
            continue;
        };
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
        claim.attempts.push(Attempt {
            conversation: head.conversation_id,
            number: head.attempts + 1,
            created_at: head.created_at,
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
    if claim.attempts.is_empty() && refused.is_empty() {
        tx.rollback().await?;
        return Ok(claim);
    }
    begin(&tx, &claim.attempts, now).await?;
    refuse(&tx, &refused, now).await?;
    announce(&tx, &claim.attempts, &refused, now).await?;
    tx.commit().await?;
    Ok(claim)
}

/// The first waiting delivery of each conversation, if it is due and nothing before it is on its way.
async fn heads(
    tx: &DatabaseTransaction,
    channel: ChannelId,
    holder: Uuid,
    held: &[ConversationId],
    limit: usize,
) -> Result<Vec<Head>, DbErr> {
    let held: Vec<Uuid> = held.iter().map(|conversation| conversation.0).collect();
    rows::all(
        tx,
        "select d.message_id, d.conversation_id, d.attempts, m.content, m.reply_to, m.created_at, c.reply_address,
             c.window_until, ch.kind
         from delivery d
         join message m on m.id = d.message_id
         join conversation c on c.id = d.conversation_id
         join channel ch on ch.id = d.channel_id
         where d.channel_id = $1 and d.state = 'queued' and d.due_at <= clock_timestamp()
             and d.conversation_id <> all($2)
             and not exists (
                 select from delivery e where e.conversation_id = d.conversation_id
                     and e.state in ('queued', 'sending') and e.position < d.position)
             and exists (select from lease where name = $3 and holder = $4 and until > clock_timestamp())
         order by d.position
         limit $5
         for update of d skip locked",
        [
            channel.into(),
            held.into(),
            super::channel::lease_name(channel).into(),
            holder.into(),
            i64::try_from(limit).unwrap_or(i64::MAX).into(),
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
             advice = null
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
