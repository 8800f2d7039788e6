//! Parts without which this process is worse than none: it would take webhooks that nobody stores, or keep pages open
//! that nobody tells. When one breaks off the process ends, and whoever runs it starts it again whole.

use std::{process, thread};

use tokio::task::JoinHandle;

/// `EX_SOFTWARE` of sysexits: a fault of ours.
const FAULT: i32 = 70;

/// Held by a thread that is vital.
pub struct Vital(
    /// What it is, for the log.
    pub &'static str,
);

impl Drop for Vital {
    fn drop(&mut self) {
        if thread::panicking() {
            end(self.0);
        }
    }
}

/// Watches a task that is vital.
pub async fn watch(part: &'static str, task: JoinHandle<()>) {
    if task.await.is_err_and(|error| error.is_panic()) {
        end(part);
    }
}

fn end(part: &str) {
    tracing::error!(part, "{part} broke off; the process ends, to be started again");
    process::exit(FAULT);
}
