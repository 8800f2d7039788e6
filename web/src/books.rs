//! The books' background work: noting what receipts told, applying some again, finding gaps, listing what webhooks may
//! have missed, reading the vendors' own books of costs.

use std::time::Duration;

use channel_gateway::{
    twilio::{self, Listed},
    whatsapp::analytics,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{AlarmKind, ChannelId, Severity};
use futures_util::{StreamExt as _, stream};
use inbox::{
    alarms::{self, Subject},
    costs,
    gaps::{self, Cause},
    reconciler::{self, List, NotListed, ReconcileError},
    replay, trail,
};
use jobs::{Failure, PERIODIC, Runner, Terms};
use sea_orm::{DbErr, TransactionTrait as _};
use serde_json::json;

use crate::{
    connections::{Connections, NotConnected},
    jobs::Bench,
    state::AppState,
};

/// Noting what receipts told.
const NOTE: &str = "ledger_note";
/// Applying receipts again.
pub const REPLAY: &str = "ledger_replay";
/// Looking for signs of something missed.
const WATCH: &str = "ledger_watch";
/// Listing what webhooks may have missed.
pub const RECONCILE: &str = "ledger_reconcile";
/// Reading the vendors' own books.
const VENDOR_COSTS: &str = "vendor_costs";

/// A heartbeat comes this often.
const BEAT: Duration = Duration::from_secs(10);
/// Channels listed at the same time: a slow vendor delays its own, not all.
const TOGETHER: usize = 4;
/// How far back the vendors' books are read: their newest days still change.
const BOOKS_BACK: TimeDelta = TimeDelta::days(7);

/// Teaches a runner the books' work.
#[must_use]
pub fn teach(runner: Runner, bench: &Bench) -> Runner {
    let settings = &bench.state.settings.ledger;
    let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
    let patience = minutes(settings.unknown_status_minutes);
    let (note, again, watch, reconcile, costs) = (
        bench.state.clone(),
        bench.state.clone(),
        bench.state.clone(),
        bench.state.clone(),
        bench.state.clone(),
    );
    runner
        .every(NOTE, Duration::from_secs(5), move |_| {
            let state = note.clone();
            async move { Ok(trail::catch_up(&state.db).await.map(drop)?) }
        })
        .on(REPLAY, move |_| {
            let state = again.clone();
            async move { Ok(replay_all(&state).await?) }
        })
        .every(WATCH, Duration::from_secs(60), move |_| {
            let state = watch.clone();
            async move { Ok(look_for_gaps(&state, patience).await?) }
        })
        .every(RECONCILE, minutes(settings.reconcile_minutes), move |_| {
            let state = reconcile.clone();
            async move { reconcile_all(&state).await }
        })
        .every(VENDOR_COSTS, minutes(settings.vendor_costs_hours * 60), move |_| {
            let state = costs.clone();
            async move { read_vendors_books(&state).await }
        })
}

/// Says again and again that a node is there to take webhooks. The first time after a silence, what may have been missed
/// is listed at once.
pub async fn stay_alive(state: AppState) {
    let silence = Duration::from_secs(state.settings.ledger.silence_seconds);
    let mut stop = state.stop.subscribe();
    while !*stop.borrow() {
        match gaps::beat(&state.db, silence).await {
            Ok(None) => {}
            Ok(Some(gap)) => {
                let seconds = (gap.until - gap.from).num_seconds();
                tracing::warn!(seconds, "for {seconds} s no node was there to take webhooks");
                if let Err(error) = list_at_once(&state).await {
                    tracing::warn!(%error, "the listing waits for its own time");
                }
            }
            Err(error) => tracing::warn!(%error, "the heartbeat could not be written"),
        }
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Have the vendors' lists read now.
///
/// # Errors
/// When the database fails.
pub async fn list_at_once(state: &AppState) -> Result<(), DbErr> {
    let tx = state.db.begin().await?;
    jobs::enqueue(&tx, RECONCILE, &json!({}), Terms::now().keyed(PERIODIC)).await?;
    tx.commit().await?;
    state.wakes.work();
    Ok(())
}

/// Step by step until no replay is under way.
async fn replay_all(state: &AppState) -> Result<(), DbErr> {
    let mut stop = state.stop.subscribe();
    loop {
        let stepped = replay::step(&state.db, Utc::now()).await?;
        if stepped.released > 0 {
            state.wakes.apply();
        }
        if !stepped.more {
            return Ok(());
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
            // The job's lease runs out and another worker goes on.
            _ = stop.changed() => return Err(DbErr::Custom("the process ends".to_owned())),
        }
    }
}

async fn look_for_gaps(state: &AppState, patience: Duration) -> Result<(), DbErr> {
    let now = Utc::now();
    costs::account::assume(&state.db, state.settings.house.time_zone).await?;
    let found = gaps::watch(&state.db, patience).await?;
    for gap in &found {
        let Some(channel) = gap.channel else { continue };
        let detail = match gap.cause {
            Cause::UnknownStatus => format!("{} ×", gap.seen),
            _ => continue,
        };
        let data = json!({ "detail": detail, "cause": gap.cause.as_str() });
        alarms::raise(
            &state.db,
            Subject::Channel(channel),
            AlarmKind::LedgerGap,
            Severity::Warning,
            data,
            now,
        )
        .await?;
    }
    gaps::settle(&state.db, now).await?;
    if !found.is_empty() {
        list_at_once(state).await?;
    }
    Ok(())
}

/// Lists through the channels' own accounts.
struct Lists<'a>(&'a Connections);

impl List for Lists<'_> {
    async fn list(
        &self,
        channel: ChannelId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Listed>, NotListed> {
        let account = self.0.twilio(channel).await.map_err(said)?;
        let settings = &account.of.settings;
        twilio::list(&account.api, &settings.account, &settings.from, from, until).await.map_err(said)
    }

    async fn fill_in_files(&self, channel: ChannelId, missed: &mut [Listed]) -> Result<(), NotListed> {
        if missed.iter().all(|one| one.files == 0) {
            return Ok(());
        }
        let account = self.0.twilio(channel).await.map_err(said)?;
        for one in missed {
            twilio::fill_in_files(&account.api, &account.of.settings.account, one).await.map_err(said)?;
        }
        Ok(())
    }
}

/// The sentence alone: neither fault names a secret.
fn said(why: impl std::fmt::Display) -> NotListed {
    NotListed(why.to_string())
}

async fn reconcile_all(state: &AppState) -> Result<(), Failure> {
    let channels = reconciler::channels(&state.db).await?;
    let connections = &state.connections;
    let results: Vec<Result<(), Failure>> = stream::iter(channels)
        .map(|channel| reconcile_one(state, connections, channel))
        .buffer_unordered(TOGETHER)
        .collect()
        .await;
    results.into_iter().collect()
}

async fn reconcile_one(
    state: &AppState,
    connections: &Connections,
    channel: ChannelId,
) -> Result<(), Failure> {
    let now = Utc::now();
    let about = Subject::Channel(channel);
    match reconciler::reconcile(&state.db, &Lists(connections), channel, now).await {
        Ok(reconciled) => {
            if reconciled.found() > 0 {
                let found = reconciled.found();
                tracing::warn!(%channel, found, "the list of channel {channel} had {found} that had been missed");
                state.wakes.apply();
                state.wakes.relay();
            }
            alarms::clear(&state.db, about, AlarmKind::ListingFailed, now).await?;
            Ok(())
        }
        Err(ReconcileError::NotListed(NotListed(why))) => {
            tracing::warn!(%channel, "channel {channel} could not be listed");
            let data = json!({ "detail": why });
            alarms::raise(&state.db, about, AlarmKind::ListingFailed, Severity::Warning, data, now).await?;
            // The alarm says it; the next time comes by itself.
            Ok(())
        }
        Err(ReconcileError::Db(error)) => Err(error.into()),
    }
}

/// One channel of each account of Meta's is asked for the account's books.
async fn read_vendors_books(state: &AppState) -> Result<(), Failure> {
    let now = Utc::now();
    costs::account::assume(&state.db, state.settings.house.time_zone).await?;
    for (channel, account_key) in costs::account::metas(&state.db).await? {
        let outcome = read_one(state, channel, &account_key, now).await;
        if let Err(why) = outcome {
            tracing::warn!(%channel, "the vendor's books of channel {channel} could not be read");
            costs::vendor::note(&state.db, &account_key, None, Some(&why), now).await?;
        }
    }
    Ok(())
}

async fn read_one(
    state: &AppState,
    channel: ChannelId,
    account_key: &str,
    now: DateTime<Utc>,
) -> Result<(), String> {
    let words = |error: DbErr| error.to_string();
    let account = state.connections.cloud(channel).await.map_err(|error: NotConnected| error.to_string())?;
    let billing = costs::account::of(&state.db, account_key).await.map_err(words)?;
    let zone =
        billing.and_then(|billing| billing.time_zone.parse().ok()).unwrap_or(state.settings.house.time_zone);
    let window = (now - BOOKS_BACK, now);
    let charges = analytics::charges(&account.graph, &account.of.settings.waba, window, zone)
        .await
        .map_err(|fault| fault.to_string())?;
    if let Some(currency) = charges.currency {
        costs::account::vendor_says(&state.db, account_key, currency, now).await.map_err(words)?;
    }
    let points: Vec<costs::vendor::Point> = charges
        .lines
        .into_iter()
        .map(|line| costs::vendor::Point {
            day: line.day,
            number: line.number,
            category: line.category,
            basis: line.basis,
            country: line.country,
            volume: line.volume,
            cost_micros: line.cost.map(|micros| micros.0),
        })
        .collect();
    let currency = charges.currency.map_or_else(|| "USD".to_owned(), |currency| currency.to_string());
    let tx = state.db.begin().await.map_err(words)?;
    costs::vendor::record(&tx, account_key, &currency, &points, now).await.map_err(words)?;
    tx.commit().await.map_err(words)
}
