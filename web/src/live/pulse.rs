//! Whether the relay goes on: the sign of life behind `/health/ready`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// When something was last done. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Pulse {
    since: Instant,
    last: Arc<AtomicU64>,
}

impl Pulse {
    /// A pulse that beats now.
    #[must_use]
    pub fn start() -> Self {
        Self { since: Instant::now(), last: Arc::default() }
    }

    /// It was done again.
    pub fn beat(&self) {
        let now = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }

    /// How long ago it was done.
    #[must_use]
    pub fn silence(&self) -> Duration {
        self.since.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beat_ends_the_silence() {
        let pulse = Pulse { since: Instant::now() - Duration::from_secs(60), last: Arc::default() };
        assert!(pulse.silence() >= Duration::from_secs(60));
        pulse.beat();
        assert!(pulse.silence() < Duration::from_secs(1));
    }
}
