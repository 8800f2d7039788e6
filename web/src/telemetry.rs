//! Log lines and figures about ourselves.

use std::{sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::settings::{LogFormat, LogSettings};

/// How often samples are summed up. Until then each one is kept, and without it for as long as nobody asks for figures.
const UPKEEP: Duration = Duration::from_secs(5);

/// Starts writing log lines to standard error. Once per process.
///
/// # Errors
/// When the filter can't be read or logging has been started before.
pub fn start_logging(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.filter)?;
    let registry = tracing_subscriber::registry().with(filter);
    match settings.format {
        LogFormat::Json => registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init()?,
        LogFormat::Text => registry.with(fmt::layer().with_writer(std::io::stderr)).try_init()?,
    }
    Ok(())
}

/// Starts collecting figures: the process has one collector, and whoever asks again, as tests of one process do, is
/// given the same. Within a runtime: the samples are summed up in the background.
#[must_use]
pub fn start_metrics() -> PrometheusHandle {
    static COLLECTOR: OnceLock<PrometheusHandle> = OnceLock::new();

    let handle = COLLECTOR
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("figures are collected elsewhere in this process; ours stay empty");
            }
            handle
        })
        .clone();
    let upkeep = handle.clone();
    tokio::spawn(async move {
        let mut due = tokio::time::interval(UPKEEP);
        loop {
            due.tick().await;
            upkeep.run_upkeep();
        }
    });
    handle
}
