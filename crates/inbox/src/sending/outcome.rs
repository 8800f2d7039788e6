//! What came of attempts, written down in one transaction for all that ended together.

use std::{collections::HashMap, time::Duration};

use channel_gateway::verdict;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ChannelId, ChannelKind, ConversationId, DeliveryState, Event, MessageId,
    outbound::{Advice, Hold, SendOutcome},
};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, TransactionTrait as _};
use serde::Serialize;
use uuid::Uuid;

use super::{
    claim::Attempt,
    reports::{self, Learnt, Waited},
    trouble::{self, Failed},
};
use crate::{costs::posting, events, rows};

/// A message that found no way out for so long is not what the customer asked any more.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);
/// More of a vendor's words is not kept.
const LONGEST_DETAIL: usize = 1000;
/// The longest back-off.
const LONGEST_BACKOFF: Duration = Duration::from_secs(600);

/// An attempt that has ended.
#[derive(Debug, Clone)]
pub(super) struct Finished {
    pub attempt: Attempt,
    pub outcome: SendOutcome,
}

/// Where a delivery stands when its attempt is recorded.
#[derive(Debug, Clone, Copy, FromQueryResult)]
struct Stands {
    message_id: MessageId,
    state: DeliveryState,
    attempts: i32,
}

/// What a delivery becomes.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Next {
    message_id: MessageId,
    state: DeliveryState,
    due_in: f64,
    code: Option<i64>,
    detail: Option<String>,
    advice: Option<&'static str>,
    held: Option<&'static str>,
    pricing: Option<serde_json::Value>,
    #[serde(skip)]
    conversation: ConversationId,
    #[serde(skip)]
    moved: bool,
}

/// How long to wait before the next attempt: as long as the vendor says, else 4 to the power of the attempts before
/// (whatsapp-cloud.md §5.5 asks for exactly that after its limit per pair).
pub(super) fn backoff(number: i32, after: Option<Duration>) -> Duration {
    after.unwrap_or_else(|| {
        let power = u32::try_from(number - 1).unwrap_or(0).min(8);
        Duration::from_secs(4_u64.pow(power)).min(LONGEST_BACKOFF)
    })
}

/// What becomes of a delivery that stands at `stands` by this outcome; `None` when it has moved on without it.
fn judge(finished: &Finished, stands: Stands, kind: ChannelKind, now: DateTime<Utc>) -> Option<Next> {
    let Finished { attempt, outcome } = finished;
    if stands.attempts != attempt.number {
        return None;
    }
    let mut next = Next {
        message_id: stands.message_id,
        state: stands.state,
        due_in: 0.0,
        code: None,
        detail: None,
        advice: None,
        held: None,
        pricing: None,
        conversation: attempt.conversation,
        moved: false,
    };
    let on_its_way = matches!(stands.state, DeliveryState::Sending | DeliveryState::Uncertain);
    let state = match outcome {
        // Reports may have brought it further than that already.
        SendOutcome::Accepted { held, .. } => {
            let state = stands.state.advance(DeliveryState::Accepted);
            next.held = held.filter(|_| state.is_some()).map(Hold::as_str);
            state.unwrap_or(stands.state)
        }
        _ if !on_its_way => return None,
        SendOutcome::Refused(error, advice) => {
            (next.code, next.detail) = (Some(error.code), Some(words(&error.detail)));
            next.advice = Some(advice.as_str());
            // Until then not even a person sends it again.
            let wait = verdict::not_before(kind, error.code);
            next.due_in = wait.unwrap_or_default().as_secs_f64();
            DeliveryState::Failed
        }
        SendOutcome::Retry { after, error } => {
            (next.code, next.detail) = (Some(error.code), Some(words(&error.detail)));
            let wait = backoff(attempt.number, *after);
            next.due_in = wait.as_secs_f64();
            let give_up_at = attempt.created_at + GIVE_UP_AFTER;
            let enough = verdict::most_attempts(kind, error.code).is_some_and(|most| attempt.number >= most);
            if enough || TimeDelta::from_std(wait).map_or(true, |wait| now + wait >= give_up_at) {
                next.advice = Some(Advice::Later.as_str());
                DeliveryState::Failed
            } else {
                DeliveryState::Queued
            }
        }
        SendOutcome::Uncertain { reason } => {
            next.detail = Some(words(reason));
            DeliveryState::Uncertain
        }
    };
    next.moved = state != stands.state;
    next.state = state;
    Some(next)
}

/// A vendor's words as a table takes them.
fn words(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(LONGEST_DETAIL).collect()
}

