//! What is measured.

use std::time::Duration;

use anyhow::bail;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    Options,
    desk::{Desk, Pace, Shot},
    figures::{self, Report, Run, Times},
    graph::Accepted,
    proc::{self, Cpu},
    tally::Sight,
};

/// Idle sockets, for the memory of one.
const SOCKETS: usize = 1000;
/// Idle backends may keep what they did to themselves for ten seconds.
const STATISTICS: Duration = Duration::from_secs(11);
/// Page loads.
const PAGES: usize = 500;
/// Agents who become free.
const FREED: usize = 200;

/// A1: as fast as webhooks are taken.
///
/// # Errors
/// When the server refuses or hangs up.
pub async fn closed(desk: &mut Desk, options: &Options) -> anyhow::Result<Report> {
    let mut runs = Vec::new();
    for _ in 0..options.runs {
        let plan = desk.plan(options.messages, options.new_one_in);
        let (tally, shots) = desk.prepare(&plan);
        runs.push(run(desk, &tally, shots, Pace::Closed(options.in_flight)).await?);
    }
    Ok(figures::middle("a1", options, runs)?)
}

/// A3: so many a second, whatever happens.
///
/// # Errors
/// When the server refuses or hangs up.
pub async fn open(desk: &mut Desk, options: &Options) -> anyhow::Result<Vec<Report>> {
    let mut reports = Vec::new();
    for rate in options.rates.iter().copied() {
        let mut runs = Vec::new();
        for _ in 0..options.runs {
            let plan = desk.plan(rate * options.seconds, options.new_one_in);
            let (tally, shots) = desk.prepare(&plan);
            runs.push(run(desk, &tally, shots, Pace::Open(rate)).await?);
        }
        reports.push(figures::middle(&format!("a3_{rate}"), options, runs)?);
    }
    Ok(reports)
}

async fn run(
    desk: &Desk,
    tally: &std::sync::Arc<crate::tally::Tally>,
    shots: Vec<Shot>,
    pace: Pace,
) -> anyhow::Result<Run> {
    let webhooks = shots.len();
    let before = Cpu::of(desk.instance.process)?;
    desk.fire(tally, shots, pace).await?;
    let cpu = Cpu::of(desk.instance.process)?.since(before);
    Ok(Run::new(tally, webhooks, cpu))
}

/// A1 with statuses: agents answer first, then the vendor tells of each answer that it was sent, delivered and read,
/// and a customer writes between.
///
/// # Errors
/// When the server refuses or hangs up, or a status was lost.
pub async fn statuses(desk: &mut Desk, options: &Options) -> anyhow::Result<Report> {
    let mut runs = Vec::new();
    let mut lost_statuses = 0;
    for _ in 0..options.runs {
        let messages = (options.messages / 4).max(1);
        let accepted = replies(desk, messages).await?;
        let plan = desk.plan(messages, options.new_one_in);
        let (tally, shots) = desk.prepare(&plan);
        let shots = with_statuses(desk, shots, &accepted);
        runs.push(run(desk, &tally, shots, Pace::Closed(options.in_flight)).await?);
        lost_statuses += unread(desk).await?;
    }
    let mut report = figures::middle("a1_statuses", options, runs)?;
    report.lost += lost_statuses;
    report.figures["lost_statuses"] = lost_statuses.into();
    Ok(report)
}

