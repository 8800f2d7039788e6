//! Sending for one channel: claim, call, record.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use domain::{ChannelId, ChannelKind, ConversationId, MessageId, outbound::SendOutcome};
use entity::channel;
use sea_orm::{DatabaseConnection, DbErr, EntityTrait as _};
use tokio::{
    sync::Notify,
    task::{JoinError, JoinSet},
};
use uuid::Uuid;

use super::{
    Transmit,
    claim::{self, Attempt, Room},
    outcome::{self, Finished},
    pace,
    rates::Rates,
};
use crate::{Wakes, lease};

/// Calls to the vendor at the same time.
const CONCURRENT: usize = 8;
/// How many of them what is sent to many may take: an answer of a person never waits for a slow campaign.
const CONCURRENT_BULK: usize = 6;
/// No vendor takes longer; after this nobody knows what became of the call.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a node may send for a channel without prolonging its lease.
const LEASE: Duration = Duration::from_secs(30);
/// How often the lease is prolonged, settings are read again and lost attempts are looked for.
const RENEW: Duration = Duration::from_secs(10);
/// How long the calls under way may take when the program ends; people wait for it.
const LAST_CALLS: Duration = Duration::from_secs(5);
/// A lost wake-up costs at most this.
const POLL: Duration = Duration::from_secs(2);

pub(super) fn lease_name(channel: ChannelId) -> String {
    format!("send:{channel}")
}

/// What a step did and when the next is worth making.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Calls begun, outcomes recorded and deliveries refused without a call: what others may want to see.
    pub changed: usize,
    /// Something becomes possible after this.
    pub after: Option<Duration>,
}

/// Sends for one channel. Dropping it in the middle of a call leaves the message to be declared uncertain.
#[derive(Debug)]
pub struct ChannelSender<T> {
    db: DatabaseConnection,
    transmit: Arc<T>,
    channel: ChannelId,
    holder: Uuid,
    kind: ChannelKind,
    /// As the rates have it.
    pace: i32,
    rates: Rates,
    renewed: Option<Instant>,
    in_use: bool,
    calls: JoinSet<Finished>,
    under_way: HashMap<MessageId, Attempt>,
    ended: Vec<Finished>,
    held: HashMap<ConversationId, Instant>,
    /// The vendor asked the whole number to be silent until then.
    resting: Option<Instant>,
    /// Whether alarms may be open that a message going out would end.
    alarmed: bool,
}

impl<T: Transmit> ChannelSender<T> {
    /// A sender for `channel` on the node `holder`. It does nothing before the first step.
    #[must_use]
    pub fn new(db: DatabaseConnection, transmit: Arc<T>, channel: ChannelId, holder: Uuid) -> Self {
        Self {
            db,
            transmit,
            channel,
            holder,
            // Until the channel's row is read, which is before anything is claimed.
            kind: ChannelKind::WhatsappCloud,
            pace: 1,
            rates: Rates::new(ChannelKind::WhatsappCloud, 1),
            renewed: None,
            in_use: false,
            calls: JoinSet::new(),
            under_way: HashMap::new(),
            ended: Vec::new(),
            held: HashMap::new(),
            resting: None,
            alarmed: true,
        }
    }

    /// Record what has ended, claim what can be sent and call the vendor with it. Does not wait for the calls.
    ///
    /// # Errors
    /// When the database fails. Outcomes that could not be recorded are kept for the next step.
    pub async fn step(&mut self, now: DateTime<Utc>) -> Result<Step, DbErr> {
        let mut step = Step::default();
        while let Some(ended) = self.calls.try_join_next() {
            self.end(ended);
        }
        if !self.ended.is_empty() {
            outcome::record(&self.db, (self.channel, self.kind), &self.ended, self.alarmed, now).await?;
            self.alarmed = outcome::may_alarm(&self.ended);
            let rest = self.ended.iter().filter_map(|ended| outcome::rest(self.kind, ended)).max();
            self.resting = self.resting.max(rest.map(|rest| Instant::now() + rest));
            step.changed += self.ended.len();
            step.after = self.ended.iter().filter_map(retry_after).min();
            self.ended.clear();
        }
        if self.renewed.is_none_or(|renewed| renewed.elapsed() >= RENEW) {
            step.changed += self.renew(now).await?;
        }
        if let Some(rest) = self.rest_left() {
            step.after = Some(rest);
            return Ok(step);
        }
        while self.in_use && self.calls.len() < CONCURRENT {
            let instant = Instant::now();
            self.held.retain(|_, until| *until > instant);
            let held: Vec<ConversationId> = self.held.keys().copied().collect();
            let free = CONCURRENT - self.calls.len();
            let bulk = self.under_way.values().filter(|attempt| attempt.bulk).count();
            let room = Room { all: free, bulk: CONCURRENT_BULK.saturating_sub(bulk) };
            let claim =
                claim::claim(&self.db, (self.channel, self.holder), &mut self.rates, &held, room, now)
                    .await?;
            step.changed += claim.attempts.len() + claim.refused + claim.put_off;
            let found = claim.attempts.len() + claim.refused + claim.put_off + claim.held.len();
            self.held.extend(claim.held.iter().map(|(conversation, wait)| (*conversation, instant + *wait)));
            for attempt in claim.attempts {
                self.call(attempt);
            }
            if let Some(rest) = claim.rest {
                step.after = Some(step.after.map_or(rest, |after| after.min(rest)));
                break;
            }
            // Fewer than asked for: there are no more. As many: those that were refused or held leave room.
            if found < free {
                break;
            }
        }
        let soonest = self.held.values().min().map(|until| until.saturating_duration_since(Instant::now()));
        step.after = step.after.into_iter().chain(soonest).min();
        Ok(step)
    }

