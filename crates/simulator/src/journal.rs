//! What happened, in order: for `/control/events` and for the phone page.

use std::{collections::VecDeque, sync::Mutex};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::sim::lock;

/// How many events are kept.
const KEPT: usize = 2_000;

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// Number of the event, rising.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// `in`, `out`, `status`, `repeat`, `read`, `typing`, `verify`, `refused`, `failed`, `lost`, `time`, `faults`.
    pub kind: &'static str,
    /// One line for a list.
    pub summary: String,
    /// Phone number id or sender it concerns, or nothing.
    pub channel: String,
    /// Customer it concerns, or nothing.
    pub customer: String,
    /// The payload, as it went over the wire where there is one.
    pub detail: Value,
}

/// The kept events and everybody who listens.
pub struct Journal {
    kept: Mutex<(u64, VecDeque<Event>)>,
    live: broadcast::Sender<String>,
}

impl Default for Journal {
    fn default() -> Self {
        Self { kept: Mutex::default(), live: broadcast::channel(1_024).0 }
    }
}

impl Journal {
    /// Write down an event and tell the pages.
    pub fn write(&self, kind: &'static str, channel: &str, customer: &str, summary: String, detail: Value) {
        let mut kept = lock(&self.kept);
        kept.0 += 1;
        let event = Event {
            seq: kept.0,
            at: Utc::now(),
            kind,
            summary,
            channel: channel.to_owned(),
            customer: customer.to_owned(),
            detail,
        };
        if kept.1.len() == KEPT {
            kept.1.pop_front();
        }
        if self.live.receiver_count() > 0 {
            self.tell(&json!({ "frame": "event", "event": event }));
        }
        kept.1.push_back(event);
    }

    /// Tell the pages something that is not worth keeping.
    pub fn tell(&self, frame: &Value) {
        // Nobody listening is no fault.
        let _ = self.live.send(frame.to_string());
    }

    /// Events after `seq`, oldest first.
    pub fn after(&self, seq: u64) -> Vec<Event> {
        lock(&self.kept).1.iter().filter(|event| event.seq > seq).cloned().collect()
    }

    /// Forget everything; numbers go on.
    pub fn clear(&self) {
        lock(&self.kept).1.clear();
    }

    /// Listen from now on.
    pub fn listen(&self) -> broadcast::Receiver<String> {
        self.live.subscribe()
    }
}