/// Agents write until the vendor has accepted so many messages.
async fn replies(desk: &Desk, count: usize) -> anyhow::Result<Vec<Accepted>> {
    let all: Vec<_> = desk.held.iter().chain(&desk.open).collect();
    stream::iter(0..count)
        .map(|n| {
            let held = all[n % all.len()];
            desk.agents[held.agent]
                .reply(&held.conversation, "Claro que sí, la cambiamos al viernes a las 16:00.")
        })
        .buffer_unordered(8)
        .try_collect::<()>()
        .await?;
    let deadline = Instant::now() + Duration::from_secs(120);
    while desk.graph.count() < count {
        if Instant::now() > deadline {
            bail!("only {} of {count} replies reached the vendor", desk.graph.count());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // The last answers are being written down.
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(desk.graph.take())
}

fn with_statuses(desk: &Desk, messages: Vec<Shot>, accepted: &[Accepted]) -> Vec<Shot> {
    let mut accepted = accepted.iter();
    let mut shots = Vec::with_capacity(messages.len() * 4);
    for message in messages {
        if let Some(Accepted { vendor_id, opaque, to }) = accepted.next() {
            for state in ["sent", "delivered", "read"] {
                shots.push(Shot { request: desk.meta.status(vendor_id, opaque, to, state), index: None });
            }
        }
        shots.push(message);
    }
    shots
}

/// Messages of ours that were read, all of them, and whose last state is another one.
async fn unread(desk: &Desk) -> anyhow::Result<usize> {
    let question = "select count(*) from delivery where state <> 'read'";
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let unread = desk.instance.sql(question).await?.parse()?;
        if unread == 0 || Instant::now() > deadline {
            return Ok(unread);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// B: what an idle socket costs.
///
/// # Errors
/// When a socket is refused.
pub async fn idle(desk: &mut Desk, options: &Options) -> anyhow::Result<Report> {
    tokio::time::sleep(Duration::from_secs(5)).await;
    let with_agents = proc::memory(desk.instance.process)?;
    let count = SOCKETS.saturating_sub(desk.agents.len());
    let mut tabs = Vec::with_capacity(count);
    for n in 0..count {
        tabs.push(desk.agents[n % desk.agents.len()].another_tab().await?);
    }
    tokio::time::sleep(Duration::from_secs(25)).await;
    let with_all = proc::memory(desk.instance.process)?;
    drop(tabs);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mib = |bytes: u64| figures::round(figures::kib(bytes) / 1024.0);
    let each = figures::kib(with_all.saturating_sub(with_agents)) / figures::float(count.max(1));
    let figures = json!({
        "agents": desk.agents.len(),
        "server_mib": mib(with_agents),
        "sockets": SOCKETS,
        "server_mib_with_all_sockets": mib(with_all),
        "kib_per_socket": figures::round(each),
    });
    Ok(report("b", options, figures))
}

/// P: the inbox with its list and one conversation open, one load after the other, by all agents in turn: one person may
/// not ask that fast.
///
/// # Errors
/// When a page is refused.
pub async fn page(desk: &mut Desk, options: &Options) -> anyhow::Result<Report> {
    let mut figures = json!({});
    for name in ["list", "conversation"] {
        let mut times = Vec::with_capacity(PAGES);
        let mut bytes = 0;
        let (before, began) = (transactions(desk).await?, Instant::now());
        for turn in 0..PAGES {
            let open = &desk.open[turn % desk.open.len()];
            let path = match name {
                "list" => "/inbox".to_owned(),
                _ => format!("/inbox/{}", open.conversation),
            };
            let agent = &desk.agents[open.agent];
            let asked = Instant::now();
            bytes = agent.page(&path).await?.len();
            times.push(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
        let (after, took) = (transactions(desk).await?, began.elapsed());
        // The server is never quite idle: what it does by itself in the same time is not the page's.
        tokio::time::sleep(took.saturating_sub(STATISTICS)).await;
        let idle = transactions(desk).await? - after;
        figures[name] = json!({
            "first_paint": Times::of(times),
            "queries": figures::round((after - before - idle) / figures::float(PAGES)),
            "bytes": bytes,
        });
    }
    Ok(report("p", options, figures))
}

/// Everybody is full and somebody waits; then an agent closes a conversation and the next one comes to their screen. On an
/// otherwise idle machine, time and again, counted from the click.
///
/// # Errors
/// When the server refuses or hangs up.
pub async fn freed(desk: &mut Desk, options: &Options) -> anyhow::Result<Report> {
    desk.instance.sql("update presence set capacity = load").await?;
    let held: Vec<_> = desk.held.drain(..FREED.min(desk.held.len())).collect();
    let (mut times, mut lost) = (Vec::with_capacity(held.len()), 0);
    for held in &held {
        let customer = desk.new_customer();
        let (tally, shots) = desk.prepare(&[(customer, Sight::Row)]);
        desk.lines_up(&tally, shots).await?;
        tally.sent(0, Instant::now());
        desk.agents[held.agent].close(&held.conversation).await?;
        tally.settle(Duration::from_secs(10)).await;
        let seen = tally.push_latencies();
        lost += usize::from(seen.is_empty());
        times.extend(seen);
    }
    desk.instance.sql("update presence set capacity = 1000").await?;
    let figures =
        json!({ "freed": held.len(), "agents": desk.agents.len(), "shown_after": Times::of(times) });
    Ok(Report { lost, ..report("freed", options, figures) })
}

/// Transactions so far. A page asks each of its questions in one of its own.
async fn transactions(desk: &Desk) -> anyhow::Result<f64> {
    tokio::time::sleep(STATISTICS).await;
    let question = "select xact_commit from pg_stat_database where datname = current_database()";
    Ok(desk.instance.sql(question).await?.parse()?)
}

fn report(scenario: &str, options: &Options, figures: Value) -> Report {
    Report { lost: 0, scenario: scenario.to_owned(), figures, settings: figures::settings(options) }
}