    /// Steps until nothing more can be sent now and every call has ended. For tests and for stopping.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn until_idle(&mut self, now: DateTime<Utc>) -> Result<(), DbErr> {
        loop {
            let step = self.step(now).await?;
            match self.calls.join_next().await {
                Some(ended) => self.end(ended),
                None if step.changed == 0 => return Ok(()),
                None => {}
            }
        }
    }

    async fn renew(&mut self, now: DateTime<Utc>) -> Result<usize, DbErr> {
        let found = channel::Entity::find_by_id(self.channel).one(&self.db).await?;
        let in_use = found.filter(|channel| channel.disabled_at.is_none());
        if let Some(channel) = &in_use {
            let pace = pace::now(&self.db, (self.channel, channel.kind), channel.per_second, now).await?;
            if channel.kind != self.kind {
                (self.kind, self.pace) = (channel.kind, pace);
                self.rates = Rates::new(self.kind, pace);
            } else if pace != self.pace {
                self.pace = pace;
                self.rates.set_pace(pace);
            }
        }
        self.in_use =
            in_use.is_some() && lease::hold(&self.db, &lease_name(self.channel), self.holder, LEASE).await?;
        let lost = if self.in_use { outcome::give_up_lost(&self.db, self.channel, now).await? } else { 0 };
        self.renewed = Some(Instant::now());
        Ok(lost)
    }

    /// How long the number still has to be silent.
    fn rest_left(&mut self) -> Option<Duration> {
        let left = self.resting?.saturating_duration_since(Instant::now());
        if left.is_zero() {
            self.resting = None;
        }
        self.resting.map(|_| left)
    }

    fn call(&mut self, attempt: Attempt) {
        let (transmit, channel) = (Arc::clone(&self.transmit), self.channel);
        self.under_way.insert(attempt.outbound.message, attempt.clone());
        self.calls.spawn(async move {
            let outbound = attempt.outbound.clone();
            // A task of its own: a panic in an adapter is one unknown outcome, not the end of the channel.
            let call = tokio::spawn(async move {
                tokio::time::timeout(CALL_TIMEOUT, transmit.send(channel, &outbound)).await
            });
            let unknown = |reason: &str| SendOutcome::Uncertain { reason: reason.to_owned() };
            let outcome = match call.await {
                Ok(Ok(outcome)) => outcome,
                Ok(Err(_)) => unknown("no answer in time"),
                Err(_) => unknown("the call broke off"),
            };
            Finished { attempt, outcome }
        });
    }

    /// The loop around [`ChannelSender::step`]. Ends when `stop` is set, after the calls under way have ended.
    pub(super) async fn run(
        mut self,
        bell: Arc<Notify>,
        wakes: Wakes,
        mut stop: tokio::sync::watch::Receiver<bool>,
    ) {
        let mut pause = Duration::from_millis(100);
        while !*stop.borrow() {
            let wait = match self.step(Utc::now()).await {
                Ok(step) => {
                    pause = Duration::from_millis(100);
                    if step.changed > 0 {
                        wakes.relay();
                    }
                    step.after.map_or(POLL, |after| after.min(POLL))
                }
                Err(error) => {
                    let channel = self.channel;
                    tracing::error!(%error, %channel, "channel {channel} can't send; tried again in {pause:?}");
                    let wait = pause;
                    pause = (pause * 2).min(RENEW);
                    tokio::time::sleep(wait).await;
                    continue;
                }
            };
            tokio::select! {
                Some(ended) = self.calls.join_next() => self.end(ended),
                () = bell.notified() => {}
                () = tokio::time::sleep(wait) => {}
                _ = stop.changed() => {}
            }
        }
        self.finish().await;
        wakes.relay();
    }

    fn end(&mut self, call: Result<Finished, JoinError>) {
        // An error is an aborted call, and calls are aborted only when the sender is dropped.
        if let Ok(finished) = call {
            self.under_way.remove(&finished.attempt.outbound.message);
            self.ended.push(finished);
        }
    }

    /// Wait a little for the calls under way, record them and let another node take over.
    async fn finish(&mut self) {
        let calls = async {
            while let Some(ended) = self.calls.join_next().await {
                self.end(ended);
            }
        };
        if tokio::time::timeout(LAST_CALLS, calls).await.is_err() {
            let outcome = SendOutcome::Uncertain { reason: "interrupted".to_owned() };
            let cut =
                self.under_way.drain().map(|(_, attempt)| Finished { attempt, outcome: outcome.clone() });
            self.ended.extend(cut);
        }
        let recorded = match self.ended.as_slice() {
            [] => Ok(()),
            ended => {
                outcome::record(&self.db, (self.channel, self.kind), ended, self.alarmed, Utc::now()).await
            }
        };
        let released = lease::release(&self.db, &lease_name(self.channel), self.holder).await;
        if let Err(error) = recorded.and(released) {
            tracing::error!(%error, channel = %self.channel, "the last outcomes of channel {} were lost", self.channel);
        }
    }
}

fn retry_after(finished: &Finished) -> Option<Duration> {
    match &finished.outcome {
        SendOutcome::Retry { after, .. } => Some(outcome::backoff(finished.attempt.number, *after)),
        _ => None,
    }
}
