//! What failures of messages say beyond the message: an admin is told of what no agent can mend, a customer who wants no
//! more is believed, and a reaction that did not arrive is taken back here too.

use chrono::{DateTime, Utc};
use domain::{ChannelId, ChannelKind, ContactId, ConversationId, Event, MessageId, consent::Purpose};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use crate::{
    alarms::{self, Subject},
    consent::{self, Given},
    rows,
};

/// Who raised it, in the alarm's data: only what sending raised ends by sending.
const BY: &str = "sending";

/// A message that has failed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failed {
    pub message: MessageId,
    pub conversation: ConversationId,
    /// The vendor's code, if it gave one.
    pub code: Option<i64>,
}

/// Draw the consequences of these failures of a channel's messages. Answers what happened by it.
pub(crate) async fn failed(
    tx: &DatabaseTransaction,
    (channel, kind): (ChannelId, ChannelKind),
    failures: &[Failed],
    now: DateTime<Utc>,
) -> Result<Vec<Event>, DbErr> {
    if failures.is_empty() {
        return Ok(Vec::new());
    }
    let mut raised = Vec::new();
    let mut happened = take_back(tx, failures).await?;
    for failure in failures {
        let Some(code) = failure.code else { continue };
        if let Some(alarm) = channel_gateway::alarm_for(kind, code)
            && !raised.contains(&alarm)
        {
            raised.push(alarm);
            let data = json!({ "by": BY, "code": code, "detail": code.to_string() });
            alarms::raise(tx, Subject::Channel(channel), alarm.kind, alarm.severity, data, now).await?;
        }
        if let Some(purpose) = channel_gateway::verdict::opts_out(kind, code) {
            happened.extend(believe(tx, channel, failure, (purpose, code), now).await?);
        }
    }
    Ok(happened)
}

/// The customer stopped us at the vendor, and we hear of it by a refusal. Once is enough.
async fn believe(
    tx: &DatabaseTransaction,
    channel: ChannelId,
    failure: &Failed,
    (purpose, code): (Purpose, i64),
    now: DateTime<Utc>,
) -> Result<Vec<Event>, DbErr> {
    #[derive(FromQueryResult)]
    struct Of {
        contact_id: ContactId,
    }

    let of: Vec<Of> =
        rows::all(tx, "select contact_id from conversation where id = $1", [failure.conversation.into()])
            .await?;
    let Some(Of { contact_id }) = of.into_iter().next() else { return Ok(Vec::new()) };
    let known =
        consent::wishes(tx, &[contact_id], channel).await?.get(&contact_id).copied().unwrap_or_default();
    let is_known = match purpose {
        Purpose::Marketing => known.no_offers,
        Purpose::Anything => known.nothing,
    };
    if is_known {
        return Ok(Vec::new());
    }
    let proof = code.to_string();
    let source = Some(format!("refusal {}", failure.message));
    let given =
        Given { contact_id, channel_id: Some(channel), purpose, given: false, proof, at: now, source };
    consent::record(tx, &[given], now).await
}

/// A reaction of ours that failed is a line of its own again, which tells why, and no mark on its message.
async fn take_back(tx: &DatabaseTransaction, failures: &[Failed]) -> Result<Vec<Event>, DbErr> {
    #[derive(FromQueryResult)]
    struct Unmarked {
        id: MessageId,
        conversation_id: ConversationId,
    }

    let ids: Vec<Uuid> = failures.iter().map(|failure| failure.message.0).collect();
    let unmarked: Vec<Unmarked> = rows::all(
        tx,
        "with failed as (
             select id, applied_to from message
             where id = any($1) and kind = 'reaction' and direction = 'out' and applied_to is not null
         ), undone as (
             update reaction r set emoji = null from failed where r.message_id = failed.applied_to and not r.from_customer
         ), lines as (
             update message m set applied_to = null, version = m.version + 1 from failed where m.id = failed.id
         )
         update message m set version = m.version + 1 from failed where m.id = failed.applied_to
         returning m.id, m.conversation_id",
        [ids.into()],
    )
    .await?;
    let changed = |Unmarked { id, conversation_id }| Event::MessageChanged {
        conversation: conversation_id,
        message: id,
    };
    Ok(unmarked.into_iter().map(changed).collect())
}

/// A message went out: what stood in its way stands there no longer.
pub(crate) async fn went_out(
    tx: &DatabaseTransaction,
    channel: ChannelId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update alarm set cleared_at = $2
         where channel_id = $1 and cleared_at is null and severity = 'critical' and data->>'by' = $3",
        [channel.into(), now.into(), BY.into()],
    )
    .await?;
    Ok(())
}