impl Next {
    /// Take in reports that came before the vendor's answer.
    fn hear(&mut self, reports: Vec<Waited>, kind: ChannelKind) {
        for report in reports {
            self.pricing = self.pricing.take().or(report.pricing);
            if let Some(state) = self.state.advance(report.state) {
                self.state = state;
                self.moved = true;
                self.held = None;
                let failed = state == DeliveryState::Failed;
                self.code = report.code.filter(|_| failed);
                self.advice = self.code.map(|code| channel_gateway::advice_for(kind, code).as_str());
                self.detail = report.detail.filter(|_| failed);
                let wait = self.code.and_then(|code| verdict::not_before(kind, code));
                self.due_in = wait.unwrap_or_default().as_secs_f64();
            }
        }
    }
}

/// Record what came of these attempts of one channel.
pub(super) async fn record(
    db: &DatabaseConnection,
    (channel, kind): (ChannelId, ChannelKind),
    finished: &[Finished],
    alarmed: bool,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    let learnt: Vec<Learnt> = finished.iter().filter_map(learnt).collect();
    if !learnt.is_empty() {
        reports::lock(&tx).await?;
    }
    let stands = lock(&tx, finished).await?;
    close_attempts(&tx, finished, now).await?;
    let current = |learnt: &&Learnt| {
        let attempt = finished.iter().find(|finished| finished.attempt.outbound.message == learnt.message_id);
        attempt.zip(stands.get(&learnt.message_id)).is_some_and(|(f, s)| f.attempt.number == s.attempts)
    };
    let learnt: Vec<Learnt> = learnt.iter().filter(current).cloned().collect();
    let mut waited = reports::adopt(&tx, channel, &learnt, now).await?;

    let mut changes = Vec::with_capacity(finished.len());
    let mut priced = Vec::new();
    for finished in finished {
        let message = finished.attempt.outbound.message;
        let Some(stands) = stands.get(&message) else { continue };
        if let Some(mut next) = judge(finished, *stands, kind, now) {
            let waited = waited.remove(&message).unwrap_or_default();
            let overtaken = !waited.is_empty();
            next.hear(waited, kind);
            if overtaken && posting::decides(kind, stands.state, next.state, next.pricing.is_some()) {
                priced.push(message);
            }
            changes.extend(next.moved.then_some(next));
        }
    }
    write(&tx, &changes, now).await?;
    posting::decided(&tx, &priced, now).await?;
    if alarmed && finished.iter().any(|f| matches!(f.outcome, SendOutcome::Accepted { .. })) {
        trouble::went_out(&tx, channel, now).await?;
    }
    let failed: Vec<Failed> = changes
        .iter()
        .filter(|next| next.state == DeliveryState::Failed)
        .map(|next| Failed { message: next.message_id, conversation: next.conversation, code: next.code })
        .collect();
    let consequences: Vec<_> = trouble::failed(&tx, (channel, kind), &failed, now)
        .await?
        .into_iter()
        .map(|event| (event, None))
        .collect();
    events::append(&tx, &consequences, now).await?;
    tx.commit().await?;
    for finished in finished {
        log(channel, finished);
    }
    Ok(())
}

/// Whether one of these outcomes may have raised an alarm.
pub(super) fn may_alarm(finished: &[Finished]) -> bool {
    finished.iter().any(|finished| matches!(finished.outcome, SendOutcome::Refused(..)))
}

/// How long the whole number has to be silent after this outcome.
pub(super) fn rest(kind: ChannelKind, finished: &Finished) -> Option<Duration> {
    match &finished.outcome {
        SendOutcome::Retry { after, error } if verdict::rests(kind, error.code) => {
            Some(backoff(finished.attempt.number, *after))
        }
        _ => None,
    }
}

fn learnt(finished: &Finished) -> Option<Learnt> {
    match &finished.outcome {
        SendOutcome::Accepted { vendor_id, .. } => {
            Some(Learnt { message_id: finished.attempt.outbound.message, vendor_id: vendor_id.clone() })
        }
        _ => None,
    }
}

async fn lock(tx: &DatabaseTransaction, finished: &[Finished]) -> Result<HashMap<MessageId, Stands>, DbErr> {
    let ids: Vec<Uuid> = finished.iter().map(|finished| finished.attempt.outbound.message.0).collect();
    let found: Vec<Stands> = rows::all(
        tx,
        "select message_id, state, attempts from delivery where message_id = any($1)
         order by message_id for no key update",
        [ids.into()],
    )
    .await?;
    Ok(found.into_iter().map(|stands| (stands.message_id, stands)).collect())
}

