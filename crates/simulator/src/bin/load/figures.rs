//! Figures, and how they are printed.

use std::{io::Write as _, time::Duration};

use serde::Serialize;
use serde_json::Value;

use crate::{Options, proc, proc::Cpu, tally::Tally};

/// What a scenario found; losses first.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Messages that were acknowledged, or should have been, and never seen.
    pub lost: usize,
    /// Which scenario.
    pub scenario: String,
    /// What was found.
    pub figures: Value,
    /// With which settings.
    pub settings: Value,
}

/// A distribution of times, in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub struct Times {
    /// Half were faster.
    pub p50_ms: f64,
    /// All but one in a hundred were faster.
    pub p99_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

impl Times {
    /// Of durations in microseconds.
    #[must_use]
    pub fn of(mut micros: Vec<u64>) -> Self {
        micros.sort_unstable();
        let at = |share: usize| micros.get((micros.len() * share / 100).min(micros.len().saturating_sub(1)));
        let ms = |value: Option<&u64>| round(value.copied().map_or(f64::NAN, thousands));
        Self { p50_ms: ms(at(50)), p99_ms: ms(at(99)), max_ms: ms(micros.last()) }
    }
}

/// What one run of messages found.
#[derive(Debug, Clone, Serialize)]
pub struct Run {
    /// Sent and not seen.
    pub lost: usize,
    /// Messages sent.
    pub sent: usize,
    /// Answered with 200.
    pub acknowledged: usize,
    /// Seen by an agent.
    pub seen: usize,
    /// Shown more than once; harmless for a page, but not meant to be.
    pub shown_twice: usize,
    /// Webhooks posted, messages among them.
    pub webhooks: usize,
    /// Messages a second, from the first sent to the last seen.
    pub messages_per_second: f64,
    /// The same for webhooks.
    pub webhooks_per_second: f64,
    /// From sending to 200.
    pub acknowledged_after: Times,
    /// From sending to the frame on an agent's socket.
    pub shown_after: Times,
    /// Server and Postgres, for each webhook.
    pub cpu_ms_per_webhook: f64,
    /// The server's share of it.
    pub server_cpu_ms_per_webhook: f64,
    /// Postgres' share of it.
    pub postgres_cpu_ms_per_webhook: f64,
}

impl Run {
    /// From what was counted.
    #[must_use]
    pub fn new(tally: &Tally, webhooks: usize, cpu: Cpu) -> Self {
        let (acknowledged, seen, shown_twice) = tally.counts();
        let rate = |count: usize| round(float(count) / tally.span().as_secs_f64());
        let each = |time: Duration| round(time.as_secs_f64() * 1000.0 / float(webhooks));
        Self {
            lost: tally.len() - seen,
            sent: tally.len(),
            acknowledged,
            seen,
            shown_twice,
            webhooks,
            messages_per_second: rate(tally.len()),
            webhooks_per_second: rate(webhooks),
            acknowledged_after: Times::of(tally.ack_latencies()),
            shown_after: Times::of(tally.push_latencies()),
            cpu_ms_per_webhook: each(cpu.server + cpu.postgres),
            server_cpu_ms_per_webhook: each(cpu.server),
            postgres_cpu_ms_per_webhook: each(cpu.postgres),
        }
    }
}

/// The run in the middle, beside what the others came to.
///
/// # Errors
/// None that can happen: numbers and names are always JSON.
pub fn middle(scenario: &str, options: &Options, mut runs: Vec<Run>) -> serde_json::Result<Report> {
    let lost = runs.iter().map(|run| run.lost).sum();
    let others: Vec<(f64, f64)> =
        runs.iter().map(|run| (run.webhooks_per_second, run.shown_after.p99_ms)).collect();
    runs.sort_by(|one, other| one.shown_after.p99_ms.total_cmp(&other.shown_after.p99_ms));
    let middle = runs.get(runs.len() / 2);
    let mut figures = serde_json::to_value(middle)?;
    figures["runs"] = others
        .iter()
        .map(|(rate, p99)| serde_json::json!({ "webhooks_per_second": rate, "shown_p99_ms": p99 }))
        .collect();
    Ok(Report { lost, scenario: scenario.to_owned(), figures, settings: settings(options) })
}

/// What a scenario ran with.
#[must_use]
pub fn settings(options: &Options) -> Value {
    serde_json::json!({
        "agents": options.agents,
        "conversations_each": options.conversations,
        "in_flight": options.in_flight,
        "messages": options.messages,
        "open_loop_seconds": options.seconds,
        "new_customer_one_in": options.new_one_in,
        "runs": options.runs,
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "load_average": proc::load_average(),
        "fsync": true,
        "limits_for_people": true,
    })
}

/// Print a report as one line.
///
/// # Errors
/// When standard output is closed.
pub fn print(report: &Report) -> anyhow::Result<()> {
    if report.lost > 0 {
        crate::complain(&format!("{} LOST {} MESSAGES", report.scenario, report.lost));
    }
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, report)?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}

/// Three digits after the point are more than these figures are worth.
#[must_use]
pub fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Bytes as KiB.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 bytes of memory")]
pub fn kib(bytes: u64) -> f64 {
    round(bytes as f64 / 1024.0)
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of an hour fit")]
fn thousands(value: u64) -> f64 {
    value as f64 / 1000.0
}

/// A count as a number to divide by.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "nobody sends 2^52 messages")]
pub fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_in_a_hundred_is_not_hidden() {
        let times = Times::of((1..=1000).map(|n| n * 1000).collect());
        assert_eq!((times.p50_ms, times.p99_ms, times.max_ms), (501.0, 991.0, 1000.0));
    }
}
