//! How far the import of what was said before the connection has come (whatsapp-cloud.md §4.5).

use chrono::{DateTime, Utc};
use domain::inbound::PastProgress;

use crate::Tx;

/// The import, as last told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastLine {
    /// What was told.
    pub said: PastProgress,
    /// When; not known of what was noted by an older version.
    pub at: Option<DateTime<Utc>>,
    /// When this page was drawn.
    pub read_at: DateTime<Utc>,
}

impl PastLine {
    /// Percent, unless it was refused.
    #[must_use]
    pub fn percent(&self) -> Option<u8> {
        match &self.said {
            PastProgress::Chunk { progress, .. } => Some((*progress).min(100)),
            PastProgress::Refused(_) => None,
        }
    }

    /// Class and key of its state.
    #[must_use]
    pub fn pill(&self) -> (&'static str, &'static str) {
        match self.percent() {
            None => ("warn", "past-declined"),
            Some(100) => ("ok", "past-done"),
            Some(_) => ("info", "past-running"),
        }
    }

    /// What that means.
    #[must_use]
    pub fn about(&self, tx: &Tx) -> String {
        match &self.said {
            PastProgress::Refused(_) => tx.t("past-declined-about"),
            PastProgress::Chunk { progress: 100.., .. } => tx.t("past-done-about"),
            PastProgress::Chunk { .. } => tx.t("past-running-about"),
        }
    }

    /// The stretch of time that is being sent.
    #[must_use]
    pub fn phase(&self, tx: &Tx) -> Option<String> {
        match &self.said {
            PastProgress::Chunk { phase, .. } => Some(tx.t(match phase {
                0 => "past-phase-day",
                1 => "past-phase-quarter",
                _ => "past-phase-half",
            })),
            PastProgress::Refused(_) => None,
        }
    }
}