async fn close_attempts(
    tx: &DatabaseTransaction,
    finished: &[Finished],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Ended {
        message_id: MessageId,
        number: i32,
        outcome: &'static str,
        code: Option<i64>,
        detail: Option<String>,
    }

    let ended: Vec<Ended> = finished
        .iter()
        .map(|Finished { attempt, outcome }| {
            let (outcome, code, detail) = match outcome {
                SendOutcome::Accepted { .. } => ("accepted", None, None),
                SendOutcome::Refused(error, _) => ("refused", Some(error.code), Some(words(&error.detail))),
                SendOutcome::Retry { error, .. } => ("retry", Some(error.code), Some(words(&error.detail))),
                SendOutcome::Uncertain { reason } => ("uncertain", None, Some(words(reason))),
            };
            Ended { message_id: attempt.outbound.message, number: attempt.number, outcome, code, detail }
        })
        .collect();
    rows::run(
        tx,
        "update delivery_attempt a set finished_at = $2, outcome = t.outcome, code = t.code, detail = t.detail
         from json_to_recordset($1::text::json)
             as t(message_id uuid, number int, outcome text, code bigint, detail text)
         where a.message_id = t.message_id and a.number = t.number",
        [rows::recordset(&ended)?, now.into()],
    )
    .await?;
    Ok(())
}

async fn write(tx: &DatabaseTransaction, changes: &[Next], now: DateTime<Utc>) -> Result<(), DbErr> {
    if changes.is_empty() {
        return Ok(());
    }
    rows::run(
        tx,
        "with changed as (
             select * from json_to_recordset($1::text::json) as t(message_id uuid, state text,
                 due_in double precision, code bigint, detail text, advice text, held text, pricing jsonb)
         ), shown as (
             update message m set version = m.version + 1 from changed where m.id = changed.message_id
         )
         update delivery d set state = changed.state, changed_at = $2, lease_until = null,
             due_at = clock_timestamp() + make_interval(secs => changed.due_in), error_code = changed.code,
             error_detail = changed.detail, advice = changed.advice, held = changed.held,
             pricing = coalesce(d.pricing, changed.pricing)
         from changed where d.message_id = changed.message_id",
        [rows::recordset(changes)?, now.into()],
    )
    .await?;
    let happened: Vec<_> = changes
        .iter()
        .map(|next| {
            let Next { conversation, message_id: message, state, .. } = *next;
            (Event::DeliveryChanged { conversation, message, state }, None)
        })
        .collect();
    events::append(tx, &happened, now).await
}

fn log(channel: ChannelId, finished: &Finished) {
    let message = finished.attempt.outbound.message;
    match &finished.outcome {
        SendOutcome::Accepted { .. } => tracing::debug!(%message, %channel, "message {message} was accepted"),
        SendOutcome::Refused(error, _) => {
            tracing::warn!(%message, %channel, code = error.code, "message {message} was refused: {}", error.code);
        }
        SendOutcome::Retry { error, .. } => {
            tracing::info!(%message, %channel, code = error.code, "message {message} is tried again: {}", error.code);
        }
        SendOutcome::Uncertain { .. } => {
            tracing::warn!(%message, %channel, "nobody knows whether message {message} was sent");
        }
    }
}

/// Attempts that nobody is making any more: whoever made them died before the record. How many.
pub(super) async fn give_up_lost(
    db: &DatabaseConnection,
    channel: ChannelId,
    now: DateTime<Utc>,
) -> Result<usize, DbErr> {
    #[derive(FromQueryResult)]
    struct Lost {
        message_id: MessageId,
        conversation_id: ConversationId,
    }

    let tx = db.begin().await?;
    let lost: Vec<Lost> = rows::all(
        &tx,
        "with lost as (
             select message_id from delivery
             where channel_id = $1 and state = 'sending' and lease_until < clock_timestamp()
             order by message_id for no key update
         ), ended as (
             update delivery_attempt a set finished_at = $2, outcome = 'uncertain', detail = 'interrupted'
             from lost where a.message_id = lost.message_id and a.finished_at is null
         ), shown as (
             update message m set version = m.version + 1 from lost where m.id = lost.message_id
         )
         update delivery d set state = 'uncertain', changed_at = $2, lease_until = null, error_detail = 'interrupted'
         from lost where d.message_id = lost.message_id
         returning d.message_id, d.conversation_id",
        [channel.into(), now.into()],
    )
    .await?;
    if lost.is_empty() {
        tx.rollback().await?;
        return Ok(0);
    }
    let happened: Vec<_> = lost
        .iter()
        .map(|lost| {
            let (conversation, message) = (lost.conversation_id, lost.message_id);
            (Event::DeliveryChanged { conversation, message, state: DeliveryState::Uncertain }, None)
        })
        .collect();
    events::append(&tx, &happened, now).await?;
    tx.commit().await?;
    for Lost { message_id, .. } in &lost {
        tracing::warn!(message = %message_id, %channel, "nobody knows whether message {message_id} was sent");
    }
    Ok(lost.len())
}

#[cfg(test)]
mod tests {
    use domain::{Content, inbound::VendorError, outbound::Outbound};

    use super::*;

    const KIND: ChannelKind = ChannelKind::WhatsappCloud;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_763_700_000 + second, 0).unwrap()
    }

    fn finished(number: i32, outcome: SendOutcome) -> Finished {
        let outbound = Outbound {
            message: MessageId::new(),
            attempt: number,
            to: "51987000001".into(),
            content: Content::Text { body: "Hola".into() },
            reply_to: None,
        };
        let attempt =
            Attempt { conversation: ConversationId::new(), number, created_at: at(0), bulk: false, outbound };
        Finished { attempt, outcome }
    }

    fn stands(finished: &Finished, state: DeliveryState, attempts: i32) -> Stands {
        Stands { message_id: finished.attempt.outbound.message, state, attempts }
    }

    fn error() -> VendorError {
        VendorError { code: 131_056, detail: "pair rate".into() }
    }

    #[test]
    fn an_answer_that_comes_late_still_settles_an_uncertain_send() {
        let late = finished(1, SendOutcome::Accepted { vendor_id: "wamid.1".into(), held: None });
        let next = judge(&late, stands(&late, DeliveryState::Uncertain, 1), KIND, at(300)).unwrap();
        assert_eq!((next.state, next.moved), (DeliveryState::Accepted, true));
        let before_resend = judge(&late, stands(&late, DeliveryState::Queued, 1), KIND, at(300)).unwrap();
        assert_eq!(before_resend.state, DeliveryState::Accepted, "so the resend is not sent at all");
        assert_eq!(judge(&late, stands(&late, DeliveryState::Sending, 2), KIND, at(300)), None);
        let read = judge(&late, stands(&late, DeliveryState::Read, 1), KIND, at(300)).unwrap();
        assert_eq!((read.state, read.moved), (DeliveryState::Read, false));
    }

    #[test]
    fn retries_wait_four_times_longer_each_time_unless_the_vendor_says_when() {
        let waits: Vec<_> = (1..=7).map(|number| backoff(number, None).as_secs()).collect();
        assert_eq!(waits, [1, 4, 16, 64, 256, 600, 600]);
        assert_eq!(backoff(3, Some(Duration::from_secs(7))).as_secs(), 7);
    }

    #[test]
    fn a_retry_goes_back_into_the_line_until_a_day_is_over() {
        let again = finished(2, SendOutcome::Retry { after: None, error: error() });
        let soon = judge(&again, stands(&again, DeliveryState::Sending, 2), KIND, at(10)).unwrap();
        assert_eq!((soon.state, soon.due_in, soon.advice), (DeliveryState::Queued, 4.0, None));
        let day = 24 * 3600;
        let late = judge(&again, stands(&again, DeliveryState::Sending, 2), KIND, at(day - 4)).unwrap();
        assert_eq!((late.state, late.advice), (DeliveryState::Failed, Some("later")));
        let last = judge(&again, stands(&again, DeliveryState::Sending, 2), KIND, at(day - 5)).unwrap();
        assert_eq!(last.state, DeliveryState::Queued);
    }

    #[test]
    fn what_the_vendor_cannot_explain_is_tried_a_few_times_and_then_left_to_a_person() {
        let unknown = VendorError { code: 131_000, detail: "something went wrong".into() };
        for (number, state) in [(4, DeliveryState::Queued), (5, DeliveryState::Failed)] {
            let again = finished(number, SendOutcome::Retry { after: None, error: unknown.clone() });
            let next = judge(&again, stands(&again, DeliveryState::Sending, number), KIND, at(90)).unwrap();
            assert_eq!(next.state, state, "attempt {number}");
            let advice = (state == DeliveryState::Failed).then_some("later");
            assert_eq!(next.advice, advice);
        }
        let busy = finished(9, SendOutcome::Retry { after: None, error: error() });
        let next = judge(&busy, stands(&busy, DeliveryState::Sending, 9), KIND, at(90)).unwrap();
        assert_eq!(next.state, DeliveryState::Queued, "what the vendor explains is tried for a day");
    }

    #[test]
    fn a_refusal_does_not_undo_what_the_vendor_has_reported_since() {
        let refused = finished(1, SendOutcome::Refused(error(), Advice::Never));
        assert_eq!(judge(&refused, stands(&refused, DeliveryState::Sent, 1), KIND, at(0)), None);
        let next = judge(&refused, stands(&refused, DeliveryState::Sending, 1), KIND, at(0)).unwrap();
        assert_eq!(
            (next.state, next.code, next.advice),
            (DeliveryState::Failed, Some(131_056), Some("never"))
        );
    }
}
